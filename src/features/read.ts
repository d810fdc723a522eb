import type { FeatureTable } from '../domain/features.ts';
import { FEATURES } from './catalogue.ts';
import { scanFeatures, touchFeatures } from './compile-duckdb.ts';
import type { FeatureDatabase } from './ports.ts';
import { numbers, tokens } from './ports.ts';

/** Rhythm features are NaN here: they depend on the person's learned hours (see `rhythm.ts`). */
export async function readFeatureTable(db: FeatureDatabase, fromDay: number, toDay: number): Promise<FeatureTable> {
  const scan = scanFeatures().map(({ name }) => `s.${name}`);
  const touches = touchFeatures().map(({ name }) => `CAST(coalesce(t.${name}, 0) AS DOUBLE) AS ${name}`);
  const columns =
    await db.columns(`SELECT CAST(s.day AS DOUBLE) AS day, s.person AS person, ${[...scan, ...touches].join(', ')}
    FROM scan_row s LEFT JOIN touch_row t ON t.day = s.day AND t.person = s.person
    WHERE s.day BETWEEN ${fromDay} AND ${toDay} ORDER BY s.person, s.day`);
  const days = numbers(columns, 'day');
  const owners = tokens(columns, 'person');
  const rows = days.length;
  const person = new Int32Array(rows);
  const distinct: bigint[] = [];
  for (let row = 0; row < rows; row++) {
    if (row === 0 || owners[row] !== owners[row - 1]) distinct.push(owners[row]!);
    person[row] = distinct.length - 1;
  }
  const width = FEATURES.length;
  const values = new Float64Array(rows * width).fill(Number.NaN);
  for (const [index, { name, aggregate }] of FEATURES.entries()) {
    if (aggregate.kind === 'rhythm') continue;
    const column = numbers(columns, name);
    for (let row = 0; row < rows; row++) values[row * width + index] = column[row]!;
  }

  const hourColumns = await db.columns(`SELECT CAST(day AS DOUBLE) AS day, person, CAST(hour AS DOUBLE) AS hour,
      CAST(n AS DOUBLE) AS n, CAST(moves AS DOUBLE) AS moves
    FROM hour_row WHERE day BETWEEN ${fromDay} AND ${toDay} ORDER BY person, day, hour`);
  const [hourDay, hour, n, moved] = ['day', 'hour', 'n', 'moves'].map((name) => numbers(hourColumns, name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const hourPerson = tokens(hourColumns, 'person');
  const hours = new Float64Array(rows * 24);
  const moves = new Float64Array(rows * 24);
  let row = 0;
  for (let i = 0; i < hourDay.length; i++) {
    while (row < rows && (owners[row] !== hourPerson[i] || days[row] !== hourDay[i])) row++;
    hours[row * 24 + hour[i]!] = n[i]!;
    moves[row * 24 + hour[i]!] = moved[i]!;
  }
  return { people: BigInt64Array.from(distinct), person, day: Int32Array.from(days), values, hours, moves };
}
