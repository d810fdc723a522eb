import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../domain/time.ts';
import { findGaps, type SourceHour } from './find-gaps.ts';
import { readGaps } from './watermarks.ts';

const WEEK = 168;
/** A Monday, 0 o'clock. */
const MONDAY = Date.UTC(2026, 0, 5) / HOUR_MS;

/** Office hours of weekdays, so many events an hour, without the hours that `isSilent` names. */
function office(logSource: string, weeks: number, events: number, isSilent: (hour: number) => boolean): SourceHour[] {
  const hours: SourceHour[] = [];
  for (let i = 0; i < weeks * WEEK; i++) {
    const isOffice = i % WEEK < 5 * 24 && i % 24 >= 8 && i % 24 < 18;
    if (isOffice && !isSilent(i)) hours.push({ logSource, hour: MONDAY + i, events });
  }
  return hours;
}

const look = { fromHour: MONDAY + 3 * WEEK, toHour: MONDAY + 4 * WEEK };

describe('gaps of log sources', () => {
  it('are silences that the own history of the hour does not explain', () => {
    const tuesday = (i: number) => i >= 3 * WEEK + 34 && i < 3 * WEEK + 38;
    expect(findGaps(office('proxy', 4, 30, tuesday), look)).toEqual([
      {
        logSource: 'proxy',
        fromMs: (MONDAY + 3 * WEEK + 34) * HOUR_MS,
        toMs: (MONDAY + 3 * WEEK + 38) * HOUR_MS,
        expected: 120,
        reason: 'silent',
        isOpen: false,
      },
    ]);
    expect(
      findGaps(
        office('proxy', 4, 30, () => false),
        look,
      ),
    ).toEqual([]);
  });

  it('need enough events to be missed', () => {
    const [oneHour, days] = [(i: number) => i === 3 * WEEK + 34, (i: number) => i > 3 * WEEK + 34];
    expect(findGaps(office('badge', 4, 3, oneHour), look)).toEqual([]);
    expect(findGaps(office('badge', 4, 3, days), look)).toMatchObject([{ expected: 111, isOpen: true }]);
  });

  it('need two weeks of history, and hours that were not quiet before', () => {
    const last = (i: number) => i >= 3 * WEEK;
    const young = office('new', 4, 30, last).filter(({ hour }) => hour >= MONDAY + 2 * WEEK);
    expect(findGaps(young, look)).toEqual([]);
    const irregular = office('batch', 4, 30, (i) => last(i) || Math.floor(i / WEEK) === 1);
    expect(findGaps(irregular, look)).toEqual([]);
  });

  it('forgive one holiday in five weeks', () => {
    const later = { fromHour: MONDAY + 5 * WEEK, toHour: MONDAY + 6 * WEEK };
    const hours = office('vpn', 6, 30, (i) => i >= 5 * WEEK + 34 || Math.floor(i / WEEK) === 2);
    expect(findGaps(hours, later)).toMatchObject([{ logSource: 'vpn', isOpen: true }]);
  });

  it('are told for the time that was read, and what was not read is told apart', async () => {
    const nowMs = (MONDAY + 4 * WEEK) * HOUR_MS;
    const hours = office('proxy', 4, 30, (i) => i >= 3 * WEEK + 58);
    const cursor = (readToMs: number) => ({
      ...{ version: 1, startMs: 0, spanMs: 1, againMs: null },
      ...{ readToMs, nextMs: readToMs, atMs: readToMs },
    });
    const gapsAt = (readToMs: number | undefined) =>
      readGaps(
        {
          cursors: { read: async () => readToMs && cursor(readToMs) },
          logSourceHours: { read: async (from, to) => hours.filter(({ hour }) => hour >= from && hour < to) },
        },
        nowMs,
      );
    expect(await gapsAt(nowMs - 10_000)).toMatchObject([
      { logSource: 'proxy', fromMs: (MONDAY + 3 * WEEK + 58) * HOUR_MS, isOpen: true, reason: 'silent' },
    ]);
    const before = (MONDAY + 3 * WEEK + 40) * HOUR_MS;
    expect(await gapsAt(before)).toEqual([
      { logSource: '', fromMs: before, toMs: nowMs, expected: 0, reason: 'unread', isOpen: true },
    ]);
    expect(await gapsAt(undefined)).toHaveLength(1);
  });
});
