import type { Matrix } from '../numeric/matrix.ts';
import { spreadRows } from '../numeric/row-order.ts';
import type { SavedModel } from './saved-model.ts';

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
  const count = new Uint32Array(columns);
  const first = new Float64Array(columns).fill(Number.NaN);
  const varies = new Uint8Array(columns);
  const largest = new Float64Array(columns);
  eachValue(data, used, columns, (x, column) => {
    if (count[column]!++ === 0) first[column] = x;
    if (x !== first[column]) varies[column] = 1;
    largest[column] = Math.max(largest[column]!, Math.abs(x));
  });
  const mean = new Float64Array(columns);
  eachValue(data, used, columns, (x, column) => {
    mean[column]! += x / largest[column]! / count[column]!;
  });
  const variance = new Float64Array(columns);
  eachValue(data, used, columns, (x, column) => {
    variance[column]! += (x / largest[column]! - mean[column]!) ** 2 / count[column]!;
  });
  const deviation = variance.map((value, column) => Math.sqrt(value) * largest[column]!);
  const kept = Int32Array.from(varies.keys()).filter((column) => varies[column] === 1 && deviation[column]! > 0);
  return {
    columns,
    kept,
    mean: Float64Array.from(kept, (column) => mean[column]! * largest[column]!),
    deviation: Float64Array.from(kept, (column) => deviation[column]!),
  };
}

function eachValue(
  data: Float64Array,
  rows: Uint32Array,
  columns: number,
  visit: (x: number, column: number) => void,
): void {
  for (const row of rows)
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const x = data[at]!;
      if (!Number.isNaN(x)) visit(clamp(x), column);
    }
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

export const scalingArrays = ({ kept, mean, deviation }: Scaling) => ({ kept, mean, deviation });

export function readScaling(saved: SavedModel): Scaling {
  const columns = saved.count('columns');
  const kept = saved.array('kept', Int32Array);
  const scaling = {
    columns,
    kept,
    mean: saved.array('mean', Float64Array, kept.length),
    deviation: saved.array('deviation', Float64Array, kept.length),
  };
  saved.require(
    kept.every((column, i) => column > (i === 0 ? -1 : kept[i - 1]!) && column < columns),
    'the kept columns are out of order',
  );
  saved.require(
    scaling.deviation.every((value) => value > 0),
    'a deviation is not above zero',
  );
  return scaling;
}
