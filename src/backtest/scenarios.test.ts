import { describe, expect, it } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import type { Subject } from './ports.ts';
import { FOREIGN_SCOPES, SCENARIOS } from './scenarios.ts';

const usual = { activities: 80, fileReads: 20, fileCopies: 0, webRequests: 30, mailsSent: 5 };
const subject = (startHour: number, endHour: number, days: number): Subject => ({
  person: 'p-0',
  account: 1n,
  device: 2n,
  source: 3n,
  scope: 4n,
  zone: 0,
  startHour,
  endHour,
  activeDays: Array.from({ length: days }, (_, index) => 20_000 + index + 2 * Math.floor(index / 5)),
  usual,
});
const around = {
  foreignScopes: Array.from({ length: FOREIGN_SCOPES }, (_, index) => BigInt(100 + index)),
  foreignDevices: Array.from({ length: FOREIGN_SCOPES }, (_, index) => BigInt(200 + index)),
};

describe.each(SCENARIOS)('$id', (scenario) => {
  it('stays within days of activity and within the day, whatever the hours', () => {
    for (let seed = 0; seed < 60; seed++)
      for (const [start, end] of [
        [8, 18],
        [0, 24],
        [21, 24],
        [14, 23],
        [5, 6],
      ] as const) {
        const who = subject(start, end, scenario.leastDays + (seed % 20));
        const steps = scenario.plan(who, around, createRandom(seed));
        expect(steps.length).toBeGreaterThan(0);
        for (const step of steps) {
          expect(who.activeDays).toContain(step.day);
          expect(step.hour).toBeGreaterThanOrEqual(0);
          expect(step.hour + step.hours).toBeLessThanOrEqual(24);
          expect(Number.isInteger(step.count) && step.count >= 1).toBe(true);
          expect(step.bytesScale).toBeGreaterThan(0);
          expect(scenario.needs).toContain(step.template);
        }
      }
  });

  it('is drawn: the same for the same seed, another for another', () => {
    const plan = (seed: number) => scenario.plan(subject(8, 18, 30), around, createRandom(seed));
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });
});
