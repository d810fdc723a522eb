import type { Config } from '../config/load-config.ts';
import { AppError } from '../domain/errors.ts';
import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AliasRow } from '../domain/people.ts';
import { DAY_MS } from '../domain/time.ts';
import type { Tracking } from '../identity/tracking.ts';
import { createEventReader } from '../ingest/qradar-event.ts';
import { createMeaning } from '../pipeline/aql-meaning.ts';
import { followOffenses } from '../pipeline/follow-offenses.ts';
import { ingestOptions } from '../pipeline/ingest-options.ts';
import { createLiveWriter, type LiveWriter } from '../pipeline/live-writer.ts';
import { createModeOf } from '../pipeline/log-source-modes.ts';
import { pullEvents } from '../pipeline/pull-events.ts';
import { type PullFeaturesResult, pullFeatures } from '../pipeline/pull-features.ts';
import { pullFlows } from '../pipeline/pull-flows.ts';
import { pullSense } from '../pipeline/pull-sense.ts';
import type { WindowResult } from '../pipeline/pull-windows.ts';
import type { ContextReport } from '../pipeline/refresh-context.ts';
import { refreshContext } from '../pipeline/refresh-context.ts';
import type { ServicePart } from '../pipeline/service-parts.ts';
import type { QRadar } from '../qradar/connect.ts';
import { createEventSource, createFlowSource } from '../qradar/event-source.ts';
import { createOffenseFeed } from '../qradar/offense-feed.ts';
import { createSenseSource } from '../qradar/sense-query.ts';
import type { DataStore } from '../store/open-data-store.ts';
import type { Tally } from './tally.ts';

/** Who is tracked, as last read; parts that store people's activity ask it. */
export interface TrackingHolder {
  current: Tracking;
}

/** How far the console was read. */
export interface ReadState {
  events?: WindowResult;
  features?: PullFeaturesResult;
  flows?: WindowResult;
  senseUntilMs?: number;
  context?: ContextReport;
}

export interface QRadarPartsInput {
  config: Config;
  store: DataStore;
  /** One connection, opened at the first call that succeeds. */
  connect(signal: AbortSignal): Promise<QRadar>;
  tracking: TrackingHolder;
  names: { aliases: readonly AliasRow[]; directory: readonly DirectoryRecord[] };
  tally: Tally;
  state: ReadState;
  now(): number;
}

/** In which ways events are read at all. */
export const readModes = ({ mode, logSources }: Config['ariel']): Set<string> =>
  new Set([mode, ...logSources.map((entry) => entry.mode)].filter((one) => one !== 'off'));

/** Windows read at one go, so that other parts get their turn in between. */
const WINDOWS_A_STEP = 4;

