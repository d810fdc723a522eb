import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { parseArguments } from '../../simulator/qradar/parse-arguments.ts';
import type { SimulatorOptions } from '../../simulator/qradar/start.ts';
import { startTestConsole, type TestConsole } from '../simulator-client.ts';

const COMPANY = { people: 12, days: 5, liveDays: 2, seed: 4, startDay: '2026-01-05' };
const HISTORY_ENDS = Date.UTC(2026, 0, 10);
const HOUR = 3_600_000;
const startPlaying = (more: Partial<SimulatorOptions> = {}) => startTestConsole({ play: COMPANY, ...more });

/** Activities of the company whose event has arrived by then. */
function expected(untilMs: number): number {
  let count = 0;
  for (const { activities } of generateEnterprise({ ...COMPANY, days: COMPANY.days + COMPANY.liveDays }).days())
    for (const activity of activities) if (activity.timeMs + 1000 <= untilMs) count++;
  return count;
}

async function rows(console: TestConsole, aql: string): Promise<Record<string, unknown>[]> {
  const { json } = await console.ask('POST', '/ariel/searches', { query: { query_expression: aql } });
  const ended = await console.ask('GET', `/ariel/searches/${json.search_id}`, { headers: { Prefer: 'wait=20' } });
  expect(ended.json.error_messages).toEqual([]);
  const results = await console.ask('GET', `/ariel/searches/${json.search_id}/results`);
  await console.ask('DELETE', `/ariel/searches/${json.search_id}`);
  return results.json.events ?? results.json.flows;
}

/** Events of the company, counted and counted apart. */
async function counts(console: TestConsole): Promise<unknown> {
  const aql =
    'SELECT COUNT(*) AS n, UNIQUECOUNT("Event UID") AS ids FROM events WHERE "Event UID" IS NOT NULL LAST 30 DAYS';
  return (await rows(console, aql))[0];
}

async function until(test: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await test()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited for nothing');
}

describe('a company', () => {
  let console: TestConsole;
  beforeAll(async () => {
    console = await startPlaying();
  });
  afterAll(() => console.close());

  it('has its history before the console is ready, each event once and in its time', async () => {
    expect(console.simulator.world.now()).toBe(HISTORY_ENDS);
    const n = expected(HISTORY_ENDS);
    expect(n).toBeGreaterThan(4000);
    expect(await counts(console)).toEqual({ n, ids: n });
    const [span] = await rows(
      console,
      'SELECT MIN(starttime) AS earliest, MAX(starttime) AS latest, MAX(starttime - devicetime) AS lag FROM events LAST 30 DAYS',
    );
    expect(span!.earliest as number).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 5));
    expect(span!.latest as number).toBeLessThanOrEqual(HISTORY_ENDS);
    expect(span!.lag).toBe(1000);
  });

  it('fills names, categories, properties and flows', async () => {
    const names = await rows(
      console,
      'SELECT qidname(qid) AS name, categoryname(category) AS category, COUNT(*) AS n FROM events GROUP BY name, category ORDER BY n DESC LAST 30 DAYS',
    );
    expect(names.length).toBeGreaterThan(15);
    expect(names.every((row) => typeof row.name === 'string' && typeof row.category === 'string')).toBe(true);
    expect(names.map((row) => row.name)).toContain('Success Audit: An account was successfully logged on');
    const [sent] = await rows(
      console,
      'SELECT SUM("Bytes Sent") AS bytes, UNIQUECOUNT("Process Path") AS programs FROM events LAST 30 DAYS',
    );
    expect(sent!.bytes as number).toBeGreaterThan(1_000_000);
    const [flows] = await rows(
      console,
      'SELECT COUNT(*) AS n, UNIQUECOUNT(sourceip) AS sources FROM flows LAST 30 DAYS',
    );
    expect(flows!.n as number).toBeGreaterThan(300);
  });

  it('is known to the asset model and to UBA', async () => {
    const assets = await console.ask('GET', '/asset_model/assets', {
      query: { filter: 'users(username) is not null', fields: 'id' },
    });
    expect(assets.json).toHaveLength(COMPANY.people);
    const root = '/console/plugins/1101/app_proxy/api';
    const { username } = console.simulator.world.state.ubaUsers.values()[0]!;
    const user = await console.ask('GET', '/user_info', { root, query: { username } });
    expect(user.json).toMatchObject({
      username,
      source: 'LDAP',
      dept: expect.stringMatching(/\w/),
      custom_group: expect.stringMatching(/\w/),
    });
  });

  it('leaves directory and truth in files', () => {
    const { directory, truth } = console.simulator;
    expect(readFileSync(join(directory!, 'LDAP', '2026-01.csv'), 'utf8').split('\n').length).toBeGreaterThan(
      COMPANY.people,
    );
    expect(existsSync(join(directory!, 'aliases.csv'))).toBe(true);
    expect(readFileSync(truth!, 'utf8')).toContain('"type":"person"');
  });

  it('lives on with the clock, and after a restart where it was', async () => {
    console.clock.now += 10 * HOUR;
    const then = console.simulator.world.now();
    expect(then).toBe(HISTORY_ENDS + 10 * HOUR);
    await until(() => console.simulator.world.state.settings.get('play')!.value.toString().includes(String(then)));
    const n = expected(then);
    expect(await counts(console)).toEqual({ n, ids: n });
    await console.restart();
    expect(console.simulator.world.now()).toBe(then);
    expect(await counts(console)).toEqual({ n, ids: n });
  });
});

