import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TruthEpisode } from '../../simulator/enterprise/types.ts';
import { openTestStore } from '../store-folder.ts';
import { importCompany, type Line, linesOf, run, type WrittenCompany } from './enterprise-session.ts';

const FIRST = '2026-01-05';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undercurrent-analyze-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ofType = (lines: Line[], type: string) => lines.filter((line) => line.type === type);

/** One fixed seed: benchmarks vary it. */
describe('a company with insiders, 60 people and 40 days', () => {
  /** Two alerts a day per 200 people. */
  const BUDGET = 0.6;
  let company: WrittenCompany;
  let lines: Line[];
  let insiders: TruthEpisode[];
  beforeAll(async () => {
    company = await importCompany(join(folder, 'big'), { people: 60, days: 40, seed: 11 });
    insiders = company.episodes.filter(({ type }) => type === 'insider');
    const { code, out, err } = await run(
      ...['analyze', '--data', company.data, '--json', '--reveal', '--min-score', '0', '--budget', String(BUDGET)],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    lines = linesOf(out);
  });

  it('prints peer groups, then anomalies by score, then the summary', () => {
    const types = lines.map(({ type }) => type);
    const order = ['peer-group', 'anomaly', 'campaign', 'summary'];
    expect(types).toEqual([...types].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(types).toEqual(expect.arrayContaining(['peer-group', 'anomaly', 'summary']));
    const scores = ofType(lines, 'anomaly').map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(ofType(lines, 'summary')).toHaveLength(1);
  });

  it('gives every line the fixed fields', () => {
    for (const group of ofType(lines, 'peer-group')) {
      expect(group).toMatchObject({ id: expect.any(String), day: '2026-02-13', label: expect.any(String) });
      expect(group.cohesion).toBeGreaterThan(0);
      expect(group.members).toHaveLength(group.size);
      for (const member of group.members) expect(company.loginOf(member) ?? member).not.toMatch(/^p-/);
    }
    for (const anomaly of ofType(lines, 'anomaly')) {
      expect(anomaly).toMatchObject({
        id: expect.stringMatching(/^a-[0-9a-f]{16}$/),
        day: expect.stringMatching(/^2026-0[12]-\d\d$/),
        user: expect.any(String),
        score: expect.any(Number),
        alert: expect.any(Boolean),
        text: expect.stringMatching(/\S/),
      });
      const shares = anomaly.deviations.map(({ share }: { share: number }) => share);
      if (shares.length > 0) expect(Math.abs(shares.reduce((a: number, b: number) => a + b, 0) - 1)).toBeLessThan(1e-9);
      for (const deviation of anomaly.deviations) {
        expect(Object.keys(deviation)).toEqual(
          expect.arrayContaining(['feature', 'value', 'selfMedian', 'peerMedian', 'peers', 'ratio', 'tail', 'share']),
        );
        expect(deviation.text).toMatch(/\d.*\S/);
        expect(deviation.tail).toBeGreaterThanOrEqual(0);
        expect(deviation.tail).toBeLessThanOrEqual(1);
      }
      for (const { activityId, time } of anomaly.evidence) {
        expect(activityId).toMatch(/^[0-9a-f]{16}$/);
        expect(Math.abs(Date.parse(time) - Date.parse(anomaly.day) - 43_200_000)).toBeLessThanOrEqual(43_200_000);
      }
    }
    expect(ofType(lines, 'summary')[0]).toMatchObject({
      days: 40,
      campaigns: ofType(lines, 'campaign').length,
      seconds: {
        features: expect.any(Number),
        peers: expect.any(Number),
        detect: expect.any(Number),
        campaigns: expect.any(Number),
      },
    });
  });

  it('gives campaigns the fixed fields, made of person-days that are printed', () => {
    const ids = new Set(ofType(lines, 'anomaly').map(({ id }) => id));
    for (const campaign of ofType(lines, 'campaign')) {
      expect(campaign.id).toMatch(/^c-[0-9a-f]{16}$/);
      expect(campaign.users.length).toBeGreaterThan(0);
      expect(campaign.start < campaign.end).toBe(true);
      expect(campaign.score >= 50 && campaign.score < 100).toBe(true);
      expect(campaign.chance).toBeLessThanOrEqual(1 / 1000);
      expect(campaign.stages.length).toBeGreaterThanOrEqual(2);
      expect(campaign.anomalies.filter((id: string) => !ids.has(id))).toEqual([]);
      expect(campaign.text).toMatch(/stages over \d+ days/);
    }
  });

  it('prints every person-day once with --min-score 0, each with a real-valued score', () => {
    const anomalies = ofType(lines, 'anomaly');
    expect(anomalies.length).toBeGreaterThan(60 * 20);
    expect(new Set(anomalies.map(({ user, day }) => `${user} ${day}`)).size).toBe(anomalies.length);
    for (const { score } of anomalies) expect(score >= 0 && score < 100).toBe(true);
    const distinct = new Set(anomalies.map(({ score }) => score));
    expect(distinct.size).toBeGreaterThan(anomalies.length / 2);
  });

  it('has evidence behind every alert', () => {
    for (const { alert, evidence, deviations } of ofType(lines, 'anomaly').filter(({ alert }) => alert))
      expect({ alert, some: evidence.length > 0 && deviations.length > 0 }).toEqual({ alert: true, some: true });
  });

  it('finds at least half of the insiders within the budget, all of them being in the data', () => {
    expect(insiders.length).toBeGreaterThanOrEqual(4);
    const shown = new Map(ofType(lines, 'anomaly').map((line) => [`${company.loginOf(line.user)} ${line.day}`, line]));
    const found = insiders.filter(({ person, days }) => {
      const theirs = days
        .filter(({ activityIds }) => activityIds.length > 0)
        .map(({ day }) => shown.get(`${person} ${day}`));
      // An insider may act with somebody else's account on some days.
      expect(theirs.filter(Boolean).length, `person-days of ${person}`).toBeGreaterThan(0);
      return theirs.some((line) => line?.alert);
    });
    expect(found.length / insiders.length).toBeGreaterThanOrEqual(0.5);
    const alerts = ofType(lines, 'anomaly').filter(({ alert }) => alert).length;
    expect(alerts).toBeLessThanOrEqual(BUDGET * 40);
    expect(ofType(lines, 'summary')[0]!.alerts).toBe(alerts);
  });
});

it('a company without insiders stays within the budget', async () => {
  const company = await importCompany(join(folder, 'quiet'), { people: 40, days: 30, seed: 12, scenarios: false });
  expect(company.episodes.filter(({ type }) => type === 'insider')).toEqual([]);
  const { out } = await run('analyze', '--data', company.data, '--json', '--budget', '0.4', '--min-score', '50');
  const alerts = ofType(linesOf(out), 'anomaly').filter(({ alert }) => alert);
  expect(alerts.length).toBeLessThanOrEqual(0.4 * 30);
  // Never more on one day than three times the budget.
  const perDay = new Map<string, number>();
  for (const { day } of alerts) perDay.set(day, (perDay.get(day) ?? 0) + 1);
  expect(Math.max(0, ...perDay.values())).toBeLessThanOrEqual(2);
});

describe('the command', () => {
  let company: WrittenCompany;
  const analyze = (...more: string[]) => run('analyze', '--data', company.data, ...more);
  beforeAll(async () => {
    company = await importCompany(join(folder, 'small'), { people: 20, days: 16, seed: 13 });
  });

  /** Seconds and memory are measured, not computed. */
  const computed = (out: string) =>
    out.replace(/"seconds":\{[^}]*\}/, '"seconds":{}').replace(/"peakMemoryBytes":\d+/, '"peakMemoryBytes":0');

  it('prints the same bytes for the same seed', async () => {
    const args = ['--json', '--seed', '5', '--min-score', '0'];
    const [first, second] = [await analyze(...args), await analyze(...args)];
    expect(first.out).not.toBe('');
    expect(computed(second.out) === computed(first.out)).toBe(true);
  });

  it('prints pseudonyms, and no name, account or computer', async () => {
    const { out } = await analyze('--json', '--min-score', '0');
    const lines = linesOf(out);
    for (const { user } of ofType(lines, 'anomaly')) expect(user).toMatch(/^p-[0-9a-f]{16}$/);
    for (const { members } of ofType(lines, 'peer-group'))
      for (const member of members) expect(member).toMatch(/^p-[0-9a-f]{16}$/);
    const text = out.toLowerCase();
    const readable = (await analyze()).out.toLowerCase();
    expect(company.names.length).toBeGreaterThan(100);
    for (const name of company.names) {
      expect(text, name).not.toContain(JSON.stringify(name.toLowerCase()).slice(1, -1));
      expect(readable, name).not.toContain(name.toLowerCase());
    }
  });

  it('prints accounts with --reveal, and writes it down', async () => {
    const { out } = await analyze('--json', '--reveal', '--reason', 'drill 7');
    const lines = linesOf(out);
    expect(ofType(lines, 'anomaly').length).toBeGreaterThan(0);
    for (const { user } of ofType(lines, 'anomaly')) expect(user).not.toMatch(/^p-/);
    expect(
      ofType(lines, 'peer-group')
        .flatMap(({ members }) => members)
        .some(company.loginOf),
    ).toBe(true);
    const revealed = (await auditEntries(company.data)).filter(({ kind }) => kind === 'person-revealed');
    expect(JSON.stringify(revealed)).toContain('drill 7');
  });

  it('keeps to the days of --from and --to', async () => {
    const { out } = await analyze('--json', '--min-score', '0', '--from', '2026-01-12', '--to', '2026-01-14');
    const lines = linesOf(out);
    expect(new Set(ofType(lines, 'anomaly').map(({ day }) => day))).toEqual(
      new Set(['2026-01-12', '2026-01-13', '2026-01-14']),
    );
    expect(ofType(lines, 'summary')[0]).toMatchObject({ days: 3 });
    for (const { day } of ofType(lines, 'peer-group')) expect(day).toBe('2026-01-14');
  });

  it.each([
    ['--from', '2026-13-01'],
    ['--from', 'yesterday'],
    ['--from', '2026-02-01', '--to', '2026-01-01'],
    ['--from', '2031-01-01'],
    ['--seed', '-1'],
    ['--seed', '1.5'],
    ['--budget', '0'],
    ['--budget', 'lots'],
    ['--min-score', '101'],
    ['--colour'],
    ['extra'],
  ])('refuses %s %s with one line', async (...args) => {
    const { code, out, err } = await analyze('--json', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^undercurrent: [^\n]+\n$/);
  });

  it('refuses a directory without data with one line', async () => {
    const { code, err } = await run('analyze', '--data', join(folder, 'nothing'), '--json');
    expect(code).toBe(2);
    expect(err).toMatch(/^undercurrent: [^\n]+\n$/);
  });

  it('shows a person: rhythm, usual day, peers', async () => {
    const { out } = await analyze('--json', '--min-score', '0');
    const { user } = ofType(linesOf(out), 'anomaly')[0]!;
    const shown = await run('show', user, '--data', company.data);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(/^p-[0-9a-f]{16}\n/);
    for (const heading of ['Rhythm', 'Usual day', 'Peers']) expect(shown.out).toContain(heading);
    for (const name of company.names) expect(shown.out.toLowerCase()).not.toContain(name.toLowerCase());
    const named = await run('show', user, '--data', company.data, '--reveal');
    expect(company.loginOf(named.out.split('\n')[0]!)).toBeDefined();
    const missing = await run('show', 'nobody', '--data', company.data);
    expect(missing).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^undercurrent: [^\n]+\n$/) });
  });

  it('copes with a log whose clock has gone wrong', async () => {
    const stray = join(folder, 'stray.jsonl');
    const record = { class: 'file_system', activity: 'read', account: 'CORP\\stray', logSource: 'x' };
    for (const timeMs of [0, Date.UTC(2199, 0, 1), Date.UTC(9998, 0, 1)])
      appendFileSync(stray, `${JSON.stringify({ ...record, timeMs })}\n`);
    expect((await run('import', stray, '--data', company.data)).code).toBe(0);
    const { code, out } = await analyze('--json', '--min-score', '0');
    expect(code).toBe(0);
    expect(ofType(linesOf(out), 'anomaly').filter(({ day }) => day >= FIRST && day < '2026-02').length).toBeGreaterThan(
      100,
    );
  });
});

async function auditEntries(data: string): Promise<Line[]> {
  const store = await openTestStore(data);
  try {
    const entries: Line[] = [];
    for await (const entry of store.audit.entries()) entries.push(entry as unknown as Line);
    return entries;
  } finally {
    await store.close();
  }
}
