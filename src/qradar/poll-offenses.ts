import { QRadarError } from './errors.ts';
import type { Offense, Offenses } from './offenses.ts';

/** Where reading stopped. Plain data, to be stored with what was done about the offenses. */
export interface OffenseCursor {
  /** Everything that changed before this was read. */
  sinceMs: number;
  /** Changes at or after `sinceMs` that were read already: offense id and its `last_persisted_time`. */
  seen: readonly (readonly [offenseId: number, persistedMs: number])[];
}

export interface OffensePage {
  /** New offenses and new states of known ones, the earliest change first. */
  offenses: Offense[];
  /** To go on from, once `offenses` are dealt with. */
  cursor: OffenseCursor;
  /** There is more to read now. */
  hasMore: boolean;
}

export interface PollOptions {
  pageSize: number;
  /** A change may become visible this much later than its time says. */
  overlapMs?: number;
  signal?: AbortSignal;
}

/** Offenses of one millisecond that can be told apart by reading more at once. */
const LARGEST_PAGE = 20_000;

export const startCursor = (sinceMs: number): OffenseCursor => ({ sinceMs, seen: [] });

/**
 * One step along `last_persisted_time`. Reads from the last time on rather than by offset, because an offense that changes
 * between two requests moves to the end and would shift others past the reader.
 */
export async function pollOffenses(
  offenses: Pick<Offenses, 'changedSince'>,
  cursor: OffenseCursor,
  { pageSize, overlapMs = 60_000, signal }: PollOptions,
): Promise<OffensePage> {
  const seen = new Map(cursor.seen);
  for (let count = pageSize; ; count *= 2) {
    const page = (await offenses.changedSince(cursor.sinceMs, count, signal)).map(withTime);
    const fresh = page.filter(({ offense, persistedMs }) => seen.get(offense.id) !== persistedMs);
    const isFull = page.length >= count;
    // A full page of what is known already: ask for more at once, or never get past it.
    if (isFull && fresh.length === 0 && count < LARGEST_PAGE) continue;
    for (const { offense, persistedMs } of fresh) seen.set(offense.id, persistedMs);
    const lastMs = page.reduce((last, { persistedMs }) => Math.max(last, persistedMs), cursor.sinceMs);
    // More changes within the overlap than can be read at once: going on is better than standing still.
    const isStuck = isFull && fresh.length === 0;
    const sinceMs = isStuck ? lastMs + 1 : Math.max(cursor.sinceMs, lastMs - overlapMs);
    return {
      offenses: fresh.map(({ offense }) => offense),
      cursor: { sinceMs, seen: [...seen].filter(([, persistedMs]) => persistedMs >= sinceMs) },
      hasMore: isFull,
    };
  }
}

function withTime(offense: Offense): { offense: Offense; persistedMs: number } {
  if (offense.lastPersistedMs !== undefined) return { offense, persistedMs: offense.lastPersistedMs };
  throw new QRadarError('QRADAR_VERSION', 'offenses have no last_persisted_time; a newer API version is needed', {
    layer: 'client',
    outcome: 'answered',
    request: 'GET /siem/offenses',
  });
}
