import { TEMPLATE_KINDS, type TemplateKind } from '../backtest/ports.ts';
import { compileFilter, TOUCH_SOURCES } from '../features/compile-duckdb.ts';
import { type FeatureDatabase, numbers } from '../features/ports.ts';
import { type Filter, TOUCH_KINDS } from '../features/types.ts';

/** Real activities of the days before the replay, in the temporary table `backtest_template`: what is planted copies them. */

const HISTORY_DAYS = 60;
const MOST_A_KIND = 2000;
const MOST_A_SCOPE = 60;
const MOST_SCOPES = 500;
/** A scope with fewer readers is somebody's own. */
const LEAST_READERS = 2;

const FILTERS: Record<TemplateKind, Filter> = {
  removable_copy: [
    { column: 'class', in: ['file_system'] },
    { column: 'removable', is: true },
  ],
  removable_connect: [
    { column: 'class', in: ['peripheral'] },
    { column: 'activity', in: ['connect'] },
  ],
  file_read: [
    { column: 'class', in: ['file_system'] },
    { column: 'activity', in: ['read', 'open'] },
    { column: 'removable', is: false },
    { column: 'scope', present: true },
  ],
  job_site_visit: [
    { column: 'class', in: ['http'] },
    { column: 'web_category', in: ['job_search'] },
  ],
  web_upload: [
    { column: 'class', in: ['http'] },
    { column: 'activity', in: ['upload'] },
  ],
  external_mail: [
    { column: 'class', in: ['email'] },
    { column: 'activity', in: ['send'] },
    { column: 'recipients_external', atLeast: 1 },
  ],
  logon: [
    { column: 'class', in: ['authentication'] },
    { column: 'activity', in: ['logon'] },
    { column: 'outcome', in: ['unknown', 'success'] },
    { column: 'device', present: true },
  ],
  failed_logon: [
    { column: 'class', in: ['authentication'] },
    { column: 'outcome', in: ['failure'] },
  ],
};

/** Shared folders, drawn: a history may hold millions of them. */
const SHARED_SCOPES = (fromDay: number, seed: number) => `SELECT token FROM touch
  WHERE kind = ${TOUCH_KINDS.indexOf('scope')} AND day BETWEEN ${fromDay - HISTORY_DAYS} AND ${fromDay - 1}
  GROUP BY token HAVING count(DISTINCT person) >= ${LEAST_READERS} ORDER BY hash(token + ${seed}), token LIMIT ${MOST_SCOPES}`;

/** @returns how many activities there are of each kind */
export async function gatherTemplates(
  db: FeatureDatabase,
  fromDay: number,
  seed: number,
): Promise<Record<TemplateKind, number>> {
  await db.run(`CREATE OR REPLACE TEMP TABLE backtest_template AS
    SELECT CAST(0 AS UTINYINT) AS kind, CAST(0 AS INTEGER) AS pick, * FROM activity LIMIT 0`);
  const span = `time_ms >= ${(fromDay - HISTORY_DAYS) * 86_400_000} AND time_ms < ${fromDay * 86_400_000}`;
  const counts: Partial<Record<TemplateKind, number>> = {};
  for (const [code, kind] of TEMPLATE_KINDS.entries()) {
    const isRead = kind === 'file_read';
    const partition = isRead ? 'PARTITION BY scope ' : '';
    const inShared = isRead ? `AND ${TOUCH_SOURCES.scope.column} IN (${SHARED_SCOPES(fromDay, seed)})` : '';
    await db.run(`INSERT INTO backtest_template
      SELECT ${code}, CAST(row_number() OVER (${partition}ORDER BY hash(id + ${seed}), id) - 1 AS INTEGER) AS pick, *
      FROM activity WHERE ${compileFilter(FILTERS[kind])} AND ${span} ${inShared}
      QUALIFY pick < ${isRead ? MOST_A_SCOPE : MOST_A_KIND}`);
    const found = await db.columns(`SELECT CAST(count(*) AS DOUBLE) AS n FROM backtest_template WHERE kind = ${code}`);
    counts[kind] = numbers(found, 'n')[0]!;
  }
  return counts as Record<TemplateKind, number>;
}
