import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import type { Message, Normalised } from '../intake/normalise.ts';
import { CROSSED_THRESHOLD } from '../rules/custom-rule.ts';
import type { UbaUser } from '../state/records.ts';
import { valuesOfSet } from '../state/reference-sets.ts';
import type { State } from '../state/state.ts';
import { UBA_RULES, type UbaRule } from './uba-rules.ts';

/** Static threshold of a fresh app, which nobody ever reaches. */
export const DEFAULT_THRESHOLD = 100_000;
/** Share of the risk that goes in an hour. */
export const DEFAULT_DECAY = 0.05;
const COUNTERS = 'uba-counters';
const SENSE_HOST = 'uba.console';
/** Reference sets are looked at again after this long. */
const SETS_MS = 60_000;

interface Day {
  day: number;
  amounts: number[];
  names: Set<string>[];
  fired: boolean[];
}

/** UBA in small: rules with fixed thresholds by static group, risk that adds up and decays, an event above the threshold. */
export class Uba {
  readonly #state: State;
  readonly #days = new Map<number, Day>();
  #byName = new Map<string, number>();
  #users = -1;
  #sets = { atMs: Number.NEGATIVE_INFINITY, untracked: new Set<string>(), trusted: new Set<string>() };

  constructor(state: State) {
    this.#state = state;
    const kept = state.settings.get(COUNTERS)?.value;
    if (typeof kept === 'string')
      for (const [id, day, amounts, fired] of JSON.parse(kept) as [number, number, number[], boolean[]][])
        this.#days.set(id, { day, amounts, fired, names: UBA_RULES.map(() => new Set()) });
  }

