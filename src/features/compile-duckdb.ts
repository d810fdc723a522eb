import { ACTIVITY_CLASSES, ACTIVITY_NAMES, FILE_CATEGORIES, OUTCOMES, WEB_CATEGORIES } from '../domain/activity.ts';
import { DAY_MS } from '../domain/time.ts';
import { DATA_MOVES, FEATURES } from './catalogue.ts';
import type { Condition, Feature, Filter, TouchKind } from './types.ts';
import { TOUCH_KINDS } from './types.ts';

/** Compiles the catalogue to DuckDB SQL over the tables `activity`, `account_link` and `zone_day`. */

const CODES = {
  class: ACTIVITY_CLASSES as readonly string[],
  activity: ACTIVITY_NAMES as readonly string[],
  outcome: OUTCOMES as readonly string[],
  file_category: FILE_CATEGORIES as readonly string[],
  web_category: WEB_CATEGORIES as readonly string[],
};

function compileCondition(condition: Condition): string {
  if ('in' in condition) {
    const codes = (condition.in as readonly string[]).map((name) => CODES[condition.column].indexOf(name));
    return codes.length === 1 ? `${condition.column} = ${codes[0]}` : `${condition.column} IN (${codes.join(', ')})`;
  }
  if ('atLeast' in condition) return `${condition.column} >= ${condition.atLeast}`;
  if ('oneOf' in condition) return `${condition.column} IN (${condition.oneOf.join(', ')})`;
  if ('present' in condition) return `${condition.column} <> 0`;
  return condition.is ? condition.column : `NOT ${condition.column}`;
}

/** `true` for the empty filter. */
export const compileFilter = (filter: Filter): string =>
  filter.length === 0 ? 'true' : filter.map(compileCondition).join(' AND ');

const DATA_MOVE_SQL = DATA_MOVES.map((filter) => `(${compileFilter(filter)})`).join(' OR ');

/** Which token column each kind of touched thing is read from, and on which activities. */
export const TOUCH_SOURCES: Record<TouchKind, { column: string; where: Filter }> = {
  device: { column: 'device', where: [{ column: 'device', present: true }] },
  target: { column: 'target', where: [{ column: 'target', present: true }] },
  source: {
    column: 'source',
    where: [
      { column: 'source', present: true },
      { column: 'class', in: ['authentication', 'tunnel', 'api', 'file_hosting'] },
    ],
  },
  scope: {
    column: 'scope',
    where: [
      { column: 'scope', present: true },
      { column: 'class', in: ['file_system', 'datastore', 'file_hosting', 'api'] },
    ],
  },
  web_host: {
    column: 'scope',
    where: [
      { column: 'scope', present: true },
      { column: 'class', in: ['http'] },
    ],
  },
  program: {
    column: 'verb',
    where: [
      { column: 'verb', present: true },
      { column: 'class', in: ['process', 'script'] },
    ],
  },
  recipient: {
    column: 'resource',
    where: [
      { column: 'resource', present: true },
      { column: 'class', in: ['email'] },
      { column: 'activity', in: ['send'] },
    ],
  },
  partner: { column: 'target_account', where: [{ column: 'target_account', present: true }] },
};

/** Features the engine computes by one pass over activities. */
export const scanFeatures = (): Feature[] =>
  FEATURES.filter(
    ({ aggregate }) => aggregate.kind === 'count' || aggregate.kind === 'sum' || aggregate.kind === 'max',
  );

/** Features the engine computes from touched things. */
export const touchFeatures = (): Feature[] => FEATURES.filter(({ aggregate }) => aggregate.kind === 'touch');

function scanColumn({ name, aggregate }: Feature): string {
  switch (aggregate.kind) {
    case 'count':
      return aggregate.where.length === 0
        ? `count(*) AS ${name}`
        : `count(*) FILTER (${compileFilter(aggregate.where)}) AS ${name}`;
    case 'sum':
    case 'max':
      return `coalesce(${aggregate.kind}(${aggregate.column}) FILTER (${compileFilter(aggregate.where)}), 0) AS ${name}`;
    default:
      throw new TypeError(`${name} is not a scan feature`);
  }
}

/** A table with a column `day`, and the smallest and largest of them: as constants they let the engine skip row groups. */
export interface DayTable {
  table: string;
  first: number;
  last: number;
}

/** Activities, or figures by hour that QRadar computed: an hour counts to the local hour in which it begins. */
const ACTIVITY = { table: 'activity', timeMs: 'a.time_ms' };
const HOUR_TIME = '(CAST(a.hour AS BIGINT) * 3600000)';
const PUSHED_HOUR = { table: 'pushed_hour', timeMs: HOUR_TIME };
const PUSHED_TOUCH = { table: 'pushed_touch', timeMs: HOUR_TIME };

