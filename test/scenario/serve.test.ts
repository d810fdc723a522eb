import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFaults } from '../../bench/faults.ts';
import { isSame } from '../../bench/faults-compare.ts';
import { readKept, readSearchIds, readUbaOffenses } from '../../bench/faults-console.ts';
import { endWith, launchSidecar, type Program, readMetrics } from '../../bench/faults-programs.ts';
import { createRig, type Rig } from '../../bench/faults-rig.ts';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { formatLeef } from '../../simulator/enterprise/writers/leef.ts';
import { DAY_MS, formatDay } from '../../src/domain/time.ts';
import { withFolder, withStore } from '../store-folder.ts';

/** The service as people run it: processes of their own, over real sockets. */

async function waitFor<T>(title: string, look: () => Promise<T | undefined | false>, forMs = 60_000): Promise<T> {
  for (const deadline = performance.now() + forMs; performance.now() < deadline; await sleep(200)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${title}: not within ${forMs / 1000} s`);
}

const getJson = async (url: string) => {
  const reply = await fetch(url, { signal: AbortSignal.timeout(5000) });
  return {
    status: reply.status,
    json: (await reply.json()) as { ready?: boolean; reasons?: string[]; findings?: unknown[] },
  };
};
const isReady = async (url: string) => (await getJson(`${url}/ready`)).status === 200;
const isTroubled = async (url: string, code: string) => {
  const { status, json } = await getJson(`${url}/ready`);
  return status === 503 && json.reasons!.some((reason) => reason.endsWith(code));
};

describe('serve under faults and kill -9', () => {
  it('ends with the store of an undisturbed run and one note an offense', async () => {
    const result = await runFaults({
      people: 30,
      historyDays: 8,
      liveDays: 1,
      speed: 4320,
      kills: 2,
      budgetShare: 0.2,
      seed: 5,
      log: () => {},
    });
    expect(result.differences.filter((one) => !isSame(one))).toEqual([]);
    const [activities] = result.differences;
    expect(activities).toMatchObject({ part: 'activities', rows: result.payloads });
    expect(result.payloads).toBeGreaterThan(10_000);
    expect(result.isChainSound).toBe(true);
    expect(result.kills).toBe(2);
    expect(result.storedByKilled).toBeGreaterThan(0);
    expect(result.notes.length).toBeGreaterThan(0);
    expect(new Set(result.notes)).toEqual(new Set([1]));
    expect(result.leftBehind).toMatchObject({ otherwise: 0, claims: 0 });
    expect(result.consoleSearches.ranMs).toBeLessThan(0.2 * (result.seconds + 900) * 1000);
  }, 240_000);
});

describe('serve beside a console', () => {
  let folder: string;
  let rig: Rig;
  let data: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'undercurrent-serve-'));
    data = join(folder, 'data');
    rig = createRig({ folder, faults: {}, backfillDays: 14, budgetShare: 1 });
    await rig.startConsole('--people', '30', '--days', '12', '--seed', '5');
  });
  afterAll(() => {
    rig.endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  const countNotes = async (state: string) =>
    (await readMetrics((await rig.sidecar().ready).url))?.get(`notes{state="${state}"}`);

  it('writes nothing in phase assist, and what it recorded in phase enrich', async () => {
    const kinds = ['notes', 'sets', 'entries', 'references', 'offenses', 'saved-searches', 'bulk-tasks', 'uba-users'];
    const before = readKept(rig.consoleData, kinds);
    const offenses = await readUbaOffenses(rig.console());
    expect(offenses.length).toBeGreaterThan(0);
    await rig.startSidecar(data, 'assist');
    await waitFor('recorded notes', async () => (await countNotes('recorded')) === offenses.length);
    expect((await readUbaOffenses(rig.console())).every(({ notes }) => notes === 0)).toBe(true);
    expect(readKept(rig.consoleData, kinds)).toBe(before);

    const second = launchSidecar(await rig.writeConfig(data, 'assist'), rig.console().tokens.sidecar);
    expect(await second.ended).toMatchObject({ code: 2 });
    expect(second.errors()).toContain('another process owns the data directory');

    expect(await rig.endSidecar('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await readSearchIds(rig.console())).toEqual([]);

    await rig.startSidecar(data, 'enrich');
    await waitFor('posted notes', async () => (await countNotes('posted')) === offenses.length);
    expect((await readUbaOffenses(rig.console())).every(({ notes }) => notes === 1)).toBe(true);
    await rig.endSidecar('SIGTERM');
  });

  it('stays up while the console is away, and goes on when it is back', async () => {
    await rig.endConsole('SIGTERM');
    await rig.startSidecar(data, 'assist');
    const { url } = await rig.sidecar().ready;
    await waitFor('unreachable', () => isTroubled(url, 'QRADAR_UNREACHABLE'));
    expect((await getJson(`${url}/health`)).status).toBe(200);
    await rig.startConsole();
    await waitFor('ready', () => isReady(url));
    expect(await rig.endSidecar('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('stays up while its token is refused, and goes on when it is accepted', async () => {
    await rig.useFaults({ expiredTokens: ['sidecar'] });
    await sleep(600);
    await rig.startSidecar(data, 'assist');
    const { url } = await rig.sidecar().ready;
    await waitFor('refused', () => isTroubled(url, 'QRADAR_UNAUTHORIZED'));
    expect((await getJson(`${url}/health`)).status).toBe(200);
    await rig.useFaults({});
    await waitFor('ready', () => isReady(url));
    expect(await rig.endSidecar('SIGTERM')).toMatchObject({ code: 0 });
  });
});

describe('serve with syslog only', () => {
  it('counts what it is sent, stores it before it ends, and shows findings', async () => {
    await withFolder(async (folder) => {
      const days = 14;
      const startDay = formatDay(Math.floor(Date.now() / DAY_MS) - days);
      const enterprise = generateEnterprise({ people: 10, days, seed: 3, startDay });
      const lines = [...enterprise.days()].flatMap(({ activities }) => activities.map(formatLeef));
      const tcpPort = await findFreePort();
      const config = join(folder, 'undercurrent.yaml');
      writeFileSync(
        config,
        JSON.stringify({
          data: { directory: join(folder, 'data') },
          syslog: { tcpPort },
          serve: { port: 0, analyzeMinutes: 1 },
          analysis: { alertBudgetPerDay: 2 },
        }),
      );
      const started: Program<unknown>[] = [];
      const start = async () => {
        const program = launchSidecar(config);
        started.push(program);
        return { program, ...(await program.ready) };
      };
      try {
        const first = await start();
        expect(first.syslog).toMatchObject({ tcp: tcpPort });
        await send(tcpPort, lines);
        await waitFor('received', async () => {
          const metrics = await readMetrics(first.url);
          return metrics?.get('syslog_received_total{transport="tcp"}') === lines.length;
        });
        expect(await endWith(first.program, 'SIGTERM')).toEqual({ code: 0, signal: null });
        const second = await start();
        const findings = await waitFor('findings', async () => {
          const { json } = await getJson(`${second.url}/findings?limit=5`);
          return json.findings!.length > 0 && json.findings;
        });
        expect(findings.length).toBeGreaterThan(0);
        await waitFor('ready', () => isReady(second.url));
        const metrics = await readMetrics(second.url);
        expect(metrics!.get('syslog_unstored_bytes')).toBe(0);
        expect(await endWith(second.program, 'SIGTERM')).toEqual({ code: 0, signal: null });
        await withStore(join(folder, 'data'), async ({ activities }) =>
          expect(await activities.count()).toBe(lines.length),
        );
      } finally {
        for (const { child } of started) child.kill('SIGKILL');
      }
    });
  });
});

function send(port: number, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.end(lines.map((line) => `${line.trimEnd()}\n`).join(''));
    });
    socket.once('close', () => resolve());
    socket.once('error', reject);
    socket.resume();
  });
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
