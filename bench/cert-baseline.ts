import { fitForestSync, scoreForestSync } from '../src/detect/forest.ts';
import type { FeatureTable } from '../src/domain/features.ts';
import { FEATURES } from '../src/features/catalogue.ts';
import type { RankedDay } from './judge.ts';

/** What the field's papers on CERT begin with: an isolation forest (100 trees, 256 rows) over the plain counts and sums of
 * each person-day and their z-scores, each against the person's own mean and deviation over all days. */
export function countAndDeviationScores(table: FeatureTable, names: readonly string[], seed: number): RankedDay[] {
  const columns = FEATURES.flatMap(({ family, aggregate }, index) =>
    family === 'novelty' || aggregate.kind === 'rhythm' ? [] : [index],
  );
  const rows = table.day.length;
  const width = 2 * columns.length;
  const data = new Float64Array(rows * width);
  for (let start = 0; start < rows; ) {
    let end = start;
    while (end < rows && table.person[end] === table.person[start]) end++;
    for (const [index, column] of columns.entries()) {
      const figure = (row: number) => table.values[row * FEATURES.length + column]!;
      let sum = 0;
      let squares = 0;
      for (let row = start; row < end; row++) {
        sum += figure(row);
        squares += figure(row) ** 2;
      }
      const mean = sum / (end - start);
      const deviation = Math.sqrt(Math.max(squares / (end - start) - mean * mean, 0));
      for (let row = start; row < end; row++) {
        data[row * width + index] = figure(row);
        data[row * width + columns.length + index] = deviation > 0 ? (figure(row) - mean) / deviation : 0;
      }
    }
    start = end;
  }
  const matrix = { rows, columns: width, data };
  const scores = scoreForestSync(fitForestSync(matrix, { trees: 100, sampleSize: 256, seed }), matrix);
  return Array.from(scores, (score, row) => ({ person: names[table.person[row]!]!, day: table.day[row]!, score }));
}
