import { weekday } from '../../src/domain/time.ts';
import type { Company } from './company.ts';
import { chance, pick, randomFor, sample, whole } from './draw.ts';
import type { Person, Server } from './types.ts';

export interface Calendar {
  holidays: Set<number>;
  /** Nights (starting that day) on which administrators patch the servers. */
  patchNights: number[];
  maintenance: { day: number; server: Server }[];
  penetrationTests: { fromDay: number; toDay: number; testers: Person[] }[];
  layoffNews: { day: number; department: string }[];
  bigDownloads: Map<number, Person[]>;
}

const dayNumber = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 86_400_000;

/** Easter Sunday, Gregorian (Meeus/Jones/Butcher). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayNumber(year, Math.floor(n / 31), (n % 31) + 1);
}

function holidaysOf(year: number): number[] {
  const sunday = easter(year);
  return [
    dayNumber(year, 1, 1),
    sunday - 2,
    sunday + 1,
    dayNumber(year, 5, 1),
    dayNumber(year, 12, 25),
    dayNumber(year, 12, 26),
  ];
}

/** Last five and first three weekdays around the end of a quarter (and, for one day less, of a month). */
export function closingPressure(day: number): number {
  const date = new Date(day * 86_400_000);
  const month = date.getUTCMonth();
  const dayOfMonth = date.getUTCDate();
  const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const ending = last - dayOfMonth < 6;
  const beginning = dayOfMonth <= 5;
  if (!ending && !beginning) return 0;
  const closedMonth = ending ? month + 1 : month;
  return closedMonth % 3 === 0 ? 1 : 0.4;
}

export function buildCalendar(company: Omit<Company, 'calendar'>): Calendar {
  const random = randomFor(company.seed, 'calendar');
  const { startDay, endDay } = company;
  const firstYear = new Date(startDay * 86_400_000).getUTCFullYear();
  const lastYear = new Date(endDay * 86_400_000).getUTCFullYear();
  const holidays = new Set<number>();
  for (let year = firstYear; year <= lastYear; year++) for (const d of holidaysOf(year)) holidays.add(d);
  const patchNights: number[] = [];
  const maintenance: Calendar['maintenance'] = [];
  for (let d = startDay; d < endDay; d++) {
    const dayOfMonth = new Date(d * 86_400_000).getUTCDate();
    if (weekday(d) === 3 && dayOfMonth >= 10 && dayOfMonth < 17) patchNights.push(d);
    if (weekday(d) === 5 && chance(random, 0.3)) maintenance.push({ day: d, server: pick(random, company.servers) });
  }
  const testers = company.people.filter((p) => p.assignments[0]!.department === 'Information Security');
  const span = endDay - startDay;
  const penetrationTests: Calendar['penetrationTests'] = [];
  if (testers.length > 0 && span >= 14) {
    for (let i = 0; i < Math.max(1, Math.round(span / 60)); i++) {
      const fromDay = startDay + whole(random, 5, span - 6);
      penetrationTests.push({ fromDay, toDay: fromDay + whole(random, 3, 6), testers: sample(random, testers, 2) });
    }
  }
  const departments = ['Sales', 'Marketing', 'Operations', 'Customer Support', 'Engineering', 'Research'].filter(
    (name) => company.people.some((p) => p.assignments[0]!.department === name),
  );
  const layoffNews = departments.length
    ? [{ day: startDay + Math.floor(span * (0.38 + 0.2 * random.next())), department: pick(random, departments) }]
    : [];
  const bigDownloads = new Map<number, Person[]>();
  for (let d = startDay; d < endDay; d++) {
    const lucky = company.people.filter(() => chance(random, 0.002));
    if (lucky.length) bigDownloads.set(d, lucky);
  }
  return { holidays, patchNights, maintenance, penetrationTests, layoffNews, bigDownloads };
}
