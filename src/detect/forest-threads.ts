import { AppError, messageOf } from '../domain/errors.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { breathe, claimChunk, runThreads, shareMatrix, type ThreadOptions, threadCount } from '../numeric/threads.ts';
import {
  createForestScorer,
  type Forest,
  type ForestOptions,
  type ForestPlan,
  growTrees,
  joinTrees,
  planForest,
  type TreeShare,
} from './forest.ts';

/** Below this many node visits a thread costs more than it saves. */
const WORTH_VISITS = 4e6;
const CHUNK_ROWS = 4096;

export type ForestFitOptions = ForestOptions & ThreadOptions;

interface FitJob {
  matrix: Matrix;
  plan: ForestPlan;
  threads: number;
}

/** `fitForestSync` in worker threads; the same forest for any number of them. */
export async function fitForest(matrix: Matrix, options: ForestFitOptions): Promise<Forest> {
  options.signal?.throwIfAborted();
  const plan = planForest(matrix, options);
  const visits = plan.trees * plan.sampleSize * Math.log2(plan.sampleSize + 1);
  const threads = visits < WORTH_VISITS ? 1 : threadCount(options);
  const shares =
    threads === 1
      ? [growTrees(matrix, plan, 0, plan.trees)]
      : await inThreads<TreeShare>('growShare', { matrix: shareMatrix(matrix), plan, threads }, threads, options);
  options.signal?.throwIfAborted();
  return joinTrees(plan, shares);
}

export function growShare({ matrix, plan, threads }: FitJob, thread: number): TreeShare {
  const bound = (i: number) => Math.round((i * plan.trees) / threads);
  return growTrees(matrix, plan, bound(thread), bound(thread + 1));
}

interface ScoreJob {
  forest: Forest;
  matrix: Matrix;
  scores: Float64Array;
  counter: Int32Array;
}

/** `scoreForestSync` in worker threads over shared memory. */
export async function scoreForest(forest: Forest, matrix: Matrix, options: ThreadOptions = {}): Promise<Float64Array> {
  const visits = matrix.rows * forest.trees * Math.log2(forest.sampleSize + 1);
  const threads = visits < WORTH_VISITS ? 1 : threadCount(options);
  if (threads === 1) {
    const scores = new Float64Array(matrix.rows);
    const scoreRows = createForestScorer(forest);
    for (let from = 0; from < matrix.rows; from += CHUNK_ROWS * 4) {
      scoreRows(matrix, from, Math.min(matrix.rows, from + CHUNK_ROWS * 4), scores);
      await breathe(options.signal);
    }
    return scores;
  }
  const job: ScoreJob = {
    forest,
    matrix: shareMatrix(matrix),
    scores: new Float64Array(new SharedArrayBuffer(matrix.rows * 8)),
    counter: new Int32Array(new SharedArrayBuffer(4)),
  };
  await inThreads('scoreShare', job, threads, options);
  return job.scores;
}

export function scoreShare({ forest, matrix, scores, counter }: ScoreJob): void {
  const scoreRows = createForestScorer(forest);
  for (
    let chunk = claimChunk(counter, CHUNK_ROWS, matrix.rows);
    chunk;
    chunk = claimChunk(counter, CHUNK_ROWS, matrix.rows)
  )
    scoreRows(matrix, chunk.from, chunk.to, scores);
}

async function inThreads<Result>(
  name: string,
  job: unknown,
  threads: number,
  { signal }: ThreadOptions,
): Promise<Result[]> {
  try {
    return await runThreads<Result>({ module: import.meta.url, name }, job, { threads, signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new AppError('WORKER_FAILED', messageOf(error), { cause: error });
  }
}
