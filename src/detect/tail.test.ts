import { describe, expect, it } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { fitTail } from './tail.ts';

describe('fitTail', () => {
  const random = createRandom(3);
  const sample = Float64Array.from({ length: 50_000 }, () => -Math.log(1 - random.next()));

  it('agrees with the rank inside the data', () => {
    const tail = fitTail(sample, sample.length);
    for (const x of [0.5, 1, 2, 4]) expect(tail.probability(x) / Math.exp(-x)).toBeCloseTo(1, 1);
  });

  it('keeps falling beyond the largest value seen', () => {
    const tail = fitTail(sample, sample.length);
    expect(tail.probability(15)).toBeLessThan(tail.probability(12));
    expect(Math.log(tail.probability(15)) / -15).toBeGreaterThan(0.7);
    expect(Math.log(tail.probability(15)) / -15).toBeLessThan(1.4);
  });

  it('counts person-days without a figure as less than any', () => {
    const tail = fitTail(Float64Array.of(3, 4), 998);
    expect(tail.probability(4)).toBeCloseTo(0.0015, 4);
    expect(tail.probability(2)).toBeCloseTo(0.0025, 4);
  });

  it('never rises, and gives 1 for an unknown statistic and an empty sample something finite', () => {
    const tail = fitTail(sample, sample.length);
    let last = 1;
    for (let x = -1; x < 30; x += 0.05) {
      const p = tail.probability(x);
      expect(p).toBeLessThanOrEqual(last);
      expect(p).toBeGreaterThan(0);
      last = p;
    }
    expect(tail.probability(Number.NaN)).toBe(1);
    expect(fitTail(new Float64Array(), 0).probability(1)).toBeGreaterThan(0);
  });
});
