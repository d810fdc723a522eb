import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTIVITY_CLASSES, ACTIVITY_NAMES, type ActivityClass, type ActivityName } from '../src/domain/activity.ts';
import {
  compileFilter,
  compileScan,
  scanFeatures,
  TOUCH_SOURCES,
  touchFeatures,
} from '../src/features/compile-duckdb.ts';
import { refreshFeatures } from '../src/features/refresh.ts';
import { ACTIVITY_COLUMNS, type ActivityColumn } from '../src/store/activity-columns.ts';
import type { DuckRunner } from '../src/store/duck-runner.ts';
import { openDataStore } from '../src/store/open-data-store.ts';

/**
 * Feature rows for millions of activities, beside one GROUP BY person, day with the same aggregates: every count, sum and
 * maximum of the catalogue and the exact numbers of different things touched. The product also finds first times, rare
 * things and hours, which the GROUP BY does not.
 */

export interface FeaturesBenchResult {
  activities: number;
  people: number;
  days: number;
  rows: number;
  /** Medians of three rounds. */
  refreshSeconds: number;
  handSeconds: number;
  /** Median of refresh / GROUP BY by round. */
  ratio: number;
  /** Peak resident memory of the process after the first refresh, and what it held when all was generated. */
  peakMemoryBytes: number;
  startMemoryBytes: number;
  /** One more day of activities arrives: seconds to bring the rows up to date. */
  oneDaySeconds: number;
  /** Person-days on which the two disagree in some figure; 0 when all is well. */
  differences: number;
}

const FIRST_DAY = 20_458; // 2026-01-05
const DAY_MS = 86_400_000;
const ROUNDS = 3;

const medianOf = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

interface Shape {
  activities: number;
  people: number;
  days: number;
}

