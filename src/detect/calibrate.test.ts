import { describe, expect, it } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { calibrate, chooseAlerts, MINIMUM_NATS } from './calibrate.ts';

const random = createRandom(5);
const total = Float64Array.from({ length: 10_000 }, () => -4 * Math.log(1 - random.next()));

describe('calibrate', () => {
  it('puts the line where as many person-days reach it as the budget allows', () => {
    const { line, score } = calibrate(total, 50, 3);
    expect(total.filter((nats) => nats >= line).length).toBe(150);
    expect(score(line)).toBeCloseTo(50, 10);
    expect(score(3 * line)).toBeCloseTo(75, 10);
  });

  it('never lowers the line below the least evidence, however large the budget', () => {
    expect(calibrate(total, 50, 10_000).line).toBe(MINIMUM_NATS);
    expect(calibrate(new Float64Array(), 1, 10).line).toBe(MINIMUM_NATS);
    expect(calibrate(new Float64Array(100), 10, 10).line).toBe(MINIMUM_NATS);
  });

  it('orders scores as the evidence', () => {
    const { score } = calibrate(total, 50, 3);
    expect(score(0)).toBe(0);
    for (let nats = 0; nats < 100; nats += 0.5) expect(score(nats + 0.5)).toBeGreaterThan(score(nats));
  });
});

describe('chooseAlerts', () => {
  it('takes the strongest of a day first and at most three budgets a day', () => {
    const evidence = Float64Array.of(9, 20, 8, 12, 7, 30);
    const day = Int32Array.of(1, 1, 1, 1, 1, 2);
    expect([...chooseAlerts(evidence, day, 8, 1)].sort()).toEqual([0, 1, 3, 5]);
  });
});
