import type { Calendar, FeatureTable } from '../domain/features.ts';
import { weekday } from '../domain/time.ts';
import { FEATURES } from './catalogue.ts';

/**
 * Fills the rhythm features of a table from the hours of each day against the person's own learned hours.
 *
 * A person's profile on a day is the share of up to 40 earlier active days with any activity in each hour; where there are
 * fewer than 10 earlier days, the nearest later ones are borrowed, and the company's profile counts as 3 further days.
 * An hour is unusual when neither it (below 10 % of days) nor a neighbouring hour (below 30 %) belongs to the profile.
 */

const WINDOW_DAYS = 40;
const BORROW_BELOW = 10;
const COMPANY_WEIGHT = 3;
const UNUSUAL_BELOW = 0.1;
const NEIGHBOUR_BELOW = 0.3;

export const isDayOff = (day: number, { holidays }: Calendar): boolean => weekday(day) >= 5 || holidays.has(day);

function companyProfile(table: FeatureTable): Float64Array {
  const profile = new Float64Array(24);
  const rows = table.day.length;
  for (let row = 0; row < rows; row++) {
    for (let hour = 0; hour < 24; hour++) if (table.hours[row * 24 + hour]! > 0) profile[hour]! += 1;
  }
  return profile.map((n) => (rows === 0 ? 0 : n / rows));
}

/** Hours of the day that are unusual given a profile of shares. */
export function unusualHours(profile: Float64Array): boolean[] {
  return Array.from(
    { length: 24 },
    (_, hour) =>
      profile[hour]! < UNUSUAL_BELOW &&
      profile[(hour + 1) % 24]! < NEIGHBOUR_BELOW &&
      profile[(hour + 23) % 24]! < NEIGHBOUR_BELOW,
  );
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** @returns by row, the hours that are unusual for the person on that day: bit h stands for hour h */
export function fillRhythm(table: FeatureTable, calendar: Calendar): Int32Array {
  const { person, day, hours, moves, values } = table;
  const rows = day.length;
  const width = FEATURES.length;
  const position = new Map(
    FEATURES.flatMap(({ aggregate }, index) =>
      aggregate.kind === 'rhythm' ? [[aggregate.measure, index] as const] : [],
    ),
  );
  const company = companyProfile(table);
  const unusualMask = new Int32Array(rows);
  const first = new Int8Array(rows).fill(-1);
  const last = new Int8Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    for (let hour = 0; hour < 24; hour++) {
      if (hours[row * 24 + hour] === 0) continue;
      if (first[row] === -1) first[row] = hour;
      last[row] = hour;
    }
  }

  for (let start = 0; start < rows; ) {
    let end = start;
    while (end < rows && person[end] === person[start]) end++;
    for (let row = start; row < end; row++) {
      const from = Math.max(start, row - WINDOW_DAYS);
      const until = Math.min(end, Math.max(row + 1, from + BORROW_BELOW + 1));
      const profile = company.map((share) => share * COMPANY_WEIGHT);
      const starts: number[] = [];
      const ends: number[] = [];
      for (let other = from; other < until; other++) {
        if (other === row) continue;
        for (let hour = 0; hour < 24; hour++) if (hours[other * 24 + hour]! > 0) profile[hour]! += 1;
        if (isDayOff(day[other]!, calendar)) continue;
        starts.push(first[other]!);
        ends.push(last[other]!);
      }
      const unusual = unusualHours(profile.map((n) => n / (until - from - 1 + COMPANY_WEIGHT)));
      const off = isDayOff(day[row]!, calendar);
      let total = 0;
      let odd = 0;
      let oddMoves = 0;
      for (let hour = 0; hour < 24; hour++) {
        total += hours[row * 24 + hour]!;
        if (!unusual[hour]) continue;
        unusualMask[row]! |= 1 << hour;
        odd += hours[row * 24 + hour]!;
        oddMoves += moves[row * 24 + hour]!;
      }
      const enough = starts.length >= 3 && !off;
      const figures = {
        unusual_hours: odd,
        unusual_hour_moves: oddMoves,
        off_day: off ? total : 0,
        early: enough ? Math.max(0, median(starts) - first[row]!) : 0,
        late: enough ? Math.max(0, last[row]! - median(ends)) : 0,
      };
      for (const [measure, index] of position) values[row * width + index] = figures[measure];
    }
    start = end;
  }
  return unusualMask;
}
