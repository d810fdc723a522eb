import type { Normalised } from '../intake/normalise.ts';

/** A rule over single events with a memory of its own; what it fires on becomes part of a Username offense. */
export interface CustomRule {
  id: number;
  name: string;
  /** Whether the event, with what came before it, makes the rule fire. */
  test(event: Normalised): boolean;
}

const TEN_MINUTES_MS = 600_000;
const LOGIN_SUCCESS = 3027;
const LOGIN_FAILURE = 3028;
/** Users that a rule remembers at once. */
const MAX_TRACKED = 50_000;

/** Times of the last failures of each user, oldest first. */
class RecentFailures {
  readonly #times = new Map<string, number[]>();

  /** Remembers one, and gives how many lie within the window. */
  add(key: string, timeMs: number): number {
    const times = this.count(key, timeMs);
    times.push(timeMs);
    if (this.#times.size > MAX_TRACKED) this.#times.clear();
    this.#times.set(key, times);
    return times.length;
  }
  count(key: string, timeMs: number): number[] {
    return (this.#times.get(key) ?? []).filter((one) => timeMs - one < TEN_MINUTES_MS).slice(-100);
  }
  forget(key: string): void {
    this.#times.delete(key);
  }
}

const keyOf = (event: Normalised): string => `${event.source.domainId}|${event.username}`;
const timeOf = (event: Normalised): number => event.row.devicetime as number;

function createManyFailures(id: number, name: string): CustomRule {
  const failures = new RecentFailures();
  return {
    id,
    name,
    test: (event) =>
      event.classified.qid.low_level_category_id === LOGIN_FAILURE && failures.add(keyOf(event), timeOf(event)) >= 8,
  };
}

function createFailuresThenSuccess(id: number, name: string): CustomRule {
  const failures = new RecentFailures();
  return {
    id,
    name,
    test(event) {
      const category = event.classified.qid.low_level_category_id;
      if (category === LOGIN_FAILURE) failures.add(keyOf(event), timeOf(event));
      if (category !== LOGIN_SUCCESS || failures.count(keyOf(event), timeOf(event)).length < 5) return false;
      failures.forget(keyOf(event));
      return true;
    },
  };
}

/** The rule an administrator makes so that findings sent by syslog become offenses. */
const createSidecarFinding = (id: number, name: string): CustomRule => ({
  id,
  name,
  test: (event) => event.attributes.get('cat') === 'AIFinding' && event.source.record.type_id >= 4000,
});

export const CROSSED_THRESHOLD = 'UBA Offense - User crossed risk threshold';
const createUbaOffense = (id: number, name: string): CustomRule => ({
  id,
  name,
  test: (event) => event.eventId === CROSSED_THRESHOLD && event.source.typeName === 'IBM Sense',
});

const MAKERS: Record<number, (id: number, name: string) => CustomRule> = {
  100001: createManyFailures,
  100002: createFailuresThenSuccess,
  100003: createSidecarFinding,
  100101: createUbaOffense,
};

/** The rules of the console that raise offenses; others exist by name only. */
export const createCustomRules = (known: readonly { id: number; name: string }[]): CustomRule[] =>
  known.flatMap(({ id, name }) => MAKERS[id]?.(id, name) ?? []);
