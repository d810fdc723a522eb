import type { Matrix } from '../numeric/matrix.ts';

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
  attribute(matrix: Matrix, row: number): Attribution;
}
