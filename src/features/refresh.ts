import { dayOffsetMs } from '../domain/zone-offset.ts';
import { CATALOGUE_VERSION } from './catalogue.ts';
import {
  compileHours,
  compileScan,
  compileTouches,
  compileTouchFeatures,
  type DayTable,
  scanFeatures,
  touchFeatures,
} from './compile-duckdb.ts';
import type { FeatureDatabase, ZoneNames } from './ports.ts';
import { numbers } from './ports.ts';
import { createPushedTables } from './pushed-tables.ts';
import { isUtc } from './zones.ts';

/**
 * Keeps the feature tables equal to what the stored activities say, whatever order they arrived in:
 * `scan_row` and `hour_row` per person and day, `touch` (each thing a person touched on a day), `first_touch` (when first,
 * and how many people before), `touch_row`. Only days with new activities are computed again, and those days whose
 * first-seen figures change because something earlier arrived late. Figures that QRadar computed (`pushed-tables.ts`) count as
 * activities do.
 */

export interface RefreshResult {
  /** Days whose activities were read again. */
  days: number;
  /** Further days whose first-seen figures changed. */
  touchDays: number;
}

const INSERT_ROWS = 5000;

const columnList = (names: string[], type: string) => names.map((name) => `${name} ${type}`).join(', ');

async function createTables(db: FeatureDatabase): Promise<void> {
  await createPushedTables(db);
  await db.run('CREATE TABLE IF NOT EXISTS feature_meta(version INTEGER)');
  const { version } = await db.columns('SELECT CAST(max(version) AS DOUBLE) AS version FROM feature_meta');
  const stored = version?.[0];
  if (stored !== CATALOGUE_VERSION) {
    for (const table of ['scan_row', 'touch_row', 'hour_row', 'touch', 'first_touch', 'feature_link', 'zone_day'])
      await db.run(`DROP TABLE IF EXISTS ${table}`);
    await db.run(`DELETE FROM feature_meta`);
    await db.run(`INSERT INTO feature_meta VALUES (${CATALOGUE_VERSION})`);
    await db.run(`INSERT INTO dirty_day SELECT DISTINCT CAST(time_ms // 86400000 AS INTEGER) FROM activity
      UNION SELECT DISTINCT hour // 24 FROM pushed_hour`);
  }
  const scan = columnList(
    scanFeatures().map(({ name }) => name),
    'DOUBLE',
  );
  const touches = columnList(
    touchFeatures().map(({ name }) => name),
    'INTEGER',
  );
  await db.run(`CREATE TABLE IF NOT EXISTS scan_row(day INTEGER, person BIGINT, ${scan})`);
  await db.run(`CREATE TABLE IF NOT EXISTS touch_row(day INTEGER, person BIGINT, ${touches})`);
  await db.run(
    'CREATE TABLE IF NOT EXISTS hour_row(day INTEGER, person BIGINT, hour UTINYINT, n INTEGER, moves INTEGER)',
  );
  await db.run('CREATE TABLE IF NOT EXISTS touch(day INTEGER, person BIGINT, kind UTINYINT, token BIGINT, n INTEGER)');
  await db.run(
    'CREATE TABLE IF NOT EXISTS first_touch(person BIGINT, kind UTINYINT, token BIGINT, first_day INTEGER, earlier_people INTEGER)',
  );
  await db.run('CREATE TABLE IF NOT EXISTS feature_link(account BIGINT, person BIGINT, kind UTINYINT, zone SMALLINT)');
  await db.run('CREATE TABLE IF NOT EXISTS zone_day(zone SMALLINT, utc_day INTEGER, offset_ms BIGINT)');
}

/**
 * Brings `zone_day` to what the zones are now, for the UTC days that have activities, and leaves in `moved_day` those on
 * which a zone's local time is another than at the last refresh: the configured zone changed, or the numbers of zones did.
 */
async function updateZones(db: FeatureDatabase, zones: ZoneNames): Promise<void> {
  await db.run('CREATE OR REPLACE TEMP TABLE zone_now(zone SMALLINT, utc_day INTEGER, offset_ms BIGINT)');
  const days = numbers(
    await db.columns(`SELECT DISTINCT CAST(time_ms // 86400000 AS DOUBLE) AS day FROM activity
      UNION SELECT DISTINCT CAST(hour // 24 AS DOUBLE) FROM pushed_hour ORDER BY day`),
    'day',
  );
  for (const [zone, name] of zones.entries()) {
    const offset = isUtc(name) ? () => 0 : (day: number) => dayOffsetMs(name, day);
    for (let at = 0; at < days.length; at += INSERT_ROWS) {
      const rows = Array.from(days.subarray(at, at + INSERT_ROWS), (day) => `(${zone}, ${day}, ${offset(day)})`);
      await db.run(`INSERT INTO zone_now VALUES ${rows.join(', ')}`);
    }
  }
  await db.run(`CREATE OR REPLACE TEMP TABLE moved_day AS SELECT DISTINCT utc_day FROM zone_now n
    JOIN zone_day o USING (zone, utc_day) WHERE n.offset_ms <> o.offset_ms`);
  await db.run('DELETE FROM zone_day');
  await db.run('INSERT INTO zone_day SELECT * FROM zone_now');
}

