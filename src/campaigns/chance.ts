import { createRandom, type Random } from '../numeric/random.ts';
import { followPerson } from './follow-person.ts';
import type { Signal } from './ports.ts';

/**
 * How often chains come about by chance in this very organisation: every day, the day's signals are dealt out anew among the
 * people who were active, which leaves how much happens on which day and cuts what links the days of one person. Repeated,
 * chains are followed as on the real data. Above a high threshold the rate is taken to fall exponentially, by the mean excess
 * (peaks over threshold; Coles, An Introduction to Statistical Modeling of Extreme Values, 2001, chapter 4).
 */
const MONTH_DAYS = 30;
/** So many person-months make the rate firm. */
const WANTED_MONTHS = 10_000;
const MOST_REPEATS = 20;
const TAIL_SHARE = 0.02;
const LEAST_PEAKS = 30;
const LEAST_SCALE = 0.5;

export interface ChanceInput {
  /** Day -> its signals, ascending by person; days ascending. */
  signals: ReadonlyMap<number, readonly Signal[]>;
  /** Day -> people active, ascending. */
  active: ReadonlyMap<number, readonly number[]>;
  /** Of people between their first and last active day. */
  personMonths: number;
  seed: number;
  windowDays: number;
}

/** Chains of at least so many nats that a person-month brings by chance, 0-1. */
export type ChanceRate = (nats: number) => number;

/** Grows with the signals, not with the people. */
export function measureChance(input: ChanceInput): ChanceRate {
  const months = Math.max(1, input.personMonths);
  const repeats = Math.max(2, Math.min(MOST_REPEATS, Math.ceil(WANTED_MONTHS / months)));
  const random = createRandom(input.seed);
  const highest: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const own of deal(input, random).values()) {
      const strongest = new Map<number, number>();
      for (const { day, nats } of followPerson(own, input.windowDays)) {
        const month = Math.floor(day / MONTH_DAYS);
        strongest.set(month, Math.max(strongest.get(month) ?? 0, nats));
      }
      for (const nats of strongest.values()) if (nats > 0) highest.push(nats);
    }
  return fitRate(highest, months * repeats);
}

/** Person -> dealt signals, ascending by day. */
function deal({ signals, active }: ChanceInput, random: Random): Map<number, Signal[]> {
  const dealt = new Map<number, Signal[]>();
  for (const [day, list] of signals) {
    const there = active.get(day) ?? list.map(({ person }) => person);
    // Fisher and Yates, as far as there are signals; `moved` holds the places that were exchanged.
    const moved = new Map<number, number>();
    for (const [at, signal] of list.entries()) {
      const pick = at + random.int(there.length - at);
      const person = moved.get(pick) ?? there[pick]!;
      moved.set(pick, moved.get(at) ?? there[at]!);
      const own = dealt.get(person);
      if (own) own.push({ ...signal, person });
      else dealt.set(person, [{ ...signal, person }]);
    }
  }
  return dealt;
}

function fitRate(highest: number[], months: number): ChanceRate {
  const sorted = Float64Array.from(highest).sort().reverse();
  const peaks = Math.min(sorted.length, Math.max(LEAST_PEAKS, Math.ceil(sorted.length * TAIL_SHARE)));
  const threshold = sorted[peaks - 1] ?? 0;
  const excess = sorted.subarray(0, peaks).reduce((sum, nats) => sum + nats - threshold, 0) / Math.max(1, peaks);
  const scale = Math.max(excess, LEAST_SCALE);
  return (nats) => {
    if (nats <= 0) return 1;
    if (nats >= threshold) return Math.min(1, ((peaks + 1) / (months + 1)) * Math.exp(-(nats - threshold) / scale));
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! >= nats) low = middle + 1;
      else high = middle;
    }
    return Math.min(1, (low + 1) / (months + 1));
  };
}
