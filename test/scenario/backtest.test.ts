import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { writeEnterprise } from '../../simulator/enterprise/write-enterprise.ts';
import { openStore } from '../../src/adapters.ts';
import { openAnalysis } from '../../src/cli/analysis-session.ts';
import { registerBacktest } from '../../src/cli/backtest.ts';
import { registerImport } from '../../src/cli/import.ts';
import { runProgram } from '../../src/cli/program.ts';
import { DAY_MS, formatDay, parseDay } from '../../src/domain/time.ts';
import { analyze } from '../../src/pipeline/analyze.ts';
import { replayDay } from '../../src/pipeline/backtest.ts';
import { createTestContext } from '../cli-context.ts';
import { openTestStore, withStore } from '../store-folder.ts';
import { linesOf } from './enterprise-session.ts';

const COMMANDS = [
  { name: 'import', summary: '', load: async () => registerImport },
  { name: 'backtest', summary: '', load: async () => registerBacktest },
];
const START = parseDay('2026-01-05')!;
const DAYS = 34;
/** A Wednesday. */
const CUT = START + 30;
const nameOf = (day: number) => formatDay(day);

let folder: string;
/** One account of each person. */
let accounts: string[];
let config: string;
const place = (name: string) => join(folder, name);
const context = () => createTestContext({ openStore, now: () => Date.UTC(2026, 2, 1) });
async function run(...args: string[]) {
  const one = context();
  const code = await runProgram(args, one, { version: '0', commands: COMMANDS });
  return { code, out: one.printed(), err: one.complained() };
}
const backtest = (...more: string[]) =>
  run('backtest', '--config', config, '--data', place('data'), '--budget', '0.5', '--json', ...more);

async function importLogs(logs: string, data: string): Promise<void> {
  const { code, err } = await run('import', logs, '--config', config, '--data', data);
  expect({ code, err }).toEqual({ code: 0, err: '' });
}

