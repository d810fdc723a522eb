import type { PersonDayInput } from './ports.ts';
import type { Cells } from './self-baseline.ts';

/**
 * What a day did to the whole company, beyond what the nearest peers show (`peer-baseline.ts`).
 *
 * On an ordinary day few people are far above their own usual, and who they are is chance. On a patch night, in an outage
 * or after news many are. The effect of a day is the departure that a fifth of the active people reach, less what a fifth
 * reaches on the median day; it is taken off everybody's departure, and nobody's is rarer than its place among the company
 * on that day, so that only whoever stands out of the event itself still does. Below one deviation, and with fewer than 20
 * people, it is chance and counts as none.
 */
const AFFECTED_SHARE = 0.2;
const LEAST_PEOPLE = 20;
const LEAST_EFFECT = 1;

export interface CompanyDay {
  /** Deviations that the day did to the company, by cell; 0 on ordinary days. */
  companyEffect: Float32Array;
  /** People above their own usual by the effect or more, by cell; 0 on ordinary days. */
  affected: Int32Array;
  /** Share of the active people at least as far above their own usual, by cell; 0 on ordinary days. */
  companyTail: Float32Array;
  /** Active people, by cell. */
  active: Int32Array;
}

interface Day {
  active: number;
  departures: number[];
}

/** Departure that a fifth of the active people reach; those without a cell are not above their usual. */
function reachedByAFifth({ active, departures }: Day): number {
  return Math.max(0, departures[Math.ceil(AFFECTED_SHARE * active) - 1] ?? 0);
}

export function compareWithCompany({ table: { day } }: PersonDayInput, cells: Cells): CompanyDay {
  const days = new Map<number, Day>();
  for (const number of day) {
    const today = days.get(number);
    if (today) today.active += 1;
    else days.set(number, { active: 1, departures: [] });
  }
  for (let i = 0; i < cells.row.length; i++) days.get(day[cells.row[i]!]!)!.departures.push(cells.selfZ[i]!);
  const large = [...days.values()].filter(({ active }) => active >= LEAST_PEOPLE);
  for (const { departures } of large) departures.sort((a, b) => b - a);
  const reached = large.map(reachedByAFifth).sort((a, b) => a - b);
  const usual = reached[reached.length >> 1] ?? 0;

  const n = cells.row.length;
  const out: CompanyDay = {
    companyEffect: new Float32Array(n),
    affected: new Int32Array(n),
    companyTail: new Float32Array(n),
    active: new Int32Array(n),
  };
  const effects = new Map(large.map((today) => [today, reachedByAFifth(today) - usual] as const));
  for (let i = 0; i < n; i++) {
    const today = days.get(day[cells.row[i]!]!)!;
    const effect = effects.get(today) ?? 0;
    out.active[i] = today.active;
    if (effect < LEAST_EFFECT) continue;
    out.companyEffect[i] = effect;
    out.affected[i] = countReaching(today.departures, effect);
    out.companyTail[i] = countReaching(today.departures, cells.selfZ[i]!) / (today.active + 1);
  }
  return out;
}

/** @param departures descending */
function countReaching(departures: readonly number[], least: number): number {
  let [low, high] = [0, departures.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (departures[middle]! >= least) low = middle + 1;
    else high = middle;
  }
  return low;
}
