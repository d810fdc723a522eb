import type { Matrix } from '../numeric/matrix.ts';
import { spreadRows } from '../numeric/row-order.ts';

/** Beyond this a number counts as this, so that sums of squares stay finite. */
const LARGEST = 1e150;

/** Zero mean and unit deviation for each column; constant columns and columns without any value are left out. */
export interface Scaling {
  /** Columns of the table. */
  columns: number;
  /** The columns kept. */
  kept: Int32Array;
  mean: Float64Array;
  deviation: Float64Array;
}

const clamp = (x: number) => Math.min(LARGEST, Math.max(-LARGEST, x));

/** Rows that means and deviations are learned from. */
const SCALE_ROWS = 65_536;

/** @param order all rows in content order: sums of floating-point numbers depend on the order */
export function learnScaling(matrix: Matrix, order: Uint32Array): Scaling {
  const { columns, data } = matrix;
  const used = spreadRows(order, SCALE_ROWS);
  const kept: number[] = [];
  const means: number[] = [];
  const deviations: number[] = [];
  for (let column = 0; column < columns; column++) {
    let n = 0;
    let largest = 0;
    let first = Number.NaN;
    let varies = false;
    for (const row of used) {
      const x = data[row * columns + column]!;
      if (Number.isNaN(x)) continue;
      if (n++ === 0) first = x;
      varies ||= x !== first;
      largest = Math.max(largest, Math.abs(clamp(x)));
    }
    if (!varies || largest === 0) continue;
    let sum = 0;
    for (const row of used) {
      const x = data[row * columns + column]!;
      if (!Number.isNaN(x)) sum += clamp(x) / largest;
    }
    const mean = sum / n;
    let squares = 0;
    for (const row of used) {
      const x = data[row * columns + column]!;
      if (!Number.isNaN(x)) squares += (clamp(x) / largest - mean) ** 2;
    }
    const deviation = Math.sqrt(squares / n) * largest;
    if (!(deviation > 0)) continue;
    kept.push(column);
    means.push(mean * largest);
    deviations.push(deviation);
  }
  return {
    columns,
    kept: Int32Array.from(kept),
    mean: Float64Array.from(means),
    deviation: Float64Array.from(deviations),
  };
}

/** One row, scaled; a missing value stands at the mean. */
export function scaleRow(
  { kept, mean, deviation }: Scaling,
  data: Float64Array,
  from: number,
  into: Float32Array | Float64Array,
  to: number,
): void {
  for (let i = 0; i < kept.length; i++) {
    const x = data[from + kept[i]!]!;
    into[to + i] = Number.isNaN(x) ? 0 : Math.min(1e15, Math.max(-1e15, (clamp(x) - mean[i]!) / deviation[i]!));
  }
}

export function requireColumns(known: number, matrix: Matrix): void {
  if (matrix.columns !== known)
    throw new RangeError(`the detector knows ${known} columns, the matrix has ${matrix.columns}`);
}
