import { HOUR_MS } from '../domain/time.ts';

export interface SourceHour {
  logSource: string;
  /** Hours since 1970, UTC. */
  hour: number;
  events: number;
}

/** A time about which a log source says nothing though it usually does: figures from it would be false zeros. */
export interface SourceGap {
  /** `''`: every log source of QRadar. */
  logSource: string;
  /** Half-open, UTC epoch milliseconds. */
  fromMs: number;
  toMs: number;
  /** Events that a quiet week has in that time. */
  expected: number;
  /** `silent`: nothing came. `unread`: not read from QRadar yet. */
  reason: 'silent' | 'unread';
  /** It still lasts. */
  isOpen: boolean;
}

export interface GapOptions {
  /** Hours that are looked at: `[fromHour, toHour)`. */
  fromHour: number;
  toHour: number;
}

const WEEK_HOURS = 168;
/** Weeks of its own history that an hour is compared with. */
export const HISTORY_WEEKS = 5;
const LEAST_WEEKS = 2;
/** A silence counts when a quiet week would have brought this many events in it: a Poisson count of 20 is 0 once in 5e8. */
const LEAST_EXPECTED = 20;
/** The quiet week: of the weeks before, the one a quarter up. One holiday in five weeks does not make an hour quiet. */
const QUIET = 0.25;

/**
 * Runs of silent hours that a log source's own hour-of-week history does not explain. An hour whose history is shorter than
 * two weeks, or that was often quiet before, is no evidence of anything. A public holiday looks like a gap.
 */
export function findGaps(hours: readonly SourceHour[], { fromHour, toHour }: GapOptions): SourceGap[] {
  const bySource = new Map<string, Map<number, number>>();
  for (const { logSource, hour, events } of hours) {
    const counts = bySource.get(logSource) ?? new Map<number, number>();
    bySource.set(logSource, counts.set(hour, (counts.get(hour) ?? 0) + events));
  }
  const gaps: SourceGap[] = [];
  for (const [logSource, counts] of bySource) gaps.push(...gapsOf(logSource, counts, fromHour, toHour));
  return gaps.sort((a, b) => a.fromMs - b.fromMs || (a.logSource < b.logSource ? -1 : 1));
}

function* gapsOf(
  logSource: string,
  counts: ReadonlyMap<number, number>,
  fromHour: number,
  toHour: number,
): Generator<SourceGap> {
  const firstHour = Math.min(...counts.keys());
  // An earlier silence goes into the history of a later hour as what it was.
  const expectedAt = (hour: number): number => {
    const before: number[] = [];
    for (let week = 1; week <= HISTORY_WEEKS && hour - week * WEEK_HOURS >= firstHour; week++)
      before.push(counts.get(hour - week * WEEK_HOURS) ?? 0);
    if (before.length < LEAST_WEEKS) return 0;
    return before.sort((a, b) => a - b)[Math.floor((before.length - 1) * QUIET)]!;
  };
  let start: number | undefined;
  let expected = 0;
  for (let hour = fromHour; hour <= toHour; hour++) {
    if (hour < toHour && !counts.has(hour)) {
      expected += expectedAt(hour);
      start ??= hour;
      continue;
    }
    if (start !== undefined && expected >= LEAST_EXPECTED) {
      const [fromMs, toMs] = [start * HOUR_MS, hour * HOUR_MS];
      yield { logSource, fromMs, toMs, expected, reason: 'silent', isOpen: hour === toHour };
    }
    start = undefined;
    expected = 0;
  }
}
