import { type OpenReceiver, spoolCipher } from './receiver.ts';
import { nodeSpoolFiles } from './spool-files.ts';
import { SpoolReader } from './spool-reader.ts';
import type { SpooledBlock } from './spool-writer.ts';
import { openReceiverThread } from './start-thread.ts';
import type { SyslogBatch, SyslogListener, SyslogOptions } from './types.ts';
import { WaitingAges } from './waiting-ages.ts';

/**
 * Listens for syslog over UDP, TCP and TLS. What comes in goes to the spool on disk, and from there in batches to the
 * reader; it leaves the spool when the reader acknowledges that it is stored. The process may be killed at any moment: what
 * was durable in the spool and not acknowledged is read again by the next listener on the directory.
 * Throws SYSLOG_LISTEN_FAILED (a port in use, a certificate that does not fit) or SYSLOG_SPOOL_FAILED.
 * @param now UTC epoch milliseconds, for the age of what is not stored
 */
export async function openSyslogListener(
  options: SyslogOptions,
  now: () => number,
  openReceiver: OpenReceiver = openReceiverThread,
): Promise<SyslogListener> {
  const ages = new WaitingAges();
  // Blocks that become durable before the reader is there.
  const early: SpooledBlock[] = [];
  let reader: SpoolReader | undefined;
  let failure: Error | undefined;
  let wake = (): void => {};
  const take = (to: SpoolReader, block: SpooledBlock): void => {
    to.extend(block);
    ages.add(block.end, block.receivedMs);
  };
  const receiver = await openReceiver(options, {
    onSpooled(block) {
      if (reader) take(reader, block);
      else early.push(block);
      wake();
    },
    onFailed(error) {
      failure = error;
      wake();
    },
  });
  const own = new SpoolReader(nodeSpoolFiles(options.directory), receiver.recovered, spoolCipher(options));
  const leftMs = await own.firstMs();
  if (leftMs !== undefined) ages.add(receiver.recovered.at(-1)!.end, leftMs);
  for (const block of early) take(own, block);
  reader = own;

  const waitForMore = async (signal: AbortSignal, waitMs: number): Promise<void> => {
    if (own.hasMore || failure || signal.aborted || waitMs <= 0) return;
    const timer = waitMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => wake(), waitMs);
    const onAbort = (): void => wake();
    signal.addEventListener('abort', onAbort);
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  };

  return {
    ports: receiver.ports,
    stats: () => ({
      ...receiver.stats(),
      unstoredBytes: own.unstoredBytes,
      oldestUnstoredMs: ages.oldestMs === undefined ? 0 : Math.max(0, now() - ages.oldestMs),
      corruptBytes: own.corruptBytes,
    }),
    async read(maxRecords, signal, waitMs = Number.POSITIVE_INFINITY): Promise<SyslogBatch> {
      await waitForMore(signal, waitMs);
      if (failure && !own.hasMore) throw failure;
      return own.read(signal.aborted ? 0 : maxRecords);
    },
    acknowledge(position) {
      own.acknowledge(position);
      ages.acknowledge(position);
      receiver.release(position);
    },
    rewind: () => own.rewind(),
    async close() {
      await receiver.close();
      await own.close();
    },
  };
}
