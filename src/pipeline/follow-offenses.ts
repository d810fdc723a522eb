import type { OffenseFact } from '../domain/context.ts';

/** A page of changes and where to go on. The cursor is plain JSON of the feed. */
export interface OffenseFeedPage {
  offenses: OffenseFact[];
  cursor: object;
  hasMore: boolean;
}

export interface FollowPorts {
  /** @param cursor as a page gave it; `undefined`, or anything it does not know, begins anew */
  readChanges(cursor: unknown, signal?: AbortSignal): Promise<OffenseFeedPage>;
  offenses: { upsert(offenses: readonly OffenseFact[]): Promise<void> };
  cursors: {
    read(source: string): Promise<unknown>;
    write(source: string, body: object, nowMs: number): Promise<void>;
  };
  now(): number;
  signal?: AbortSignal;
}

export interface FollowResult {
  /** New offenses and new states. */
  changes: number;
  /** Of these, raised by UBA. */
  uba: number;
  /** There is more to read at once. */
  hasMore: boolean;
}

export const OFFENSE_SOURCE = 'qradar-offenses';

/** Pages in one step, so that a long backlog does not hold up everything else. */
const MOST_PAGES = 50;

/**
 * Reads what changed about offenses since the last step and stores it. Offenses first, then the cursor: a crash in between
 * reads some again, and storing a state again changes nothing.
 */
export async function followOffenses(ports: FollowPorts): Promise<FollowResult> {
  const { offenses, cursors, signal } = ports;
  const result: FollowResult = { changes: 0, uba: 0, hasMore: true };
  let cursor = await cursors.read(OFFENSE_SOURCE);
  for (let pages = 0; result.hasMore && pages < MOST_PAGES; pages++) {
    signal?.throwIfAborted();
    const page = await ports.readChanges(cursor, signal);
    if (page.offenses.length > 0) await offenses.upsert(page.offenses);
    await cursors.write(OFFENSE_SOURCE, page.cursor, ports.now());
    cursor = page.cursor;
    result.changes += page.offenses.length;
    result.uba += page.offenses.filter(({ isUba }) => isUba).length;
    result.hasMore = page.hasMore;
  }
  return result;
}
