import { EVENT_PRODUCT } from '../domain/campaign-events.ts';
import { composeAql, quoteText } from './aql.ts';
import type { Ariel } from './ariel.ts';
import { hasCode } from './errors.ts';

/** Longer ago nothing is looked up. */
const LONGEST_LOOK_MS = 24 * 3_600_000;
/** An event may be counted as received before the message says it was made: clocks differ. */
const SLACK_MS = 10 * 60_000;
const MOST_EVENTS = 2000;

export interface ArrivalOptions {
  ariel: Pick<Ariel, 'searchAll'>;
  /** Now by the console's clock and by ours, UTC epoch milliseconds. */
  consoleNow(signal?: AbortSignal): Promise<number>;
  now(): number;
  /** Id within a payload of ours. */
  readUid(payload: string): string | undefined;
}

/**
 * Which events of our log source type the console received since `sinceMs` (our clock): one search, within the budget.
 * `undefined`: the token may not search.
 */
export function createArrivals({ ariel, consoleNow, now, readUid }: ArrivalOptions) {
  return {
    async arrivedSince(sinceMs: number, signal?: AbortSignal): Promise<ReadonlySet<string> | undefined> {
      try {
        const toMs = (await consoleNow(signal)) + 60_000;
        const backMs = Math.min(LONGEST_LOOK_MS, Math.max(0, now() - sinceMs)) + SLACK_MS;
        const aql = composeAql({
          select: ['starttime', 'UTF8(payload) AS payload'],
          from: 'events',
          where: [`LOGSOURCETYPENAME(devicetype) = ${quoteText(EVENT_PRODUCT)}`],
          orderBy: ['starttime DESC'],
          limit: MOST_EVENTS,
          window: { fromMs: Math.max(0, toMs - 60_000 - backMs), toMs },
        });
        const { rows } = await ariel.searchAll(aql, signal ? { signal } : {});
        const ids = rows.map(({ payload }) => (typeof payload === 'string' ? readUid(payload) : undefined));
        return new Set(ids.filter((id) => id !== undefined));
      } catch (error) {
        if (hasCode(error, 'QRADAR_FORBIDDEN')) return undefined;
        throw error;
      }
    },
  };
}