describe('a company with late and repeated events', () => {
  it('has every event, in the order of arrival', async () => {
    const console = await startPlaying({
      faults: {
        ...(await import('../../simulator/qradar/play/faults.ts')).NO_FAULTS,
        duplicateRate: 0.1,
        lateRate: 0.2,
        lateMs: 2 * HOUR,
      },
    });
    console.clock.now += 3 * HOUR;
    const n = expected(HISTORY_ENDS + HOUR);
    await until(async () => ((await counts(console)) as { ids: number }).ids >= n);
    const all = (await counts(console)) as { n: number; ids: number };
    expect(all.n / all.ids).toBeGreaterThan(1.05);
    const late = await rows(
      console,
      'SELECT starttime, devicetime FROM events WHERE starttime - devicetime > 60000 LIMIT 5000 LAST 30 DAYS',
    );
    expect(late.length / all.ids).toBeGreaterThan(0.1);
    const times = await rows(console, 'SELECT starttime FROM events LIMIT 100000 LAST 30 DAYS');
    expect(times.every((row, i) => i === 0 || (times[i - 1]!.starttime as number) >= (row.starttime as number))).toBe(
      true,
    );
    await console.close();
  });
});

describe('the program', () => {
  const data = mkdtempSync(join(tmpdir(), 'simulator-program-'));
  const running: ChildProcess[] = [];
  afterAll(() => {
    for (const one of running) one.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });

  function launch(...more: string[]): {
    child: ChildProcess;
    ready: Promise<{ url: string }>;
    ended: Promise<[number | null, string]>;
  } {
    const args = ['--no-warnings', '--experimental-strip-types', 'simulator/qradar/main.ts', ...more];
    const child = spawn(process.execPath, args, { cwd: join(import.meta.dirname, '../..') });
    running.push(child);
    let [out, err] = ['', ''];
    child.stderr!.on('data', (chunk) => {
      err += chunk;
    });
    const ended = new Promise<[number | null, string]>((resolve) => child.on('exit', (code) => resolve([code, err])));
    const ready = new Promise<{ url: string }>((resolve, reject) => {
      child.stdout!.on('data', (chunk) => {
        out += chunk;
        if (out.includes('\n')) resolve(JSON.parse(out));
      });
      void ended.then(() => reject(new Error(err)));
    });
    ready.catch(() => {});
    return { child, ready, ended };
  }

  it('says when it is ready, survives kill -9 and a restart, and ends cleanly', async () => {
    const company = ['--people', '8', '--days', '2', '--live-days', '3', '--start', '2026-01-05', '--speed', '5000'];
    const first = launch('--data', data, ...company);
    expect(await first.ready).toMatchObject({
      type: 'ready',
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      caFile: join(data, 'tls', 'ca.pem'),
      tokens: { admin: expect.any(String), sidecar: expect.any(String), readonly: expect.any(String) },
      syslog: { udp: expect.any(Number), tcp: expect.any(Number), tls: expect.any(Number) },
      truth: join(data, 'truth.jsonl'),
      directory: join(data, 'directory'),
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    first.child.kill('SIGKILL');
    await first.ended;
    const second = launch('--data', data);
    const ready = await second.ready;
    expect(ready).toHaveProperty('truth');
    const intruder = launch('--data', data);
    expect(await intruder.ended).toEqual([2, expect.stringContaining('another process uses')]);
    second.child.kill('SIGTERM');
    expect((await second.ended)[0]).toBe(0);
    const console = await startTestConsole({ data });
    const { n, ids } = (await counts(console)) as { n: number; ids: number };
    expect(n).toBe(ids);
    expect(n).toBeGreaterThan(500);
    await console.close();
  });

  it('refuses bad options with one line and exit code 2', async () => {
    const { ended } = launch('--data', data, '--people', 'many');
    expect(await ended).toEqual([
      2,
      'undercurrent-simulator: --people must be a whole number from 5 to 20000, not "many"\n',
    ]);
  });

  it.each([
    [[], '--data DIR is missing'],
    [['--data', 'x', '--https-port', '70000'], '--https-port must be'],
    [['--data', 'x', '--api-version', '3.0'], '--api-version must be one of'],
    [['--data', 'x', '--days', '3'], '--people is missing'],
    [['--data', 'x', '--people', '9', '--start', 'monday'], '--start must be a calendar day'],
    [['--data', 'x', '--speed', 'fast'], '--speed must be'],
    [['--data', 'x', '--nothing'], "Unknown option '--nothing'"],
  ])('%j', (args, message) => expect(() => parseArguments(args)).toThrow(message));
});
