import type { WebCategory } from '../domain/activity.ts';
import { pathHead } from './aql-paths.ts';
import { type AqlProfile, isWebCondition, type ThingTerm } from './aql-profile.ts';
import { anyOf, type Term } from './aql-term.ts';
import { DATA_MOVES, FEATURES } from './catalogue.ts';
import type { Aggregate, Filter, TouchKind } from './types.ts';
import { TOUCH_KINDS } from './types.ts';

/**
 * Compiles the catalogue to AQL for one kind of log source: a search for figures by account and hour, and one for the things
 * touched by account and hour. Hours are those of `devicetime`, UTC; the window is one of arrival (`starttime`).
 */

/** One figure of a search: which feature it is part of. */
export interface PlannedFigure {
  /** Column of the answer. */
  alias: string;
  /** Name of a scan feature, or `moves`. */
  feature: string;
  aql: string;
  isMax: boolean;
  /** Only for rows whose web site is of one of these. */
  categories?: readonly WebCategory[];
}

export interface PlannedThing {
  alias: string;
  kind: TouchKind;
  aql: string;
  form: ThingTerm['form'];
}

/** What is computed in QRadar for a kind of log source, and what is not. */
export interface PushPlan {
  profile: string;
  hours: PlannedFigure[];
  things: PlannedThing[];
  /** Of rows by web site: features that need its category. */
  web: PlannedFigure[];
  /** Head of a web path, `''` when there is no web. */
  webPath: string;
  /** Features that are the same as if events were read here. */
  exact: string[];
  /** Features of which a part is out of sight, with the part. */
  partial: { feature: string; lacks: readonly string[] }[];
  /** Features that cannot be had, with the reason. */
  missing: { feature: string; why: string }[];
}

const sumOf = (term: Term, value: string): string =>
  term.is === 'yes' ? `SUM(${value})` : `SUM(CASE WHEN ${term.is === 'aql' ? term.aql : ''} THEN ${value} ELSE 0 END)`;

interface Draft {
  term: Term;
  aql: string;
}

/** What to compute for the aggregate over the events that pass; `undefined` when there is nothing of the kind. */
function draftFigure(profile: AqlProfile, aggregate: Extract<Aggregate, { where: Filter }>): Draft | undefined {
  const term = profile.test(aggregate.where);
  const number = aggregate.kind === 'count' ? undefined : profile.number(aggregate.column);
  if (term.is === 'no' || number === 'none') return undefined;
  if (term.is === 'unknown') return { term, aql: '' };
  if (number === undefined) return { term, aql: term.is === 'yes' ? 'COUNT(*)' : sumOf(term, '1') };
  if ('why' in number) return { term: { is: 'unknown', why: number.why }, aql: '' };
  if (aggregate.kind === 'sum') return { term, aql: sumOf(term, number.aql) };
  const value = term.is === 'aql' ? `CASE WHEN ${term.aql} THEN ${number.aql} ELSE 0 END` : number.aql;
  return { term, aql: `MAX(${value})` };
}

/** Plans every feature for a kind of log source. */
export function planPush(profile: AqlProfile): PushPlan {
  const plan: PushPlan = {
    profile: profile.name,
    hours: [],
    things: [],
    web: [],
    webPath: '',
    exact: [],
    partial: [],
    missing: [],
  };
  const judge = (feature: string, term: Term): boolean => {
    if (term.is === 'unknown') plan.missing.push({ feature, why: term.why });
    else if (term.is === 'aql' && term.lacks.length > 0) plan.partial.push({ feature, lacks: term.lacks });
    else plan.exact.push(feature);
    return term.is !== 'unknown';
  };

  const moves = anyOf(DATA_MOVES.map((filter) => profile.test(filter)));
  if (moves.is === 'aql' || moves.is === 'yes')
    plan.hours.push({ alias: 'm', feature: 'moves', aql: sumOf(moves, '1'), isMax: false });

  for (const kind of TOUCH_KINDS) {
    const found = profile.thing(kind);
    const features = FEATURES.filter(({ aggregate }) => aggregate.kind === 'touch' && aggregate.touch === kind);
    const isBlind = found !== 'none' && ('why' in found || found.where.is === 'unknown');
    const term: Term =
      found === 'none'
        ? { is: 'no' }
        : 'why' in found
          ? { is: 'unknown', why: found.why }
          : found.lacks === undefined
            ? found.where
            : { is: 'aql', aql: '', lacks: [found.lacks, ...(found.where.is === 'aql' ? found.where.lacks : [])] };
    for (const { name } of features) judge(name, term);
    if (found === 'none' || 'why' in found || isBlind) continue;
    const aql = found.where.is === 'aql' ? `(CASE WHEN ${found.where.aql} THEN ${found.aql} ELSE NULL END)` : found.aql;
    plan.things.push({ alias: `t${plan.things.length}`, kind, aql, form: found.form });
  }
  const webHost = plan.things.find(({ kind }) => kind === 'web_host');

  for (const { name, aggregate } of FEATURES) {
    if (aggregate.kind === 'touch') continue;
    if (aggregate.kind === 'rhythm') {
      if (aggregate.measure === 'unusual_hour_moves') judge(name, moves);
      else plan.exact.push(name);
      continue;
    }
    // The number of rows comes with every search.
    const draft = name === 'activities' ? undefined : draftFigure(profile, aggregate);
    if (!draft) {
      plan.exact.push(name);
      continue;
    }
    const categories = aggregate.where.find(isWebCondition)?.in;
    if (categories && !webHost) {
      judge(name, { is: 'unknown', why: 'web sites' });
      continue;
    }
    if (!judge(name, draft.term)) continue;
    const figures = categories ? plan.web : plan.hours;
    figures.push({
      alias: `${categories ? 'w' : 'f'}${figures.length}`,
      feature: name,
      aql: draft.aql,
      isMax: aggregate.kind === 'max',
      ...(categories ? { categories } : {}),
    });
  }
  if (plan.web.length > 0 && webHost) plan.webPath = pathHead(profile.webAddress ?? "''");
  return plan;
}

