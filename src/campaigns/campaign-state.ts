import { type ChanceRate, measureChance } from './chance.ts';
import { type ChainState, followPerson, LEAST_NATS } from './follow-person.ts';
import type { CampaignNews, CampaignOptions, KnownChange, PersonLink, Signal } from './ports.ts';

/** Everything known about odd days so far, kept so that news recomputes only the people it is about. */
export interface CampaignState {
  /** Any order and any parts of the same news give the same state. */
  apply(news: CampaignNews): void;
  /** Forgets days before, so that a long-running state stays small. */
  forgetBefore(day: number): void;
  view(): StateView;
}

export interface StateView {
  /** People with signals, ascending. */
  people: number[];
  /** Signals of a person after what is known to explain them, ascending by day. */
  signalsOf(person: number): readonly Signal[];
  chainOf(person: number): readonly ChainState[];
  chanceOf: ChanceRate;
  links: PersonLink[];
  changesOf(person: number): readonly KnownChange[];
  /** Last day with any activity. */
  lastDay: number;
}

/** A change of duties explains what is new for so long. */
export const SETTLING_DAYS = 28;
/** What a change of duties leaves of a day's evidence. */
const SETTLING_SHARE = 0.6;
const MONTH_DAYS = 30;

interface Followed {
  signals: readonly Signal[];
  chain: readonly ChainState[];
}

export function createCampaignState(options: CampaignOptions): CampaignState {
  /** Person -> day -> signal. */
  const signals = new Map<number, Map<number, Signal>>();
  /** Day -> people; made ascending and unique when it is looked at. */
  const active = new Map<number, number[]>();
  const untidy = new Set<number>();
  const links = new Map<string, PersonLink>();
  const changes = new Map<number, Map<number, KnownChange>>();
  const followed = new Map<number, Followed>();

  function addSignal(signal: Signal): void {
    const days = signals.get(signal.person) ?? new Map<number, Signal>();
    if (signal.nats > LEAST_NATS) days.set(signal.day, signal);
    else days.delete(signal.day);
    if (days.size > 0) signals.set(signal.person, days);
    else signals.delete(signal.person);
    followed.delete(signal.person);
    addActive({ person: [signal.person], day: [signal.day] });
  }

  function addActive({ person, day }: NonNullable<CampaignNews['active']>): void {
    for (let at = 0; at < person.length; at++) {
      const people = active.get(day[at]!);
      if (people) people.push(person[at]!);
      else active.set(day[at]!, [person[at]!]);
      untidy.add(day[at]!);
    }
  }

  function follow(person: number): Followed {
    const known = followed.get(person);
    if (known) return known;
    const settling = [...(changes.get(person)?.keys() ?? [])];
    const own = [...(signals.get(person)?.values() ?? [])]
      .map((signal) =>
        settling.some((day) => signal.day >= day && signal.day < day + SETTLING_DAYS)
          ? { ...signal, nats: signal.nats * SETTLING_SHARE }
          : signal,
      )
      .filter(({ nats }) => nats > LEAST_NATS)
      .sort((a, b) => a.day - b.day);
    const result = { signals: own, chain: [...followPerson(own, options.windowDays)] };
    followed.set(person, result);
    return result;
  }

  function tidy(): void {
    for (const day of untidy)
      active.set(
        day,
        [...new Set(active.get(day))].sort((a, b) => a - b),
      );
    untidy.clear();
  }

  return {
    apply(news) {
      for (const signal of news.signals ?? []) addSignal(signal);
      if (news.active) addActive(news.active);
      for (const link of news.links ?? []) links.set(`${link.day} ${link.visitor} ${link.owner}`, link);
      for (const change of news.changes ?? []) {
        changes.set(change.person, (changes.get(change.person) ?? new Map()).set(change.day, change));
        followed.delete(change.person);
      }
    },
    forgetBefore(first) {
      for (const day of active.keys()) if (day < first) active.delete(day);
      for (const [key, { day }] of links) if (day < first) links.delete(key);
      for (const [person, days] of signals) {
        const before = days.size;
        for (const day of days.keys()) if (day < first) days.delete(day);
        if (days.size < before) followed.delete(person);
        if (days.size === 0) signals.delete(person);
      }
    },
    view() {
      tidy();
      const people = [...signals.keys()].sort((a, b) => a - b);
      return {
        people,
        signalsOf: (person) => follow(person).signals,
        chainOf: (person) => follow(person).chain,
        chanceOf: measureChance({
          ...options,
          active,
          signals: byDay(people.flatMap((person) => follow(person).signals)),
          personMonths: countPersonMonths(active),
        }),
        links: [...links.values()].sort((a, b) => a.day - b.day || a.visitor - b.visitor || a.owner - b.owner),
        changesOf: (person) => [...(changes.get(person)?.values() ?? [])],
        lastDay: [...active.keys()].reduce((last, day) => Math.max(last, day), Number.NEGATIVE_INFINITY),
      };
    },
  };
}

/** @param signals ascending by person */
function byDay(signals: readonly Signal[]): Map<number, Signal[]> {
  const days = Map.groupBy(signals, ({ day }) => day);
  return new Map([...days].sort(([a], [b]) => a - b));
}

function countPersonMonths(active: ReadonlyMap<number, readonly number[]>): number {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const day of [...active.keys()].sort((a, b) => a - b))
    for (const person of active.get(day)!) {
      if (!first.has(person)) first.set(person, day);
      last.set(person, day);
    }
  let days = 0;
  for (const [person, day] of first) days += last.get(person)! - day + 1;
  return days / MONTH_DAYS;
}
