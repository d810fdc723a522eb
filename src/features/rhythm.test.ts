import { describe, expect, it } from 'vitest';
import type { FeatureTable } from '../domain/features.ts';
import { FEATURE_INDEX, FEATURES } from './catalogue.ts';
import { fillRhythm, isDayOff, unusualHours } from './rhythm.ts';

const MONDAY = 4; // 1970-01-05

/** One person, working 9-17 on 20 working days, then a day given hour by hour. */
function tableWith(lastDay: number, hoursOfLastDay: number[]): FeatureTable {
  const days: number[] = [];
  for (let day = MONDAY; days.length < 20; day++) if (!isDayOff(day, { holidays: new Set() })) days.push(day);
  days.push(lastDay);
  const rows = days.length;
  const hours = new Float64Array(rows * 24);
  const moves = new Float64Array(rows * 24);
  for (let row = 0; row < rows - 1; row++) for (let hour = 9; hour < 17; hour++) hours[row * 24 + hour] = 5;
  for (const hour of hoursOfLastDay) {
    hours[(rows - 1) * 24 + hour]! += 1;
    moves[(rows - 1) * 24 + hour]! += 1;
  }
  return {
    people: BigInt64Array.of(1n),
    person: new Int32Array(rows),
    day: Int32Array.from(days),
    values: new Float64Array(rows * FEATURES.length),
    hours,
    moves,
  };
}

const figure = (table: FeatureTable, name: string) =>
  table.values[(table.day.length - 1) * FEATURES.length + FEATURE_INDEX.get(name)!];

describe('fillRhythm', () => {
  it('counts work at hours the person never keeps, and the data moves among it', () => {
    const table = tableWith(MONDAY + 28, [2, 2, 3, 10]);
    fillRhythm(table, { holidays: new Set() });
    expect(figure(table, 'unusual_hour_activities')).toBe(3);
    expect(figure(table, 'unusual_hour_moves')).toBe(3);
    expect(figure(table, 'early_start')).toBe(7);
    expect(figure(table, 'late_end')).toBe(0);
    expect(figure(table, 'off_day_activities')).toBe(0);
  });

  it('lets an hour beside the usual ones pass', () => {
    const table = tableWith(MONDAY + 28, [8, 17]);
    fillRhythm(table, { holidays: new Set() });
    expect(figure(table, 'unusual_hour_activities')).toBe(0);
  });

  it('counts everything on a weekend or holiday as a day off', () => {
    const saturday = tableWith(MONDAY + 33, [10, 11]);
    fillRhythm(saturday, { holidays: new Set() });
    expect(figure(saturday, 'off_day_activities')).toBe(2);
    const holiday = tableWith(MONDAY + 28, [10]);
    fillRhythm(holiday, { holidays: new Set([MONDAY + 28]) });
    expect(figure(holiday, 'off_day_activities')).toBe(1);
  });

  it('survives an empty table', () => {
    const empty = tableWith(MONDAY + 28, []);
    const none = {
      ...empty,
      people: new BigInt64Array(),
      person: new Int32Array(),
      day: new Int32Array(),
      values: new Float64Array(),
    };
    expect(() => fillRhythm(none, { holidays: new Set() })).not.toThrow();
  });
});

it('unusualHours wraps around midnight', () => {
  const profile = new Float64Array(24);
  profile[23] = 0.9;
  const unusual = unusualHours(profile);
  expect([unusual[0], unusual[22], unusual[1], unusual[23]]).toEqual([false, false, true, false]);
});
