import type { Config } from '../config/load-config.ts';
import { type FeatureDatabase, numbers } from '../features/ports.ts';

/** What reading the same days from QRadar would have asked of it; an estimate from settings and stored activities. */
export interface LoadEstimate {
  mode: Config['ariel']['mode'];
  searchesPerDay: number;
  rowsPerDay: number;
  busiestHourRows: number;
  /** Searches to read the days before, once, at the first start. */
  firstSearches: number;
  basis: string;
}

const DAY_SECONDS = 86_400;
/** A search with more rows is split, see `pull-windows.ts`. */
const MOST_ROWS = 100_000;
/** Searches an hour and log source type with figures computed in QRadar: by hour, and things touched. */
const PUSHED_SEARCHES = 2;

export async function estimateLoad(
  db: FeatureDatabase,
  ariel: Config['ariel'],
  fromDay: number,
  toDay: number,
): Promise<LoadEstimate> {
  const span = `time_ms >= ${fromDay * 86_400_000} AND time_ms < ${(toDay + 1) * 86_400_000}`;
  const columns = await db.columns(`SELECT CAST(coalesce(sum(n), 0) AS DOUBLE) AS activities,
      CAST(coalesce(max(n), 0) AS DOUBLE) AS busiest, CAST(coalesce(sum(accounts), 0) AS DOUBLE) AS accounts,
      CAST(count(*) AS DOUBLE) AS hours,
      CAST((SELECT count(DISTINCT log_source) FROM activity WHERE ${span}) AS DOUBLE) AS sources
    FROM (
      SELECT count(*) AS n, count(DISTINCT account) AS accounts FROM activity WHERE ${span} GROUP BY time_ms // 3600000
    )`);
  const figure = (name: string) => numbers(columns, name)[0]!;
  const days = toDay - fromDay + 1;
  const firstSearches = Math.ceil((ariel.backfillDays * 1440) / ariel.windowMinutes);
  if (ariel.mode === 'off')
    return {
      mode: 'off',
      searchesPerDay: 0,
      rowsPerDay: 0,
      busiestHourRows: 0,
      firstSearches: 0,
      basis: 'ariel.mode is off',
    };
  if (ariel.mode === 'push-down') {
    const perHour = PUSHED_SEARCHES * figure('sources');
    return {
      mode: 'push-down',
      searchesPerDay: perHour * 24,
      rowsPerDay: Math.round(figure('accounts') / days),
      busiestHourRows: Math.round(figure('accounts') / Math.max(1, figure('hours'))),
      firstSearches: perHour * 24 * ariel.backfillDays,
      basis: `${PUSHED_SEARCHES} searches an hour for each of the ${figure('sources')} log sources stored, one row for each account and hour`,
    };
  }
  // Each look reads what arrived since the last one, and the overlap again.
  const again = 1 + ariel.overlapSeconds / ariel.pollSeconds;
  const perPoll = (figure('busiest') / 3600) * (ariel.pollSeconds + ariel.overlapSeconds);
  return {
    mode: 'raw',
    searchesPerDay: Math.round((DAY_SECONDS / ariel.pollSeconds) * Math.max(1, Math.ceil(perPoll / MOST_ROWS))),
    rowsPerDay: Math.round((figure('activities') / days) * again),
    busiestHourRows: Math.round(figure('busiest') * again),
    firstSearches,
    basis:
      `one search every ${ariel.pollSeconds} s (ariel.pollSeconds), each reading ${ariel.overlapSeconds} s again ` +
      '(ariel.overlapSeconds); every stored activity taken as one event of QRadar',
  };
}
