import { createMatrix, type Matrix } from './matrix.ts';
import { createRandom, type Random, seedFor } from './random.ts';

export interface KMeansOptions {
  /** Number of clusters, at least 1; lowered to the number of rows. */
  clusters: number;
  seed: number;
  /** Independent k-means++ starts, the one of least inertia wins. Default 3. */
  restarts?: number;
  /** Default 50. */
  maxIterations?: number;
  /** Centres to start from instead of k-means++; then there is one run. */
  initial?: Matrix;
}

export interface KMeansResult {
  centres: Matrix;
  assignment: Int32Array;
  /** Sum of squared distances of the rows to their centres. */
  inertia: number;
  iterations: number;
}

/** k-means on finite rows: k-means++ starts (Arthur and Vassilvitskii 2007), exact Lloyd steps sped up by triangle
 * inequality bounds (Hamerly 2010). A cluster that loses all its rows keeps its centre. Ties go to the lower cluster. */
export function kMeans(matrix: Matrix, options: KMeansOptions): KMeansResult {
  const clusters = Math.max(1, Math.min(options.clusters, matrix.rows));
  const maxIterations = options.maxIterations ?? 50;
  if (matrix.rows === 0)
    return { centres: createMatrix(0, matrix.columns), assignment: new Int32Array(0), inertia: 0, iterations: 0 };
  if (options.initial) return lloyd(matrix, options.initial, maxIterations);
  let best: KMeansResult | undefined;
  for (let restart = 0; restart < (options.restarts ?? 3); restart++) {
    const random = createRandom(seedFor(options.seed, `kmeans:${clusters}:${restart}`));
    const result = lloyd(matrix, plusPlusCentres(matrix, clusters, random), maxIterations);
    if (!best || result.inertia < best.inertia) best = result;
  }
  return best!;
}

export function squaredDistance(a: Float64Array, p: number, b: Float64Array, q: number, columns: number): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    const difference = a[p + c]! - b[q + c]!;
    sum += difference * difference;
  }
  return sum;
}

function plusPlusCentres(matrix: Matrix, clusters: number, random: Random): Matrix {
  const { rows, columns, data } = matrix;
  const centres = createMatrix(clusters, columns);
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let chosen = random.int(rows);
  for (let k = 0; k < clusters; k++) {
    centres.data.set(data.subarray(chosen * columns, (chosen + 1) * columns), k * columns);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const distance = squaredDistance(data, i * columns, centres.data, k * columns, columns);
      if (distance < nearest[i]!) nearest[i] = distance;
      total += nearest[i]!;
    }
    if (!(total > 0)) {
      chosen = random.int(rows);
      continue;
    }
    let left = random.next() * total;
    chosen = rows - 1;
    for (let i = 0; i < rows; i++) {
      left -= nearest[i]!;
      if (left < 0) {
        chosen = i;
        break;
      }
    }
  }
  return centres;
}

function lloyd(matrix: Matrix, start: Matrix, maxIterations: number): KMeansResult {
  const { rows, columns, data } = matrix;
  const k = start.rows;
  const centres = createMatrix(k, columns, start.data.slice());
  const assignment = new Int32Array(rows).fill(-1);
  const upper = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const lower = new Float64Array(rows);
  const halfGap = new Float64Array(k);
  const moved = new Float64Array(k);
  let iterations = 0;
  for (; iterations < maxIterations; iterations++) {
    fillHalfGaps(centres, halfGap);
    let changes = 0;
    for (let i = 0; i < rows; i++) {
      const own = assignment[i]!;
      if (own >= 0) {
        const bound = Math.max(halfGap[own]!, lower[i]!);
        if (upper[i]! < bound) continue;
        upper[i] = Math.sqrt(squaredDistance(data, i * columns, centres.data, own * columns, columns));
        if (upper[i]! < bound) continue;
      }
      let first = Number.POSITIVE_INFINITY;
      let second = Number.POSITIVE_INFINITY;
      let winner = 0;
      for (let c = 0; c < k; c++) {
        const distance = squaredDistance(data, i * columns, centres.data, c * columns, columns);
        if (distance < first) {
          second = first;
          first = distance;
          winner = c;
        } else if (distance < second) second = distance;
      }
      upper[i] = Math.sqrt(first);
      lower[i] = Math.sqrt(second);
      if (winner !== own) {
        assignment[i] = winner;
        changes++;
      }
    }
    if (changes === 0) break;
    let [most, next, mostAt] = [0, 0, -1];
    moveCentres(matrix, assignment, centres, moved);
    for (let c = 0; c < k; c++) {
      if (moved[c]! > most) {
        next = most;
        most = moved[c]!;
        mostAt = c;
      } else if (moved[c]! > next) next = moved[c]!;
    }
    for (let i = 0; i < rows; i++) {
      upper[i]! += moved[assignment[i]!]!;
      lower[i]! -= assignment[i] === mostAt ? next : most;
    }
  }
  let inertia = 0;
  for (let i = 0; i < rows; i++)
    inertia += squaredDistance(data, i * columns, centres.data, assignment[i]! * columns, columns);
  return { centres, assignment, inertia, iterations };
}

function fillHalfGaps(centres: Matrix, halfGap: Float64Array): void {
  const { rows, columns, data } = centres;
  halfGap.fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < rows; a++)
    for (let b = a + 1; b < rows; b++) {
      const half = Math.sqrt(squaredDistance(data, a * columns, data, b * columns, columns)) / 2;
      if (half < halfGap[a]!) halfGap[a] = half;
      if (half < halfGap[b]!) halfGap[b] = half;
    }
}

function moveCentres(matrix: Matrix, assignment: Int32Array, centres: Matrix, moved: Float64Array): void {
  const { columns } = matrix;
  const means = meansOf(matrix, assignment, centres);
  for (let c = 0; c < centres.rows; c++)
    moved[c] = Math.sqrt(squaredDistance(means.data, c * columns, centres.data, c * columns, columns));
  centres.data.set(means.data);
}

/** Mean row of each cluster; a cluster without rows keeps its row of `fallback`. Negative labels are left out. */
export function meansOf(matrix: Matrix, assignment: Int32Array, fallback: Matrix): Matrix {
  const { rows, columns, data } = matrix;
  const sums = createMatrix(fallback.rows, columns);
  const counts = new Float64Array(fallback.rows);
  for (let i = 0; i < rows; i++) {
    const c = assignment[i]!;
    if (c < 0) continue;
    counts[c]!++;
    for (let d = 0, p = i * columns, q = c * columns; d < columns; d++) sums.data[q + d]! += data[p + d]!;
  }
  for (let c = 0; c < fallback.rows; c++)
    for (let d = 0, q = c * columns; d < columns; d++)
      sums.data[q + d] = counts[c]! > 0 ? sums.data[q + d]! / counts[c]! : fallback.data[q + d]!;
  return sums;
}

/** Nearest centre of every row. */
export function assignToCentres(matrix: Matrix, centres: Matrix): Int32Array {
  const { rows, columns, data } = matrix;
  const assignment = new Int32Array(rows).fill(-1);
  for (let i = 0; i < rows; i++) {
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; c < centres.rows; c++) {
      const distance = squaredDistance(data, i * columns, centres.data, c * columns, columns);
      if (distance < best) {
        best = distance;
        assignment[i] = c;
      }
    }
  }
  return assignment;
}
