import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { formatLeef } from '../../simulator/enterprise/writers/leef.ts';
import { type FaultSettings, NO_FAULTS } from '../../simulator/qradar/play/faults.ts';
import { AppError } from '../../src/domain/errors.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import * as ingest from '../../src/ingest/index.ts';
import { importPaths } from '../../src/pipeline/import.ts';
import { createLiveWriter } from '../../src/pipeline/live-writer.ts';
import { createModeOf } from '../../src/pipeline/log-source-modes.ts';
import { type PullOptions, type PullPorts, type PullProgress, pullEvents } from '../../src/pipeline/pull-events.ts';
import { pullFlows } from '../../src/pipeline/pull-flows.ts';
import { resolvePeople } from '../../src/pipeline/resolve-people.ts';
import { readGaps } from '../../src/pipeline/watermarks.ts';
import { connectQRadar, type QRadar } from '../../src/qradar/connect.ts';
import { QRadarError } from '../../src/qradar/errors.ts';
import { createEventSource, createFlowSource } from '../../src/qradar/event-source.ts';
import { ACTIVITY_COLUMNS } from '../../src/store/activity-columns.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { virtualTime } from '../qradar-console.ts';
import { startTestConsole, type TestConsole } from '../simulator-client.ts';
import { withFolder, withStore } from '../store-folder.ts';

const COMPANY = { people: 8, days: 3, liveDays: 1, seed: 4, startDay: '2026-01-05' };
const PRESENT = Date.UTC(2026, 0, 8);
const RAW = createModeOf({ mode: 'raw', logSources: [] });
const OPTIONS: PullOptions = { backfillMs: 3 * DAY_MS, overlapMs: 120_000, windowMs: 12 * HOUR_MS };

let console: TestConsole;
let qradar: QRadar;

const connect = (to: TestConsole): Promise<QRadar> =>
  connectQRadar({
    url: to.simulator.url,
    ca: readFileSync(to.simulator.caFile, 'utf8'),
    token: { reveal: () => to.simulator.tokens.sidecar },
    version: 'auto',
    requestTimeoutMs: 10_000,
    searchTimeoutMs: 60_000,
    budgetShare: 1,
    parallelSearches: 3,
    pageSize: 500,
    ubaAppId: 0,
    timing: virtualTime(PRESENT),
  });

const use = (more: Partial<FaultSettings>) => console.simulator.world.faults.use({ ...NO_FAULTS, ...more });

const portsOf = (store: DataStore, more: Partial<PullPorts> = {}): PullPorts => ({
  source: createEventSource(qradar, (type) => RAW(type) === 'raw'),
  writer: createLiveWriter(store, 'ariel'),
  readEvent: ingest.createEventReader(ingest.DEFAULT_INGEST_OPTIONS),
  modeOf: RAW,
  isTracked: () => true,
  cursors: store.cursors,
  now: () => console.simulator.world.now(),
  ...more,
});

const refusedBy = (code: 'QRADAR_FORBIDDEN') =>
  new QRadarError(code, 'refused', { layer: 'framework', outcome: 'answered', request: '' });

const inStore = <T>(work: (store: DataStore) => Promise<T>): Promise<T> =>
  withFolder((folder) => withStore(folder, work, { encryption: 'off' }));

/** Every column of every activity, by id: equal for equal stores whatever the order of storing. */
async function contentOf(store: DataStore): Promise<string> {
  const select = ACTIVITY_COLUMNS.map(({ name, type }) =>
    type === 'BIGINT' ? name : `CAST(${name} AS DOUBLE) AS ${name}`,
  );
  const columns = await store.duck.columns(`SELECT ${select.join(', ')} FROM activity ORDER BY id`);
  return JSON.stringify(Object.entries(columns).map(([name, values]) => [name, [...values].map(String)]));
}

const filePorts = (store: DataStore) => ({
  store,
  ingest,
  options: ingest.DEFAULT_INGEST_OPTIONS,
  now: () => 0,
  elapsedMs: () => 0,
});

