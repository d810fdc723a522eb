import { AppError, messageOf } from '../domain/errors.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { mapRows, type RowFunction, type RowTask } from '../numeric/row-threads.ts';

export interface FitOptions {
  seed: number;
  /** Default: as many as there are processors. Scores do not depend on it. */
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What made a row's score: `baseline` plus the sum of `perColumn` is the score. */
export interface Attribution {
  baseline: number;
  perColumn: Float64Array;
}

/**
 * Learns what is usual from rows without labels and scores rows. Higher = more anomalous.
 *
 * Every detector promises (test/contract/detectors.test.ts): the same rows in any order, the same seed and any number of
 * threads give bit-equal scores; scores are finite for any input; NaN is a missing value and counts as the median of its
 * column, infinities count as the largest finite numbers; no row, no column, one row and constant columns are fine.
 */
export interface Detector {
  readonly id: string;
  fit(matrix: Matrix, options: FitOptions): Promise<FittedDetector>;
}

export interface FittedDetector {
  /** Score of each row. Throws RangeError when the columns are not those of the fit. */
  score(matrix: Matrix): Promise<Float64Array>;
  /** The same on this thread. For few rows. */
  scoreSync(matrix: Matrix): Float64Array;
  /** What made the score of one row. */
  attribute(matrix: Matrix, row: number): Attribution;
}

/**
 * A fitted detector out of a function for rows.
 * @param attribute per column, for one row; scaled so that the sum is the score in spite of rounding
 */
export function createFitted<State>(
  rowTask: RowTask<State>,
  options: FitOptions,
  baseline: number,
  attribute: (row: Float64Array) => Float64Array,
): FittedDetector {
  let apply: RowFunction | undefined;
  const scoreSync = (matrix: Matrix) => {
    const scores = new Float64Array(matrix.rows);
    apply ??= rowTask.create(rowTask.state);
    apply(matrix, 0, matrix.rows, scores);
    return scores;
  };
  return {
    score: (matrix) => mapRows(rowTask, matrix, options).catch(failWorker(options.signal)),
    scoreSync,
    attribute(matrix, row) {
      const one = takeRow(matrix, row);
      const perColumn = attribute(one.data);
      const sum = perColumn.reduce((total, value) => total + value, 0);
      const score = scoreSync(one)[0]!;
      const scale = sum === 0 ? 1 : (score - baseline) / sum;
      return { baseline, perColumn: perColumn.map((value) => value * scale) };
    },
  };
}

export const takeRow = (matrix: Matrix, row: number): Matrix => ({
  rows: 1,
  columns: matrix.columns,
  data: matrix.data.slice(row * matrix.columns, (row + 1) * matrix.columns),
});

/** A thread's failure as the product's own error; the reason for stopping when it was stopped. */
export const failWorker =
  (signal: AbortSignal | undefined) =>
  (error: unknown): never => {
    signal?.throwIfAborted();
    if (error instanceof RangeError) throw error;
    throw new AppError('WORKER_FAILED', messageOf(error), { cause: error });
  };