/** Half-open, UTC epoch milliseconds of arrival, whole minutes. */
export interface ArrivalWindow {
  fromMs: number;
  toMs: number;
}

/** `devicetime` in whole hours since 1970. */
export const HOUR_AQL = 'LONG(devicetime / 3600000)';
const EVENTS = "username IS NOT NULL AND username NOT LIKE '%$'";

interface Parts {
  select: readonly string[];
  where: string;
  groupBy: readonly string[];
  limit: number;
  window: ArrivalWindow;
}

/** START and STOP cover the window in whole minutes, conditions cut it exactly however the console reads its end. */
const compose = ({ select, where, groupBy, limit, window: { fromMs, toMs } }: Parts): string =>
  `SELECT ${select.join(', ')} FROM events WHERE starttime >= ${fromMs} AND starttime < ${toMs} AND ${where} ` +
  `GROUP BY ${groupBy.join(', ')} LIMIT ${limit} START ${fromMs} STOP ${toMs}`;

const DAY_AQL = '24 * LONG(devicetime / 86400000)';
const KEYS = ['username AS u', 'domainid AS d', "(CASE WHEN domainid = 0 THEN '' ELSE DOMAINNAME(domainid) END) AS e"];

/**
 * The hour in which the part of a day begins that an event falls into, where a part ends whenever somebody's local day does.
 * What somebody touched is asked for by such parts: in one time zone that is one row a day instead of one an hour.
 * @param midnights UTC hours at which a local day begins, ascending
 */
export function compilePart(midnights: readonly number[]): string {
  if (midnights.length === 0 || midnights.length > 12) return HOUR_AQL;
  if (midnights.length === 1 && midnights[0] === 0) return DAY_AQL;
  const parts = [...midnights].reverse().map((hour) => {
    const begins = hour === 0 ? DAY_AQL : `${DAY_AQL} + ${hour}`;
    return `WHEN ${HOUR_AQL} - ${DAY_AQL} >= ${hour} THEN ${begins}`;
  });
  return `(CASE ${parts.join(' ')} ELSE ${DAY_AQL} - ${24 - midnights.at(-1)!} END)`;
}

/** Longest AQL that is sent: it travels as a form, and the console parses it. */
export const MAX_AQL_CHARS = 32_000;

/** Figures by account and hour; several searches when one would be too long. */
export function compileHourSearches(
  plan: PushPlan,
  deviceType: number,
  window: ArrivalWindow,
  limit: number,
): { aql: string; figures: PlannedFigure[] }[] {
  const batches: PlannedFigure[][] = [[]];
  let length = 0;
  for (const figure of plan.hours) {
    if (length > 0 && length + figure.aql.length > MAX_AQL_CHARS - 1000) {
      batches.push([]);
      length = 0;
    }
    batches.at(-1)!.push(figure);
    length += figure.aql.length + 10;
  }
  return batches.map((figures) => ({
    figures,
    aql: compose({
      select: [
        ...KEYS,
        `${HOUR_AQL} AS h`,
        'COUNT(*) AS n',
        'MIN(devicetime) AS a',
        'MAX(devicetime) AS z',
        ...figures.map(({ alias, aql }) => `${aql} AS ${alias}`),
      ],
      where: `devicetype = ${deviceType} AND ${EVENTS}`,
      groupBy: ['u', 'd', 'h'],
      limit,
      window,
    }),
  }));
}

/** Things touched by account and part of the day (`compilePart`), one row for each combination; `undefined` when the log source names none. */
export function compileThingSearch(
  plan: PushPlan,
  deviceType: number,
  window: ArrivalWindow,
  limit: number,
  midnights: readonly number[] = [],
): string | undefined {
  if (plan.things.length === 0) return undefined;
  const keys = ['u', 'd', 'h', ...plan.things.map(({ alias }) => alias)];
  const select = [
    ...KEYS,
    `${compilePart(midnights)} AS h`,
    ...plan.things.map(({ alias, aql }) => `${aql} AS ${alias}`),
  ];
  if (plan.webPath !== '') {
    select.push(`${plan.webPath} AS p`);
    keys.push('p');
  }
  return compose({
    select: [...select, 'COUNT(*) AS n', ...plan.web.map(({ alias, aql }) => `${aql} AS ${alias}`)],
    where: `devicetype = ${deviceType} AND ${EVENTS}`,
    groupBy: keys,
    limit,
    window,
  });
}

/** Which log source types had events in the window, how many, and how many speak in our own words. */
export function compileArrivals(window: ArrivalWindow, namedTest: string | undefined): string {
  const named = namedTest ? `SUM(CASE WHEN ${namedTest} THEN 1 ELSE 0 END)` : 'MIN(0)';
  return compose({
    select: ['devicetype AS t', 'LOGSOURCETYPENAME(devicetype) AS l', 'COUNT(*) AS n', `${named} AS k`],
    where: EVENTS,
    groupBy: ['t', 'l'],
    limit: 10_000,
    window,
  });
}

/** Events by the minute of their arrival, to see whether some came after their minute had been read. */
export const compileRecount = (window: ArrivalWindow, deviceTypes: readonly number[]): string =>
  compose({
    select: ['LONG(starttime / 60000) AS m', 'COUNT(*) AS n'],
    where: `devicetype IN (${deviceTypes.join(', ')}) AND ${EVENTS}`,
    groupBy: ['m'],
    limit: 100_000,
    window,
  });
