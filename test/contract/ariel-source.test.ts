import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { formatLeef } from '../../simulator/enterprise/writers/leef.ts';
import { type FaultSettings, NO_FAULTS } from '../../simulator/qradar/play/faults.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import * as ingest from '../../src/ingest/index.ts';
import { importPaths } from '../../src/pipeline/import.ts';
import { createLiveWriter } from '../../src/pipeline/live-writer.ts';
import { createModeOf } from '../../src/pipeline/log-source-modes.ts';
import { type PullOptions, type PullPorts, type PullProgress, pullEvents } from '../../src/pipeline/pull-events.ts';
import { connectQRadar, type QRadar } from '../../src/qradar/connect.ts';
import { createEventSource } from '../../src/qradar/event-source.ts';
import { ACTIVITY_COLUMNS } from '../../src/store/activity-columns.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { virtualTime } from '../qradar-console.ts';
import { startTestConsole, type TestConsole } from '../simulator-client.ts';
import { withFolder, withStore } from '../store-folder.ts';

const COMPANY = { people: 12, days: 5, liveDays: 2, seed: 4, startDay: '2026-01-05' };
const PRESENT = Date.UTC(2026, 0, 10);
const RAW = createModeOf({ mode: 'raw', logSources: [] });
const OPTIONS: PullOptions = { backfillMs: 10 * DAY_MS, overlapMs: 120_000, windowMs: 12 * HOUR_MS };

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
        const ports = { store, ingest, options: ingest.DEFAULT_INGEST_OPTIONS, now: () => 0, elapsedMs: () => 0 };
        const { activities } = await importPaths([join(folder, 'logs')], 'auto', ports);
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
});