/** Without a key both stores use the same tokens: what is compared is the data, not the order of pseudonyms. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undercurrent-backtest-'));
  config = place('undercurrent.yaml');
  writeFileSync(config, 'storage:\n  encryption: off\n');
  const enterprise = generateEnterprise({ people: 30, days: DAYS, seed: 21 });
  writeEnterprise(enterprise, { format: 'jsonl', out: place('logs') });
  accounts = enterprise.truth.facts
    .filter(({ type }) => type === 'person')
    .map((fact) => String((fact.accounts as string[])[0]));
  await importLogs(place('logs'), place('data'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('says of a day what an analysis says that has seen nothing after it', async () => {
  cpSync(place('logs'), place('logs-cut'), { recursive: true });
  const file = join(place('logs-cut'), 'activities.jsonl');
  const before = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && Date.parse(JSON.parse(line).time) < (CUT + 1) * DAY_MS);
  writeFileSync(file, `${before.join('\n')}\n`);
  await importLogs(place('logs-cut'), place('data-cut'));
  const options = { fromDay: CUT - 3, budgetPerDay: 0.5, seed: 5, minimumPeers: 5 };
  const [whole, cut] = [
    await openAnalysis({ config, data: place('data') }, context()),
    await openAnalysis({ config, data: place('data-cut') }, context()),
  ];
  try {
    const asked = new Set([...cut.ports.people.values()].map(({ id }) => id));
    const replayed = await replayDay(whole.ports, options, CUT, asked);
    const live = await analyze(cut.ports, {
      ...options,
      fromDay: options.fromDay - 45,
      minScore: 0,
      withoutEvidence: true,
    });
    const today = live.anomalies.filter(({ day }) => day === nameOf(CUT));
    expect(today.length).toBeGreaterThan(20);
    expect(replayed.scores).toEqual(new Map(today.map(({ person, score }) => [person, score])));
    expect(replayed.alerts).toEqual(today.filter(({ alert }) => alert));
    expect(replayed.campaigns).toEqual(live.campaigns);
  } finally {
    await whole.close();
    await cut.close();
  }
});

describe('the command', () => {
  const span = ['--from', nameOf(CUT), '--to', nameOf(CUT + 2)];

  it('counts alerts by day, people, campaigns and offenses, and estimates the load on QRadar', async () => {
    const offense = { domain: '', status: 'OPEN' as const, description: '', rules: [] };
    const startMs = (CUT + 1) * DAY_MS + DAY_MS / 2;
    await withStore(
      place('data'),
      (store) =>
        store.offenses.upsert(
          accounts.flatMap((account, id) => [
            { ...offense, account, id, isUba: true, startMs, persistedMs: startMs },
            { ...offense, account, id: 1000 + id, isUba: false, startMs, persistedMs: startMs },
            { ...offense, account, id: 2000 + id, isUba: true, startMs: startMs - 9 * DAY_MS, persistedMs: startMs },
          ]),
        ),
      { encryption: 'off' },
    );
    const { code, out, err } = await backtest(...span);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = linesOf(out);
    const summary = lines.at(-1)!;
    expect(summary).toMatchObject({ type: 'summary', from: nameOf(CUT), days: 3, historyDays: 30, planted: 0 });
    const alerts = lines.filter(({ type }) => type === 'alert');
    expect(summary.alerts).toBe(alerts.length);
    expect(summary.peopleAlerted).toBe(new Set(alerts.map(({ user }) => user)).size);
    expect(summary.ubaOffenses).toBe(accounts.length);
    const before = alerts.filter(({ day }) => day <= nameOf(CUT + 1));
    expect(summary.ubaOffensesAlertedBefore).toBe(new Set(before.map(({ user }) => user)).size);
    expect(alerts.every(({ truth }) => truth === 'unknown')).toBe(true);
    const days = lines.filter(({ type }) => type === 'day');
    expect(days.map(({ day }) => day)).toEqual([0, 1, 2].map((index) => nameOf(CUT + index)));
    expect(days.reduce((sum, one) => sum + one.alerts, 0)).toBe(alerts.length);
    expect(summary.qradar).toMatchObject({ mode: 'raw', searchesPerDay: 1440, firstSearches: 720 });
    expect(summary.qradar.rowsPerDay).toBeGreaterThan(500);
  });

  const planting = (lastDay: number, scenarios: string, seed: number) =>
    backtest(
      ...['--from', nameOf(CUT), '--to', nameOf(lastDay), '--inject', '--scenarios', scenarios],
      ...['--seed', String(seed)],
    );
  const plantedOf = (out: string) => linesOf(out).filter(({ type }) => type === 'planted');

  it('plants insiders into a copy, and leaves the data as they were', async () => {
    const before = await fingerprint();
    const scenarios = 'after-hours-copies,slow-collection,guessing-then-devices';
    const { code, out, err } = await planting(CUT + 2, scenarios, 3);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const planted = plantedOf(out);
    expect(planted.map(({ scenario }) => scenario)).toEqual(['after-hours-copies', 'guessing-then-devices']);
    for (const one of planted) {
      expect(one.activities).toBeGreaterThan(0);
      for (const day of one.days) expect(day >= nameOf(CUT) && day <= nameOf(CUT + 2)).toBe(true);
      if (one.alert !== null) expect(one.days).toContain(one.alert);
    }
    expect(planted.some(({ bestScore }) => bestScore > 30)).toBe(true);
    expect(linesOf(out).find(({ type }) => type === 'scenario-skipped')).toMatchObject({
      scenario: 'slow-collection',
      reason: expect.stringMatching(/active days/),
    });
    expect(await fingerprint()).toEqual(before);
  });

  it('plants the same for the same seed', async () => {
    const withoutSeconds = (text: string) => text.replace(/"seconds":[\d.]+/, '');
    const first = await planting(CUT + 1, 'cloud-uploads', 3);
    const second = await planting(CUT + 1, 'cloud-uploads', 3);
    expect(plantedOf(first.out)).toHaveLength(1);
    expect(withoutSeconds(second.out) === withoutSeconds(first.out)).toBe(true);
    expect(plantedOf((await planting(CUT + 1, 'cloud-uploads', 4)).out)).not.toEqual(plantedOf(first.out));
  });

  it('warns of too little history', async () => {
    const { code, err } = await backtest('--from', nameOf(START + 3), '--to', nameOf(START + 4));
    expect(code).toBe(0);
    expect(err).toMatch(/^undercurrent: only 3 days of history [^\n]+\n$/);
  });

  it.each([
    ['--from', '2026-02-10', '--to', '2026-02-01'],
    ['--from', '2031-01-01', '--to', '2031-02-01'],
    ['--from', '2026-02-10'],
    [...span, '--scenarios', 'cloud-uploads'],
    [...span, '--inject', '--scenarios', 'everything'],
    [...span, '--budget', '0'],
  ])('refuses %s %s %s %s with one line', async (...args) => {
    const { code, out, err } = await backtest(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^undercurrent: [^\n]+\n$/);
  });

  it('shows pseudonyms unless asked, and writes a reveal down', async () => {
    const data = place('private');
    expect((await run('import', place('logs'), '--data', data)).code).toBe(0);
    const args = ['backtest', '--data', data, '--from', nameOf(CUT), '--to', nameOf(CUT), '--budget', '3', '--json'];
    const users = (out: string) =>
      linesOf(out)
        .filter(({ type }) => type === 'alert')
        .map(({ user }) => user);
    const hidden = users((await run(...args)).out);
    expect(hidden.length).toBeGreaterThan(0);
    for (const user of hidden) expect(user).toMatch(/^p-[0-9a-f]{16}$/);
    for (const user of users((await run(...args, '--reveal', '--reason', 'drill 8')).out))
      expect(user).not.toMatch(/^p-/);
    await withStore(data, async (store) => {
      const kinds: string[] = [];
      for await (const { kind } of store.audit.entries()) kinds.push(kind);
      expect(kinds.filter((kind) => kind === 'backtest' || kind === 'person-revealed')).toEqual([
        'backtest',
        'person-revealed',
        'backtest',
      ]);
    });
  });
});

/** What is stored, in figures that change with any row. */
async function fingerprint(): Promise<Record<string, unknown>> {
  const store = await openTestStore(place('data'), { encryption: 'off' });
  try {
    const found: Record<string, unknown> = {};
    for (const table of ['activity', 'scan_row', 'hour_row', 'touch', 'first_touch', 'touch_row', 'dirty_day'])
      found[table] = await store.duck.columns(
        `SELECT CAST(count(*) AS DOUBLE) AS n, CAST(bit_xor(hash(t) >> 1) AS BIGINT) AS x FROM ${table} t`,
      );
    return found;
  } finally {
    await store.close();
  }
}
