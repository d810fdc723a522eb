import { describe, expect, it } from 'vitest';
import { levelByPerson } from './person-level.ts';

/** One person, one day after another. */
const evidence = (...nats: number[]) =>
  levelByPerson(Float64Array.from(nats), {
    person: new Int32Array(nats.length),
    day: Int32Array.from(nats.keys()),
  });

describe('levelByPerson', () => {
  it('takes off what the person shows on half of their days', () => {
    const noisy = evidence(...Array.from({ length: 30 }, () => 8), 12);
    const quiet = evidence(...Array.from({ length: 30 }, () => 0), 12);
    expect(quiet.total[30]).toBeCloseTo(12, 10);
    expect(noisy.total[30]!).toBeLessThan(quiet.total[30]!);
    expect(noisy.total[5]!).toBeGreaterThan(0);
  });

  it('raises a day by the unusual days before it, never by those after it', () => {
    const quiet = Array.from({ length: 25 }, () => 0);
    const { total, recurrence } = evidence(...quiet, 10, 10, 10);
    expect(recurrence[25]).toBe(1);
    expect(total[27]!).toBeGreaterThan(total[26]!);
    expect(total[26]!).toBeGreaterThan(total[25]!);
    expect(Math.max(...recurrence)).toBeLessThanOrEqual(3);
  });

  it('keeps people apart and gives nothing for nothing', () => {
    const { total } = levelByPerson(Float64Array.of(10, 0, 10), {
      person: Int32Array.of(0, 0, 1),
      day: Int32Array.of(0, 1, 2),
    });
    expect([...total]).toEqual([10, 0, 10]);
  });
});
