import { HOUR_MS } from '../domain/time.ts';
import type { Dictionary } from './dictionary.ts';
import type { DuckRunner } from './duck-runner.ts';

/** Activities of one log source in an hour of event time. `hour`: hours since 1970, UTC. */
export interface LogSourceHour {
  logSource: string;
  hour: number;
  events: number;
}

export interface LogSourceWatermark {
  logSource: string;
  /** Time of its latest activity, UTC epoch milliseconds. */
  lastEventMs: number;
}

/**
 * What each log source reported when. Counted from the stored activities each time it is asked, so that it is right after any
 * crash, replay or erasure; a scan of two columns over the time asked for.
 */
export interface LogSourceHours {
  /** Hours without an activity are not listed. */
  read(fromHour: number, toHour: number): Promise<LogSourceHour[]>;
  watermarks(): Promise<LogSourceWatermark[]>;
}

export function createLogSourceHours(duck: DuckRunner, dictionary: Dictionary): LogSourceHours {
  const namesOf = (tokens: BigInt64Array) => dictionary.texts(new Set(tokens));
  return {
    async read(fromHour, toHour) {
      const { log_source, hour, n } = await duck.columns(
        `SELECT log_source, CAST(time_ms // ${HOUR_MS} AS DOUBLE) AS hour, CAST(count(*) AS DOUBLE) AS n FROM activity
         WHERE time_ms >= ${Math.trunc(fromHour) * HOUR_MS} AND time_ms < ${Math.trunc(toHour) * HOUR_MS}
         GROUP BY ALL ORDER BY ALL`,
      );
      const tokens = log_source as BigInt64Array;
      const names = namesOf(tokens);
      return Array.from(tokens, (token, row) => ({
        logSource: names.get(token) ?? '',
        hour: Number(hour![row]),
        events: Number(n![row]),
      }));
    },
    async watermarks() {
      const { log_source, last } = await duck.columns(
        'SELECT log_source, CAST(max(time_ms) AS DOUBLE) AS last FROM activity GROUP BY log_source ORDER BY log_source',
      );
      const tokens = log_source as BigInt64Array;
      const names = namesOf(tokens);
      return Array.from(tokens, (token, row) => ({
        logSource: names.get(token) ?? '',
        lastEventMs: Number(last![row]),
      }));
    },
  };
}
