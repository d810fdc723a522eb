import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf } from '../domain/errors.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import type { FromThread, ToThread } from './start-thread.ts';
import type { SyslogOptions } from './types.ts';

/**
 * Receives in a thread of its own: while the main thread analyses for seconds, sockets are read all the same and the
 * kernel's buffer for UDP does not run over.
 */
const STATS_MS = 200;

const send = (message: FromThread): void => parentPort!.postMessage(message);

let receiver: Receiver;
try {
  receiver = await openReceiver(
    workerData as SyslogOptions,
    { onSpooled: (block) => send({ kind: 'spooled', block }), onFailed() {} },
    { now: Date.now },
  );
  const { ports, recovered } = receiver;
  send({ kind: 'ready', ports, recovered, stats: receiver.stats() });
  const timer = setInterval(() => send({ kind: 'stats', stats: receiver.stats() }), STATS_MS);
  parentPort!.on('message', async (message: ToThread) => {
    if (message.kind === 'release') {
      receiver.release(message.position);
      return;
    }
    clearInterval(timer);
    await receiver.close();
    send({ kind: 'closed', stats: receiver.stats() });
    parentPort!.close();
  });
} catch (error) {
  const code = error instanceof AppError ? error.code : 'INTERNAL';
  send({ kind: 'failed', code, message: messageOf(error) });
}