/** The content of a store into which the same lines were imported from a file. */
function contentByFile(untilMs: number): Promise<{ content: string; lines: number }> {
  const lines: string[] = [];
  for (const { activities } of generateEnterprise({ ...COMPANY, days: COMPANY.days + COMPANY.liveDays }).days())
    for (const activity of activities) if (activity.timeMs + 1000 < untilMs) lines.push(formatLeef(activity));
  return withFolder((folder) => {
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs', 'all.leef'), lines.join(''));
    return withStore(
      join(folder, 'data'),
      async (store) => {
        const { activities } = await importPaths([join(folder, 'logs')], 'auto', filePorts(store));
        expect(activities).toBe(lines.length);
        return { content: await contentOf(store), lines: lines.length };
      },
      { encryption: 'off' },
    );
  });
}

let history: { content: string; lines: number };
beforeAll(async () => {
  console = await startTestConsole({ play: COMPANY });
  qradar = await connect(console);
  history = await contentByFile(PRESENT - 10_000);
});
afterEach(() => use({}));
afterAll(async () => {
  qradar.close();
  await console.close();
});

describe('events from QRadar', () => {
  it('are the activities that the same lines are out of a file, once, with the same ids', () =>
    inStore(async (store) => {
      const progress: PullProgress[] = [];
      const ports = portsOf(store, { onProgress: (step) => progress.push(step) });
      const first = await pullEvents(ports, OPTIONS);
      expect(first).toMatchObject({
        activities: history.lines,
        duplicates: 0,
        deadLetters: 0,
        untracked: 0,
        otherModes: 0,
        isComplete: true,
        readToMs: PRESENT - 10_000,
      });
      expect(first.behindMs).toBeLessThan(12_000);
      expect(progress.reduce((sum, { activities }) => sum + activities, 0)).toBe(history.lines);
      expect(await contentOf(store)).toBe(history.content);
      const again = await pullEvents(ports, OPTIONS);
      expect(again).toMatchObject({ activities: 0, windows: 1, isComplete: true });
    }));

  it.each([
    ['when the cursor cannot be written', 'cursor'],
    ['when a batch cannot be stored', 'commit'],
    ['when it is stopped between pages', 'rows'],
  ])('are complete and stored once %s at any step', (_, where) =>
    inStore(async (store) => {
      let calls = 0;
      const strike = () => {
        calls += 1;
        if (calls % 3 === 2) throw new AppError('INTERNAL', 'killed here');
      };
      const writer = createLiveWriter(store, 'ariel');
      const source = createEventSource(qradar, (type) => RAW(type) === 'raw');
      const ports = portsOf(store, {
        cursors: {
          read: (name) => store.cursors.read(name),
          async write(...given) {
            // Killed after the batch was stored and before, or after, the cursor was.
            if (where === 'cursor' && calls % 2 === 0) strike();
            await store.cursors.write(...given);
            if (where === 'cursor') strike();
          },
        },
        writer: {
          open: (nowMs) => writer.open(nowMs),
          add: (record) => writer.add(record),
          finish: (nowMs) => writer.finish(nowMs),
          get isFull() {
            return writer.isFull;
          },
          async commit() {
            if (where === 'commit') strike();
            return writer.commit();
          },
        },
        source: {
          ...source,
          async *rows(...given) {
            for await (const page of source.rows(...given)) {
              yield page.slice(0, 100);
              if (where === 'rows') strike();
              yield page.slice(100);
            }
          },
        },
      });
      let failures = 0;
      for (let isComplete = false; !isComplete; ) {
        // A process that was killed leaves nothing uncommitted behind.
        if (where !== 'commit') await writer.finish(0);
        try {
          ({ isComplete } = await pullEvents(ports, { ...OPTIONS, windowMs: 4 * HOUR_MS }));
        } catch (error) {
          expect(error).toMatchObject({ message: 'killed here' });
          failures += 1;
        }
      }
      expect(failures).toBeGreaterThan(3);
      expect(await contentOf(store)).toBe(history.content);
    }),
  );

  it('are read in smaller windows where there are many, and in larger ones again', () =>
    inStore(async (store) => {
      const spans: number[] = [];
      const onProgress = ({ fromMs, toMs }: PullProgress) => spans.push(toMs - fromMs);
      const result = await pullEvents(portsOf(store, { onProgress }), { ...OPTIONS, maxRows: 200 });
      expect(result.splits).toBeGreaterThan(3);
      expect(Math.min(...spans)).toBeLessThan(HOUR_MS);
      expect(Math.max(...spans.slice(-6))).toBeGreaterThan(HOUR_MS);
      expect(await contentOf(store)).toBe(history.content);
    }));

  it('are read step by step when asked to, the youngest once more each time', () =>
    inStore(async (store) => {
      const seen: PullProgress[] = [];
      const ports = portsOf(store, { onProgress: (step) => seen.push(step) });
      const options = { ...OPTIONS, overlapMs: DAY_MS, maxWindows: 1 };
      const steps: boolean[] = [];
      while (steps.at(-1) !== true) steps.push((await pullEvents(ports, options)).isComplete);
      expect(steps).toHaveLength(6);
      expect(seen.every(({ fromMs }, i) => i === 0 || fromMs === seen[i - 1]!.toMs)).toBe(true);
      expect(await contentOf(store)).toBe(history.content);
      expect(await pullEvents(ports, options)).toMatchObject({ isComplete: false, activities: 0 });
      expect(seen.at(-1)!.fromMs).toBe(PRESENT - DAY_MS);
      expect(seen.at(-1)!.duplicates).toBeGreaterThan(0);
    }));

  it('survive searches that fail: smaller windows, and after some of them the error', () =>
    inStore(async (store) => {
      const source = createEventSource(qradar, (type) => RAW(type) === 'raw');
      let longestMs = 60_000;
      const asked: number[] = [];
      const ports = portsOf(store, {
        source: {
          ...source,
          async *rows(window, limit, signal) {
            asked.push(window.toMs - window.fromMs);
            if (window.toMs - window.fromMs > longestMs) throw new AppError('QRADAR_SEARCH_FAILED', 'too slow');
            yield* source.rows(window, limit, signal);
          },
        },
      });
      await expect(pullEvents(ports, OPTIONS)).rejects.toMatchObject({ code: 'QRADAR_SEARCH_FAILED' });
      expect(asked.map((ms) => ms / HOUR_MS)).toEqual([12, 6, 3, 1.5]);
      longestMs = 6 * HOUR_MS;
      const result = await pullEvents(ports, OPTIONS);
      expect(asked[4]! / HOUR_MS).toBe(0.75);
      expect(result.isComplete).toBe(true);
      expect(await contentOf(store)).toBe(history.content);
    }));

  it('end with the error of a token that expired, and go on with a good one', () =>
    inStore(async (store) => {
      use({ expiredTokens: ['sidecar'] });
      const failed = pullEvents(portsOf(store), OPTIONS);
      await expect(failed).rejects.toMatchObject({ code: 'QRADAR_UNAUTHORIZED', uniqueCode: 18 });
      use({});
      const ports = portsOf(store, {
        onProgress: () => use({ expiredTokens: ['sidecar'] }),
      });
      await expect(pullEvents(ports, OPTIONS)).rejects.toMatchObject({ code: 'QRADAR_UNAUTHORIZED' });
      use({});
      await pullEvents(portsOf(store), OPTIONS);
      expect(await contentOf(store)).toBe(history.content);
    }));

  it('stop at a safe point when told to', () =>
    inStore(async (store) => {
      const stopping = new AbortController();
      const ports = portsOf(store, {
        signal: stopping.signal,
        onProgress: () => stopping.abort(new AppError('STOPPED', 'stopped')),
      });
      await expect(pullEvents(ports, OPTIONS)).rejects.toMatchObject({ code: 'STOPPED' });
      await pullEvents(portsOf(store), OPTIONS);
      expect(await contentOf(store)).toBe(history.content);
    }));

  it('of people who are not tracked leave nothing behind', () =>
    inStore(async (store) => {
      const [person] = generateEnterprise(COMPANY).company.people;
      const hidden = person!.login.toLowerCase();
      const isTracked = (_: string, account: string) => !account.toLowerCase().includes(hidden);
      const result = await pullEvents(portsOf(store, { isTracked }), OPTIONS);
      expect(result.untracked).toBeGreaterThan(20);
      expect(result.activities + result.untracked).toBe(history.lines);
      const names = await store.records.selectFrom('account_sighting').select('account').execute();
      expect(names.filter(({ account }) => account.toLowerCase().includes(hidden))).toEqual([]);
      const token = store.tokens.account('', person!.login);
      expect(store.dictionary.text(token)).toBeUndefined();
    }));

  it('of log source types that are off or computed by QRadar are not read', () =>
    inStore(async (store) => {
      const modeOf = createModeOf({
        mode: 'raw',
        logSources: [
          { type: 'Microsoft Entra*', mode: 'raw' },
          { type: 'Microsoft*', mode: 'push-down' },
          { type: '*nss', mode: 'off' },
        ],
      });
      const isRead = (type: string) => modeOf(type) === 'raw';
      const byNumber = await pullEvents(portsOf(store, { modeOf, source: createEventSource(qradar, isRead) }), OPTIONS);
      expect(byNumber).toMatchObject({ otherModes: 0, isComplete: true });
      expect(byNumber.activities).toBeGreaterThan(0);
      expect(byNumber.activities).toBeLessThan(history.lines / 2);
      const blind = { logSourceTypes: () => Promise.reject(refusedBy('QRADAR_FORBIDDEN')) };
      const source = createEventSource({ ariel: qradar.ariel, now: qradar.now, inventory: blind }, isRead);
      const byName = await inStore((other) => pullEvents(portsOf(other, { modeOf, source }), OPTIONS));
      expect(byName.activities).toBe(byNumber.activities);
      expect(byName.otherModes).toBeGreaterThan(history.lines / 2);
    }));

  it('that are not as documented are dead letters', () =>
    inStore(async (store) => {
      const rows = [
        {},
        { arrivalMs: '5' },
        { arrivalMs: PRESENT, payload: 7, username: 'anna' },
        { arrivalMs: PRESENT, payload: null, username: null, eventName: 'odd', highCategory: 'Unknown' },
        { arrivalMs: PRESENT, payload: 'LEEF:2.0|x', username: null },
        {
          arrivalMs: PRESENT,
          deviceMs: PRESENT - 1,
          payload: 'no header',
          username: 'anna',
          eventName: 'Host Login Failed',
          highCategory: 'Authentication',
        },
      ];
      const source = {
        now: async () => PRESENT,
        async *rows() {
          yield rows;
        },
      };
      const result = await pullEvents(portsOf(store, { source }), { ...OPTIONS, backfillMs: 60_000 });
      expect(result).toMatchObject({
        activities: 1,
        deadLetters: 5,
        reasons: { 'missing-field': 3, 'unknown-format': 2 },
      });
    }));
});

