import { fitForestSync, scoreForestSync } from '../src/detect/forest.ts';
import type { FeatureTable } from '../src/domain/features.ts';
import { FEATURE_INDEX, FEATURES } from '../src/features/catalogue.ts';
import type { RankedDay } from './judge.ts';

/** What a UBA does out of the box: fixed thresholds per static group, learned once on the first month. */

/** The figures such rules watch. */
const WATCHED = [
  'activities',
  'logons',
  'logon_failures',
  'unusual_hour_activities',
  'off_day_activities',
  'new_devices',
  'distinct_devices',
  'distinct_targets',
  'file_reads',
  'file_copies',
  'removable_connects',
  'removable_copies',
  'mails_external',
  'mail_external_bytes',
  'bytes_out',
  'web_upload_bytes',
  'job_search_visits',
  'leak_site_visits',
  'cloud_storage_bytes',
  'privileged_actions',
  'processes',
  'sensitive_reads',
];
const TRAINING_DAYS = 30;
const DEVIATIONS = 3;

/** Score = sum over watched figures above their department's mean + 3 standard deviations of the excess in deviations. */
export function thresholdScores(
  table: FeatureTable,
  departments: readonly string[],
  names: readonly string[],
): RankedDay[] {
  const width = FEATURES.length;
  const firstDay = table.day.reduce((least, day) => Math.min(least, day), Number.POSITIVE_INFINITY);
  const columns = WATCHED.map((name) => FEATURE_INDEX.get(name)!);
  const stats = new Map<string, { n: number; sum: Float64Array; squares: Float64Array }>();
  const rows = table.day.length;
  for (let row = 0; row < rows; row++) {
    if (table.day[row]! >= firstDay + TRAINING_DAYS) continue;
    const department = departments[table.person[row]!]!;
    let entry = stats.get(department);
    if (!entry) {
      entry = { n: 0, sum: new Float64Array(columns.length), squares: new Float64Array(columns.length) };
      stats.set(department, entry);
    }
    entry.n += 1;
    for (const [index, column] of columns.entries()) {
      const value = table.values[row * width + column]!;
      entry.sum[index]! += value;
      entry.squares[index]! += value * value;
    }
  }
  return Array.from({ length: rows }, (_, row) => {
    const entry = stats.get(departments[table.person[row]!]!);
    let score = 0;
    for (const [index, column] of columns.entries()) {
      const value = table.values[row * width + column]!;
      const mean = entry ? entry.sum[index]! / entry.n : 0;
      const deviation = entry ? Math.sqrt(Math.max(entry.squares[index]! / entry.n - mean * mean, 0)) : 0;
      const scale = Math.max(deviation, 0.1 * mean, 0.1);
      score += Math.max(0, (value - mean) / scale - DEVIATIONS);
    }
    return { person: names[table.person[row]!]!, day: table.day[row]!, score };
  });
}

/** Isolation forest (100 trees, 256 rows) on the plain counts and sums of each person-day. */
export function countScores(table: FeatureTable, names: readonly string[], seed: number): RankedDay[] {
  const columns = FEATURES.flatMap(({ family, aggregate }, index) =>
    family === 'novelty' || aggregate.kind === 'rhythm' ? [] : [index],
  );
  const rows = table.day.length;
  const data = new Float64Array(rows * columns.length);
  for (let row = 0; row < rows; row++)
    for (const [index, column] of columns.entries())
      data[row * columns.length + index] = table.values[row * FEATURES.length + column]!;
  const matrix = { rows, columns: columns.length, data };
  const forest = fitForestSync(matrix, { trees: 100, sampleSize: 256, seed });
  const scores = scoreForestSync(forest, matrix);
  return Array.from(scores, (score, row) => ({ person: names[table.person[row]!]!, day: table.day[row]!, score }));
}
