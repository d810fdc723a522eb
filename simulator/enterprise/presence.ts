import { weekday } from '../../src/domain/time.ts';
import type { Random } from '../../src/numeric/random.ts';
import { closingPressure } from './calendar.ts';
import type { Company } from './company.ts';
import { between, chance, randomFor, whole } from './draw.ts';
import type { Assignment, Person } from './types.ts';

/** Where and when a person works on one local day. Minutes are local minutes since midnight and may pass 24 h. */
export interface Presence {
  mode: 'office' | 'remote' | 'travel' | 'off';
  weekend: boolean;
  start: number;
  end: number;
  lunch: [number, number];
  evening: [number, number] | undefined;
}

const OFF: Presence = { mode: 'off', weekend: false, start: 0, end: 0, lunch: [0, 0], evening: undefined };

export const isEmployed = (person: Person, day: number): boolean => day >= person.hiredDay && day < person.leftDay;

export const isWorkday = (company: Company, day: number): boolean =>
  weekday(day) < 5 && !company.calendar.holidays.has(day);

/** The assignment in force; during the ten days of a role change old and new work mix. */
export function assignmentOn(person: Person, day: number, random: Random): Assignment {
  const { assignments } = person;
  let current = assignments[0]!;
  for (let i = 1; i < assignments.length; i++) {
    const next = assignments[i]!;
    if (day >= next.fromDay && chance(random, (day - next.fromDay + 1) / 10)) current = next;
  }
  return current;
}

export function presenceOn(company: Company, person: Person, day: number): Presence {
  if (!isEmployed(person, day) || person.absentDays.has(day)) return OFF;
  const random = randomFor(company.seed, `presence/${person.index}/${day}`);
  const { habits } = person;
  if (!isWorkday(company, day)) {
    if (!chance(random, habits.weekendRate)) return OFF;
    const start = whole(random, 9 * 60, 19 * 60);
    return {
      mode: 'remote',
      weekend: true,
      start,
      end: start + whole(random, 40, 260),
      lunch: [0, 0],
      evening: undefined,
    };
  }
  const assignment = assignmentOn(person, day, random);
  const closing = assignment.department === 'Finance' ? closingPressure(day) : 0;
  const start = habits.startMinute + habits.startSpread * random.normal();
  const lunchStart = Math.max(start + 60, habits.lunchMinute + 14 * random.normal());
  const lunch: [number, number] = [lunchStart, lunchStart + between(random, 25, 65)];
  const end = Math.max(
    lunch[1] + 60,
    start + habits.workMinutes + 35 + 28 * random.normal() + closing * between(random, 20, 150),
  );
  const evening = chance(random, Math.min(0.8, habits.eveningRate + 0.25 * closing));
  const eveningStart = Math.max(end + 30, 20 * 60 + 40 * random.normal());
  const travelling = person.travel.some((t) => day >= t.fromDay && day < t.toDay);
  return {
    mode: travelling ? 'travel' : chance(random, habits.remoteShare) ? 'remote' : 'office',
    weekend: false,
    start,
    end,
    lunch,
    evening: evening ? [eveningStart, eveningStart + between(random, 20, 170)] : undefined,
  };
}
