import { openQRadar } from '../adapters.ts';
import { startStatusServer } from '../api/server.ts';
import { loadNameSources } from '../cli/analysis-session.ts';
import type { Logger } from '../cli/context.ts';
import type { Config } from '../config/load-config.ts';
import { AppError } from '../domain/errors.ts';
import type { Anomaly } from '../domain/findings.ts';
import { DAY_MS, formatDay, MINUTE_MS, parseDay } from '../domain/time.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import { trackEveryone } from '../identity/tracking.ts';
import type { SourceGap } from '../pipeline/find-gaps.ts';
import { createLiveAnalysis, type LiveAnalysis } from '../pipeline/live-analysis.ts';
import { loadTracking } from '../pipeline/load-tracking.ts';
import { createOffenseFacts } from '../pipeline/offense-facts.ts';
import { resolvePeople } from '../pipeline/resolve-people.ts';
import { type PartState, runParts, type ServicePart, startState } from '../pipeline/service-parts.ts';
import { readGaps } from '../pipeline/watermarks.ts';
import { writeNotes } from '../pipeline/write-notes.ts';
import type { QRadar } from '../qradar/connect.ts';
import { createFirstNotes } from '../qradar/first-notes.ts';
import type { BudgetAccount } from '../qradar/query-budget.ts';
import { sleepFor } from '../qradar/timing.ts';
import type { DataStore } from '../store/open-data-store.ts';
import { consoleIdentity } from '../writeback/finding-id.ts';
import type { NotePort } from '../writeback/ports.ts';
import { areCampaignsTold, createCampaignsPart } from './campaigns-part.ts';
import { createQRadarParts, type ReadState, readModes, type TrackingHolder } from './qradar-parts.ts';
import { readStatus } from './read-status.ts';
import { isSyslogOn, openSyslogPart } from './syslog-part.ts';
import { createTally } from './tally.ts';

export interface ServiceOptions {
  config: Config;
  store: DataStore;
  version: string;
  log: Logger;
  now(): number;
  random(): number;
}

