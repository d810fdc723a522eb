import type { Activity } from '../../../src/domain/activity.ts';
import { formatDay } from '../../../src/domain/time.ts';
import type { Random } from '../../../src/numeric/random.ts';
import { accountsOf } from '../accounts.ts';
import type { Company } from '../company.ts';
import { between, pick } from '../draw.ts';
import { PersonDay, type Sink } from '../person-day.ts';
import { isWorkday } from '../presence.ts';
import type { Person, TruthEpisode } from '../types.ts';

/** Something out of the ordinary that one person does over days, recorded in the ground truth. */
export interface Episode {
  record: TruthEpisode;
  act(day: number, sink: Sink): void;
}

/** A person's day whose activities are all recorded under the current stage. */
export class EpisodeDay extends PersonDay {
  stage = 'collection';
  readonly record: TruthEpisode;
  readonly dice: Random;
  /** Last day of the episode. */
  readonly toDay: number;

  constructor(company: Company, person: Person, day: number, sink: Sink, record: TruthEpisode, toDay: number) {
    super(company, person, day, sink);
    this.record = record;
    this.toDay = toDay;
    this.dice = this.random(`episode/${record.scenario}`);
  }

  override emit(activity: Activity): void {
    this.sink.push(activity, { record: this.record, stage: this.stage });
  }

  get working(): boolean {
    return this.presence.mode !== 'off' && !this.presence.weekend;
  }
}

export interface EpisodePlan {
  type: TruthEpisode['type'];
  scenario: string;
  resembles?: string;
  person: Person;
  fromDay: number;
  /** Last day. */
  toDay: number;
  intensity: number;
  victims?: Person[];
  act(today: EpisodeDay): void;
}

export function createEpisode(company: Company, plan: EpisodePlan): Episode {
  const victims = plan.victims ?? [];
  const record: TruthEpisode = {
    type: plan.type,
    scenario: plan.scenario,
    ...(plan.resembles ? { resembles: plan.resembles } : {}),
    person: plan.person.login,
    plainId: plan.person.plainId,
    accounts: accountsOf(plan.person),
    start: formatDay(plan.fromDay),
    end: formatDay(plan.toDay),
    intensity: Math.round(plan.intensity * 1000) / 1000,
    ...(victims.length > 0 ? { victims: victims.map((v) => v.login) } : {}),
    days: [],
  };
  return {
    record,
    act(day, sink) {
      if (day < plan.fromDay || day > plan.toDay) return;
      plan.act(new EpisodeDay(company, plan.person, day, sink, record, plan.toDay));
    },
  };
}

/** What a planner may use to choose people and days. */
export interface Casting {
  company: Company;
  random: Random;
  /** People not yet in any episode who stay through the whole period. */
  free: Person[];
  /** Takes a person out of the free list. */
  cast(person: Person): Person;
}

/** From obvious (1) to subtle (0.15), log-uniform. */
export const drawIntensity = (random: Random): number => 0.15 ** random.next();

/**
 * A window of `days` that starts after at least `earliest` of the period, ends inside it and holds days on which the person
 * works (the best of some tries).
 */
export function drawWindow(casting: Casting, person: Person, days: number, earliest = 0.4): [number, number] {
  const { company, random } = casting;
  const span = company.endDay - company.startDay;
  const low = Math.min(company.endDay - 1, company.startDay + Math.ceil(span * earliest));
  const high = Math.max(low, company.endDay - days - 1);
  const wanted = Math.max(1, Math.min(4, Math.round(days / 3)));
  let best: [number, number] = [low, low];
  let most = -1;
  for (let attempt = 0; attempt < 20 && most < wanted; attempt++) {
    const fromDay = low + random.int(high - low + 1);
    const toDay = Math.min(company.endDay - 1, fromDay + days - 1);
    const works = (day: number): boolean => isWorkday(company, day) && !person.absentDays.has(day);
    let count = 0;
    for (let day = fromDay; day <= toDay; day++) if (works(day)) count++;
    if (count > most && (works(fromDay) || attempt > 10)) {
      most = count;
      best = [fromDay, toDay];
    }
  }
  return best;
}

/** Chooses a free person who fits, else any free person. */
export function castWhere(casting: Casting, fits: (person: Person) => boolean): Person | undefined {
  const fitting = casting.free.filter(fits);
  const pool = fitting.length > 0 ? fitting : casting.free;
  return pool.length > 0 ? casting.cast(pick(casting.random, pool)) : undefined;
}

/** Lets the person leave some days after the episode, when the period is long enough. */
export function leaveAfter(company: Company, person: Person, toDay: number, random: Random): void {
  const leftDay = toDay + 1 + Math.floor(between(random, 0, 14));
  if (leftDay < company.endDay) person.leftDay = leftDay;
}
