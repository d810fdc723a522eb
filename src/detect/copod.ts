import { orderByContent } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { requireColumns } from './density-scale.ts';
import { fitTails, readTails, type Tails, tailSurprises, writeTails } from './density-tails.ts';
import { defineDetector } from './detector.ts';

/**
 * Copula-based outlier detection (COPOD: Li, Zhao, Botta, Ionescu and Hu 2020) as PyOD computes it: each column gives the
 * larger of the tail that its skewness points to and the mean of both tails, and the score is the sum.
 */
export interface Copod extends Tails {
  /** Sign of each column's skewness; columns. */
  skewSign: Int32Array;
}

const skewSignOf = (values: Float64Array): number => {
  const largest = Math.max(Math.abs(values[0] ?? 0), Math.abs(values.at(-1) ?? 0));
  if (largest === 0 || largest === Number.POSITIVE_INFINITY) return 0;
  const mean = values.reduce((sum, x) => sum + x / largest / values.length, 0);
  const cubes = values.reduce((sum, x) => sum + (x / largest - mean) ** 3, 0);
  // What rounding leaves of a symmetric column is no side.
  return Math.abs(cubes) < 1e-12 * values.length ? 0 : Math.sign(cubes);
};

function surpriseOf(sorted: Float64Array, skewSign: number, x: number): number {
  const { left, right } = tailSurprises(sorted, x);
  return Math.max(skewSign > 0 ? right : skewSign < 0 ? left : left + right, (left + right) / 2);
}

export function createCopodScorer({ columns, sorted, skewSign }: Copod): RowFunction {
  return (matrix, from, to, scores) => {
    requireColumns(columns, matrix);
    for (let row = from; row < to; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++)
        sum += surpriseOf(sorted[column]!, skewSign[column]!, matrix.data[row * columns + column]!);
      scores[row] = sum;
    }
  };
}

export const COPOD_DETECTOR = defineDetector<Copod>({
  id: 'copod',
  form: {
    kind: 'copod',
    version: 1,
    write(model) {
      const { values, arrays } = writeTails(model);
      return { values, arrays: { ...arrays, skewSign: model.skewSign } };
    },
    read(saved) {
      const tails = readTails(saved);
      return { ...tails, skewSign: saved.array('skewSign', Int32Array, tails.columns) };
    },
  },
  fit(matrix) {
    const tails = fitTails(matrix, orderByContent(matrix));
    return { ...tails, skewSign: Int32Array.from(tails.sorted, skewSignOf) };
  },
  task: (model) => ({
    task: { module: import.meta.url, name: 'createCopodScorer' },
    create: createCopodScorer,
    state: model,
    rowNs: model.columns * 60 + 1,
  }),
  attribute: ({ sorted, skewSign }, row) =>
    Float64Array.from(row, (x, column) => surpriseOf(sorted[column]!, skewSign[column]!, x)),
});
