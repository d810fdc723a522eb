import { describe, expect, it } from 'vitest';
import type { FeatureInfo } from '../domain/features.ts';
import { parseDay } from '../domain/time.ts';
import { createRandom } from '../numeric/random.ts';
import { explainRow } from './explain.ts';
import { isMonthEnd } from './month-end.ts';
import { scorePersonDays } from './person-days.ts';
import type { PersonDayInput } from './ports.ts';

const feature: FeatureInfo = {
  name: 'logon_failures',
  family: 'authentication',
  unit: 'count',
  direction: 'high',
  minimum: 3,
  stage: 'credential_access',
  fadesWithTenure: false,
  wording: 'failed logons',
  blindSpot: '',
};
const FIRST = parseDay('2026-03-02')!;

/** One feature, everybody active on every day, no peers known. */
function inputOf(people: number, days: number, value: (person: number, day: number) => number): PersonDayInput {
  const rows = people * days;
  const at = (row: number) => [Math.floor(row / days), row % days] as const;
  return {
    table: {
      people: BigInt64Array.from({ length: people }, (_, i) => BigInt(i)),
      person: Int32Array.from({ length: rows }, (_, row) => at(row)[0]),
      day: Int32Array.from({ length: rows }, (_, row) => FIRST + at(row)[1]),
      values: Float64Array.from({ length: rows }, (_, row) => value(...at(row))),
      hours: new Float64Array(rows * 24),
      moves: new Float64Array(rows * 24),
    },
    features: [feature],
    dayOff: new Uint8Array(rows),
    epochs: [],
    seed: 1,
  };
}

describe('a company-wide day', () => {
  const random = createRandom(2);
  const OUTAGE = 40;
  const input = inputOf(60, 45, (person, day) => {
    if (day === OUTAGE) return person % 3 === 0 ? 20 + random.int(5) : 1;
    if (person === 7 && day === 42) return 22;
    return random.int(8) === 0 ? 3 + random.int(5) : random.int(3);
  });
  const scores = scorePersonDays(input);
  const rowOf = (person: number, day: number) => person * 45 + day;

  it('does not flag the third of the company that it hit, but somebody alone on another day', () => {
    const alone = scores.total[rowOf(7, 42)]!;
    const hit = Array.from({ length: 20 }, (_, i) => scores.total[rowOf(3 * i, OUTAGE)]!);
    expect(hit.filter((nats) => nats > alone / 2).length).toBeLessThan(4);
    expect(Math.max(...hit)).toBeLessThan(alone);
  });

  it('is said in the text', () => {
    const hit = [...Array(20).keys()].map((i) => rowOf(3 * i, OUTAGE)).find((row) => scores.total[row]! > 0);
    expect(hit).toBeDefined();
    const [deviation] = explainRow(scores, input.features, input.table.values, hit!);
    expect(deviation!.text).toMatch(/a day for the whole company, \d+ of 60 people were far above their own usual/);
    const [own] = explainRow(scores, input.features, input.table.values, rowOf(7, 42));
    expect(own!.text).not.toContain('company');
  });
});

describe("the person's own record", () => {
  it('makes work of one day in ten ordinary, and does not excuse an attack by its own last days', () => {
    const random = createRandom(3);
    const input = inputOf(60, 60, (person, day) => {
      if (person === 1 && day % 9 === 2) return 20;
      return person === 2 && day >= 54 ? 20 : random.int(3);
    });
    const { cells, total } = scorePersonDays(input);
    const tailOf = (person: number, day: number) => cells[0]!.ownTail[cells[0]!.row.indexOf(person * 60 + day)];
    expect(tailOf(1, 56)).toBeGreaterThan(0.05);
    expect(tailOf(2, 57)).toBe(0);
    expect(total[2 * 60 + 57]).toBeGreaterThan(1.3 * total[60 + 56]!);
  });
});

describe('month end', () => {
  it('is the last three and the first three days', () => {
    const inMonth = (month: string, last: number) =>
      Array.from({ length: last }, (_, i) => i + 1).filter((date) =>
        isMonthEnd(parseDay(`${month}-${String(date).padStart(2, '0')}`)!),
      );
    expect(inMonth('2026-02', 28)).toEqual([1, 2, 3, 26, 27, 28]);
    expect(inMonth('2026-03', 31)).toEqual([1, 2, 3, 29, 30, 31]);
  });

  it('is compared with the month ends before', () => {
    const random = createRandom(4);
    const closing = (day: number) => isMonthEnd(FIRST + day);
    const input = inputOf(40, 65, (person, day) => {
      if (person === 0 && closing(day)) return 12;
      return person === 1 && day > 60 && closing(day) ? 12 : 4 + random.int(3);
    });
    const { cells } = scorePersonDays(input);
    const zOf = (person: number, day: number) => cells[0]!.selfZ[cells[0]!.row.indexOf(person * 65 + day)]!;
    const day = [61, 62, 63, 64].find(closing)!;
    expect(zOf(0, day)).toBeLessThan(zOf(1, day) / 1.8);
  });
});
