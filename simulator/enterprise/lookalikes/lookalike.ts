import { whole } from '../draw.ts';
import {
  type Casting,
  castWhere,
  createEpisode,
  drawWindow,
  type Episode,
  type EpisodeDay,
} from '../scenarios/episode.ts';
import type { Person } from '../types.ts';

/** One benign kind of episode that a scenario can be mistaken for. */
export interface Lookalike {
  kind: string;
  resembles: string;
  /** Episodes per 100 people and 60 days. */
  perHundred: number;
  /** Shortest and longest, in days. */
  days: readonly [number, number];
  fits(person: Person): boolean;
  /** Prepares the episode once, returns what happens on each of its days. `size` is 0.15 to 1. */
  prepare(casting: Casting, person: Person, size: number): (today: EpisodeDay) => void;
}

export const anyone = (): boolean => true;
export const adminKind = (person: Person) => person.assignments[0]!.role.admin;
/** The same on working days only. */
export const whenWorking =
  (act: (today: EpisodeDay) => void) =>
  (today: EpisodeDay): void => {
    if (today.working) act(today);
  };

export function planLookalike(
  casting: Casting,
  { kind, resembles, days, fits, prepare }: Lookalike,
): Episode | undefined {
  if (!casting.free.some(fits)) return undefined;
  const person = castWhere(casting, fits)!;
  const size = 0.15 ** casting.random.next();
  const [fromDay, toDay] = drawWindow(casting, person, whole(casting.random, days[0], days[1]), 0.15);
  const act = prepare(casting, person, size);
  return createEpisode(casting.company, {
    type: 'lookalike',
    scenario: kind,
    resembles,
    person,
    fromDay,
    toDay,
    intensity: size,
    act,
  });
}
