import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../domain/errors.ts';
import type { OpenReceiver, Receiver } from './receiver.ts';
import type { Segment } from './segments.ts';
import type { SpooledBlock } from './spool-writer.ts';
import type { ReceiverStats, SyslogPorts } from './types.ts';

export type FromThread =
  | { kind: 'ready'; ports: SyslogPorts; recovered: readonly Segment[]; stats: ReceiverStats }
  | { kind: 'failed'; code: ErrorCode; message: string }
  | { kind: 'spooled'; block: SpooledBlock }
  | { kind: 'stats'; stats: ReceiverStats }
  | { kind: 'closed'; stats: ReceiverStats };
export type ToThread = { kind: 'release'; position: number } | { kind: 'close' };

/** The sources run as they are, the build runs as .js: the entry has the extension of this file. */
const ENTRY = new URL(`./receiver-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** A receiver in a thread of its own. Its figures are at most a fifth of a second old. */
export const openReceiverThread: OpenReceiver = (options, events) => {
  const worker = new Worker(ENTRY, { workerData: options, execArgv: [], stdin: false });
  const send = (message: ToThread): void => worker.postMessage(message);
  return new Promise((resolve, reject) => {
    let stats: ReceiverStats;
    let isClosing = false;
    const ended = new Promise<void>((end) => worker.once('exit', () => end()));
    const fail = (message: string): void => {
      if (isClosing) return;
      const failure = new AppError('WORKER_FAILED', message);
      events.onFailed(failure);
      reject(failure);
    };
    worker.once('error', (error) => fail(`the syslog receiver failed: ${error.message}`));
    worker.once('exit', () => fail('the syslog receiver ended'));
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'spooled') events.onSpooled(message.block);
      else if (message.kind === 'failed') {
        isClosing = true;
        void worker.terminate().then(() => reject(new AppError(message.code, message.message)));
      } else {
        stats = message.stats;
        if (message.kind !== 'ready') return;
        const { ports, recovered } = message;
        const receiver: Receiver = {
          ports,
          recovered,
          stats: () => stats,
          release: (position) => send({ kind: 'release', position }),
          async close() {
            isClosing = true;
            send({ kind: 'close' });
            await ended;
          },
        };
        resolve(receiver);
      }
    });
  });
};
