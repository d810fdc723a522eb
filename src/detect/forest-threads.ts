import type { Matrix } from '../numeric/matrix.ts';
import { mapRows, type RowTask } from '../numeric/row-threads.ts';
import { runThreads, shareMatrix, type ThreadOptions, threadCount } from '../numeric/threads.ts';
import { failWorker } from './detector.ts';
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
const VISIT_NS = 1;

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
  return joinTrees(plan, await growShares(matrix, plan, options));
}

/** The trees of a plan, in worker threads where it pays. */
export async function growShares(matrix: Matrix, plan: ForestPlan, options: ThreadOptions): Promise<TreeShare[]> {
  const { signal } = options;
  const visits = plan.trees * plan.sampleSize * Math.log2(plan.sampleSize + 1);
  const threads = visits < WORTH_VISITS ? 1 : threadCount(options);
  if (threads === 1) return [growTrees(matrix, plan, 0, plan.trees)];
  const task = { module: import.meta.url, name: 'growShare' };
  const job: FitJob = { matrix: shareMatrix(matrix), plan, threads };
  return runThreads<TreeShare>(task, job, { threads, signal }).catch(failWorker(signal));
}

export function growShare({ matrix, plan, threads }: FitJob, thread: number): TreeShare {
  const bound = (i: number) => Math.round((i * plan.trees) / threads);
  return growTrees(matrix, plan, bound(thread), bound(thread + 1));
}

/** `scoreForestSync` in worker threads over shared memory. */
export const scoreForest = (forest: Forest, matrix: Matrix, options: ThreadOptions = {}): Promise<Float64Array> =>
  mapRows(forestTask(forest), matrix, options).catch(failWorker(options.signal));

export const forestTask = (forest: Forest): RowTask<Forest> => ({
  task: { module: import.meta.url, name: 'createForestScorer' },
  create: createForestScorer,
  state: forest,
  rowNs: forest.trees * Math.log2(forest.sampleSize + 1) * VISIT_NS + 1,
});

export { createForestScorer } from './forest.ts';
