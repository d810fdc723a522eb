import type { Matrix } from '../numeric/matrix.ts';
import { countBelow } from '../numeric/robust.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { requireColumns } from './density-scale.ts';
import { defineDetector } from './detector.ts';
import type { SavedModel } from './saved-model.ts';

/**
 * Empirical tails, column by column: the sum over columns of the surprise -ln p of the smaller tail. This is ECOD (Li et al.
 * 2022) as PyOD computes it: there each column takes the largest of left tail, right tail and the tail that skewness points
 * to, and the last is one of the first two. Sees a single value out of range, not an unusual combination of usual values.
 */
export interface Tails {
  columns: number;
  /** Values of each column in ascending order; NaN left out. */
  sorted: Float64Array[];
}

/** Rows that the tails are read from: a tail of 1 in 32,768 is far enough, and the table stays in cache. */
const TAIL_ROWS = 32_768;

/** @param order all rows in content order */
export function fitTails(matrix: Matrix, order: Uint32Array): Tails {
  const { columns, data } = matrix;
  const used = spreadRows(order, TAIL_ROWS);
  const sorted = Array.from({ length: columns }, (_, column) => {
    const values = new Float64Array(used.length);
    let n = 0;
    for (const row of used) {
      const x = data[row * columns + column]!;
      if (!Number.isNaN(x)) values[n++] = x;
    }
    return values.slice(0, n).sort();
  });
  return { columns, sorted };
}

/** -ln of P(value <= x) and of P(value >= x); a value beyond all seen counts as half a row. Zero for a missing value. */
export function tailSurprises(sorted: Float64Array, x: number): { left: number; right: number } {
  const n = sorted.length;
  if (n === 0 || Number.isNaN(x)) return { left: 0, right: 0 };
  const surprise = (rows: number) => -Math.log(Math.max(0.5, rows) / n);
  return { left: surprise(countBelow(sorted, x, true)), right: surprise(n - countBelow(sorted, x, false)) };
}

function surpriseOf(sorted: Float64Array, x: number): number {
  const { left, right } = tailSurprises(sorted, x);
  return Math.max(left, right);
}

export function createTailScorer({ columns, sorted }: Tails): RowFunction {
  return (matrix, from, to, scores) => {
    requireColumns(columns, matrix);
    for (let row = from; row < to; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++)
        sum += surpriseOf(sorted[column]!, matrix.data[row * columns + column]!);
      scores[row] = sum;
    }
  };
}

/** The score is a sum over columns already. */
export const attributeTails = ({ sorted }: Tails, row: Float64Array): Float64Array =>
  Float64Array.from(row, (x, column) => surpriseOf(sorted[column]!, x));

export const writeTails = ({ columns, sorted }: Tails) => ({
  values: { columns },
  arrays: {
    counts: Uint32Array.from(sorted, (values) => values.length),
    sorted: Float64Array.from(sorted.flatMap((values) => Array.from(values))),
  },
});

export function readTails(saved: SavedModel): Tails {
  const counts = saved.array('counts', Uint32Array, saved.count('columns'));
  const all = saved.array('sorted', Float64Array, undefined, 'infinite');
  let end = 0;
  const sorted = Array.from(counts, (count) => {
    end += count;
    return all.slice(end - count, end);
  });
  saved.require(end === all.length, 'the columns do not fill the array');
  saved.require(
    sorted.every((values) => values.every((value, i) => i === 0 || value >= values[i - 1]!)),
    'a column is not in order',
  );
  return { columns: counts.length, sorted };
}

/** Single columns out of range. Part of the ensemble. */
export const ECOD_DETECTOR = defineDetector<Tails>({
  id: 'ecod',
  form: { kind: 'ecod', version: 1, write: writeTails, read: readTails },
  fit: (matrix) => fitTails(matrix, orderByContent(matrix)),
  task: (model) => ({
    task: { module: import.meta.url, name: 'createTailScorer' },
    create: createTailScorer,
    state: model,
    rowNs: model.columns * 60 + 1,
  }),
  attribute: attributeTails,
});
