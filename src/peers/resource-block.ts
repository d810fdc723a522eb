import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { topEigenpairs } from '../numeric/top-eigenpairs.ts';
import { takeSparseRows } from './canonical-order.ts';
import type { SparseRows } from './ports.ts';

/** Resources kept for the decomposition: the most shared ones win when there are more. */
const MAXIMUM_RESOURCES = 200_000;

export interface ResourceSpace {
  /** Column of each resource in the decomposition, -1 = left out (one user, or everybody's). */
  readonly column: Int32Array;
  /** Inverse document frequency of the kept columns. */
  readonly weights: Float64Array;
  /** kept x axes. */
  readonly axes: Matrix;
  readonly mean: Float64Array;
}

/** Latent semantic analysis of who touches what: rows of (1 + log count) x idf at unit length, then a truncated singular
 * value decomposition. Rare shared resources weigh most; those of one person say nothing about peers and are left out. */
export function fitResourceSpace(resources: SparseRows, rows: Int32Array, limit: number, seed: number): ResourceSpace {
  const used = takeSparseRows(resources, rows);
  const people = new Int32Array(resources.columns);
  for (let e = 0; e < used.indices.length; e++) if (used.counts[e]! > 0) people[used.indices[e]!]!++;
  const least = leastSharing(people);
  const column = new Int32Array(resources.columns).fill(-1);
  const kept: number[] = [];
  for (let r = 0; r < people.length && kept.length < MAXIMUM_RESOURCES; r++)
    if (people[r]! >= least && people[r]! < rows.length) column[r] = kept.push(Math.log(rows.length / people[r]!)) - 1;
  const weights = Float64Array.from(kept);
  const empty = { column, weights, axes: createMatrix(weights.length, 0), mean: new Float64Array(0) };
  if (weights.length === 0) return empty;
  const table = weigh(used, empty);
  const pairs = topEigenpairs((block) => applyGram(table, block), weights.length, Math.min(limit, weights.length), {
    seed,
    iterations: 5,
  });
  let axesKept = 0;
  while (axesKept < pairs.values.length && pairs.values[axesKept]! > 1e-9 * pairs.values[0]!) axesKept++;
  const axes = createMatrix(weights.length, axesKept);
  for (let r = 0; r < weights.length; r++)
    for (let k = 0; k < axesKept; k++) axes.data[r * axesKept + k] = pairs.vectors.data[r * pairs.vectors.columns + k]!;
  const space = { ...empty, axes, mean: new Float64Array(axesKept) };
  const positions = projectResources(used, space);
  for (let i = 0; i < positions.rows; i++)
    for (let k = 0; k < axesKept; k++) space.mean[k]! += positions.data[i * axesKept + k]! / positions.rows;
  return space;
}

/** Positions of people on the axes, less the mean; nobody known by no kept resource sits at 0, the average. */
export function projectResources(resources: SparseRows, space: ResourceSpace): Matrix {
  const { axes, mean } = space;
  const table = weigh(resources, space);
  const n = table.offsets.length - 1;
  const out = createMatrix(n, axes.columns);
  for (let i = 0; i < n; i++) {
    const [from, to] = [table.offsets[i]!, table.offsets[i + 1]!];
    for (let e = from; e < to; e++)
      for (let k = 0, q = table.indices[e]! * axes.columns, p = i * axes.columns; k < axes.columns; k++)
        out.data[p + k]! += table.counts[e]! * axes.data[q + k]!;
    if (to > from) for (let k = 0; k < axes.columns; k++) out.data[i * axes.columns + k]! -= mean[k]!;
  }
  return out;
}

function leastSharing(people: Int32Array): number {
  const histogram = new Map<number, number>();
  for (const count of people) if (count >= 2) histogram.set(count, (histogram.get(count) ?? 0) + 1);
  let total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  let least = 2;
  for (; total > MAXIMUM_RESOURCES; least++) total -= histogram.get(least) ?? 0;
  return least;
}

function weigh(resources: SparseRows, space: { column: Int32Array; weights: Float64Array }): SparseRows {
  const n = resources.offsets.length - 1;
  const offsets = new Int32Array(n + 1);
  const indices = new Int32Array(resources.indices.length);
  const counts = new Float32Array(resources.indices.length);
  let end = 0;
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let e = resources.offsets[i]!; e < resources.offsets[i + 1]!; e++) {
      const column = space.column[resources.indices[e]!] ?? -1;
      if (column < 0 || !(resources.counts[e]! > 0)) continue;
      const weight = (1 + Math.log(Math.max(1, resources.counts[e]!))) * space.weights[column]!;
      if (!Number.isFinite(weight)) continue;
      indices[end] = column;
      counts[end++] = weight;
      squares += weight * weight;
    }
    offsets[i + 1] = end;
    if (squares > 0) for (let e = offsets[i]!; e < end; e++) counts[e]! /= Math.sqrt(squares);
  }
  return { columns: space.weights.length, offsets, indices: indices.slice(0, end), counts: counts.slice(0, end) };
}

/** Transposed table times table times block, one person at a time. */
function applyGram(table: SparseRows, block: Matrix): Matrix {
  const w = block.columns;
  const out = createMatrix(block.rows, w);
  const row = new Float64Array(w);
  for (let i = 0; i + 1 < table.offsets.length; i++) {
    row.fill(0);
    const [from, to] = [table.offsets[i]!, table.offsets[i + 1]!];
    for (let e = from; e < to; e++)
      for (let k = 0, q = table.indices[e]! * w; k < w; k++) row[k]! += table.counts[e]! * block.data[q + k]!;
    for (let e = from; e < to; e++)
      for (let k = 0, q = table.indices[e]! * w; k < w; k++) out.data[q + k]! += table.counts[e]! * row[k]!;
  }
  return out;
}