/** Everything that reads from the console. Parts that search take turns; offenses are followed beside them. */
export function createQRadarParts(input: QRadarPartsInput): { parts: ServicePart[]; close(): Promise<void> } {
  const { config, store, tracking, tally, state, now } = input;
  const { ariel, serve } = config;
  const writers = { events: createLiveWriter(store, 'qradar-events'), flows: createLiveWriter(store, 'qradar-flows') };
  const modeOf = createModeOf(ariel);
  const isTracked = (domain: string, account: string) => tracking.current.isTracked(domain, account);
  const windows = {
    backfillMs: ariel.backfillDays * DAY_MS,
    overlapMs: ariel.overlapSeconds * 1000,
    windowMs: ariel.windowMinutes * 60_000,
    maxWindows: WINDOWS_A_STEP,
  };
  const sources = sourcesOf(modeOf);
  const pull = (qradar: QRadar, writer: LiveWriter, signal: AbortSignal) => ({
    cursors: store.cursors,
    now,
    writer,
    isTracked,
    source: sources(qradar).events,
    signal,
  });
  /** Nobody is read about before it is known who must not be. */
  const needTracking = () => {
    if (!tracking.current.isKnown)
      throw new AppError('TRACKING_UNKNOWN', 'waiting for "UBA : Users Not Tracked", which was never read');
  };
  const part = (
    name: string,
    everyMs: number,
    run: ServicePart['run'],
    more: Partial<ServicePart> = {},
  ): ServicePart => ({
    name,
    lane: 'qradar',
    everyMs,
    isRequired: true,
    run,
    ...more,
  });

  const parts: ServicePart[] = [
    part('context', serve.contextMinutes * 60_000, async (signal) => {
      const console = await input.connect(signal);
      const { referenceTables } = config.qradar;
      const { aliases, directory } = input.names;
      const report = await refreshContext(
        { console, store },
        { nowMs: now(), referenceTables, aliases, directory, signal },
      );
      tracking.current = report.tracking;
      state.context = report;
      if (report.directoryChanges > 0 || report.removal.state === 'done') tally.touch();
      return 'idle';
    }),
    part(
      'offenses',
      serve.offensePollSeconds * 1000,
      async (signal) => {
        const qradar = await input.connect(signal);
        const { readChanges } = sources(qradar);
        const { hasMore } = await followOffenses({
          readChanges,
          offenses: store.offenses,
          cursors: store.cursors,
          now,
          signal,
        });
        return hasMore ? 'more' : 'idle';
      },
      { lane: 'offenses' },
    ),
  ];
  const reads = readModes(ariel);
  if (reads.size > 0)
    parts.push(
      part(
        'sense',
        ariel.pollSeconds * 1000,
        async (signal) => {
          needTracking();
          const qradar = await input.connect(signal);
          const result = await pullSense(
            {
              ...createSenseSource(qradar.ariel),
              sense: store.sense,
              cursors: store.cursors,
              tracking: tracking.current,
            },
            {
              nowMs: await qradar.now(signal),
              backfillMs: windows.backfillMs,
              keepMs: config.storage.retentionDays * DAY_MS,
              overlapMs: windows.overlapMs,
              // Few events: a search costs more than what it finds.
              windowMs: DAY_MS,
              maxWindows: WINDOWS_A_STEP,
              signal,
            },
          );
          state.senseUntilMs = result.untilMs;
          return result.hasMore ? 'more' : 'idle';
        },
        { isRequired: false },
      ),
    );
  if (reads.has('push-down'))
    parts.push(
      part('features', ariel.pollSeconds * 1000, async (signal) => {
        needTracking();
        const qradar = await input.connect(signal);
        const result = await pullFeatures(
          {
            database: store.duck,
            cursors: store.cursors,
            search: (aql, options) => qradar.ariel.search(aql, options),
            columns: (sign) => qradar.ariel.columns('events', sign),
            consoleNow: (sign) => qradar.now(sign),
            now,
            modeOf,
            isTracked,
            openTokens: () => store.openThingTokens(),
            meaning: createMeaning(ingestOptions(config)),
            signal,
          },
          { backfillMs: windows.backfillMs, zones: [config.time.zone], maxWindows: WINDOWS_A_STEP },
        );
        if (result.windows + result.recomputed > 0) tally.touch();
        state.features = result;
        return result.isComplete ? 'idle' : 'more';
      }),
    );
  if (reads.has('raw')) {
    const readEvent = createEventReader(ingestOptions(config));
    parts.push(
      part('events', ariel.pollSeconds * 1000, async (signal) => {
        needTracking();
        const qradar = await input.connect(signal);
        const result = await pullEvents({ ...pull(qradar, writers.events, signal), readEvent, modeOf }, windows);
        tally.add('qradar-events', result);
        state.events = result;
        return result.isComplete ? 'idle' : 'more';
      }),
    );
    if (ariel.flows === 'on')
      parts.push(
        part(
          'flows',
          ariel.pollSeconds * 1000,
          async (signal) => {
            needTracking();
            const qradar = await input.connect(signal);
            const ports = { ...pull(qradar, writers.flows, signal), source: sources(qradar).flows };
            const result = await pullFlows({ ...ports, users: store.addressUsers }, windows);
            tally.add('qradar-flows', result);
            state.flows = result;
            return result.isComplete ? 'idle' : 'more';
          },
          { isRequired: false },
        ),
      );
  }
  return {
    parts,
    async close() {
      for (const writer of Object.values(writers)) await writer.finish(now());
    },
  };

  /** Made once a connection: they remember names and types. */
  function sourcesOf(mode: typeof modeOf) {
    let known: { qradar: QRadar; made: ReturnType<typeof make> } | undefined;
    const make = (qradar: QRadar) => ({
      events: createEventSource(qradar, (type) => mode(type) === 'raw'),
      flows: createFlowSource(qradar),
      readChanges: createOffenseFeed(qradar, {
        pageSize: config.qradar.pageSize,
        startMs: () => Math.max(0, now() - windows.backfillMs),
        now,
      }),
    });
    return (qradar: QRadar) => {
      if (known?.qradar !== qradar) known = { qradar, made: make(qradar) };
      return known.made;
    };
  }
}
