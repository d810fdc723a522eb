import type { Matrix } from '../numeric/matrix.ts';
import { countBelow } from '../numeric/robust.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { requireColumns } from './density-scale.ts';
import { createFitted, type Detector } from './detector.ts';

/**
 * Empirical tails, column by column: the sum over columns of the surprise -ln p of the smaller tail (the idea of ECOD, Li et
 * al. 2022, taken two-sided in each column; ECOD and COPOD choose the side by skewness, which costs more than it gives where
 * a column has anomalies at both ends). Sees a single value out of range, not an unusual combination of usual values.
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

/** -ln of the smaller of P(value <= x) and P(value >= x); a value beyond all seen counts as half a row. */
function surpriseOf(sorted: Float64Array, x: number): number {
  const n = sorted.length;
  if (n === 0 || Number.isNaN(x)) return 0;
  const below = countBelow(sorted, x, false);
  const upTo = countBelow(sorted, x, true);
  return -Math.log(Math.max(0.5, Math.min(upTo, n - below)) / n);
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

/** Single columns out of range. Part of the ensemble. */
export const TAIL_DETECTOR: Detector = {
  id: 'tails',
  async fit(matrix, options) {
    const model = fitTails(matrix, orderByContent(matrix));
    const task = { module: import.meta.url, name: 'createTailScorer' };
    const rowNs = matrix.columns * 60 + 1;
    return createFitted({ task, create: createTailScorer, state: model, rowNs }, options, 0, (row) =>
      attributeTails(model, row),
    );
  },
};