  /** Counts the event for its user; gives the sense events that follow from it. */
  observe(event: Normalised): Message[] {
    if (event.username === null || event.source.typeName === 'IBM Sense') return [];
    const user = this.#userOf(event);
    if (!user) return [];
    const nowMs = event.row.starttime as number;
    const today = this.#dayOf(user.id, Math.floor((event.row.devicetime as number) / DAY_MS));
    const messages: Message[] = [];
    for (const [index, rule] of UBA_RULES.entries()) {
      const measured = rule.measure(event);
      if (measured === undefined || measured === 0) continue;
      if (typeof measured === 'string') {
        today.names[index]!.add(measured);
        today.amounts[index] = Math.max(today.amounts[index]!, today.names[index]!.size);
      } else today.amounts[index]! += measured;
      const limit = rule.groups[user.dept] ?? rule.threshold;
      if (today.fired[index] || today.amounts[index]! <= limit || !this.#state.rules.get(rule.id)?.enabled) continue;
      today.fired[index] = true;
      messages.push(...this.#fire(user.id, rule, nowMs));
    }
    return messages;
  }

  #fire(id: number, rule: UbaRule, nowMs: number): Message[] {
    const before = this.#decayed(this.#state.ubaUsers.get(id)!, nowMs);
    const threshold = Number(this.#state.settings.get('uba-threshold')?.value ?? DEFAULT_THRESHOLD);
    const risk = before.risk + rule.senseValue;
    const crosses =
      risk > threshold &&
      nowMs - before.last_offense_time > DAY_MS &&
      !this.#sets.trusted.has(before.username.toLowerCase());
    this.#state.ubaUsers.put(id, {
      ...before,
      risk,
      latest_risk: rule.senseValue,
      prolonged_risk: before.prolonged_risk + rule.senseValue,
      risk_poll_count: before.risk_poll_count + 1,
      ...(crosses ? { last_offense_time: nowMs } : {}),
    });
    const messages = [
      this.#sense(before.username, rule.name, nowMs, [
        ['senseValue', rule.senseValue],
        ['senseScore', round(risk)],
      ]),
    ];
    if (crosses)
      messages.push(
        this.#sense(before.username, CROSSED_THRESHOLD, nowMs, [
          ['senseOffenseScore', round(risk)],
          ['senseScore', round(risk)],
        ]),
      );
    return messages;
  }

  /** The user with the risk that is left, and the values of the polls before. */
  #decayed(user: UbaUser, nowMs: number): UbaUser {
    const decay = Number(this.#state.settings.get('uba-decay')?.value ?? DEFAULT_DECAY);
    const hours = Math.floor(nowMs / HOUR_MS) - user.last_hour;
    if (hours <= 0) return user;
    const risk = user.risk * (1 - decay) ** hours;
    return {
      ...user,
      risk,
      risk_3: user.risk_2,
      risk_2: user.risk_1,
      risk_1: user.risk,
      last_hour: user.last_hour + hours,
    };
  }

  #sense(username: string, eventId: string, nowMs: number, fields: readonly (readonly [string, number])[]): Message {
    const pairs = [['cat', eventId], ['devTime', nowMs], ['startTime', nowMs], ['usrName', username], ...fields];
    const attributes = pairs.map(([key, value]) => `${key}=${value}`).join('\t');
    const header = `<134>1 ${new Date(nowMs).toISOString()} ${SENSE_HOST} Sense - - -`;
    const text = `${header} LEEF:2.0|IBM|Sense|4.1.16|${eventId}|x09|${attributes}`;
    return { text, peer: '127.0.0.1', receivedMs: nowMs };
  }

  /** Users that were imported, by any of their names; without an import everybody who is seen becomes one. */
  #userOf(event: Normalised): UbaUser | undefined {
    const { ubaUsers } = this.#state;
    if (this.#users !== ubaUsers.size) this.#index();
    const name = event.username!.toLowerCase();
    const bare = name.slice(name.indexOf('\\') + 1);
    this.#refreshSets(event.row.starttime as number);
    if (this.#sets.untracked.has(name) || this.#sets.untracked.has(bare)) return undefined;
    const known = ubaUsers.get(this.#byName.get(name) ?? this.#byName.get(bare));
    if (known || bare.endsWith('$') || this.#state.settings.get('uba-imported')) return known;
    const local = bare.split('@')[0]!;
    const same = ubaUsers.get(this.#byName.get(local));
    return same ?? this.#discover(local, event.row.starttime as number);
  }

  #index(): void {
    this.#byName = new Map(
      this.#state.ubaUsers
        .values()
        .flatMap((user) => [user.username, ...user.aliases].map((alias) => [alias.toLowerCase(), user.id] as const)),
    );
    this.#users = this.#state.ubaUsers.size;
  }

  #discover(username: string, nowMs: number): UbaUser {
    const id = this.#state.ubaUsers.nextId();
    this.#byName.set(username, id);
    this.#users++;
    return this.#state.ubaUsers.put(id, makeUbaUser(id, username, nowMs));
  }

  #refreshSets(nowMs: number): void {
    if (Math.abs(nowMs - this.#sets.atMs) < SETS_MS) return;
    const lower = (name: string) => new Set(valuesOfSet(this.#state, name, nowMs).map((one) => one.toLowerCase()));
    this.#sets = {
      atMs: nowMs,
      untracked: lower('UBA : Users Not Tracked'),
      trusted: lower('UBA : Trusted Usernames'),
    };
  }

  #dayOf(id: number, day: number): Day {
    const known = this.#days.get(id);
    if (known && known.day >= day) return known;
    const zeros = UBA_RULES.map(() => 0);
    const fresh = {
      day,
      amounts: zeros,
      names: UBA_RULES.map(() => new Set<string>()),
      fired: UBA_RULES.map(() => false),
    };
    this.#days.set(id, fresh);
    return fresh;
  }

  /** Keeps the amounts of the day for the next start. */
  save(): void {
    const days = [...this.#days].map(([id, { day, amounts, fired }]) => [id, day, amounts, fired]);
    this.#state.settings.put(COUNTERS, { value: JSON.stringify(days) });
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;

export function makeUbaUser(id: number, username: string, nowMs: number, more: Partial<UbaUser> = {}): UbaUser {
  return {
    id,
    username,
    risk: 0,
    latest_risk: 0,
    risk_1: 0,
    risk_2: 0,
    risk_3: 0,
    prolonged_risk: 0,
    risk_poll_count: 0,
    full_name: '',
    email: '',
    job_title: '',
    dept: '',
    manager: '',
    custom_group: '',
    aliases: [username],
    source: 'ariel',
    last_offense_time: 0,
    investigation_user: '',
    last_hour: Math.floor(nowMs / HOUR_MS),
    ...more,
  };
}
