import type { Matrix } from '../numeric/matrix.ts';
import { createRandom, type Random, seedFor } from '../numeric/random.ts';
import { orderByContent } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { creditColumn, expandRow, type ForestColumns, planColumns, widthOf } from './forest-columns.ts';
import { createForestKernel } from './forest-kernel.ts';
import { averagePathLength, growTree, type TreeNodes } from './forest-tree.ts';

/** Isolation forest (Liu, Ting and Zhou 2008, 2012). Higher score = more anomalous, in (0, 1); 0.5 is an average case. */
export interface Forest extends TreeNodes, ForestColumns {
  trees: number;
  /** Rows that each tree was grown on. */
  sampleSize: number;
  seed: number;
  /** Trees grown so far, those that were replaced included: the running number of the next one. */
  grown: number;
  /** First node of each tree, oldest first. */
  roots: Int32Array;
}

export interface ForestOptions {
  /** Default: 250 for large tables, up to 500 for small ones, where more trees cost nothing and lessen the noise. */
  trees?: number | undefined;
  /** Default: 512, but at most two fifths of the rows, so that most trees have not seen the row they judge. */
  sampleSize?: number | undefined;
  /** Replaces 512 in the default of `sampleSize`. */
  maxSampleSize?: number | undefined;
  seed: number;
  /** Adds oblique splits over pairs of columns; half as many as axis-parallel ones are drawn. */
  extended?: boolean | undefined;
}

export const BASELINE_SCORE = 0.5;
const MAX_SAMPLE = 512;
/** Tree walks that the default number of trees may cost when the same rows are scored. */
const WALKS = 5e6;

/** What a forest is grown from: settled options, content order of the rows and the columns to split on. */
export interface ForestPlan {
  trees: number;
  /** Running number of the first one. */
  firstTree: number;
  sampleSize: number;
  seed: number;
  order: Uint32Array;
  columns: ForestColumns;
}

export function planForest(matrix: Matrix, options: ForestOptions): ForestPlan {
  const { rows, columns } = matrix;
  const sampleSize = Math.min(
    options.sampleSize ?? Math.min(options.maxSampleSize ?? MAX_SAMPLE, Math.max(2, Math.ceil(rows * 0.4))),
    rows,
  );
  const wanted = options.trees ?? Math.min(500, Math.max(250, Math.ceil(WALKS / Math.max(1, rows))));
  const order = orderByContent(matrix);
  return {
    trees: sampleSize === 0 || columns === 0 ? 0 : wanted,
    firstTree: 0,
    sampleSize,
    seed: options.seed,
    order,
    columns: planColumns(matrix, order, options.extended ? columns : 0, options.seed),
  };
}

/** Same trees for the same rows in any order. Rows are drawn without replacement for each tree. */
export function fitForestSync(matrix: Matrix, options: ForestOptions): Forest {
  const plan = planForest(matrix, options);
  return joinTrees(plan, [growTrees(matrix, plan, 0, plan.trees)]);
}

export type TreeShare = TreeNodes & { roots: Int32Array };

/** Trees [from, to). Each has its own random stream, so that any division among threads gives the same trees. */
export function growTrees(matrix: Matrix, plan: ForestPlan, from: number, to: number): TreeShare {
  const { sampleSize, columns } = plan;
  const width = widthOf(columns);
  const room = (to - from) * Math.max(0, 2 * sampleSize - 1);
  const nodes: TreeNodes = {
    feature: new Int32Array(room),
    value: new Float64Array(room),
    child: new Int32Array(room),
    size: new Uint32Array(room),
  };
  const roots = new Int32Array(to - from);
  const sample = { data: new Float64Array(sampleSize * width), rows: sampleSize, columns: width };
  // Where there are oblique columns, columns of the table are drawn twice as often.
  const slots = Int32Array.from({ length: 2 * columns.columns + (width - columns.columns) }, (_, i) =>
    i < columns.columns ? i : i - columns.columns,
  );
  const scratch = { index: new Int32Array(sampleSize), slots: new Int32Array(slots.length) };
  const positions = plan.order.slice();
  let offset = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    const random = createRandom(seedFor(plan.seed, `tree ${plan.firstTree + from + tree}`));
    drawSample(matrix, positions, sampleSize, random, (row, i) =>
      expandRow(columns, matrix.data, row * matrix.columns, sample.data, i * width),
    );
    scratch.slots.set(slots);
    roots[tree] = offset;
    offset += growTree(sample, random, nodes, offset, scratch);
  }
  return {
    roots,
    feature: nodes.feature.slice(0, offset),
    value: nodes.value.slice(0, offset),
    child: nodes.child.slice(0, offset),
    size: nodes.size.slice(0, offset),
  };
}

