import { createMatrix, type Matrix } from './matrix.ts';
import { createRandom } from './random.ts';

/** Largest eigenvalues first; `vectors` is size x count, one eigenvector a column. */
export interface Eigenpairs {
  values: Float64Array;
  vectors: Matrix;
}

/** All eigenpairs of a symmetric matrix by cyclic Jacobi rotations. O(n^3) a sweep: for a few hundred rows at most. */
export function symmetricEigenpairs(matrix: Matrix): Eigenpairs {
  const n = matrix.rows;
  const a = matrix.data.slice();
  const v = createMatrix(n, n);
  for (let i = 0; i < n; i++) v.data[i * n + i] = 1;
  for (let sweep = 0; sweep < 40; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const square = a[i * n + j]! ** 2;
        if (i === j) diagonal += square;
        else off += square;
      }
    if (!(off > 1e-24 * diagonal)) break;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        if (apq === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, v.data, n, p, q, c, t * c);
      }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]! || i - j);
  const vectors = createMatrix(n, n);
  for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) vectors.data[i * n + k] = v.data[i * n + order[k]!]!;
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let i = p, j = q; i < n * n; i += n, j += n) {
    const x = a[i]!;
    const y = a[j]!;
    a[i] = c * x - s * y;
    a[j] = s * x + c * y;
  }
  for (let i = p * n, j = q * n, end = i + n; i < end; i++, j++) {
    const x = a[i]!;
    const y = a[j]!;
    a[i] = c * x - s * y;
    a[j] = s * x + c * y;
  }
  for (let i = p, j = q; i < n * n; i += n, j += n) {
    const x = v[i]!;
    const y = v[j]!;
    v[i] = c * x - s * y;
    v[j] = s * x + c * y;
  }
}

/** Leading eigenpairs of a symmetric positive operator by randomised subspace iteration (Halko, Martinsson and Tropp 2011).
 * @param apply takes and returns size x width blocks, row-major
 * @param iterations 4 is enough for a fast-decaying spectrum, 20 and more for a flat one */
export function topEigenpairs(
  apply: (block: Matrix) => Matrix,
  size: number,
  count: number,
  options: { seed: number; iterations: number },
): Eigenpairs {
  const width = Math.min(size, count + 8);
  const random = createRandom(options.seed);
  let block = createMatrix(size, width);
  for (let i = 0; i < block.data.length; i++) block.data[i] = random.normal();
  block = orthonormalise(block);
  for (let i = 0; i < options.iterations; i++) block = orthonormalise(apply(block));
  const small = symmetricEigenpairs(gram(block, apply(block)));
  const kept = Math.min(count, width);
  return { values: small.values.slice(0, kept), vectors: multiply(block, small.vectors, kept) };
}

/** Same span, orthonormal columns (zero columns where the rank falls short): Cholesky QR, twice for accuracy. */
function orthonormalise(block: Matrix): Matrix {
  const w = block.columns;
  const out = createMatrix(block.rows, w, block.data.slice());
  for (let pass = 0; pass < 2; pass++) {
    const factor = cholesky(gram(out, out));
    for (let i = 0, at = 0; i < out.rows; i++, at += w)
      for (let k = 0; k < w; k++) {
        const pivot = factor[k * w + k]!;
        let value = out.data[at + k]!;
        for (let j = 0; j < k; j++) value -= factor[k * w + j]! * out.data[at + j]!;
        out.data[at + k] = pivot > 0 ? value / pivot : 0;
      }
  }
  return out;
}

/** Lower factor; rows and columns of dependent directions are zero. */
function cholesky({ rows: n, data }: Matrix): Float64Array {
  const factor = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    let pivot = data[k * n + k]!;
    for (let j = 0; j < k; j++) pivot -= factor[k * n + j]! ** 2;
    if (!(pivot > 1e-12 * data[k * n + k]!)) continue;
    const root = Math.sqrt(pivot);
    factor[k * n + k] = root;
    for (let i = k + 1; i < n; i++) {
      let value = data[i * n + k]!;
      for (let j = 0; j < k; j++) value -= factor[i * n + j]! * factor[k * n + j]!;
      factor[i * n + k] = value / root;
    }
  }
  return factor;
}

/** Transposed a times b, symmetrised. */
function gram(a: Matrix, b: Matrix): Matrix {
  const w = a.columns;
  const out = createMatrix(w, w);
  for (let i = 0; i < a.rows; i++)
    for (let p = 0, at = i * w; p < w; p++) {
      const x = a.data[at + p]!;
      if (x === 0) continue;
      for (let q = a === b ? p : 0; q < w; q++) out.data[p * w + q]! += x * b.data[at + q]!;
    }
  for (let p = 0; p < w; p++)
    for (let q = p + 1; q < w; q++)
      if (a === b) out.data[q * w + p] = out.data[p * w + q]!;
      else out.data[p * w + q] = out.data[q * w + p] = (out.data[p * w + q]! + out.data[q * w + p]!) / 2;
  return out;
}

/** a times the first `columns` columns of b. */
export function multiply(a: Matrix, b: Matrix, columns = b.columns): Matrix {
  const out = createMatrix(a.rows, columns);
  for (let i = 0; i < a.rows; i++)
    for (let c = 0; c < a.columns; c++) {
      const x = a.data[i * a.columns + c]!;
      if (x === 0) continue;
      for (let k = 0, p = i * columns, q = c * b.columns; k < columns; k++) out.data[p + k]! += x * b.data[q + k]!;
    }
  return out;
}
