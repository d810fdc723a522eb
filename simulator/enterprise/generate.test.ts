import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY_MS, formatDay, parseDay, weekday } from '../../src/domain/time.ts';
import { accountsOf } from './accounts.ts';
import { type Enterprise, generateEnterprise } from './generate.ts';
import { LOOKALIKES } from './lookalikes/index.ts';
import { SCENARIOS } from './scenarios/plan.ts';
import type { EnterpriseOptions } from './types.ts';
import { formatJson } from './writers/jsonl.ts';

const fingerprint = (options: EnterpriseOptions): string => {
  const enterprise = generateEnterprise(options);
  const hash = createHash('sha256');
  for (const { activities } of enterprise.days()) for (const a of activities) hash.update(formatJson(a));
  for (const line of enterprise.truth.lines()) hash.update(line);
  return hash.update(JSON.stringify(enterprise.directory)).digest('hex');
};

/** Fingerprint of each person's activities that belong to no episode and no mass event, without ids. */
function livesOf(enterprise: Enterprise): Map<string, string> {
  const owner = new Map(enterprise.company.people.flatMap((p) => accountsOf(p).map((a) => [a, p.login] as const)));
  const marked = new Set<string>();
  const lines: [person: string, id: string, line: string][] = [];
  for (const { activities } of enterprise.days())
    for (const a of activities) {
      const person = owner.get(a.account);
      if (person) lines.push([person, a.originId, formatJson({ ...a, originId: '' })]);
    }
  for (const { days } of enterprise.truth.episodes)
    for (const day of days) for (const id of day.activityIds) marked.add(id);
  const hashes = new Map<string, ReturnType<typeof createHash>>();
  for (const [person, id, line] of lines) {
    if (marked.has(id)) continue;
    if (!hashes.has(person)) hashes.set(person, createHash('sha256'));
    hashes.get(person)!.update(line);
  }
  return new Map([...hashes].map(([person, hash]) => [person, hash.digest('hex')]));
}

describe('a synthetic enterprise', () => {
  const options = { people: 100, days: 42, seed: 5 };
  const enterprise = generateEnterprise(options);
  const days = [...enterprise.days()];
  const { truth, company } = enterprise;

  it('repeats with the options and changes with the seed', () => {
    const small = { people: 25, days: 9, seed: 3 };
    expect(fingerprint(small)).toBe(fingerprint(small));
    expect(fingerprint({ ...small, seed: 4 })).not.toBe(fingerprint(small));
  });

  it('streams one UTC day after another, in time order, with unique ids', () => {
    expect(days.map((d) => parseDay(d.day))).toEqual(Array.from({ length: 42 }, (_, i) => company.startDay + i));
    const wrong: string[] = [];
    let last = 0;
    let count = 0;
    for (const { day, activities } of days)
      for (const { originId, timeMs } of activities) {
        count++;
        const fits =
          timeMs >= last &&
          originId === `ev-${String(count).padStart(9, '0')}` &&
          formatDay(Math.floor(timeMs / DAY_MS)) === day;
        if (!fits) wrong.push(originId);
        last = timeMs;
      }
    expect(count).toBeGreaterThan(100_000);
    expect(wrong).toEqual([]);
  });

  it('has 60 to 150 activities a person and workday, few on weekends', () => {
    const mean = (pick: (day: number) => boolean): number => {
      const chosen = days.filter((d) => pick(parseDay(d.day)!));
      return chosen.reduce((sum, d) => sum + d.activities.length, 0) / chosen.length / options.people;
    };
    const workday = mean((day) => weekday(day) < 5);
    expect(workday).toBeGreaterThan(60);
    expect(workday).toBeLessThan(150);
    expect(mean((day) => weekday(day) >= 5)).toBeLessThan(workday / 6);
  });

  it('plays every scenario and many look-alikes, and names activities that exist', () => {
    const ids = new Set(days.flatMap((d) => d.activities.map((a) => a.originId)));
    const insiders = truth.episodes.filter((e) => e.type === 'insider');
    expect(insiders.map((e) => e.scenario).sort()).toEqual(Object.keys(SCENARIOS).sort());
    for (const insider of insiders) expect(insider.days.length, insider.scenario).toBeGreaterThan(1);
    const kinds = new Set(truth.episodes.filter((e) => e.type === 'lookalike').map((e) => e.scenario));
    expect(kinds.size).toBeGreaterThan(LOOKALIKES.length / 2);
    for (const episode of truth.episodes)
      for (const { activityIds, day } of episode.days) {
        expect(day >= episode.start).toBe(true);
        for (const id of activityIds) expect(ids.has(id)).toBe(true);
      }
  });

  it('starts insiders after 40 % of the period and never casts a person twice', () => {
    const cast = truth.episodes.map((e) => e.person);
    expect(new Set(cast).size).toBe(cast.length);
    for (const e of truth.episodes.filter((e) => e.type === 'insider'))
      expect(parseDay(e.start)!).toBeGreaterThanOrEqual(company.startDay + 0.4 * options.days);
  });

  it('has a benign neighbour for every scenario', () => {
    expect(new Set(LOOKALIKES.map((l) => l.resembles))).toEqual(new Set(Object.keys(SCENARIOS)));
  });

  it('yields the same again on a second reading', () => {
    const before = truth.lines();
    const again = [...enterprise.days()].reduce((sum, d) => sum + d.activities.length, 0);
    expect(again).toBe(days.reduce((sum, d) => sum + d.activities.length, 0));
    expect(truth.lines()).toEqual(before);
  });
});

describe('scenarios', () => {
  const base = { people: 100, days: 21, seed: 9 };

  it('leave everybody else alone when switched off', () => {
    const quiet = generateEnterprise({ ...base, scenarios: false });
    const loud = generateEnterprise({ ...base, scenarios: ['snooping', 'job-hunt-copy'] });
    const [quietLives, loudLives] = [livesOf(quiet), livesOf(loud)];
    const insiders = loud.truth.episodes.filter((e) => e.type === 'insider').map((e) => e.person);
    expect(insiders).toHaveLength(2);
    expect(quiet.truth.episodes.filter((e) => e.type === 'insider')).toHaveLength(0);
    for (const [person, life] of quietLives)
      if (!insiders.includes(person)) expect(loudLives.get(person), person).toBe(life);
  });

  it.each([11, 12, 13, 14, 15, 16])('are all present from 100 people up (seed %i)', (seed) => {
    const { truth } = generateEnterprise({ people: 100, days: 60, seed });
    const kinds = truth.episodes.filter((e) => e.type === 'insider').map((e) => e.scenario);
    expect(kinds.sort()).toEqual(Object.keys(SCENARIOS).sort());
  });
});

describe('zones', () => {
  it('put working hours into the local day of the site', () => {
    const enterprise = generateEnterprise({ people: 30, days: 5, seed: 2, zones: ['Asia/Tokyo'], scenarios: false });
    const hours = new Array<number>(24).fill(0);
    for (const { activities } of enterprise.days())
      for (const a of activities) if (a.class === 'email') hours[new Date(a.timeMs).getUTCHours()]! += 1;
    const inside = hours.slice(0, 9).reduce((sum, n) => sum + n, 0) + hours[23]!;
    expect(inside / hours.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0.85);
  });
});