export async function runFeaturesBench(
  activities = 10_000_000,
  log = (_text: string) => {},
): Promise<FeaturesBenchResult> {
  const shape = { activities, people: 2000, days: 30 };
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-features-'));
  try {
    const store = await openDataStore({ directory: folder, create: true, encryption: 'tokens' });
    try {
      return await measure(store.duck, shape, log);
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(duck: DuckRunner, shape: Shape, log: (text: string) => void): Promise<FeaturesBenchResult> {
  const { activities, people, days } = shape;
  log(`generating ${activities} activities of ${people} people on ${days} days`);
  await duck.run(
    `INSERT INTO account_link SELECT ${accountToken('p')}, ${accountToken('p')}, 0, 0 FROM range(1, ${people + 1}) AS t(p)`,
  );
  await generate(duck, shape, 0, activities);
  await duck.run('CHECKPOINT');
  const startMemoryBytes = process.memoryUsage().rss;
  const byHand = `CREATE OR REPLACE TABLE by_hand AS ${handWritten()}`;
  const rounds: { refreshed: number; grouped: number }[] = [];
  let peakMemoryBytes = 0;
  // Reads every column once, so that neither pays for a cold file; then in turns, so that what else the machine does falls
  // on both.
  await duck.run('CREATE OR REPLACE TEMP TABLE warm AS SELECT bit_xor(hash(activity)) AS h FROM activity');
  for (let round = 0; round < ROUNDS; round++) {
    // Makes the refresh start from nothing.
    if (round > 0) await duck.run('DELETE FROM feature_meta');
    const refreshed = await secondsOf(() => refreshFeatures(duck, ['UTC']));
    if (round === 0) peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    const grouped = await secondsOf(() => duck.run(byHand));
    rounds.push({ refreshed, grouped });
    log(`refresh ${refreshed.toFixed(1)} s, one GROUP BY ${grouped.toFixed(1)} s`);
  }
  const { n, differing } = await duck.columns(compareSql());
  await duck.run('DROP TABLE by_hand');

  await generate(duck, shape, activities, Math.floor(activities / days));
  const oneDaySeconds = await secondsOf(() => refreshFeatures(duck, ['UTC']));
  log(`one further day ${oneDaySeconds.toFixed(1)} s`);
  return {
    activities,
    people,
    days,
    rows: Number(n![0]),
    refreshSeconds: medianOf(rounds.map(({ refreshed }) => refreshed)),
    handSeconds: medianOf(rounds.map(({ grouped }) => grouped)),
    ratio: medianOf(rounds.map(({ refreshed, grouped }) => refreshed / grouped)),
    peakMemoryBytes,
    startMemoryBytes,
    oneDaySeconds,
    differences: Number(differing![0]),
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Uniform in [0, 1), by activity `i` and purpose. */
const draw = (purpose: number) => `(hash(i * 32 + ${purpose}) / 18446744073709551616.0)`;

/** 1..n, the k-th about 1/k as often as the first. */
const zipf = (purpose: number, n: number) => `CAST(floor(pow(${n}, ${draw(purpose)})) AS INTEGER)`;

/** 64-bit token of the k-th thing of a kind. */
const token = (kind: string, k: string) => `CAST(hash('${kind}', ${k}) >> 1 AS BIGINT)`;
const accountToken = (person: string) => token('account', person);

/** What people do, by share. */
const MIX: readonly [share: number, ActivityClass, ActivityName][] = [
  [0.25, 'http', 'visit'],
  [0.04, 'http', 'download'],
  [0.01, 'http', 'upload'],
  [0.2, 'file_system', 'read'],
  [0.08, 'file_system', 'update'],
  [0.03, 'file_system', 'copy'],
  [0.02, 'file_system', 'delete'],
  [0.1, 'process', 'launch'],
  [0.02, 'script', 'execute'],
  [0.08, 'authentication', 'logon'],
  [0.03, 'authentication', 'service_ticket'],
  [0.05, 'email', 'send'],
  [0.05, 'network', 'connect'],
  [0.02, 'datastore', 'query'],
  [0.01, 'file_hosting', 'download'],
  [0.01, 'peripheral', 'connect'],
];

/** CASE over the mix, by the draw `u`. */
function pickByMix(code: (entry: (typeof MIX)[number]) => number): string {
  let upTo = 0;
  const branches = MIX.map((entry) => {
    upTo += entry[0];
    return `WHEN u < ${upTo.toFixed(4)} THEN ${code(entry)}`;
  });
  return `CASE ${branches.join(' ')} ELSE 0 END`;
}

const isClass = (...names: ActivityClass[]) =>
  `class IN (${names.map((name) => ACTIVITY_CLASSES.indexOf(name)).join(', ')})`;

/** Column -> SQL over `i`, the person's number `p`, `class` and `activity`. */
const EXPRESSIONS: Partial<Record<ActivityColumn, string>> = {
  id: 'CAST(hash(i * 32) >> 1 AS BIGINT)',
  class: 'class',
  activity: 'activity',
  outcome: `CASE WHEN ${draw(4)} < 0.03 THEN 2 ELSE 1 END`,
  account: accountToken('p'),
  target_account: `CASE WHEN ${isClass('authentication')} AND ${draw(5)} < 0.1 THEN ${accountToken(zipf(6, 2000))} ELSE 0 END`,
  device: `CASE WHEN ${draw(7)} < 0.97 THEN ${token('pc', 'p')} ELSE ${token('pc', zipf(8, 2000))} END`,
  source: `CASE WHEN ${isClass('authentication')} THEN ${token('pc', 'p')} ELSE 0 END`,
  target: `CASE WHEN ${isClass('network', 'authentication', 'file_system')} THEN ${token('host', zipf(9, 400))} ELSE 0 END`,
  resource: token('resource', zipf(10, 500_000)),
  process: token('process', zipf(11, 500)),
  command: `CASE WHEN ${isClass('process', 'script')} THEN ${token('command', zipf(12, 50_000))} ELSE 0 END`,
  scope: `CASE WHEN ${isClass('file_system', 'datastore', 'file_hosting', 'http')} THEN ${token('scope', `p % 40 * 100 + ${zipf(13, 3000)}`)} ELSE 0 END`,
  verb: `CASE WHEN ${isClass('process', 'script')} THEN ${token('verb', zipf(14, 300))} ELSE 0 END`,
  log_source: token('log source', 'class'),
  bytes_out: `CASE WHEN ${isClass('http', 'email', 'network')} THEN CAST(pow(10, 2 + 4 * ${draw(15)}) AS BIGINT) ELSE 0 END`,
  bytes_in: `CASE WHEN ${isClass('http', 'file_system', 'datastore')} THEN CAST(pow(10, 3 + 4 * ${draw(16)}) AS BIGINT) ELSE 0 END`,
  logon_type: `CASE WHEN ${isClass('authentication')} THEN [2, 3, 3, 3, 7, 10][1 + i % 6] ELSE 0 END`,
  event_code: '4624',
  recipients: `CASE WHEN ${isClass('email')} THEN ${zipf(17, 40)} ELSE 0 END`,
  recipients_external: `CASE WHEN ${isClass('email')} AND ${draw(18)} < 0.3 THEN 1 ELSE 0 END`,
  attachments: `CASE WHEN ${isClass('email')} AND ${draw(19)} < 0.2 THEN 1 ELSE 0 END`,
  removable: `${isClass('file_system')} AND ${draw(20)} < 0.005`,
  privileged: `${draw(21)} < 0.02`,
  severity: '3',
  file_category: `CASE WHEN ${isClass('file_system')} THEN 1 + i % 12 ELSE 0 END`,
  web_category: `CASE WHEN ${isClass('http')} THEN ${zipf(22, 17)} ELSE 0 END`,
  sensitivity: `CASE WHEN ${isClass('file_system', 'datastore')} AND ${draw(23)} < 0.05 THEN 2 ELSE 0 END`,
  path_depth: `CASE WHEN ${isClass('file_system')} THEN 3 ELSE 0 END`,
};

/** Activities `from` to `from + count` in the order of their days, as time brings them. */
async function generate(
  duck: DuckRunner,
  { activities, people, days }: Shape,
  from: number,
  count: number,
): Promise<void> {
  const columns = ACTIVITY_COLUMNS.map(({ name, type }) => {
    if (name === 'time_ms')
      return `CAST(day AS BIGINT) * ${DAY_MS} + CAST((7 + 11 * ${draw(2)}) * 3600000 AS BIGINT) AS time_ms`;
    return `CAST(${EXPRESSIONS[name] ?? '0'} AS ${type}) AS ${name}`;
  });
  await duck.run(`INSERT INTO activity SELECT ${columns.join(', ')} FROM (
      SELECT i, p, day, ${pickByMix(([, name]) => ACTIVITY_CLASSES.indexOf(name))} AS class,
        ${pickByMix(([, , name]) => ACTIVITY_NAMES.indexOf(name))} AS activity
      FROM (
        SELECT i, ${FIRST_DAY} + i * ${days} // ${activities} AS day, ${zipf(3, people)} AS p, ${draw(1)} AS u
        FROM range(${from}, ${from + count}) AS t(i)
      ))`);
  const firstMs = (FIRST_DAY + Math.floor((from * days) / activities)) * DAY_MS;
  await duck.run(
    `INSERT INTO dirty_day SELECT DISTINCT CAST(time_ms // ${DAY_MS} AS INTEGER) FROM activity WHERE time_ms >= ${firstMs}`,
  );
}

const distinctFeatures = () =>
  touchFeatures().flatMap(({ name, aggregate }) =>
    aggregate.kind === 'touch' && aggregate.measure === 'distinct' ? [{ name, touch: aggregate.touch }] : [],
  );

/** The scan features as the catalogue compiles them, and exact distinct counts, in one GROUP BY over the plain tables. */
export function handWritten(): string {
  const scan = compileScan({ table: '', first: 0, last: 0 }, false);
  const aggregates = scan.slice(scan.indexOf('person,') + 'person,'.length, scan.indexOf('FROM ('));
  const distinct = distinctFeatures().map(({ name, touch }) => {
    const { column, where } = TOUCH_SOURCES[touch];
    return `count(DISTINCT ${column}) FILTER (${compileFilter(where)}) AS ${name}`;
  });
  return `SELECT CAST(time_ms // ${DAY_MS} AS INTEGER) AS day, person, ${aggregates}, ${distinct.join(', ')}
    FROM activity JOIN account_link USING (account) WHERE kind <= 1 GROUP BY day, person`;
}

/** Person-days, and those of them whose figures differ between the product's rows and the GROUP BY. */
function compareSql(): string {
  const same = [
    ...scanFeatures().map(({ name }) => `h.${name} = s.${name}`),
    ...distinctFeatures().map(({ name }) => `h.${name} = coalesce(t.${name}, 0)`),
  ];
  return `SELECT CAST(count(*) AS DOUBLE) AS n,
      CAST(count(*) FILTER (h.day IS NULL OR s.day IS NULL OR NOT (${same.join(' AND ')})) AS DOUBLE) AS differing
    FROM by_hand h FULL JOIN scan_row s ON s.day = h.day AND s.person = h.person
    LEFT JOIN touch_row t ON t.day = h.day AND t.person = h.person`;
}
