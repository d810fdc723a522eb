import type { Activity } from '../../src/domain/activity.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { dayOffsetMs } from '../../src/domain/zone-offset.ts';
import type { Random } from '../../src/numeric/random.ts';
import { windowsAccount } from './accounts.ts';
import type { Company } from './company.ts';
import { between, gamma, overdispersed, randomFor } from './draw.ts';
import { assignmentOn, type Presence, presenceOn } from './presence.ts';
import type { Assignment, Mark, Person } from './types.ts';

/** Takes activities of any time and order; a mark names the ground-truth record that an activity belongs to. */
export interface Sink {
  push(activity: Activity, mark?: Mark): void;
}

/** What the internet sees of everybody in an office. */
export const OFFICE_ADDRESS = '198.51.100.10';

/** One person's local day: presence, clock and where its activities go. */
export class PersonDay {
  readonly company: Company;
  readonly person: Person;
  readonly day: number;
  readonly presence: Presence;
  readonly account: string;
  /** Address the company network sees. */
  readonly address: string;
  readonly tempo: number;
  readonly sink: Sink;
  readonly #midnightMs: number;

  constructor(company: Company, person: Person, day: number, sink: Sink) {
    this.company = company;
    this.person = person;
    this.day = day;
    this.sink = sink;
    this.presence = presenceOn(company, person, day);
    this.account = windowsAccount(person);
    const inOffice = this.presence.mode === 'office';
    this.address = inOffice ? person.address : person.tunnelAddress;
    this.#midnightMs = day * DAY_MS - dayOffsetMs(person.site.zone, day);
    this.tempo = gamma(this.random('tempo'), 9, 1);
  }

  random(topic: string): Random {
    return randomFor(this.company.seed, `${topic}/${this.person.index}/${this.day}`);
  }

  /** Address on the internet while away from the office. */
  get outsideAddress(): string {
    const trip =
      this.presence.mode === 'travel' && this.person.travel.find((t) => this.day >= t.fromDay && this.day < t.toDay);
    return trip ? trip.address : this.person.homeAddress;
  }

  /** Address cloud services see. */
  get cloudAddress(): string {
    return this.presence.mode === 'office' ? OFFICE_ADDRESS : this.outsideAddress;
  }

  /** Local minute of the day to UTC milliseconds. */
  at(minute: number, random: Random): number {
    return Math.floor(this.#midnightMs + minute * 60_000 + random.next() * 59_999);
  }

  emit(activity: Activity): void {
    this.sink.push(activity);
  }

  assignment(random: Random): Assignment {
    return assignmentOn(this.person, this.day, random);
  }

  /** A working minute, anywhere in the blocks between start and end. */
  minute(random: Random): number {
    const { start, end, lunch, evening, weekend } = this.presence;
    if (weekend) return between(random, start, end);
    const eveningLength = evening ? evening[1] - evening[0] : 0;
    const morning = lunch[0] - start;
    const afternoon = end - lunch[1];
    let x = random.next() * (morning + afternoon + eveningLength);
    if (x < morning) return start + x;
    x -= morning;
    if (x < afternoon) return lunch[1] + x;
    return evening![0] + (x - afternoon);
  }

  /** Daily count around a mean for a whole workday, scaled down on weekends and up by evening work. */
  count(random: Random, mean: number): number {
    const { weekend, start, end, evening } = this.presence;
    const length = weekend ? end - start : end - start - 45 + (evening ? evening[1] - evening[0] : 0);
    return overdispersed(random, mean * this.tempo * Math.min(1.5, length / 500), this.person.habits.shape);
  }
}
