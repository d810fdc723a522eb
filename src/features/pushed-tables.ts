import { CATALOGUE_VERSION } from './catalogue.ts';
import { scanFeatures } from './compile-duckdb.ts';
import { type FeatureDatabase, numbers } from './ports.ts';

/**
 * What QRadar computed: figures (`pushed_hour`) and things touched (`pushed_touch`) by account and hour of the event, kept
 * apart by the window of arrival that they were computed from. Counts and sums of windows add up, so an event that arrives
 * late is one more row of its hour, and a window can be computed again and replaced without a look at any other.
 * `pushed_window` says which windows are in; it is written with their rows, all or nothing.
 */

export const PUSHED_FIGURES: readonly string[] = [...scanFeatures().map(({ name }) => name), 'moves'];
export const PUSHED_MAXIMA: ReadonlySet<string> = new Set(
  scanFeatures().flatMap(({ name, aggregate }) => (aggregate.kind === 'max' ? [name] : [])),
);

export interface PushedHour {
  deviceType: number;
  account: bigint;
  /** Hours since 1970, UTC. */
  hour: number;
  /** By position in `PUSHED_FIGURES`. */
  figures: Float64Array;
}

export interface PushedTouch {
  deviceType: number;
  account: bigint;
  hour: number;
  /** Position in TOUCH_KINDS. */
  kind: number;
  token: bigint;
  n: number;
}

export interface PushedWindow {
  /** Half-open, by arrival on the console; UTC epoch milliseconds. */
  fromMs: number;
  toMs: number;
  /** Events the console counted. */
  events: number;
}

const TABLES = ['pushed_hour', 'pushed_touch', 'pushed_window'];
const INSERT_ROWS = 500;

/** Another catalogue means other figures: they are asked for again. */
export async function createPushedTables(db: FeatureDatabase): Promise<void> {
  await db.run('CREATE TABLE IF NOT EXISTS pushed_meta(version INTEGER)');
  const { version } = await db.columns('SELECT CAST(max(version) AS DOUBLE) AS version FROM pushed_meta');
  if (version?.[0] !== CATALOGUE_VERSION) {
    for (const table of TABLES) await db.run(`DROP TABLE IF EXISTS ${table}`);
    await db.run('DELETE FROM pushed_meta');
    await db.run(`INSERT INTO pushed_meta VALUES (${CATALOGUE_VERSION})`);
  }
  const key = 'arrival_ms BIGINT, device_type INTEGER, account BIGINT, hour INTEGER';
  const figures = PUSHED_FIGURES.map((name) => `${name} DOUBLE`).join(', ');
  await db.run(`CREATE TABLE IF NOT EXISTS pushed_hour(${key}, ${figures})`);
  await db.run(`CREATE TABLE IF NOT EXISTS pushed_touch(${key}, kind UTINYINT, token BIGINT, n INTEGER)`);
  await db.run('CREATE TABLE IF NOT EXISTS pushed_window(from_ms BIGINT, to_ms BIGINT, events BIGINT)');
}

/** Windows that are in and end after a point in time, oldest first. */
export async function readPushedWindows(db: FeatureDatabase, afterMs: number): Promise<PushedWindow[]> {
  const columns = await db.columns(`SELECT CAST(from_ms AS DOUBLE) AS from_ms, CAST(to_ms AS DOUBLE) AS to_ms,
    CAST(events AS DOUBLE) AS events FROM pushed_window WHERE to_ms > ${Math.trunc(afterMs)} ORDER BY from_ms`);
  const [from, to, events] = ['from_ms', 'to_ms', 'events'].map((name) => numbers(columns, name));
  return Array.from(from!, (fromMs, row) => ({ fromMs, toMs: to![row]!, events: events![row]! }));
}

/** Everything that arrived before has been taken in; `undefined` when nothing has. */
export async function readPushedUntil(db: FeatureDatabase): Promise<number | undefined> {
  const { until } = await db.columns('SELECT CAST(max(to_ms) AS DOUBLE) AS until FROM pushed_window');
  const untilMs = Number(until?.[0]);
  return Number.isFinite(untilMs) ? untilMs : undefined;
}

/**
 * Puts the rows of a window in the place of what was known of it, and marks their days. Runs inside a transaction of the
 * caller, which has made the texts behind the tokens durable before.
 */
export async function replacePushedWindow(
  db: FeatureDatabase,
  window: PushedWindow,
  hours: readonly PushedHour[],
  touches: readonly PushedTouch[],
): Promise<void> {
  const { fromMs, toMs, events } = window;
  await markDays(db, fromMs);
  await db.run(`DELETE FROM pushed_hour WHERE arrival_ms = ${fromMs}`);
  await db.run(`DELETE FROM pushed_touch WHERE arrival_ms = ${fromMs}`);
  await db.run(`DELETE FROM pushed_window WHERE from_ms = ${fromMs}`);
  await insert(db, 'pushed_hour', hours, (row) => [fromMs, row.deviceType, row.account, row.hour, ...row.figures]);
  await insert(db, 'pushed_touch', touches, (row) => [
    ...[fromMs, row.deviceType, row.account, row.hour],
    ...[row.kind, row.token, row.n],
  ]);
  await db.run(`INSERT INTO pushed_window VALUES (${fromMs}, ${toMs}, ${events})`);
  await markDays(db, fromMs);
}

const markDays = (db: FeatureDatabase, fromMs: number): Promise<void> =>
  db.run(`INSERT INTO dirty_day SELECT day FROM (
      SELECT DISTINCT hour // 24 AS day FROM pushed_hour WHERE arrival_ms = ${fromMs}
    ) WHERE day NOT IN (SELECT utc_day FROM dirty_day)`);

async function insert<T>(
  db: FeatureDatabase,
  table: string,
  rows: readonly T[],
  values: (row: T) => (number | bigint)[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += INSERT_ROWS) {
    const part = rows.slice(at, at + INSERT_ROWS).map((row) => `(${values(row).join(', ')})`);
    await db.run(`INSERT INTO ${table} VALUES ${part.join(', ')}`);
  }
}
