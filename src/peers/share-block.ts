import { createMatrix, type Matrix } from '../numeric/matrix.ts';

/** Rows as shares that add up to 1; negative and non-finite entries count as 0, an empty row gives NaN throughout. */
export function normaliseShares(counts: Matrix): Matrix {
  const { rows, columns, data } = counts;
  const out = createMatrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = 0, at = i * columns; c < columns; c++) {
      const value = data[at + c]!;
      if (value > 0 && value < Number.MAX_VALUE) sum += value;
    }
    for (let c = 0, at = i * columns; c < columns; c++) {
      const value = data[at + c]!;
      out.data[at + c] = sum > 0 ? (value > 0 && value < Number.MAX_VALUE ? value / sum : 0) : Number.NaN;
    }
  }
  return out;
}

/** Spreads each hour over its neighbours (1/4, 1/2, 1/4, around the clock), so that 08:55 and 09:05 are alike. */
export function smoothRhythm(shares: Matrix): Matrix {
  const { rows, columns, data } = shares;
  const circle = columns === 168 ? 168 : columns === 24 || columns === 31 ? 24 : 0;
  if (circle === 0) return shares;
  const out = createMatrix(rows, columns, data.slice());
  for (let i = 0; i < rows; i++)
    for (let c = 0, at = i * columns; c < circle; c++)
      out.data[at + c] =
        data[at + c]! / 2 + (data[at + ((c + 1) % circle)]! + data[at + ((c + circle - 1) % circle)]!) / 4;
  return out;
}

/** Square roots of shares less their mean: Euclidean distance between rows is then the Hellinger distance. Unknown rows
 * give 0, the average. @param mean as returned by `meanRoots` */
export function centreRoots(shares: Matrix, mean: Float64Array): Matrix {
  const { rows, columns, data } = shares;
  const out = createMatrix(rows, columns);
  for (let i = 0; i < rows; i++)
    for (let c = 0, at = i * columns; c < columns; c++)
      out.data[at + c] = Number.isNaN(data[at + c]!) ? 0 : Math.sqrt(data[at + c]!) - mean[c]!;
  return out;
}

export function meanRoots(shares: Matrix, rows: Int32Array): Float64Array {
  const { columns, data } = shares;
  const mean = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    let known = 0;
    for (const row of rows) {
      const share = data[row * columns + c]!;
      if (Number.isNaN(share)) continue;
      mean[c]! += Math.sqrt(share);
      known++;
    }
    if (known > 0) mean[c]! /= known;
  }
  return mean;
}