/**
 * Activities of people with their local day. `zoned` joins the offset of the person's zone on that UTC day (so on the
 * night of a clock change hours can be one off); otherwise local time is UTC.
 * Service accounts are people too (they can be abused); machine and system accounts are not.
 */
function personActivity(columns: string[], days: DayTable, zoned: boolean, { table, timeMs } = ACTIVITY): string {
  const local = zoned ? `(${timeMs} + coalesce(z.offset_ms, 0))` : timeMs;
  const join = zoned
    ? `LEFT JOIN zone_day z ON z.zone = l.zone AND z.utc_day = CAST(${timeMs} // 86400000 AS INTEGER)`
    : '';
  const selected = [...new Set(columns)].map((column) => `a.${column}`).join(', ');
  return `SELECT CAST(${local} // 86400000 AS INTEGER) AS day, CAST((${local} % 86400000) // 3600000 AS UTINYINT) AS hour,
      l.person AS person${selected ? `, ${selected}` : ''}
    FROM ${table} a JOIN account_link l ON l.account = a.account ${join}
    WHERE l.kind <= 1 AND ${timeMs} >= ${(days.first - 1) * DAY_MS} AND ${timeMs} < ${(days.last + 2) * DAY_MS}
      AND CAST(${local} // 86400000 AS INTEGER) IN (SELECT day FROM ${days.table})`;
}

const TOUCH_COLUMNS = [
  'class',
  'activity',
  'device',
  'target',
  'source',
  'scope',
  'verb',
  'resource',
  'target_account',
];
const SCAN_COLUMNS = [
  'class',
  'activity',
  'outcome',
  'bytes_out',
  'bytes_in',
  'logon_type',
  'event_code',
  'recipients',
  'recipients_external',
  'attachments',
  'removable',
  'privileged',
  'severity',
  'file_category',
  'web_category',
  'sensitivity',
];

/** Figures of several engines as one. */
const merge = (keys: string, figures: readonly string[], parts: readonly string[]): string =>
  `SELECT ${keys}, ${figures.join(', ')} FROM (${parts.join('\n    UNION ALL ')}) GROUP BY ${keys}`;

/** Counts, sums and maxima per person and day: one scan. @param pushed with the figures of `pushed_hour` */
export function compileScan(days: DayTable, zoned: boolean, pushed = false): string {
  const own = `SELECT day, person, ${scanFeatures().map(scanColumn).join(',\n      ')}
    FROM (${personActivity(SCAN_COLUMNS, days, zoned)}) GROUP BY day, person`;
  if (!pushed) return own;
  const names = scanFeatures().map(({ name }) => name);
  const figures = scanFeatures().map(({ name, aggregate }) =>
    aggregate.kind === 'max' ? `max(${name}) AS ${name}` : `sum(${name}) AS ${name}`,
  );
  const theirs = personActivity(names, days, zoned, PUSHED_HOUR);
  return merge('day, person', figures, [own, `SELECT day, person, ${names.join(', ')} FROM (${theirs})`]);
}

/** Activities and data moves per person, day and local hour. */
export function compileHours(days: DayTable, zoned: boolean, pushed = false): string {
  const own = `SELECT day, person, hour, CAST(count(*) AS INTEGER) AS n,
      CAST(count(*) FILTER (${DATA_MOVE_SQL}) AS INTEGER) AS moves
    FROM (${personActivity(SCAN_COLUMNS, days, zoned)}) GROUP BY day, person, hour`;
  if (!pushed) return own;
  const figures = ['n', 'moves'].map((name) => `CAST(sum(${name}) AS INTEGER) AS ${name}`);
  const theirs = personActivity(['activities', 'moves'], days, zoned, PUSHED_HOUR);
  const part = `SELECT day, person, hour, activities AS n, moves FROM (${theirs}) WHERE activities > 0`;
  return merge('day, person, hour', figures, [own, part]);
}

