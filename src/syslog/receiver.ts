import { AppError, messageOf } from '../domain/errors.ts';
import { type BlockCipher, createBlockCipher } from './block-cipher.ts';
import { type DatagramServer, listenDatagrams } from './datagrams.ts';
import { KEPT_BYTES } from './framer.ts';
import { recoverSegments, type Segment } from './segments.ts';
import { nodeSpoolFiles, type SpoolFiles } from './spool-files.ts';
import { largestMessage, type SpooledBlock, SpoolWriter } from './spool-writer.ts';
import { Streams } from './streams.ts';
import { DROP_REASONS, type DropReason, type ReceiverStats, type SyslogOptions, type SyslogPorts } from './types.ts';

const FLUSH_MS = 20;
const RETRY_MS = 1000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** At the end: how long silence must last, and the longest wait for it. */
const QUIET_MS = 100;
const DRAIN_MS = 2000;

/** Sockets in, durable blocks out. Runs in a thread of its own, see `receiver-thread.ts`; in tests also without one. */
export interface Receiver {
  readonly ports: SyslogPorts;
  /** What an earlier listener left in the spool, in order. */
  readonly recovered: readonly Segment[];
  stats(): ReceiverStats;
  /** See `SpoolWriter.release`. */
  release(position: number): void;
  close(): Promise<void>;
}

export interface ReceiverEvents {
  /** The receiver is gone and will not come back. */
  onFailed(error: Error): void;
  onSpooled(block: SpooledBlock): void;
}

export type OpenReceiver = (options: SyslogOptions, events: ReceiverEvents) => Promise<Receiver>;

export interface ReceiverParts {
  now(): number;
  files?: SpoolFiles;
  retryMs?: number;
}

export const spoolCipher = ({ key }: SyslogOptions): BlockCipher | undefined => key && createBlockCipher(key);

/** Throws SYSLOG_LISTEN_FAILED or SYSLOG_SPOOL_FAILED. */
export async function openReceiver(
  options: SyslogOptions,
  { onSpooled }: ReceiverEvents,
  parts: ReceiverParts,
): Promise<Receiver> {
  const { now, files = nodeSpoolFiles(options.directory), retryMs = RETRY_MS } = parts;
  const recovered = await recoverSegments(files).catch((error: unknown) => {
    throw new AppError('SYSLOG_SPOOL_FAILED', `cannot use ${options.directory} as a spool: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const counts = {
    received: { udp: 0, tcp: 0, tls: 0 },
    cut: 0,
    dropped: Object.fromEntries(Object.keys(DROP_REASONS).map((reason) => [reason, 0])) as Record<DropReason, number>,
  };
  const writer = new SpoolWriter({
    files,
    segments: recovered,
    cipher: spoolCipher(options),
    limitBytes: options.spoolBytes,
    flushMs: options.flushMs ?? FLUSH_MS,
    retryMs,
    now,
    onSpooled,
    onBlocked: () => (writer.blocked ? streams.pause() : streams.resume()),
  });
  const maxBytes = Math.min(options.maxRecordBytes, largestMessage(options.spoolBytes));
  const streams = new Streams({
    maxBytes,
    maxConnections: options.maxConnections,
    idleMs: options.idleMs ?? DAY_MS,
    messageMs: options.messageMs ?? MINUTE_MS,
    now,
    onMessage(transport, origin, bytes, from, to, isCut) {
      counts.received[transport] += 1;
      if (isCut) counts.cut += 1;
      writer.add(origin, bytes, from, to, isCut);
    },
    onIncomplete: () => {
      counts.dropped.incomplete += 1;
    },
  });
  let datagrams: DatagramServer | undefined;
  const takeDatagram = (bytes: Buffer, to: number, origin: Buffer): void => {
    counts.received.udp += 1;
    if (!writer.hasRoom) {
      counts.dropped[writer.blocked ?? 'busy'] += 1;
      return;
    }
    const isCut = to > maxBytes;
    if (isCut) counts.cut += 1;
    writer.add(origin, bytes, 0, isCut ? Math.min(to, KEPT_BYTES) : to, isCut);
  };
  const closeAll = async (): Promise<void> => {
    await streams.close(QUIET_MS, DRAIN_MS);
    await datagrams?.close();
    if (!(await writer.close())) counts.dropped[writer.problem ? 'disk-failed' : 'spool-full'] += writer.waiting;
  };
  try {
    const { host, udpPort, tcpPort, tlsPort, tls } = options;
    if (udpPort !== undefined) datagrams = await listenDatagrams(host, udpPort, takeDatagram);
    if (tlsPort !== undefined && !tls) throw new Error('TLS needs a certificate and a key');
    const ports: SyslogPorts = {
      udp: datagrams?.port,
      tcp: tcpPort === undefined ? undefined : await streams.listenTcp(host, tcpPort),
      tls: tlsPort === undefined || !tls ? undefined : await streams.listenTls(host, tlsPort, tls),
    };
    return {
      ports,
      recovered,
      release: (position) => writer.release(position),
      close: closeAll,
      stats: () => ({
        received: { ...counts.received },
        dropped: { ...counts.dropped },
        cut: counts.cut,
        accepted: writer.accepted,
        acceptedBytes: writer.acceptedBytes,
        kernelDrops: datagrams ? datagrams.kernelDrops() : 0,
        udpBufferBytes: datagrams?.bufferBytes ?? 0,
        connections: streams.count,
        refusedConnections: streams.refused,
        failedHandshakes: streams.failedHandshakes,
        timedOutConnections: streams.timedOut,
        paused: writer.blocked,
        pauses: writer.pauses,
        spoolBytes: writer.bytes,
        spoolLimitBytes: options.spoolBytes,
        diskFailures: writer.failures,
        diskProblem: writer.problem,
      }),
    };
  } catch (error) {
    await closeAll();
    throw new AppError('SYSLOG_LISTEN_FAILED', `cannot listen for syslog: ${messageOf(error)}`, { cause: error });
  }
}
