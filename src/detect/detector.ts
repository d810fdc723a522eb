import { AppError, messageOf } from '../domain/errors.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { mapRows, type RowFunction, type RowTask } from '../numeric/row-threads.ts';
import type { ThreadOptions } from '../numeric/threads.ts';
import { loadModel, type SavedForm, saveModel } from './saved-model.ts';

/** Scores do not depend on `threads`. */
export interface FitOptions extends ThreadOptions {
  seed: number;
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
 * column, infinities count as the largest finite numbers; no row, no column, one row and constant columns are fine; what
 * comes back from its saved form gives the same scores.
 */
export interface Detector {
  readonly id: string;
  /** Kind of its saved form. */
  readonly kind: string;
  fit(matrix: Matrix, options: FitOptions): Promise<FittedDetector>;
  /** @throws AppError INPUT_INVALID for damaged bytes, DATA_FORMAT for a later format version */
  load(bytes: Uint8Array, options?: ThreadOptions): FittedDetector;
}

export interface FittedDetector {
  /** Score of each row. Throws RangeError when the columns are not those of the fit. */
  score(matrix: Matrix): Promise<Float64Array>;
  /** The same on this thread. For few rows. */
  scoreSync(matrix: Matrix): Float64Array;
  /** What made the score of one row. */
  attribute(matrix: Matrix, row: number): Attribution;
  save(): Uint8Array;
}

/** A detector as a model with functions over it. */
export interface DetectorParts<Model> {
  id: string;
  form: SavedForm<Model>;
  fit(matrix: Matrix, options: FitOptions): Model | Promise<Model>;
  /** How rows are scored, here and in other threads. */
  task(model: Model): RowTask<Model>;
  /** Score of a row that says nothing. */
  baseline?: number;
  /** What each column added, for one row; scaled so that the sum is the score in spite of rounding. */
  attribute(model: Model, row: Float64Array): Float64Array;
}

export function defineDetector<Model>(parts: DetectorParts<Model>): Detector {
  return {
    id: parts.id,
    kind: parts.form.kind,
    async fit(matrix, options) {
      options.signal?.throwIfAborted();
      return createFitted(parts, await parts.fit(matrix, options), options);
    },
    load: (bytes, options = {}) => createFitted(parts, loadModel(parts.form, bytes), options),
  };
}

function createFitted<Model>(parts: DetectorParts<Model>, model: Model, options: ThreadOptions): FittedDetector {
  const { form, baseline = 0 } = parts;
  const task = parts.task(model);
  let apply: RowFunction | undefined;
  const scoreSync = (matrix: Matrix) => {
    const scores = new Float64Array(matrix.rows);
    apply ??= task.create(model);
    apply(matrix, 0, matrix.rows, scores);
    return scores;
  };
  return {
    score: (matrix) => mapRows(task, matrix, options).catch(failWorker(options.signal)),
    scoreSync,
    attribute(matrix, row) {
      const one = takeRow(matrix, row);
      const perColumn = parts.attribute(model, one.data);
      const sum = perColumn.reduce((total, value) => total + value, 0);
      const score = scoreSync(one)[0]!;
      const scale = sum === 0 ? 1 : (score - baseline) / sum;
      return { baseline, perColumn: perColumn.map((value) => value * scale) };
    },
    save: () => saveModel(form, model),
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