/** Fisher-Yates over the first `count` positions, undone afterwards. */
function drawSample(
  matrix: Matrix,
  positions: Uint32Array,
  count: number,
  random: Random,
  take: (row: number, i: number) => void,
): void {
  const swaps = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const j = i + random.int(matrix.rows - i);
    swaps[i] = j;
    [positions[i], positions[j]] = [positions[j]!, positions[i]!];
    take(positions[i]!, i);
  }
  for (let i = count - 1; i >= 0; i--) {
    const j = swaps[i]!;
    [positions[i], positions[j]] = [positions[j]!, positions[i]!];
  }
}

/** Puts the trees of several threads one behind the other. */
export function joinTrees(plan: ForestPlan, shares: readonly TreeShare[]): Forest {
  const nodes = shares.reduce((sum, share) => sum + share.feature.length, 0);
  const { trees, sampleSize, seed } = plan;
  const forest: Forest = {
    ...plan.columns,
    trees,
    sampleSize,
    seed,
    grown: plan.firstTree + trees,
    roots: new Int32Array(trees),
    feature: new Int32Array(nodes),
    value: new Float64Array(nodes),
    child: new Int32Array(nodes),
    size: new Uint32Array(nodes),
  };
  let tree = 0;
  let node = 0;
  for (const share of shares) {
    const offset = node;
    for (const root of share.roots) forest.roots[tree++] = root + offset;
    forest.feature.set(share.feature, offset);
    forest.value.set(share.value, offset);
    forest.size.set(share.size, offset);
    for (const child of share.child) forest.child[node++] = child + offset;
  }
  return forest;
}

/** Score of each row, rows. */
export function scoreForestSync(forest: Forest, matrix: Matrix): Float64Array {
  const scores = new Float64Array(matrix.rows);
  createForestScorer(forest)(matrix, 0, matrix.rows, scores);
  return scores;
}

/** A function that scores rows [from, to) of a matrix into `scores`. */
export function createForestScorer(forest: Forest): RowFunction {
  const { columns, trees } = forest;
  const width = widthOf(forest);
  const norm = trees * averagePathLength(forest.sampleSize);
  // Trees on one row, or none, say nothing.
  const kernel = norm > 0 ? createForestKernel(forest, width) : undefined;
  return (matrix, from, to, scores) => {
    requireColumns(forest, matrix.columns);
    if (!kernel) {
      scores.fill(BASELINE_SCORE, from, to);
      return;
    }
    const { blockRows, block, paths } = kernel;
    for (let start = from; start < to; start += blockRows) {
      const count = Math.min(blockRows, to - start);
      for (let i = 0; i < count; i++) expandRow(forest, matrix.data, (start + i) * columns, block, i * width);
      kernel.walk(count);
      for (let i = 0; i < count; i++) scores[start + i] = 2 ** (-paths[i]! / norm);
    }
  };
}

function requireColumns(forest: Forest, columns: number): void {
  if (columns !== forest.columns)
    throw new RangeError(`the forest knows ${forest.columns} columns, the matrix has ${columns}`);
}

/**
 * What each column adds to a row's score: the values sum to score - 0.5.
 *
 * A split of a node of n rows that sends the row to a child of m rows changes the expected path length by
 * 1 + c(m) - c(n); these changes telescope to h - c(sample size). Their average over the trees, by the column that was
 * split on, is D, and score = 0.5 x 2^(-sum D). As the score depends on the sum alone, the Aumann-Shapley values (the
 * integral of the gradient from D = 0) are D x (score - 0.5) / sum D.
 */
export function attributeForest(forest: Forest, row: Float64Array): Float64Array {
  requireColumns(forest, row.length);
  const { feature, value, child, size, roots, trees } = forest;
  const out = new Float64Array(forest.columns);
  const norm = trees * averagePathLength(forest.sampleSize);
  if (!(norm > 0)) return out;
  const finite = new Float64Array(widthOf(forest));
  expandRow(forest, row, 0, finite, 0);
  for (let tree = 0; tree < trees; tree++) {
    let node = roots[tree]!;
    // 1, except for trees that a refresh grew on fewer rows.
    const stretch = averagePathLength(forest.sampleSize) / averagePathLength(size[node]!);
    for (let column = feature[node]!; column >= 0; column = feature[node]!) {
      const to = finite[column]! <= value[node]! ? child[node]! : child[node]! + 1;
      const change = 1 + averagePathLength(size[to]!) - averagePathLength(size[node]!);
      creditColumn(forest, finite, column, (change * stretch) / norm, out);
      node = to;
    }
  }
  const sum = out.reduce((total, change) => total + change, 0);
  const slope = Math.abs(sum) < 1e-12 ? -0.5 * Math.LN2 : (0.5 * Math.expm1(-sum * Math.LN2)) / sum;
  return out.map((change) => change * slope);
}