export interface Service {
  /** Of health, readiness and metrics. */
  url: string;
  syslog: { udp: number | undefined; tcp: number | undefined; tls: number | undefined } | undefined;
  /** Works until the signal aborts, then ends what it is at. */
  run(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const NOTES_EVERY_MS = 5000;
/** Name under which the query budget is kept. */
const BUDGET = 'query-budget';
const ANALYSIS_LOOK_MS = 2000;
const GAPS_FOR_MS = 60_000;

/** Joins sources, analysis and write-back into a service on one data directory. */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { config, store, log, now } = options;
  const isConnected = config.qradar.url !== '';
  if (!isConnected && !isSyslogOn(config))
    throw new AppError(
      'QRADAR_NOT_CONFIGURED',
      'there is nothing to read: set qradar.url, or a port of the syslog section, in the configuration',
    );
  const names = await loadNameSources(config);
  const tracking: TrackingHolder = { current: isConnected ? await loadTracking(store, names) : trackEveryone() };
  const tally = createTally();
  const read: ReadState = {};
  const connection = keepConnection(options);
  const analysis = openAnalysis(options, names, tally, read, isConnected);
  const gaps = remember(GAPS_FOR_MS, now, () => (isConnected ? readGaps(store, now()) : Promise.resolve([])));
  const qradar = isConnected
    ? createQRadarParts({ config, store, connect: connection.get, tracking, names, tally, state: read, now })
    : undefined;
  const syslog = isSyslogOn(config) ? await openSyslogPart(config, store, tracking, tally, now) : undefined;
  const parts: ServicePart[] = [
    ...(qradar?.parts ?? []),
    ...(syslog ? [syslog.part] : []),
    {
      name: 'analysis',
      lane: 'analysis',
      everyMs: ANALYSIS_LOOK_MS,
      isRequired: true,
      async run(signal) {
        const made = await analysis.run(signal);
        if (made) log.info({ ...made.summary }, 'behaviour scored');
        return 'idle';
      },
    },
    ...(isConnected ? [notesPart(options, analysis, tracking, connection, gaps, read)] : []),
    ...(areCampaignsTold(config)
      ? [
          createCampaignsPart({
            ...{ config, store, log, tracking, now },
            connect: connection.get,
            latest() {
              const latest = analysis.latest();
              return latest && { campaigns: latest.analysis.campaigns, coveredMs: latest.coveredMs };
            },
          }),
        ]
      : []),
    retentionPart(options, tally),
  ];
  const startedMs = now();
  const states = new Map(parts.map((part) => [part.name, startState(part)]));
  const server = await startStatusServer(config.serve.port, {
    status: () =>
      readStatus({
        version: options.version,
        phase: config.rollout.phase,
        startedMs,
        states,
        tally,
        read,
        analysis,
        budget: () => connection.current()?.budget.report(),
        syslog: () => syslog?.listener.stats(),
        gaps,
        store,
        now,
      }),
    findings: (limit) => recentFindings(store, now(), limit),
  });

  return {
    url: server.url,
    syslog: syslog?.listener.ports,
    async run(signal) {
      await appendEntry(store.audit, 'serve.start', { phase: config.rollout.phase, version: options.version }, now());
      await runParts({ parts, timing: { now, sleep: sleepFor, random: options.random }, signal, ...tell(log) }, states);
      await appendEntry(store.audit, 'serve.stop', { activities: await store.activities.count() }, now());
    },
    async close() {
      await server.close();
      await syslog?.close();
      await qradar?.close();
      connection.current()?.close();
    },
  };
}

/** The first success is kept; until then every call tries anew. */
function keepConnection({ config, store, log, now }: ServiceOptions) {
  let current: QRadar | undefined;
  let opening: Promise<QRadar> | undefined;
  const open = async (signal: AbortSignal) =>
    openQRadar(config, {
      now,
      signal,
      onWarning: (message) => log.warn({}, message),
      budgetAccount: readAccount(await store.cursors.read(BUDGET)),
      onSpent: (account) => void store.cursors.write(BUDGET, account, now()).catch(() => {}),
    });
  return {
    current: () => current,
    get(signal: AbortSignal): Promise<QRadar> {
      opening ??= open(signal)
        .then((qradar) => {
          current = qradar;
          return qradar;
        })
        .catch((error) => {
          opening = undefined;
          throw error;
        });
      return opening;
    },
  };
}

function readAccount(body: unknown): BudgetAccount | undefined {
  const { balanceMs, atMs } = (body ?? {}) as Partial<BudgetAccount>;
  return Number.isFinite(balanceMs) && Number.isFinite(atMs) ? (body as BudgetAccount) : undefined;
}

function openAnalysis(
  { config, store, now }: ServiceOptions,
  names: Awaited<ReturnType<typeof loadNameSources>>,
  tally: { readonly changes: number },
  read: ReadState,
  isConnected: boolean,
): LiveAnalysis {
  const { alertBudgetPerDay, minScore, seed, minimumPeers } = config.analysis;
  return createLiveAnalysis(
    {
      database: store.duck,
      calendar: { holidays: new Set(config.time.holidays.map((day) => parseDay(day)!)) },
      resolvePeople: () =>
        resolvePeople(
          { ...store.people, directory: async () => [...(await store.people.directory()), ...names.directory] },
          {
            aliases: names.aliases,
            servicePatterns: config.identity.serviceAccountPatterns,
            defaultZone: config.time.zone,
          },
        ),
      findings: store.findings,
      offenses: store.offenses,
      async reading() {
        const modes = isConnected ? readModes(config.ariel) : new Set();
        const sources = [
          ...(modes.has('raw') ? [read.events] : []),
          ...(modes.has('push-down') ? [read.features] : []),
        ];
        if (sources.length === 0) return { coveredMs: now(), isComplete: true };
        return {
          coveredMs: Math.min(...sources.map((source) => source?.readToMs ?? 0)),
          isComplete: sources.every((source) => source?.isComplete),
        };
      },
      dataVersion: async () => `${await store.activities.count()} ${tally.changes}`,
      now,
      elapsedMs: () => performance.now(),
    },
    {
      budgetPerDay: alertBudgetPerDay,
      minScore,
      seed,
      minimumPeers,
      everyMs: config.serve.analyzeMinutes * MINUTE_MS,
    },
  );
}

function notesPart(
  { config, store, log, now }: ServiceOptions,
  analysis: LiveAnalysis,
  tracking: TrackingHolder,
  connection: ReturnType<typeof keepConnection>,
  gaps: () => Promise<SourceGap[]>,
  read: ReadState,
): ServicePart {
  const notePort = async (signal: AbortSignal) => {
    const { notes, claims } = await connection.get(signal);
    return createFirstNotes(notes, claims, () => store.writebacks.instanceId());
  };
  const factsFor = createOffenseFacts({
    latest: analysis.latest,
    personOf: store.owners.personOf,
    evidence: store,
    async gaps(fromMs, toMs) {
      const open = (await gaps()).filter((gap) => gap.fromMs < toMs && gap.toMs > fromMs);
      return open.map(({ logSource, ...times }) => ({ source: logSource || 'QRadar', ...times }));
    },
    blindSpots: () => (read.features?.sources ?? []).map(({ blindSpots }) => blindSpots).sort(),
  });
  return {
    name: 'notes',
    lane: 'notes',
    everyMs: NOTES_EVERY_MS,
    isRequired: true,
    async run(signal) {
      const notes: NotePort = {
        find: async (offense, sign) => (await notePort(signal)).find(offense, sign),
        post: async (...args) => (await notePort(signal)).post(...args),
      };
      const { phase } = config.rollout;
      const result = await writeNotes(
        {
          offenses: store.offenses,
          writebacks: store.writebacks,
          factsFor,
          notes,
          tracking: tracking.current,
          now,
          signal,
        },
        { phase, console: consoleIdentity(config.qradar.url) },
      );
      if (result.recorded + result.posted + result.found + result.givenUp > 0) log.info({ phase, ...result }, 'notes');
      if (result.blocked) throw new AppError(result.blocked, 'notes cannot be written at present');
      return 'idle';
    },
  };
}

/** Once a day, what is older than the retention is deleted. */
function retentionPart({ config, store, log, now }: ServiceOptions, tally: { touch(): void }): ServicePart {
  return {
    name: 'retention',
    lane: 'analysis',
    everyMs: DAY_MS,
    isRequired: false,
    async run() {
      const day = Math.floor(now() / DAY_MS) - config.storage.retentionDays;
      const deleted = await store.deleteBefore(day);
      if (deleted.activities > 0) {
        tally.touch();
        await appendEntry(store.audit, 'data.retention', { before: formatDay(day), ...deleted }, now());
        log.info({ ...deleted }, 'retention');
      }
      return 'idle';
    },
  };
}

const recentFindings = (store: DataStore, nowMs: number, limit: number): Promise<Anomaly[]> =>
  store.findings.highest(formatDay(Math.floor(nowMs / DAY_MS) - 30), limit);

function tell(log: Logger) {
  return {
    onFailure({ name, failuresInRow, problem }: PartState) {
      // The first failures of a row, then every power of two: a console that is down for a day fills no disk.
      if ((failuresInRow & (failuresInRow - 1)) === 0)
        log.warn({ part: name, failuresInRow, code: problem?.code }, problem?.message ?? 'failed');
    },
  };
}

/** Asked for again after a while. */
function remember<T>(forMs: number, now: () => number, load: () => Promise<T>): () => Promise<T> {
  let known: { value: T; atMs: number } | undefined;
  return async () => {
    if (!known || now() - known.atMs > forMs) known = { value: await load(), atMs: now() };
    return known.value;
  };
}
