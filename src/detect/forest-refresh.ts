import type { Matrix } from '../numeric/matrix.ts';
import { orderByContent } from '../numeric/row-order.ts';
import type { ThreadOptions } from '../numeric/threads.ts';
import { type Forest, type ForestPlan, joinTrees, type TreeShare } from './forest.ts';
import { planColumns } from './forest-columns.ts';
import { growShares } from './forest-threads.ts';
import { averagePathLength } from './forest-tree.ts';

/** A tree lives ten refreshes: under daily ones the forest stands on the last ten days. */
export const REFRESH_SHARE = 0.1;

/**
 * Replaces the oldest share of the trees by trees grown on the rows given, and leaves the forest that it was given as it is.
 * Trees stand in the order of their age. Each new tree has the random stream of its running number, so that the same forest
 * and the same rows, in any order and with any number of threads, give the same trees.
 *
 * A tree grown on fewer rows than the forest's sample size has its paths stretched to the forest's measure, c(sample size) /
 * c(rows). Rows without two different ones would grow trees that say nothing: the forest stays as it is. The fill values of
 * missing values become those of the new rows, except in an extended forest, whose older trees are cut around them.
 */
export async function refreshForest(
  forest: Forest,
  matrix: Matrix,
  options: ThreadOptions & { share?: number | undefined } = {},
): Promise<Forest> {
  const { share = REFRESH_SHARE, signal } = options;
  if (!(share >= 0 && share <= 1)) throw new RangeError(`share ${share} is not in [0, 1]`);
  if (matrix.columns !== forest.columns)
    throw new RangeError(`the forest knows ${forest.columns} columns, the matrix has ${matrix.columns}`);
  signal?.throwIfAborted();
  const replaced = Math.ceil(forest.trees * share);
  const sampleSize = Math.min(forest.sampleSize, matrix.rows);
  if (replaced === 0 || sampleSize < 2) return forest;
  const order = orderByContent(matrix);
  const fresh = planColumns(matrix, order, 0, forest.seed);
  const { pairs, weights, columns } = forest;
  const fill = pairs.length > 0 ? forest.fill : fresh.fill;
  const plan: ForestPlan = {
    trees: replaced,
    firstTree: forest.grown,
    sampleSize,
    seed: forest.seed,
    order,
    columns: { columns, fill, pairs, weights },
  };
  const grown = await growShares(matrix, plan, options);
  if (grown.every(({ feature }) => feature.every((column) => column < 0))) return forest;
  const stretch = averagePathLength(forest.sampleSize) / averagePathLength(sampleSize);
  for (const { feature, value } of grown)
    for (let node = 0; node < feature.length; node++) if (feature[node]! < 0) value[node]! *= stretch;
  const shares = [keepYoungest(forest, forest.trees - replaced), ...grown];
  const { trees, sampleSize: measure } = forest;
  return { ...joinTrees({ ...plan, trees, sampleSize: measure }, shares), grown: forest.grown + replaced };
}

function keepYoungest({ roots, feature, value, child, size }: Forest, kept: number): TreeShare {
  const from = kept === 0 ? feature.length : roots[roots.length - kept]!;
  return {
    roots: roots.slice(roots.length - kept).map((root) => root - from),
    feature: feature.slice(from),
    value: value.slice(from),
    child: child.slice(from).map((node) => node - from),
    size: size.slice(from),
  };
}
