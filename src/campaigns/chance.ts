import { createRandom, type Random } from '../numeric/random.ts';
import { followPerson, groupSignals } from './follow-person.ts';
import type { CampaignInput, Signal } from './ports.ts';

/**
 * How often chains come about by chance in this very organisation: every day, what the people of that day showed is dealt out
 * among them anew, which leaves how much happens on which day and cuts what links the days of one person. Repeated, chains are
 * followed as on the real data. Above a high threshold the rate is taken to fall exponentially, by the mean excess (peaks over
 * threshold; Coles, An Introduction to Statistical Modeling of Extreme Values, 2001, chapter 4).
 */
const MONTH_DAYS = 30;
/** So many person-months make the rate firm. */
const WANTED_MONTHS = 10_000;
const MOST_REPEATS = 20;
const TAIL_SHARE = 0.02;
const LEAST_PEAKS = 30;
const LEAST_SCALE = 0.5;

export interface ChanceRate {
  /** Chains of at least so many nats that a person-month brings by chance, 0-1. */
  of(nats: number): number;
  personMonths: number;
}

export function measureChance(input: CampaignInput): ChanceRate {
  const { signals, people, windowDays } = input;
  const months = new Set(signals.map(({ person, day }) => person * 100_000 + Math.floor(day / MONTH_DAYS))).size;
  const repeats = Math.max(2, Math.min(MOST_REPEATS, Math.ceil(WANTED_MONTHS / Math.max(1, months))));
  const random = createRandom(input.seed);
  const days = byDay(signals);
  const highest: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const own of groupSignals(deal(days, random), people.length)) {
      const strongest = new Map<number, number>();
      for (const { day, nats } of followPerson(own, windowDays)) {
        const month = Math.floor(day / MONTH_DAYS);
        strongest.set(month, Math.max(strongest.get(month) ?? 0, nats));
      }
      for (const nats of strongest.values()) if (nats > 0) highest.push(nats);
    }
  return { of: fitRate(highest, months * repeats), personMonths: months };
}

/** The same whatever order the signals came in. */
function byDay(signals: readonly Signal[]): Signal[][] {
  const days = new Map<number, Signal[]>();
  for (const signal of signals) {
    const day = days.get(signal.day);
    if (day) day.push(signal);
    else days.set(signal.day, [signal]);
  }
  const ordered = [...days.keys()].sort((a, b) => a - b).map((day) => days.get(day)!);
  for (const day of ordered) day.sort((a, b) => a.person - b.person);
  return ordered;
}

function deal(days: readonly (readonly Signal[])[], random: Random): Signal[] {
  const dealt: Signal[] = [];
  for (const day of days) {
    // Fisher and Yates.
    const order = day.map(({ person }) => person);
    for (let at = order.length - 1; at > 0; at--) {
      const pick = random.int(at + 1);
      [order[at], order[pick]] = [order[pick]!, order[at]!];
    }
    for (const [index, signal] of day.entries()) dealt.push({ ...signal, person: order[index]! });
  }
  return dealt;
}

function fitRate(highest: number[], months: number): (nats: number) => number {
  const sorted = highest.sort((a, b) => b - a);
  const peaks = Math.min(sorted.length, Math.max(LEAST_PEAKS, Math.ceil(sorted.length * TAIL_SHARE)));
  const threshold = sorted[peaks - 1] ?? 0;
  const excess = sorted.slice(0, peaks).reduce((sum, nats) => sum + nats - threshold, 0) / Math.max(1, peaks);
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
