import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Matrix } from './matrix.ts';

export interface ThreadOptions {
  /** Default: as many as there are processors. */
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A function `name` exported by `module` (an absolute URL): `(job, thread) => result`. */
export interface ThreadTask {
  module: string;
  name: string;
}

/** The sources run as they are, the build runs as .js: the entry has the extension of this file. */
const ENTRY = new URL(`./thread-entry${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

export const threadCount = (options: ThreadOptions): number =>
  Math.max(1, Math.min(64, Math.floor(options.threads ?? availableParallelism())));

/** Runs the task once in each of `threads` new threads and returns the results by thread. The job is cloned, except for
 * shared buffers. All threads end when one fails or the signal aborts; the promise rejects once they have ended. */
export async function runThreads<Result>(
  task: ThreadTask,
  job: unknown,
  options: { threads: number; signal?: AbortSignal | undefined },
): Promise<Result[]> {
  options.signal?.throwIfAborted();
  const workers = Array.from(
    { length: options.threads },
    (_, thread) => new Worker(ENTRY, { workerData: { ...task, job, thread }, execArgv: [], stdin: false }),
  );
  const stopAll = () => Promise.all(workers.map((worker) => worker.terminate()));
  const onAbort = () => void stopAll();
  options.signal?.addEventListener('abort', onAbort);
  try {
    return await Promise.all(workers.map((worker) => resultOf<Result>(worker)));
  } catch (error) {
    await stopAll();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function resultOf<Result>(worker: Worker): Promise<Result> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a worker thread ended without a result')));
  });
}

/** The same values in a buffer that threads share; copies unless it is one already. */
export function shareFloats(values: Float64Array): Float64Array<SharedArrayBuffer> {
  if (values.buffer instanceof SharedArrayBuffer) return values as Float64Array<SharedArrayBuffer>;
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

export const shareMatrix = (matrix: Matrix): Matrix => ({ ...matrix, data: shareFloats(matrix.data) });

/** Splits [0, total) among threads by claiming `chunk` after `chunk` from a shared counter. */
export function claimChunk(
  counter: Int32Array,
  chunk: number,
  total: number,
): { from: number; to: number } | undefined {
  const from = Atomics.add(counter, 0, 1) * chunk;
  return from >= total ? undefined : { from, to: Math.min(total, from + chunk) };
}

/** Lets signals and timers be served between pieces of long work on the main thread. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