describe('flows from QRadar', () => {
  it('are given to the one person who was active at their address', () =>
    inStore(async (store) => {
      const source = createFlowSource(qradar);
      const ports = { ...portsOf(store, { source }), users: store.addressUsers };
      const flowSource = store.tokens.token('log_source', 'QRadar flows');
      const before = await pullFlows(ports, { ...OPTIONS, maxWindows: 1 });
      expect(before.activities).toBe(0);
      expect(before.unknown).toBe(before.rows);
      await store.cursors.write('ariel-flows', {}, 0);
      await pullEvents(portsOf(store), OPTIONS);
      await importPaths([console.simulator.directory!], 'auto', filePorts(store));
      await resolvePeople(store.people, { aliases: [], servicePatterns: [], defaultZone: 'UTC' });
      const events = await store.activities.count();
      const flows = await pullFlows(ports, OPTIONS);
      expect(flows).toMatchObject({ invalid: 0, untracked: 0, deadLetters: 0, isComplete: true });
      expect(flows.rows).toBe(flows.activities + flows.duplicates + flows.unknown + flows.ambiguous);
      expect(flows.ambiguous).toBeLessThan(flows.rows / 10);
      expect(flows.activities).toBeGreaterThan(flows.rows / 2);
      const again = await pullFlows(ports, { ...OPTIONS, overlapMs: 5 * DAY_MS });
      expect(again).toMatchObject({ activities: 0 });
      expect(await store.activities.count()).toBe(events + flows.activities);
      // The simulator's flow ends a second after the activity that it comes from.
      const { right, wrong } = await store.duck.columns(`
        SELECT CAST(count(*) FILTER (e.person = f.person) AS DOUBLE) AS right,
          CAST(count(*) FILTER (e.person <> f.person) AS DOUBLE) AS wrong
        FROM (SELECT * FROM activity JOIN account_link USING (account) WHERE log_source = ${flowSource}) f
        JOIN (SELECT * FROM activity JOIN account_link USING (account) WHERE log_source <> ${flowSource}) e
        ON e.source = f.source AND e.time_ms = f.time_ms - 1000 AND e.bytes_in = f.bytes_in`);
      expect(right![0]).toBeGreaterThan(flows.activities / 2);
      expect(wrong![0]).toBe(0);
    }));
});

