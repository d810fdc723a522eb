import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS } from '../src/domain/time.ts';
import { DEFAULT_INGEST_OPTIONS } from '../src/ingest/index.ts';
import { createEventReader } from '../src/ingest/qradar-event.ts';
import { followOffenses } from '../src/pipeline/follow-offenses.ts';
import { createLiveWriter } from '../src/pipeline/live-writer.ts';
import { createModeOf } from '../src/pipeline/log-source-modes.ts';
import { pullEvents } from '../src/pipeline/pull-events.ts';
import { pullSense } from '../src/pipeline/pull-sense.ts';
import { refreshContext } from '../src/pipeline/refresh-context.ts';
import { connectQRadar, type QRadar } from '../src/qradar/connect.ts';
import { createEventSource } from '../src/qradar/event-source.ts';
import { createOffenseFeed } from '../src/qradar/offense-feed.ts';
import { createSenseSource } from '../src/qradar/sense-query.ts';
import { sleepFor } from '../src/qradar/timing.ts';
import type { DataStore } from '../src/store/open-data-store.ts';
import type { ConsoleReady } from './faults-programs.ts';

/** Reading a console as the product does, and what the console itself says it cost. */

/** As by default, but with an account that begins empty: a first start may save up 15 minutes, behind which the share would not show. */
export const connect = ({ url, caFile, tokens }: ConsoleReady): Promise<QRadar> =>
  connectQRadar({
    url,
    ca: readFileSync(caFile, 'utf8'),
    token: { reveal: () => tokens.readonly },
    version: 'auto',
    requestTimeoutMs: 60_000,
    searchTimeoutMs: 1_800_000,
    budgetShare: 0.2,
    budgetAccount: { balanceMs: 0, atMs: Date.now() },
    parallelSearches: 3,
    pageSize: 500,
    ubaAppId: 0,
    timing: { now: Date.now, sleep: sleepFor, random: Math.random },
  });

/** Context, events, Sense events and offenses of the last `backfillDays`, raw. @returns activities stored */
export async function readEverything(
  qradar: QRadar,
  store: DataStore,
  { backfillDays, log }: { backfillDays: number; log(text: string): void },
): Promise<number> {
  const backfillMs = backfillDays * DAY_MS;
  const context = await refreshContext({ console: qradar, store }, { nowMs: Date.now(), referenceTables: [] });
  const { tracking } = context;
  const modeOf = createModeOf({ mode: 'raw', logSources: [] });
  const writer = createLiveWriter(store, 'qradar-events');
  const ports = {
    cursors: store.cursors,
    now: Date.now,
    writer,
    isTracked: tracking.isTracked,
    source: createEventSource(qradar, (type) => modeOf(type) === 'raw'),
    readEvent: createEventReader(DEFAULT_INGEST_OPTIONS),
    modeOf,
  };
  const windows = { backfillMs, overlapMs: 120_000, windowMs: 3_600_000, maxWindows: 200 };
  for (let isComplete = false; !isComplete; ) {
    ({ isComplete } = await pullEvents(ports, windows));
    log(`${await store.activities.count()} activities read`);
  }
  await writer.finish(Date.now());
  const sense = { ...createSenseSource(qradar.ariel), sense: store.sense, cursors: store.cursors, tracking };
  const senseOptions = { nowMs: await qradar.now(), backfillMs, windowMs: DAY_MS };
  while ((await pullSense(sense, senseOptions)).hasMore);
  const readChanges = createOffenseFeed(qradar, { pageSize: 500, startMs: () => 0, now: Date.now });
  const follow = { readChanges, offenses: store.offenses, cursors: store.cursors, now: Date.now };
  while ((await followOffenses(follow)).hasMore) await sleep(0);
  return store.activities.count();
}

export interface ConsoleCount {
  searches: number;
  /** Summed over searches beside each other. */
  runningMs: number;
  /** From the first search that began to the last that ended. */
  spanMs: number;
  mostParallel: number;
}

interface SearchRecord {
  startedMs: number | null;
  endedMs: number | null;
  executionMs: number;
}

/** All searches that the console ever ran, deleted ones too, from its journal. */
export function countSearches(data: string): ConsoleCount {
  const last = new Map<string, SearchRecord>();
  for (const line of readFileSync(join(data, 'state.jsonl'), 'utf8').split('\n')) {
    if (!line.startsWith('{"c":"searches"')) continue;
    const { k: id, v: record } = JSON.parse(line) as { k: string; v?: SearchRecord };
    if (record) last.set(id, record);
  }
  const ran = [...last.values()].flatMap(({ startedMs, endedMs, executionMs }) =>
    startedMs === null || endedMs === null ? [] : [{ startedMs, endedMs, executionMs }],
  );
  // Ends before beginnings of the same millisecond.
  const edges = ran.flatMap(({ startedMs, endedMs }) => [[startedMs, 1] as const, [endedMs, -1] as const]);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = 0;
  let mostParallel = 0;
  for (const [, change] of edges) {
    now += change;
    mostParallel = Math.max(mostParallel, now);
  }
  return {
    searches: last.size,
    runningMs: ran.reduce((sum, { executionMs }) => sum + executionMs, 0),
    spanMs: (edges.at(-1)?.[0] ?? 0) - (edges[0]?.[0] ?? 0),
    mostParallel,
  };
}
