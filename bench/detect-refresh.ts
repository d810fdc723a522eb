import { refreshForest } from '../src/detect/forest-refresh.ts';
import { fitForest, scoreForest } from '../src/detect/forest-threads.ts';
import { createMatrix, type Matrix } from '../src/numeric/matrix.ts';
import { createRandom } from '../src/numeric/random.ts';
import { measureRanking } from '../src/numeric/ranking.ts';
import type { DetectBenchOptions } from './detect-options.ts';
import { fixed, formatTable, thousands } from './report.ts';

const DRIFT = { columns: 20, rowsPerDay: 2000, oddPerDay: 20, firstDays: 7, days: 37 };

/** Rows of one day: groups whose centres have moved `drift` deviations a day since day 0, each its own way. */
function createDay(day: number, drift: number): { matrix: Matrix; labels: Uint8Array } {
  const { columns, rowsPerDay, oddPerDay } = DRIFT;
  const shape = createRandom(21);
  const centres = Float64Array.from({ length: 6 * columns }, () => 3 * shape.normal());
  const ways = Float64Array.from({ length: 6 * columns }, () => shape.normal());
  const random = createRandom(1000 + day);
  const matrix = createMatrix(rowsPerDay, columns);
  const labels = new Uint8Array(rowsPerDay);
  for (let row = 0; row < rowsPerDay; row++) {
    const group = random.int(6) * columns;
    for (let column = 0; column < columns; column++)
      matrix.data[row * columns + column] =
        centres[group + column]! + drift * day * ways[group + column]! + random.normal();
    if (row < rowsPerDay - oddPerDay) continue;
    labels[row] = 1;
    for (let shifts = 3 + random.int(3); shifts > 0; shifts--)
      matrix.data[row * columns + random.int(columns)]! += (random.int(2) ? 1 : -1) * (4 + 2 * random.next());
  }
  return { matrix, labels };
}

function joinRows(parts: readonly Matrix[]): Matrix {
  const joined = createMatrix(
    parts.reduce((sum, { rows }) => sum + rows, 0),
    DRIFT.columns,
  );
  let at = 0;
  for (const { data } of parts) {
    joined.data.set(data, at);
    at += data.length;
  }
  return joined;
}

const seconds = (sinceMs: number) => (performance.now() - sinceMs) / 1000;

/** The forest of the first week kept, refreshed daily, and fitted anew daily, each judging the day before it learns it. */
export async function measureRefresh({ quick, log }: DetectBenchOptions): Promise<string> {
  const days = quick ? DRIFT.firstDays + 5 : DRIFT.days;
  const rows: string[][] = [];
  for (const drift of [0, 0.05, 0.2]) {
    log(`forest on data that drifts by ${drift} deviations a day`);
    const past = Array.from({ length: DRIFT.firstDays }, (_, day) => createDay(day, drift).matrix);
    const first = await fitForest(joinRows(past), { seed: 0, threads: 1 });
    const judged = { frozen: 0, refreshed: 0, refitted: 0 };
    const spent = { refreshed: 0, refitted: 0 };
    let [refreshed, refitted] = [first, first];
    const count = days - DRIFT.firstDays;
    for (let day = DRIFT.firstDays; day < days; day++) {
      const { matrix, labels } = createDay(day, drift);
      for (const [name, forest] of Object.entries({ frozen: first, refreshed, refitted }))
        judged[name as keyof typeof judged] +=
          measureRanking(await scoreForest(forest, matrix, { threads: 1 }), labels).aucRoc / count;
      past.push(matrix);
      past.shift();
      let start = performance.now();
      refreshed = await refreshForest(refreshed, matrix, { threads: 1 });
      spent.refreshed += seconds(start) / count;
      start = performance.now();
      refitted = await fitForest(joinRows(past), { seed: day, threads: 1 });
      spent.refitted += seconds(start) / count;
    }
    rows.push([
      String(drift),
      ...[judged.frozen, judged.refreshed, judged.refitted].map((auc) => fixed(auc, 3)),
      ...[spent.refreshed, spent.refitted].map((value) => fixed(value * 1000, 0)),
    ]);
  }
  return [
    '### Refresh of the isolation forest',
    `${thousands(DRIFT.rowsPerDay)} rows a day x ${DRIFT.columns} columns in six groups that drift apart, ${DRIFT.oddPerDay} rows a day with three to five columns shifted. ` +
      `The forest of the first ${DRIFT.firstDays} days is kept as it is, has a tenth of its trees replaced by trees of the day, or is fitted anew on the last ${DRIFT.firstDays} days. ` +
      `Each day is judged before it is learned; mean ROC-AUC of ${days - DRIFT.firstDays} days, one thread.`,
    formatTable(['drift a day, deviations', 'kept', 'refreshed', 'fitted anew', 'refresh ms', 'fit ms'], rows),
  ].join('\n\n');
}
