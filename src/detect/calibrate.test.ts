import { describe, expect, it } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { calibrate, chooseAlerts, MINIMUM_NATS, OPEN_DAYS, type PersonDayEvidence } from './calibrate.ts';

const PEOPLE = 200;
const DAYS = 50;

/** Every person on every day, exponential evidence. */
function chance(seed: number): PersonDayEvidence {
  const random = createRandom(seed);
  const rows = PEOPLE * DAYS;
  return {
    total: Float64Array.from({ length: rows }, () => -4 * Math.log(1 - random.next())),
    person: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / DAYS)),
    day: Int32Array.from({ length: rows }, (_, row) => row % DAYS),
  };
}

const of = (rows: [day: number, person: number, nats: number][]): PersonDayEvidence => ({
  day: Int32Array.from(rows, ([day]) => day),
  person: Int32Array.from(rows, ([, person]) => person),
  total: Float64Array.from(rows, ([, , nats]) => nats),
});

describe('calibrate', () => {
  it('puts the line where the alerts fill the budget', () => {
    const evidence = chance(5);
    const { line, score } = calibrate(evidence, DAYS, 3);
    const alerts = chooseAlerts(evidence, line, 3).size;
    expect(alerts).toBeLessThanOrEqual(3 * DAYS);
    expect(alerts).toBeGreaterThan(2.8 * DAYS);
    expect(score(line)).toBeCloseTo(50, 10);
    expect(score(3 * line)).toBeCloseTo(75, 10);
  });

  it('keeps the daily number near the budget on new days when there is nothing but chance', () => {
    const { line } = calibrate(chance(5), DAYS, 3);
    for (const seed of [6, 7, 8]) {
      const daily = chooseAlerts(chance(seed), line, 3).size / DAYS;
      expect(daily).toBeGreaterThan(2.2);
      expect(daily).toBeLessThan(3.8);
    }
  });

  it('never lowers the line below the least evidence, however large the budget', () => {
    expect(calibrate(chance(5), DAYS, 10_000).line).toBe(MINIMUM_NATS);
    expect(calibrate(of([]), 1, 10).line).toBe(MINIMUM_NATS);
    expect(calibrate(of([[1, 1, 0]]), 10, 10).line).toBe(MINIMUM_NATS);
  });

  it('orders scores as the evidence', () => {
    const { score } = calibrate(chance(5), DAYS, 3);
    expect(score(0)).toBe(0);
    for (let nats = 0; nats < 100; nats += 0.5) expect(score(nats + 0.5)).toBeGreaterThan(score(nats));
  });
});

describe('chooseAlerts', () => {
  it('takes the strongest of a day first and at most three budgets a day', () => {
    const evidence = of([
      [1, 1, 9],
      [1, 2, 20],
      [1, 3, 8],
      [1, 4, 12],
      [1, 5, 7],
      [2, 6, 30],
    ]);
    expect([...chooseAlerts(evidence, 8, 1)].sort()).toEqual([0, 1, 3, 5]);
  });

  it('alerts nobody again while the case is open, unless the evidence grew by half', () => {
    const evidence = of([
      [1, 1, 10],
      [2, 1, 14],
      [3, 1, 15],
      [4, 1, 20],
      [4, 2, 9],
      [3 + OPEN_DAYS + 1, 1, 10],
    ]);
    expect([...chooseAlerts(evidence, 8, 1)].sort()).toEqual([0, 2, 4, 5]);
  });

  it('decides a day by the days before it', () => {
    const evidence = chance(9);
    const whole = chooseAlerts(evidence, 18, 3);
    const early = [...evidence.day.keys()].filter((row) => evidence.day[row]! < 30);
    const part = chooseAlerts(
      of(early.map((row) => [evidence.day[row]!, evidence.person[row]!, evidence.total[row]!])),
      18,
      3,
    );
    expect([...part].map((index) => early[index]!)).toEqual([...whole].filter((row) => evidence.day[row]! < 30));
  });
});