/** Each thing a person touched on a day, once, with how often. */
export function compileTouches(days: DayTable, zoned: boolean, pushed = false): string {
  const parts = TOUCH_KINDS.map((kind, code) => {
    const { column, where } = TOUCH_SOURCES[kind];
    return `SELECT day, person, CAST(${code} AS UTINYINT) AS kind, ${column} AS token, CAST(count(*) AS INTEGER) AS n
      FROM source WHERE ${compileFilter(where)} GROUP BY day, person, ${column}`;
  });
  // Kept apart the shared scan would be written to memory; reading the few columns again for each kind is quicker.
  const own = `WITH source AS NOT MATERIALIZED (${personActivity(TOUCH_COLUMNS, days, zoned)})
    ${parts.join('\n    UNION ALL ')}`;
  if (!pushed) return own;
  const theirs = personActivity(['kind', 'token', 'n'], days, zoned, PUSHED_TOUCH);
  const part = `SELECT day, person, kind, token, n FROM (${theirs})`;
  return merge('day, person, kind, token', ['CAST(sum(n) AS INTEGER) AS n'], [`(${own})`, part]);
}

/** Features over touched things, from `touch` and `first_touch`, for the days listed. */
export function compileTouchFeatures(days: string): string {
  const columns = touchFeatures().map(({ name, aggregate }) => {
    if (aggregate.kind !== 'touch') throw new TypeError(`${name} is not a touch feature`);
    const kind = `kind = ${TOUCH_KINDS.indexOf(aggregate.touch)}`;
    const test = {
      distinct: kind,
      new: `${kind} AND is_new`,
      rare: `${kind} AND is_new AND earlier_people <= 2`,
      others: `${kind} AND earlier_people BETWEEN 1 AND 3`,
    }[aggregate.measure];
    return `count(*) FILTER (${test}) AS ${name}`;
  });
  return `SELECT t.day AS day, t.person AS person, ${columns.join(',\n      ')}
    FROM (
      SELECT u.day, u.person, u.kind, f.first_day = u.day AS is_new, f.earlier_people AS earlier_people
      FROM touch u JOIN first_touch f ON f.person = u.person AND f.kind = u.kind AND f.token = u.token
      WHERE u.day IN (SELECT day FROM ${days})
    ) t GROUP BY t.day, t.person`;
}

/**
 * Activities behind one feature on given person-days, at most `limit` each: of sums and maxima the largest, of working
 * hours those that reach furthest out, of everything else the earliest.
 * @param pairs a table (day, person, hours) of the person-days asked for; bit h of `hours` is set when hour h is unusual
 */
export function compileEvidence(feature: Feature, pairs: DayTable, zoned: boolean, limit: number): string {
  const { from, where, order } = evidenceOf(feature, (columns) =>
    personActivity(['id', 'time_ms', ...columns], pairs, zoned),
  );
  return `SELECT CAST(s.day AS DOUBLE) AS day, s.person AS person, s.id AS id, CAST(s.time_ms AS DOUBLE) AS time_ms
    FROM ${from} JOIN ${pairs.table} p ON p.day = s.day AND p.person = s.person
    WHERE ${where}
    QUALIFY row_number() OVER (PARTITION BY s.day, s.person ORDER BY ${order}, s.id) <= ${limit}
    ORDER BY s.day, s.person, s.time_ms, s.id`;
}

interface EvidenceParts {
  from: string;
  where: string;
  order: string;
}

function evidenceOf({ aggregate }: Feature, source: (columns: string[]) => string): EvidenceParts {
  const from = `(${source(SCAN_COLUMNS)}) s`;
  switch (aggregate.kind) {
    case 'count':
      return { from, where: compileFilter(aggregate.where), order: 's.time_ms' };
    case 'sum':
    case 'max': {
      const { column, where } = aggregate;
      return { from, where: `${compileFilter(where)} AND s.${column} > 0`, order: `s.${column} DESC, s.time_ms` };
    }
    case 'touch': {
      const { column, where } = TOUCH_SOURCES[aggregate.touch];
      const test = {
        distinct: 'true',
        new: 'f.first_day = s.day',
        rare: 'f.first_day = s.day AND f.earlier_people <= 2',
        others: 'f.earlier_people BETWEEN 1 AND 3',
      }[aggregate.measure];
      return {
        from: `(${source(TOUCH_COLUMNS)}) s JOIN first_touch f ON f.person = s.person
          AND f.kind = ${TOUCH_KINDS.indexOf(aggregate.touch)} AND f.token = s.${column}`,
        where: `${compileFilter(where)} AND ${test}`,
        order: 's.time_ms',
      };
    }
    case 'rhythm': {
      const unusual = '(p.hours >> s.hour) & 1 = 1';
      const where = {
        unusual_hours: unusual,
        unusual_hour_moves: `${unusual} AND (${DATA_MOVE_SQL})`,
        off_day: 'true',
        early: 'true',
        late: 'true',
      }[aggregate.measure];
      return { from, where, order: aggregate.measure === 'late' ? 's.time_ms DESC' : 's.time_ms' };
    }
  }
}
