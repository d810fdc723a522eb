import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { calibrate, chooseAlerts } from '../src/detect/calibrate.ts';
import { scorePersonDays } from '../src/detect/person-days.ts';
import type { FeatureInfo } from '../src/domain/features.ts';
import { learnPeers } from '../src/peers/learn-peers.ts';
import { loadCertPeople } from './cert-people.ts';
import { type Agreement, agreementWith, codesOf } from './peer-agreement.ts';

/** CERT r6.2 user-days (4,000 people, no insider): every alert is false, so what counts is whom they fall on. */

export interface FalseAlarms {
  people: number;
  personDays: number;
  days: number;
  budgetPerDay: number;
  alerts: number;
  /** The strongest person-days, as many as the budget has room for, whatever the line: people, and rows by day in order. */
  strongest: { rows: number; people: number; byDay: number[] };
  line: number;
  /** Scores at the quantiles .5, .9, .99 and the largest. */
  quantiles: number[];
  /** Of roles with 20 people or more. */
  roles: { role: string; people: number; strongest: number; median: number }[];
  agreement: Record<string, Agreement>;
}

const SMALLEST_ROLE = 20;

export function measureFalseAlarms(file: string, budgetPer200: number): FalseAlarms {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const titles = header.split(',');
  const first = titles.findIndex((name) => /^c\d+$/.test(name));
  const features = titles.slice(first).map(unnamedCount);
  const input = loadCertPeople(file, { attributes: false });
  const model = learnPeers(input);
  const rowOf = new Map(model.people.map((person, row) => [person, row]));
  const records = lines
    .map((line) => line.split(','))
    .sort((a, b) => rowOf.get(a[1]!)! - rowOf.get(b[1]!)! || Number(a[0]) - Number(b[0]));
  const rows = records.length;
  const table = {
    people: BigInt64Array.from(model.people, (_, row) => BigInt(row)),
    person: Int32Array.from(records, (record) => rowOf.get(record[1]!)!),
    day: Int32Array.from(records, (record) => Number(record[0])),
    values: Float64Array.from(records.flatMap((record) => record.slice(first).map(Number))),
    hours: new Float64Array(rows * 24),
    moves: new Float64Array(rows * 24),
  };
  const epochs = [{ fromDay: 0, neighbours: model.neighbours, k: model.neighbourCount }];
  const { total } = scorePersonDays({ table, features, dayOff: new Uint8Array(rows), epochs, seed: 1 });
  const evidence = { total, day: table.day, person: table.person };
  const daysSeen = [...new Set(table.day)].sort((a, b) => a - b);
  const budgetPerDay = (budgetPer200 * model.people.length) / 200;
  const { line, score } = calibrate(evidence, daysSeen.length, budgetPerDay);
  const strongest = [...total.keys()]
    .sort((a, b) => total[b]! - total[a]! || a - b)
    .slice(0, budgetPerDay * daysSeen.length);
  const sorted = total.slice().sort();
  const known = loadCertPeople(file, { attributes: true }).attributes!;
  const labelOf = (name: 'role' | 'department' | 'team') => codesOf(known.map((person) => person?.[name]));
  return {
    people: model.people.length,
    personDays: rows,
    days: daysSeen.length,
    budgetPerDay,
    alerts: chooseAlerts(evidence, line, budgetPerDay).size,
    strongest: {
      rows: strongest.length,
      people: new Set(strongest.map((row) => table.person[row])).size,
      byDay: daysSeen.map((day) => strongest.filter((row) => table.day[row] === day).length),
    },
    line,
    quantiles: [0.5, 0.9, 0.99, 1].map((q) => score(sorted[Math.min(rows - 1, Math.floor(q * rows))]!)),
    roles: byRole(
      known.map((person) => person?.role ?? ''),
      table.person,
      strongest,
      total,
      score,
    ),
    agreement: Object.fromEntries(
      (['role', 'department', 'team'] as const).map((name) => [name, agreementWith(model, labelOf(name))] as const),
    ),
  };
}

/** The meaning of the counts is not published: each is a plain volume. */
const unnamedCount = (name: string): FeatureInfo => ({
  name,
  family: 'volume',
  unit: 'count',
  direction: 'high',
  minimum: 1,
  stage: 'collection',
  fadesWithTenure: false,
  wording: name,
  blindSpot: '',
});

function byRole(
  roles: readonly string[],
  person: Int32Array,
  strongest: readonly number[],
  total: Float64Array,
  score: (nats: number) => number,
): FalseAlarms['roles'] {
  const people = new Map<string, number>();
  for (const role of roles) people.set(role, (people.get(role) ?? 0) + 1);
  const scores = new Map<string, number[]>();
  for (let row = 0; row < person.length; row++) {
    const role = roles[person[row]!]!;
    scores.set(role, [...(scores.get(role) ?? []), score(total[row]!)]);
  }
  return [...people]
    .filter(([, count]) => count >= SMALLEST_ROLE)
    .map(([role, count]) => {
      const own = scores.get(role)!.sort((a, b) => a - b);
      const found = strongest.filter((row) => roles[person[row]!] === role).length;
      return { role, people: count, strongest: found, median: own[own.length >> 1]! };
    })
    .sort((a, b) => b.strongest / b.people - a.strongest / a.people);
}
