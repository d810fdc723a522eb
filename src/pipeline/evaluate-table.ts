import { basename } from 'node:path';
import type { Detector } from '../detect/detector.ts';
import { AppError } from '../domain/errors.ts';
import { measureRanking } from '../numeric/ranking.ts';
import { threadCount } from '../numeric/threads.ts';
import { readTable } from './read-table.ts';

export interface TableEvaluation {
  dataset: string;
  detector: string;
  rows: number;
  columns: number;
  anomalies: number;
  aucRoc: number;
  aucPr: number;
  fitSeconds: number;
  scoreSeconds: number;
  seed: number;
  threads: number;
}

export interface TableEvaluationOptions {
  label: string;
  seed: number;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds of a clock that only goes forward. */
  clockMs(): number;
  /** Told which of the steps begins. */
  onStep?(step: (typeof TABLE_STEPS)[number]): void;
}

export const TABLE_STEPS = ['read', 'fit', 'score', 'compare'] as const;

/** Fits the detector on all rows without their labels, scores the same rows, and compares with the labels. */
export async function evaluateTable(
  file: string,
  detector: Detector,
  options: TableEvaluationOptions,
): Promise<TableEvaluation> {
  const { seed, signal, clockMs } = options;
  const threads = threadCount(options);
  options.onStep?.('read');
  const { matrix, labels } = await readTable(file, options.label, signal).catch((error) => {
    throw error instanceof AppError && error.code !== 'STOPPED'
      ? new AppError(error.code, `${file}: ${error.message}`)
      : error;
  });
  options.onStep?.('fit');
  const startMs = clockMs();
  const fitted = await detector.fit(matrix, { seed, threads, signal });
  const fittedMs = clockMs();
  options.onStep?.('score');
  const scores = await fitted.score(matrix);
  const scoredMs = clockMs();
  options.onStep?.('compare');
  const { aucRoc, aucPr, positives } = measureRanking(scores, labels);
  return {
    dataset: basename(file)
      .replace(/\.gz$/i, '')
      .replace(/\.csv$/i, ''),
    detector: detector.id,
    rows: matrix.rows,
    columns: matrix.columns,
    anomalies: positives,
    aucRoc,
    aucPr,
    fitSeconds: (fittedMs - startMs) / 1000,
    scoreSeconds: (scoredMs - fittedMs) / 1000,
    seed,
    threads,
  };
}
