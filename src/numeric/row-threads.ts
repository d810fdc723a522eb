import type { Matrix } from './matrix.ts';
import {
  breathe,
  claimChunk,
  runThreads,
  shareMatrix,
  type ThreadOptions,
  type ThreadTask,
  threadCount,
} from './threads.ts';

/** Computes one number for each of the rows [from, to) into `out`, which has one place for every row of the matrix. */
export type RowFunction = (matrix: Matrix, from: number, to: number, out: Float64Array) => void;

export interface RowTask<State> {
  /** Where `create` is exported from, for other threads. */
  task: ThreadTask;
  create(state: State): RowFunction;
  state: State;
  /** Rough cost of a row in nanoseconds; small jobs stay on this thread. */
  rowNs: number;
}

/** Below this a thread costs more than it saves. */
const WORTH_NS = 40e6;
const CHUNK_NS = 5e6;
const BREATH_NS = 50e6;

/** Applies a row function to all rows, in worker threads over shared memory where it pays. Same result for any number. */
export async function mapRows<State>(
  { task, create, state, rowNs }: RowTask<State>,
  matrix: Matrix,
  options: ThreadOptions,
): Promise<Float64Array> {
  const { rows } = matrix;
  const threads = rows * rowNs < WORTH_NS ? 1 : threadCount(options);
  const rowsIn = (ns: number) => Math.max(64, Math.min(65536, Math.ceil(ns / rowNs)));
  if (threads === 1) {
    const out = new Float64Array(rows);
    const apply = create(state);
    const step = rowsIn(BREATH_NS);
    for (let from = 0; from < rows; from += step) {
      await breathe(options.signal);
      apply(matrix, from, Math.min(rows, from + step), out);
    }
    return out;
  }
  const job: RowJob = {
    ...task,
    state,
    matrix: shareMatrix(matrix),
    out: new Float64Array(new SharedArrayBuffer(rows * 8)),
    counter: new Int32Array(new SharedArrayBuffer(4)),
    chunk: rowsIn(CHUNK_NS),
  };
  // This thread is one of them: it starts at once, while the others are still loading.
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const others = runThreads({ module: import.meta.url, name: 'applyShare' }, job, { threads: threads - 1, signal });
  // A failure there is reported below; until then it must not count as unhandled.
  others.catch(() => {});
  try {
    const apply = create(state);
    for (let next = claimNext(job); next; next = claimNext(job)) {
      await breathe(options.signal);
      apply(job.matrix, next.from, next.to, job.out);
    }
  } catch (error) {
    stop.abort(error);
    await others.catch(() => {});
    throw error;
  }
  await others;
  return job.out;
}

interface RowJob extends ThreadTask {
  state: unknown;
  matrix: Matrix;
  out: Float64Array;
  counter: Int32Array;
  chunk: number;
}

const claimNext = ({ counter, chunk, matrix }: RowJob) => claimChunk(counter, chunk, matrix.rows);

export async function applyShare(job: RowJob): Promise<void> {
  const code = (await import(job.module)) as Record<string, (state: unknown) => RowFunction>;
  const apply = code[job.name]!(job.state);
  for (let next = claimNext(job); next; next = claimNext(job)) apply(job.matrix, next.from, next.to, job.out);
}
