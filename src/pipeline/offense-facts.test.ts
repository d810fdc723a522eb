import { describe, expect, it } from 'vitest';
import type { OffenseFact } from '../domain/context.ts';
import type { Anomaly } from '../domain/findings.ts';
import { parseDay } from '../domain/time.ts';
import { type AnalysisSnapshot, createOffenseFacts, type OffenseFactsPorts } from './offense-facts.ts';
import type { KnownPerson } from './resolve-people.ts';

const at = (day: string, hour = 12) => parseDay(day)! * 86_400_000 + hour * 3_600_000;

const person = (token: bigint, accounts: string[]): KnownPerson => ({
  token,
  id: `p-${token}`,
  attributes: [],
  primaryAccount: accounts[0]!,
  kind: 'human',
  accounts,
});

const anomaly = (who: string, day: string, score: number): Anomaly => ({
  id: `a-${who}-${day}`,
  day,
  person: who,
  score,
  alert: false,
  recurrence: 1,
  deviations: [],
  evidence: [],
  text: '',
});

function snapshot(people: KnownPerson[], days: Record<string, [day: string, score: number][]>): AnalysisSnapshot {
  const rows = people.flatMap(({ id }, index) => (days[id] ?? []).map(([day]) => [index, parseDay(day)!] as const));
  return {
    analysis: {
      anomalies: Object.entries(days).flatMap(([who, list]) => list.map(([day, score]) => anomaly(who, day, score))),
      table: {
        people: BigInt64Array.from(people, ({ token }) => token),
        person: Int32Array.from(rows, ([index]) => index),
        day: Int32Array.from(rows, ([, day]) => day),
        values: new Float64Array(),
        hours: new Float64Array(),
        moves: new Float64Array(),
      },
    },
    people: { byToken: new Map(people.map((one) => [one.token, one])), zones: ['UTC'] },
    coveredMs: at('2026-01-20'),
    budgetPerDay: 10,
  };
}

const offense = (more: Partial<OffenseFact> = {}): OffenseFact => ({
  id: 7,
  domain: '',
  account: 'JDoe',
  isUba: true,
  status: 'OPEN',
  startMs: at('2026-01-20', 9),
  lastEventMs: at('2026-01-20', 10),
  persistedMs: at('2026-01-20', 10),
  description: '',
  rules: [],
  ...more,
});

const noEvidence: OffenseFactsPorts['evidence'] = {
  sense: { about: async () => ({ events: [], total: 0 }) },
  offenses: { about: async () => ({ offenses: [], total: 0 }) },
};
const john = person(1n, ['CORP\\jdoe', 'jdoe', 'adm-jdoe']);
const days: [string, number][] = [
  ['2026-01-02', 90],
  ['2026-01-07', 20],
  ['2026-01-19', 70],
  ['2026-01-21', 80],
];

describe('facts of an offense', () => {
  it('are the 14 days up to its last event, the history before, and a query for the most unusual day', async () => {
    const latest = snapshot([john], { 'p-1': days });
    const facts = (await createOffenseFacts({ latest: () => latest, evidence: noEvidence })(offense(), false))!;
    expect(facts.window).toEqual({ fromDay: '2026-01-07', toDay: '2026-01-20' });
    expect(facts.standing).toMatchObject({ kind: 'scored', historyDays: 1, otherAccounts: 2 });
    expect(facts.standing.kind === 'scored' && facts.standing.days.map(({ day }) => day)).toEqual([
      '2026-01-07',
      '2026-01-19',
    ]);
    expect(facts.evidence?.day).toBe('2026-01-19');
    // Of the person's accounts only the one that the offense names.
    expect(facts.evidence?.aql).toContain("IN ('jdoe')");
  });

  it('wait for an analysis that covers the beginning, unless there must be an answer', async () => {
    const early = { ...snapshot([john], { 'p-1': days }), coveredMs: at('2026-01-20', 8) };
    const factsFor = createOffenseFacts({ latest: () => early, evidence: noEvidence });
    expect(await factsFor(offense(), false)).toBeUndefined();
    expect((await factsFor(offense(), true))!.standing.kind).toBe('scored');
    const without = createOffenseFacts({ latest: () => undefined, evidence: noEvidence });
    expect(await without(offense(), false)).toBeUndefined();
    expect((await without(offense(), true))!.standing).toEqual({ kind: 'no-analysis' });
  });

  it('do not guess who the user is', async () => {
    const twins = [person(1n, ['ONE\\jdoe']), person(2n, ['TWO\\jdoe'])];
    const ports = { latest: () => snapshot(twins, {}), evidence: noEvidence };
    const factsFor = createOffenseFacts(ports);
    expect((await factsFor(offense(), false))!.standing).toEqual({ kind: 'ambiguous-account', people: 2 });
    expect((await factsFor(offense({ account: 'two\\JDOE' }), false))!.standing).toMatchObject({ kind: 'scored' });
    expect((await factsFor(offense({ account: 'zoe' }), false))!.standing).toEqual({ kind: 'unknown-account' });
    expect((await factsFor(offense({ account: '' }), false))!.standing).toEqual({ kind: 'unknown-account' });
    const linked = createOffenseFacts({ ...ports, personOf: async () => 'p-2' });
    expect((await linked(offense(), false))!.standing).toMatchObject({ kind: 'scored' });
  });

  it('count Sense events by name and leave the offense itself out', async () => {
    const event = (id: string, name: string, senseValue?: number) => ({
      ...{ id, domain: '', account: 'jdoe', timeMs: at('2026-01-19'), event: name, category: '' },
      ...{ kind: 'rule' as const, senseValue },
    });
    const evidence: OffenseFactsPorts['evidence'] = {
      sense: { about: async () => ({ events: [event('1', 'A', 5), event('2', 'A', 10), event('3', 'B')], total: 3 }) },
      offenses: { about: async () => ({ offenses: [offense(), offense({ id: 9, status: 'CLOSED' })], total: 2 }) },
    };
    const latest = snapshot([john], { 'p-1': days });
    const facts = (await createOffenseFacts({ latest: () => latest, evidence })(offense(), false))!;
    expect(facts.sense).toEqual([
      { event: 'A', count: 2, value: 15 },
      { event: 'B', count: 1, value: undefined },
    ]);
    expect(facts.otherOffenses).toEqual([{ id: 9, status: 'CLOSED' }]);
  });
});
