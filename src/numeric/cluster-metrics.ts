import type { Matrix } from './matrix.ts';
import { createRandom } from './random.ts';

/** Agreement of two partitions of the same rows, corrected for chance (Hubert and Arabie 1985): 1 = the same, about 0 =
 * unrelated. Rows with a negative label in either partition are left out. 1 when nothing is left, or both are trivial. */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const cells = new Map<number, Map<number, number>>();
  const rowSums = new Map<number, number>();
  const columnSums = new Map<number, number>();
  let n = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [p, q] = [a[i]!, b[i]!];
    if (!(p >= 0) || !(q >= 0)) continue;
    let row = cells.get(p);
    if (!row) {
      row = new Map();
      cells.set(p, row);
    }
    row.set(q, (row.get(q) ?? 0) + 1);
    rowSums.set(p, (rowSums.get(p) ?? 0) + 1);
    columnSums.set(q, (columnSums.get(q) ?? 0) + 1);
    n++;
  }
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const sum = (counts: Iterable<number>) => {
    let total = 0;
    for (const count of counts) total += pairs(count);
    return total;
  };
  let together = 0;
  for (const row of cells.values()) together += sum(row.values());
  const inA = sum(rowSums.values());
  const inB = sum(columnSums.values());
  const expected = n > 1 ? (inA * inB) / pairs(n) : 0;
  const best = (inA + inB) / 2;
  return best === expected ? 1 : (together - expected) / (best - expected);
}

/** Euclidean distances between all rows, `data[i * rows + j]`. O(rows^2 x columns): pass a sample. */
export function pairwiseDistances(matrix: Matrix): Float32Array {
  const { rows, columns, data } = matrix;
  const out = new Float32Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      let sum = 0;
      for (let c = 0, p = i * columns, q = j * columns; c < columns; c++) {
        const difference = data[p + c]! - data[q + c]!;
        sum += difference * difference;
      }
      out[i * rows + j] = out[j * rows + i] = Math.sqrt(sum);
    }
  }
  return out;
}

/** Silhouette of each row (Rousseeuw 1987), -1 to 1, from a square distance matrix. Rows labelled negative give NaN, the
 * only row of its cluster gives 0, and so does everything when there are fewer than two clusters. */
export function silhouettesFromDistances(distances: Float32Array, labels: Int32Array): Float64Array {
  const n = labels.length;
  let clusters = 0;
  for (const label of labels) clusters = Math.max(clusters, label + 1);
  const counts = new Float64Array(clusters);
  for (const label of labels) if (label >= 0) counts[label]!++;
  const out = new Float64Array(n);
  const sums = new Float64Array(clusters);
  for (let i = 0; i < n; i++) {
    const own = labels[i]!;
    if (own < 0) {
      out[i] = Number.NaN;
      continue;
    }
    if (counts[own]! < 2) continue;
    sums.fill(0);
    for (let j = 0, at = i * n; j < n; j++) if (labels[j]! >= 0) sums[labels[j]!]! += distances[at + j]!;
    let nearest = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++)
      if (c !== own && counts[c]! > 0) nearest = Math.min(nearest, sums[c]! / counts[c]!);
    const within = sums[own]! / (counts[own]! - 1);
    const larger = Math.max(within, nearest);
    out[i] = Number.isFinite(nearest) && larger > 0 ? (nearest - within) / larger : 0;
  }
  return out;
}

/** Rows drawn without replacement, ascending; all rows when there are no more than `size`. */
export function sampleRows(rows: number, size: number, seed: number): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  if (rows <= size) return all;
  const random = createRandom(seed);
  for (let i = 0; i < size; i++) {
    const j = i + random.int(rows - i);
    const kept = all[i]!;
    all[i] = all[j]!;
    all[j] = kept;
  }
  return all.slice(0, size).sort();
}

export function takeRows(matrix: Matrix, rows: Int32Array): Matrix {
  const { columns, data } = matrix;
  const out = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++)
    out.set(data.subarray(rows[i]! * columns, (rows[i]! + 1) * columns), i * columns);
  return { rows: rows.length, columns, data: out };
}

export const meanKnown = (values: Float64Array): number => {
  let sum = 0;
  let known = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known ? sum / known : Number.NaN;
};

/** Mean silhouette over a seeded sample of rows; NaN when no row has a cluster. */
export function silhouette(matrix: Matrix, labels: Int32Array, options: { sample: number; seed: number }): number {
  const rows = sampleRows(matrix.rows, options.sample, options.seed);
  const distances = pairwiseDistances(takeRows(matrix, rows));
  return meanKnown(
    silhouettesFromDistances(
      distances,
      Int32Array.from(rows, (row) => labels[row]!),
    ),
  );
}
