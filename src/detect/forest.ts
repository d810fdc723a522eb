import type { Matrix } from '../numeric/matrix.ts';
import { createRandom, type Random, seedFor } from '../numeric/random.ts';
import { orderByContent } from '../numeric/row-order.ts';
import { createForestKernel } from './forest-kernel.ts';
import { averagePathLength, growTree, type TreeNodes } from './forest-tree.ts';

/** Isolation forest (Liu, Ting and Zhou 2008, 2012). Higher score = more anomalous, in (0, 1); 0.5 is an average case. */
export interface Forest extends TreeNodes {
  columns: number;
  trees: number;
  /** Rows that each tree was grown on. */
  sampleSize: number;
  seed: number;
  /** First node of each tree. */
  roots: Int32Array;
  /** What a missing value (NaN) counts as: the median of its column. */
  fill: Float64Array;
}

export interface ForestOptions {
  trees?: number;
  sampleSize?: number;
  seed: number;
}

export const DEFAULT_TREES = 100;
export const DEFAULT_SAMPLE = 256;
/** Rows that a column's fill value is taken from. */
const FILL_ROWS = 8192;

/** What a forest is grown from: settled options, content order of the rows and fill values of the columns. */
export interface ForestPlan {
  columns: number;
  trees: number;
  sampleSize: number;
  seed: number;
  order: Uint32Array;
  fill: Float64Array;
}

export function planForest(matrix: Matrix, options: ForestOptions): ForestPlan {
  const sampleSize = Math.min(options.sampleSize ?? DEFAULT_SAMPLE, matrix.rows);
  const trees = sampleSize === 0 || matrix.columns === 0 ? 0 : (options.trees ?? DEFAULT_TREES);
  return { columns: matrix.columns, trees, sampleSize, seed: options.seed, ...prepareForest(matrix) };
}

/** Same trees for the same rows in any order. Rows are drawn without replacement for each tree. */
export function fitForestSync(matrix: Matrix, options: ForestOptions): Forest {
  const plan = planForest(matrix, options);
  const { trees, sampleSize, seed } = plan;
  return joinTrees(plan, [growTrees(matrix, plan.order, plan.fill, { from: 0, to: trees, sampleSize, seed })]);
}

/** Puts the trees of several threads one behind the other. */
export function joinTrees(plan: ForestPlan, parts: (TreeNodes & { roots: Int32Array })[]): Forest {
  const nodes = parts.reduce((sum, part) => sum + part.feature.length, 0);
  const { columns, trees, sampleSize, seed, fill } = plan;
  const forest: Forest = {
    columns,
    trees,
    sampleSize,
    seed,
    fill,
    roots: new Int32Array(trees),
    feature: new Int32Array(nodes),
    value: new Float64Array(nodes),
    child: new Int32Array(nodes),
    size: new Uint32Array(nodes),
  };
  let tree = 0;
  let node = 0;
  for (const part of parts) {
    for (const root of part.roots) forest.roots[tree++] = root + node;
    forest.feature.set(part.feature, node);
    forest.value.set(part.value, node);
    forest.size.set(part.size, node);
    const offset = node;
    for (const child of part.child) forest.child[node++] = child + offset;
  }
  return forest;
}

/** Content order and fill values: what all trees share. */
function prepareForest(matrix: Matrix): { order: Uint32Array; fill: Float64Array } {
  const order = orderByContent(matrix);
  const used = Math.min(matrix.rows, FILL_ROWS);
  const values = new Float64Array(used);
  const fill = new Float64Array(matrix.columns);
  for (let column = 0; column < matrix.columns; column++) {
    let n = 0;
    for (let i = 0; i < used; i++) {
      const x = matrix.data[order[Math.floor((i * matrix.rows) / used)]! * matrix.columns + column]!;
      if (!Number.isNaN(x)) values[n++] = x;
    }
    fill[column] = n === 0 ? 0 : clampFinite(values.subarray(0, n).sort()[n >> 1]!);
  }
  return { order, fill };
}

const clampFinite = (x: number) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, x));

export interface TreeRange {
  from: number;
  to: number;
  sampleSize: number;
  seed: number;
}