/** Local days to read again: with new activities, of accounts that now belong to somebody else, of another local time. */
async function findDirtyDays(db: FeatureDatabase, zoned: boolean): Promise<DayTable & { count: number }> {
  await db.run('CREATE OR REPLACE TEMP TABLE refresh_day(day INTEGER)');
  await db.run(`INSERT INTO refresh_day
    WITH moved AS (
      SELECT coalesce(o.account, l.account) AS account
      FROM feature_link o FULL JOIN account_link l ON l.account = o.account
      WHERE o.person IS DISTINCT FROM l.person OR o.kind IS DISTINCT FROM l.kind OR o.zone IS DISTINCT FROM l.zone
    )
    SELECT DISTINCT utc_day + shift FROM (
      SELECT utc_day FROM dirty_day UNION SELECT utc_day FROM moved_day
      UNION SELECT DISTINCT CAST(a.time_ms // 86400000 AS INTEGER) FROM activity a SEMI JOIN moved USING (account)
      UNION SELECT DISTINCT p.hour // 24 FROM pushed_hour p SEMI JOIN moved USING (account)
    ), (VALUES (${zoned ? '-1), (0), (1' : '0'})) AS s(shift)`);
  const found = await db.columns(`SELECT CAST(count(*) AS DOUBLE) AS n, CAST(min(day) AS DOUBLE) AS first,
    CAST(max(day) AS DOUBLE) AS last FROM refresh_day`);
  const figure = (name: string) => numbers(found, name)[0]!;
  return { table: 'refresh_day', count: figure('n'), first: figure('first'), last: figure('last') };
}

const EARLIER_PEOPLE = `CAST(count(*) OVER (
  PARTITION BY kind, token ORDER BY first_day RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS INTEGER)`;

/** New days only: pairs never seen before are added; nothing stored changes. */
async function extendFirstTouches(db: FeatureDatabase): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE new_pair AS
    SELECT person, kind, token, min(day) AS first_day FROM touch SEMI JOIN refresh_day USING (day)
    ANTI JOIN first_touch USING (person, kind, token) GROUP BY ALL`);
  await db.run(`INSERT INTO first_touch
    SELECT person, kind, token, first_day, earlier_people FROM (
      SELECT *, ${EARLIER_PEOPLE} AS earlier_people FROM (
        SELECT person, kind, token, first_day, true AS is_new FROM new_pair
        UNION ALL SELECT person, kind, token, first_day, false FROM first_touch
          SEMI JOIN (SELECT DISTINCT kind, token FROM new_pair) USING (kind, token)
      )
    ) WHERE is_new`);
}

/** Days inside the known span changed: first touches are rebuilt, and days they change are listed too. */
async function rebuildFirstTouches(db: FeatureDatabase): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE rebuilt AS
    SELECT person, kind, token, first_day, ${EARLIER_PEOPLE} AS earlier_people FROM (
      SELECT person, kind, token, min(day) AS first_day FROM touch GROUP BY person, kind, token
    )`);
  await db.run(`INSERT INTO touch_day SELECT DISTINCT u.day FROM touch u JOIN (
      SELECT r.person, r.kind, r.token FROM rebuilt r LEFT JOIN first_touch f USING (person, kind, token)
      WHERE f.first_day IS DISTINCT FROM r.first_day OR f.earlier_people IS DISTINCT FROM r.earlier_people
    ) c USING (person, kind, token) WHERE u.day NOT IN (SELECT day FROM touch_day)`);
  await db.run('DELETE FROM first_touch');
  await db.run('INSERT INTO first_touch SELECT * FROM rebuilt');
  await db.run('DROP TABLE rebuilt');
}

/** Brings every feature table up to date, in one transaction. */
export async function refreshFeatures(db: FeatureDatabase, zones: ZoneNames): Promise<RefreshResult> {
  return db.transaction(async () => {
    await createTables(db);
    const zoned = !zones.every(isUtc);
    await updateZones(db, zones);
    const days = await findDirtyDays(db, zoned);
    if (days.count === 0) return { days: 0, touchDays: 0 };
    const { pushed } = await db.columns('SELECT CAST(count(*) AS DOUBLE) AS pushed FROM pushed_hour');
    const hasPushed = pushed?.[0] !== 0;
    const { later } = await db.columns(`SELECT CAST(coalesce((SELECT min(day) FROM refresh_day) >
      (SELECT max(day) FROM touch), true) AS DOUBLE) AS later`);

    for (const table of ['scan_row', 'hour_row', 'touch'])
      await db.run(`DELETE FROM ${table} WHERE day IN (SELECT day FROM refresh_day)`);
    await db.run(`INSERT INTO scan_row ${compileScan(days, zoned, hasPushed)}`);
    await db.run(`INSERT INTO hour_row ${compileHours(days, zoned, hasPushed)}`);
    await db.run(`INSERT INTO touch ${compileTouches(days, zoned, hasPushed)}`);

    await db.run('CREATE OR REPLACE TEMP TABLE touch_day AS SELECT day FROM refresh_day');
    await (later?.[0] === 1 ? extendFirstTouches(db) : rebuildFirstTouches(db));
    await db.run('DELETE FROM touch_row WHERE day IN (SELECT day FROM touch_day)');
    await db.run(`INSERT INTO touch_row ${compileTouchFeatures('touch_day')}`);
    const { n } = await db.columns('SELECT CAST(count(*) AS DOUBLE) AS n FROM touch_day');

    await db.run('DELETE FROM feature_link');
    await db.run('INSERT INTO feature_link SELECT account, person, kind, zone FROM account_link');
    await db.run('DELETE FROM dirty_day');
    return { days: days.count, touchDays: Number(n?.[0] ?? 0) - days.count };
  });
}
