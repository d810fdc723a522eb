import type { Matrix } from '../numeric/matrix.ts';
import { createRandom, seedFor } from '../numeric/random.ts';
import { meanDeviation } from '../numeric/robust.ts';
import { spreadRows } from '../numeric/row-order.ts';

/** Beyond this a number counts as this: products and squares of such numbers still have no infinity. */
export const LARGEST = 1e150;
/** Rows that fill values and scales are taken from. */
const SUMMARY_ROWS = 8192;

/**
 * The columns a forest splits on: those of the table, then oblique ones, each the weighed sum of two columns (the sparse
 * hyperplanes of the extended isolation forest: Hariri, Carrasco Kind and Brunner 2019; Liu, Ting and Zhou 2010).
 */
export interface ForestColumns {
  /** Columns of the table. */
  columns: number;
  /** What a missing value (NaN) counts as: the median of its column. */
  fill: Float64Array;
  /** Two columns of the table for each oblique column, and their weights; 2 x oblique columns. */
  pairs: Int32Array;
  weights: Float64Array;
}

export const widthOf = ({ columns, pairs }: ForestColumns): number => columns + pairs.length / 2;

/** @param order rows in content order, so that the summaries do not depend on the order of the table */
export function planColumns(matrix: Matrix, order: Uint32Array, oblique: number, seed: number): ForestColumns {
  const { columns } = matrix;
  const used = spreadRows(order, SUMMARY_ROWS);
  const values = new Float64Array(used.length);
  const fill = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    let n = 0;
    for (const row of used) {
      const x = matrix.data[row * columns + column]!;
      if (!Number.isNaN(x)) values[n++] = clamp(x);
    }
    fill[column] = n === 0 ? 0 : values.subarray(0, n).sort()[n >> 1]!;
    scale[column] = n === 0 ? 0 : meanDeviation(values, n, fill[column]!);
  }
  const varying = Array.from(scale.keys()).filter((column) => scale[column]! > 0);
  const count = varying.length < 2 ? 0 : oblique;
  const pairs = new Int32Array(2 * count);
  const weights = new Float64Array(2 * count);
  const random = createRandom(seedFor(seed, 'oblique columns'));
  for (let i = 0; i < count; i++) {
    const first = random.int(varying.length);
    const second = (first + 1 + random.int(varying.length - 1)) % varying.length;
    [first, second].forEach((chosen, side) => {
      const column = varying[chosen]!;
      pairs[2 * i + side] = column;
      weights[2 * i + side] = random.normal() / Math.max(scale[column]!, 1 / LARGEST);
    });
  }
  return { columns, fill, pairs, weights };
}

const clamp = (x: number) => Math.min(LARGEST, Math.max(-LARGEST, x));

/** Writes one row with every value finite and the oblique columns behind; columns + oblique values. */
export function expandRow(
  { columns, fill, pairs, weights }: ForestColumns,
  data: Float64Array,
  from: number,
  into: Float64Array,
  to: number,
): void {
  for (let column = 0; column < columns; column++) {
    const x = data[from + column]!;
    into[to + column] = x >= -LARGEST && x <= LARGEST ? x : Number.isNaN(x) ? fill[column]! : clamp(x);
  }
  for (let i = 0, out = to + columns; i < pairs.length; i += 2, out++) {
    const [a, b] = [pairs[i]!, pairs[i + 1]!];
    into[out] = clamp(weights[i]! * (into[to + a]! - fill[a]!) + weights[i + 1]! * (into[to + b]! - fill[b]!));
  }
}

/** Adds what a split on `column` changed to the columns of the table: an oblique one shares it by the two terms' size. */
export function creditColumn(
  { columns, fill, pairs, weights }: ForestColumns,
  row: Float64Array,
  column: number,
  change: number,
  into: Float64Array,
): void {
  if (column < columns) {
    into[column]! += change;
    return;
  }
  const i = 2 * (column - columns);
  const [a, b] = [pairs[i]!, pairs[i + 1]!];
  const first = Math.abs(weights[i]! * (row[a]! - fill[a]!));
  const second = Math.abs(weights[i + 1]! * (row[b]! - fill[b]!));
  const share = first + second > 0 ? first / (first + second) : 0.5;
  into[a]! += change * share;
  into[b]! += change * (1 - share);
}
