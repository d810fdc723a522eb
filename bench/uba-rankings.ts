import type { SenseRecord } from '../src/domain/context.ts';
import { DAY_MS, formatDay, parseDay } from '../src/domain/time.ts';
import { analyze } from '../src/pipeline/analyze.ts';
import { resolvePeople } from '../src/pipeline/resolve-people.ts';
import type { DataStore } from '../src/store/open-data-store.ts';
import type { RankedDay } from './judge.ts';
import type { Truth } from './uba-truth.ts';

/** Day numbers, the last one not included. */
export interface Span {
  firstDay: number;
  lastDay: number;
}

export interface OwnRankings {
  /** Each day by what was known at its end. */
  live: RankedDay[];
  /** Of these, what the product alerts by itself. */
  alerts: RankedDay[];
  /** All days by what is known at the end of the span. */
  hindsight: RankedDay[];
}

/** Alerts a day, as in the benchmark of insiders for 200 people. */
export const OWN_BUDGET = 2;
const SETTINGS = { budgetPerDay: OWN_BUDGET, minScore: 0, seed: 1, minimumPeers: 5, withoutEvidence: true };

export async function rankOwn(store: DataStore, truth: Truth, span: Span): Promise<OwnRankings> {
  const people = await resolvePeople(store.people, { aliases: [], servicePatterns: [], defaultZone: 'UTC' });
  const names = new Map(
    [...people.byToken.values()].map((one) => [one.id, truth.nameOf([one.primaryAccount, ...one.accounts])]),
  );
  const ports = {
    database: store.duck,
    people: people.byToken,
    zones: people.zones,
    calendar: { holidays: new Set<number>() },
    elapsedMs: () => performance.now(),
  };
  const rank = async (toDay: number) => {
    const { anomalies } = await analyze(ports, { ...SETTINGS, toDay });
    return anomalies.map(({ person, day, score, alert }) => ({
      person: names.get(person) ?? person,
      day: parseDay(day)!,
      score,
      alert,
    }));
  };
  const live: Awaited<ReturnType<typeof rank>> = [];
  let hindsight = live;
  for (let day = span.firstDay; day < span.lastDay; day++) {
    hindsight = await rank(day);
    live.push(...hindsight.filter((one) => one.day === day));
  }
  return { live, alerts: live.filter(({ alert }) => alert), hindsight };
}

export interface UbaRankings {
  /** Person-days on which the risk threshold was crossed, which raises or extends an offense. */
  offenses: RankedDay[];
  /** Person-days with Sense events, by the highest risk of the user on that day. */
  risk: RankedDay[];
}

export async function rankUba(store: DataStore, truth: Truth, { lastDay }: Span): Promise<UbaRankings> {
  const events = await store.records.selectFrom('sense_event').select('body').execute();
  const offenses = new Map<string, RankedDay>();
  const risk = new Map<string, RankedDay>();
  for (const { body } of events) {
    const { account, timeMs, kind, senseScore = 0 } = JSON.parse(body) as SenseRecord;
    const [person, day] = [truth.nameOf([account]), Math.floor(timeMs / DAY_MS)];
    if (day >= lastDay) continue;
    const into = kind === 'threshold' ? offenses : risk;
    const key = `${person} ${formatDay(day)}`;
    into.set(key, { person, day, score: Math.max(senseScore, into.get(key)?.score ?? 0) });
  }
  return { offenses: [...offenses.values()], risk: [...risk.values()] };
}