describe('a console in trouble', () => {
  it('with late, repeated and disordered events, and a clock that is set back, loses none and repeats none', async () => {
    const troubled = await startTestConsole({
      play: COMPANY,
      faults: { ...NO_FAULTS, duplicateRate: 0.1, lateRate: 0.2, lateMs: 2 * HOUR_MS },
    });
    const there = await connect(troubled);
    const { world } = troubled.simulator;
    try {
      await inStore(async (store) => {
        const source = createEventSource(there, (type) => RAW(type) === 'raw');
        // Our clock goes right; the console's is an hour fast in the middle.
        const ports = portsOf(store, { source, now: () => PRESENT + troubled.clock.now });
        let duplicates = 0;
        for (let step = 0; step < 9; step++) {
          const clockSkewMs = step >= 3 && step < 6 ? HOUR_MS : 0;
          const faults = { ...world.faults.settings, clockSkewMs };
          if (world.faults.settings.clockSkewMs !== clockSkewMs) world.faults.use(faults);
          // A late event may arrive while nobody looks.
          await settled(troubled);
          duplicates += (await pullEvents(ports, { ...OPTIONS, overlapMs: 300_000 })).duplicates;
          troubled.clock.now += 3 * HOUR_MS;
          await settled(troubled);
        }
        const all = await contentByFile(Number.POSITIVE_INFINITY);
        for (let i = 0; i < 50 && (await store.activities.count()) < all.lines; i++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          await pullEvents(ports, OPTIONS);
        }
        expect(duplicates).toBeGreaterThan(100);
        expect(await contentOf(store)).toBe(all.content);
      });
    } finally {
      there.close();
      await troubled.close();
    }
  });

  it('with a log source that fell silent says so, and has the others', async () => {
    const quiet = await startTestConsole();
    const there = await connect(quiet);
    try {
      const { intake, now } = quiet.simulator.world;
      const hours = 4 * 168;
      for (let i = -hours; i < 0; i++)
        for (const product of ['PAN-OS', 'FortiGate'])
          for (let n = 0; n < 6; n++) {
            if (product === 'PAN-OS' && i >= -9) continue;
            const receivedMs = now() + i * HOUR_MS + n * 1000;
            const vendor = product === 'PAN-OS' ? 'Palo Alto Networks' : 'Fortinet';
            const text = `LEEF:2.0|${vendor}|${product}|1|connect|x09|devTime=${receivedMs}\tcat=network\tusrName=anna\tsrc=10.0.0.1`;
            intake.accept({ text, peer: '10.0.0.9', receivedMs });
          }
      await intake.flush();
      await inStore(async (store) => {
        const ports = portsOf(store, {
          source: createEventSource(there, (type) => RAW(type) === 'raw'),
          now,
        });
        expect(
          (await pullEvents(ports, { ...OPTIONS, backfillMs: 30 * DAY_MS, windowMs: 5 * DAY_MS })).activities,
        ).toBe(hours * 12 - 54);
        const gaps = await readGaps(store, now());
        expect(gaps).toEqual([
          {
            logSource: 'Palo Alto Networks PAN-OS',
            fromMs: now() - 9 * HOUR_MS,
            toMs: now() - HOUR_MS,
            expected: 48,
            reason: 'silent',
            isOpen: true,
          },
        ]);
        expect(await store.logSourceHours.watermarks()).toContainEqual({
          logSource: 'Palo Alto Networks PAN-OS',
          lastEventMs: now() - 10 * HOUR_MS + 5000,
        });
      });
    } finally {
      there.close();
      await quiet.close();
    }
  });
});

/** Resolves when everything that arrives up to the console's present is there. */
async function settled(of: TestConsole): Promise<void> {
  const { world } = of.simulator;
  const presentMs = world.now() - world.faults.settings.clockSkewMs;
  for (let i = 0; i < 400; i++) {
    const { playedUntilMs } = JSON.parse(String(world.state.settings.get('play')!.value)) as { playedUntilMs: number };
    if (playedUntilMs >= Math.min(presentMs, PRESENT + DAY_MS)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the company does not live on');
}