/** Trees [from, to). Each has its own random stream, so that any division among threads gives the same trees. */
export function growTrees(
  matrix: Matrix,
  order: Uint32Array,
  fill: Float64Array,
  range: TreeRange,
): TreeNodes & { roots: Int32Array } {
  const { columns } = matrix;
  const { sampleSize } = range;
  const trees = range.to - range.from;
  const room = trees * Math.max(0, 2 * sampleSize - 1);
  const nodes: TreeNodes = {
    feature: new Int32Array(room),
    value: new Float64Array(room),
    child: new Int32Array(room),
    size: new Uint32Array(room),
  };
  const roots = new Int32Array(trees);
  const sample = { data: new Float64Array(sampleSize * columns), rows: sampleSize, columns };
  const scratch = { index: new Int32Array(sampleSize), features: new Int32Array(columns) };
  const positions = order.slice();
  let offset = 0;
  for (let tree = 0; tree < trees; tree++) {
    const random = createRandom(seedFor(range.seed, `tree ${range.from + tree}`));
    drawSample(matrix, positions, fill, sample.data, sampleSize, random);
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
  fill: Float64Array,
  into: Float64Array,
  count: number,
  random: Random,
): void {
  const swaps = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const j = i + random.int(positions.length - i);
    swaps[i] = j;
    [positions[i], positions[j]] = [positions[j]!, positions[i]!];
    copyFinite(matrix.data, positions[i]! * matrix.columns, fill, into, i * matrix.columns);
  }
  for (let i = count - 1; i >= 0; i--) {
    const j = swaps[i]!;
    [positions[i], positions[j]] = [positions[j]!, positions[i]!];
  }
}

/** Copies one row; NaN becomes the column's fill value and infinities the largest finite numbers. */
export function copyFinite(data: Float64Array, from: number, fill: Float64Array, into: Float64Array, to: number): void {
  for (let column = 0; column < fill.length; column++) {
    const x = data[from + column]!;
    into[to + column] = Number.isFinite(x) ? x : Number.isNaN(x) ? fill[column]! : clampFinite(x);
  }
}

/** Score of each row, rows. */
export function scoreForestSync(forest: Forest, matrix: Matrix): Float64Array {
  const scores = new Float64Array(matrix.rows);
  createForestScorer(forest)(matrix, 0, matrix.rows, scores);
  return scores;
}

export type ForestScorer = (matrix: Matrix, from: number, to: number, scores: Float64Array) => void;

/** A function that scores rows [from, to) of a matrix into `scores`. */
export function createForestScorer(forest: Forest): ForestScorer {
  const { columns, trees } = forest;
  const norm = trees * averagePathLength(forest.sampleSize);
  // Trees on one row, or none, say nothing.
  const kernel = norm > 0 ? createForestKernel(forest) : undefined;
  return (matrix, from, to, scores) => {
    requireColumns(forest, matrix.columns);
    if (!kernel) {
      scores.fill(0.5, from, to);
      return;
    }
    const { blockRows, block, paths } = kernel;
    for (let start = from; start < to; start += blockRows) {
      const count = Math.min(blockRows, to - start);
      for (let i = 0; i < count; i++) copyFinite(matrix.data, (start + i) * columns, forest.fill, block, i * columns);
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
 * What each feature adds to a row's score: the values sum to score - 0.5.
 *
 * A split of a node of n rows that sends the row to a child of m rows changes the expected path length by
 * 1 + c(m) - c(n); these changes telescope to h - c(sample size). Their average over the trees, by the feature that was
 * split on, is D_f, and score = 0.5 x 2^(-sum D_f). As the score depends on the sum alone, the Aumann-Shapley values (the
 * integral of the gradient from D = 0) are D_f x (score - 0.5) / sum D_f.
 */
export function attributeForest(forest: Forest, row: Float64Array): Float64Array {
  requireColumns(forest, row.length);
  const { feature, value, child, size, roots, trees } = forest;
  const out = new Float64Array(forest.columns);
  const norm = trees * averagePathLength(forest.sampleSize);
  if (!(norm > 0)) return out;
  const finite = new Float64Array(forest.columns);
  copyFinite(row, 0, forest.fill, finite, 0);
  for (let tree = 0; tree < trees; tree++) {
    let node = roots[tree]!;
    for (let column = feature[node]!; column >= 0; column = feature[node]!) {
      const to = finite[column]! <= value[node]! ? child[node]! : child[node]! + 1;
      out[column]! += 1 + averagePathLength(size[to]!) - averagePathLength(size[node]!);
      node = to;
    }
  }
  let sum = 0;
  for (let column = 0; column < out.length; column++) {
    out[column]! /= norm;
    sum += out[column]!;
  }
  const slope = Math.abs(sum) < 1e-12 ? -0.5 * Math.LN2 : (0.5 * Math.expm1(-sum * Math.LN2)) / sum;
  for (let column = 0; column < out.length; column++) out[column]! *= slope;
  return out;
}
