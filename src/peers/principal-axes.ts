import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { type Eigenpairs, multiply, symmetricEigenpairs, topEigenpairs } from '../numeric/top-eigenpairs.ts';

const JACOBI_LIMIT = 96;

export interface PrincipalAxes {
  /** columns x axes. */
  readonly axes: Matrix;
  /** Variance along each axis, falling. */
  readonly variances: Float64Array;
}

/** Axes that together hold `share` of the variance, at most `limit`. */
export function mainAxes(centred: Matrix, limit: number, share: number, seed: number): PrincipalAxes {
  const { rows, columns } = centred;
  if (rows < 2 || columns === 0) return { axes: createMatrix(columns, 0), variances: new Float64Array(0) };
  const covariance = covarianceOf(centred);
  let total = 0;
  for (let c = 0; c < columns; c++) total += covariance.data[c * columns + c]!;
  const pairs = leadingPairs(covariance, Math.min(limit, columns), seed);
  let kept = 0;
  for (let sum = 0; kept < pairs.values.length && sum < share * total; kept++) sum += Math.max(0, pairs.values[kept]!);
  return firstAxes(pairs, kept);
}

function leadingPairs(covariance: Matrix, count: number, seed: number): Eigenpairs {
  return covariance.rows <= JACOBI_LIMIT
    ? symmetricEigenpairs(covariance)
    : topEigenpairs((block) => multiply(covariance, block), covariance.rows, count, { seed, iterations: 30 });
}

function firstAxes(pairs: Eigenpairs, kept: number): PrincipalAxes {
  const { rows, columns, data } = pairs.vectors;
  const axes = createMatrix(rows, kept);
  for (let i = 0; i < rows; i++) for (let k = 0; k < kept; k++) axes.data[i * kept + k] = data[i * columns + k]!;
  return { axes, variances: pairs.values.slice(0, kept) };
}

function covarianceOf({ rows, columns, data }: Matrix): Matrix {
  const out = createMatrix(columns, columns);
  for (let i = 0, at = 0; i < rows; i++, at += columns)
    for (let p = 0; p < columns; p++) {
      const x = data[at + p]!;
      if (x === 0) continue;
      for (let q = p; q < columns; q++) out.data[p * columns + q]! += x * data[at + q]!;
    }
  for (let p = 0; p < columns; p++)
    for (let q = p; q < columns; q++)
      out.data[q * columns + p] = out.data[p * columns + q] = out.data[p * columns + q]! / rows;
  return out;
}
