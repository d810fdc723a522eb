import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateEnterprise } from '../simulator/enterprise/generate.ts';
import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import { DAY_MS, formatDay, parseDay } from '../src/domain/time.ts';
import { DEFAULT_INGEST_OPTIONS } from '../src/ingest/index.ts';
import { createEventReader } from '../src/ingest/qradar-event.ts';
import { analyze } from '../src/pipeline/analyze.ts';
import { followOffenses } from '../src/pipeline/follow-offenses.ts';
import { createLiveWriter } from '../src/pipeline/live-writer.ts';
import { createModeOf } from '../src/pipeline/log-source-modes.ts';
import { pullEvents } from '../src/pipeline/pull-events.ts';
import { pullSense } from '../src/pipeline/pull-sense.ts';
import { refreshContext } from '../src/pipeline/refresh-context.ts';
import { resolvePeople } from '../src/pipeline/resolve-people.ts';
import { connectQRadar, type QRadar } from '../src/qradar/connect.ts';
import { createEventSource } from '../src/qradar/event-source.ts';
import { createOffenseFeed } from '../src/qradar/offense-feed.ts';
import type { BudgetReport } from '../src/qradar/query-budget.ts';
import { createSenseSource } from '../src/qradar/sense-query.ts';
import { sleepFor } from '../src/qradar/timing.ts';
import { type DataStore, openDataStore } from '../src/store/open-data-store.ts';
import { readSearchTimes } from './faults-console.ts';
import { type ConsoleReady, endWith, launchConsole } from './faults-programs.ts';
import { falseAlertsAtRecall, type Labelled, labelsOf, type RankedDay } from './judge.ts';

/**
 * Undercurrent beside the UBA imitation of the simulator: both look at the same events of the same console. The product
 * reads them through its own client within its default query budget.
 */

export interface UbaOptions {
  people: number;
  days: number;
  seed: number;
  log(text: string): void;
}

export interface UbaResult {
  seed: number;
  insiders: number;
  activities: number;
  /** Person-days on which UBA raised or extended an offense. */
  offenses: number;
  uba: Standing;
  /** Undercurrent at the recall that UBA's offenses reach. */
  equalRecallFalse: number;
  /** Undercurrent with as many alerts as UBA has offenses. */
  equalAlerts: Standing;
  /** UBA's users ranked by the points of the day, at the recall Undercurrent reaches with as many alerts. */
  pointsFalse: number;
  /** Benign look-alikes that raised an alert, of all there were. */
  lookAlikes: { uba: number; own: number; all: number };
  missed: { uba: string[]; own: string[] };
  budget: BudgetReport;
  /** As the console counted: searches, and how long they ran. */
  console: { searches: number; runningMs: number };
  seconds: number;
}

export interface Standing {
  recall: number;
  falseADay: number;
  /** Median days from the start of a scenario to its first alert. */
  delay: number | undefined;
}

const START_DAY = '2026-03-02';
const LIVE_DAYS = 1;

export async function compareWithUba(options: UbaOptions): Promise<UbaResult> {
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-uba-'));
  const data = join(folder, 'console');
  const size = ['--people', options.people, '--days', options.days, '--seed', options.seed].map(String);
  const program = launchConsole('--data', data, ...size, '--start', START_DAY, '--live-days', String(LIVE_DAYS));
  try {
    const started = performance.now();
    const console = await program.ready;
    options.log(`seed ${options.seed}: history is filled`);
    const store = await openDataStore({ directory: join(folder, 'data'), create: true, encryption: 'tokens' });
    try {
      const qradar = await connect(console);
      const activities = await readEverything(qradar, store, options);
      const budget = qradar.budget.report();
      qradar.close();
      const truth = readTruth(options);
      const ranked = await rank(store, truth);
      const alerts = await ubaAlerts(store, truth, options.days);
      await endWith(program, 'SIGINT');
      const times = readSearchTimes(data);
      const running = [...times.values()].reduce((sum, ms) => sum + ms, 0);
      return {
        seed: options.seed,
        activities,
        ...compare(ranked, alerts, truth, options.days),
        budget,
        console: { searches: times.size, runningMs: running },
        seconds: (performance.now() - started) / 1000,
      };
    } finally {
      await store.close();
    }
  } finally {
    if (program.child.exitCode === null) program.child.kill('SIGKILL');
    await program.ended;
    await rm(folder, { recursive: true, force: true });
  }
}

const connect = ({ url, caFile, tokens }: ConsoleReady): Promise<QRadar> =>
  connectQRadar({
    url,
    ca: readFileSync(caFile, 'utf8'),
    token: { reveal: () => tokens.readonly },
    version: 'auto',
    requestTimeoutMs: 60_000,
    searchTimeoutMs: 1_800_000,
    budgetShare: 0.2,
    parallelSearches: 3,
    pageSize: 500,
    ubaAppId: 0,
    timing: { now: Date.now, sleep: sleepFor, random: Math.random },
  });

async function readEverything(qradar: QRadar, store: DataStore, { days, log }: UbaOptions): Promise<number> {
  const backfillMs = (days + LIVE_DAYS) * DAY_MS;
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
  for (;;) {
    const { isComplete } = await pullEvents(ports, {
      backfillMs,
      overlapMs: 120_000,
      windowMs: 3_600_000,
      maxWindows: 200,
    });
    log(`${await store.activities.count()} activities read`);
    if (isComplete) break;
  }
  await writer.finish(Date.now());
  const sense = { ...createSenseSource(qradar.ariel), sense: store.sense, cursors: store.cursors, tracking };
  while ((await pullSense(sense, { nowMs: await qradar.now(), backfillMs })).hasMore);
  const readChanges = createOffenseFeed(qradar, { pageSize: 500, startMs: () => 0, now: Date.now });
  const follow = { readChanges, offenses: store.offenses, cursors: store.cursors, now: Date.now };
  while ((await followOffenses(follow)).hasMore) await sleep(0);
  return store.activities.count();
}

interface Truth {
  labels: Labelled;
  episodes: TruthEpisode[];
  /** Person of any account, lower case. */
  personOf: Map<string, string>;
}

/** The company made again: the same options give the same people, activities and truth. */
function readTruth({ people, days, seed }: UbaOptions): Truth {
  const enterprise = generateEnterprise({ people, seed, days: days + LIVE_DAYS, startDay: START_DAY });
  const lastDay = parseDay(START_DAY)! + days;
  const accountOf = new Map<string, string>();
  for (const { day, activities } of enterprise.days()) {
    if (parseDay(day)! >= lastDay) break;
    const injected = new Set(
      enterprise.truth.episodes.flatMap((episode) =>
        episode.days.filter((one) => one.day === day).flatMap(({ activityIds }) => activityIds),
      ),
    );
    for (const { originId, account } of activities) if (injected.has(originId)) accountOf.set(originId, account);
  }
  const personOf = new Map<string, string>();
  for (const fact of enterprise.truth.facts) {
    if (fact.type !== 'person') continue;
    for (const account of fact.accounts as string[]) personOf.set(account.toLowerCase(), String(fact.person));
  }
  const actors = new Map(
    [...accountOf].flatMap(([id, account]) => {
      const person = personOf.get(account.toLowerCase());
      return person === undefined ? [] : [[id, person] as const];
    }),
  );
  const { episodes } = enterprise.truth;
  return { labels: labelsOf(episodes, actors), episodes, personOf };
}

const nameOf = ({ personOf }: Truth, accounts: readonly string[]): string => {
  for (const account of accounts) {
    const known = personOf.get(account.toLowerCase()) ?? personOf.get(`corp\\${account.toLowerCase()}`);
    if (known !== undefined) return known;
  }
  return accounts[0]?.toLowerCase() ?? '';
};

async function rank(store: DataStore, truth: Truth): Promise<RankedDay[]> {
  const people = await resolvePeople(store.people, { aliases: [], servicePatterns: [], defaultZone: 'UTC' });
  const { anomalies } = await analyze(
    {
      database: store.duck,
      people: people.byToken,
      zones: people.zones,
      calendar: { holidays: new Set() },
      elapsedMs: () => performance.now(),
    },
    { budgetPerDay: 2, minScore: 0, seed: 1, minimumPeers: 5 },
  );
  const names = new Map(
    [...people.byToken.values()].map((one) => [one.id, nameOf(truth, [one.primaryAccount, ...one.accounts])]),
  );
  return anomalies.map(({ person, day, score }) => ({
    person: names.get(person) ?? person,
    day: parseDay(day)!,
    score,
  }));
}

interface UbaAlerts {
  /** Person-days on which the risk threshold was crossed, which raises or extends an offense. */
  offenses: RankedDay[];
  /** All person-days with sense events, by their points. */
  points: RankedDay[];
}

async function ubaAlerts(store: DataStore, truth: Truth, days: number): Promise<UbaAlerts> {
  const events = await store.records.selectFrom('sense_event').select('body').execute();
  const points = new Map<string, RankedDay>();
  const crossed = new Map<string, RankedDay>();
  const lastDay = parseDay(START_DAY)! + days;
  for (const { body } of events) {
    const event = JSON.parse(body) as { account: string; timeMs: number; kind: string; senseValue?: number };
    const [person, day] = [nameOf(truth, [event.account]), Math.floor(event.timeMs / DAY_MS)];
    if (day >= lastDay) continue;
    const into = event.kind === 'threshold' ? crossed : points;
    const known = into.get(`${person} ${day}`) ?? { person, day, score: 0 };
    known.score += event.kind === 'threshold' ? 1 : (event.senseValue ?? 0);
    into.set(`${person} ${day}`, known);
  }
  return { offenses: [...crossed.values()], points: [...points.values()] };
}

function compare(ranked: RankedDay[], alerts: UbaAlerts, truth: Truth, days: number) {
  const { labels, episodes } = truth;
  const sorted = [...ranked].sort((a, b) => b.score - a.score || a.day - b.day || (a.person < b.person ? -1 : 1));
  const own = sorted.slice(0, alerts.offenses.length);
  const uba = stand(alerts.offenses, labels, days);
  const equalAlerts = stand(own, labels, days);
  const lookAlikes = episodes.filter(({ type }) => type === 'lookalike');
  return {
    insiders: labels.insiders.length,
    offenses: alerts.offenses.length,
    uba: uba.standing,
    equalRecallFalse: falseAlertsAtRecall(ranked, labels, uba.standing.recall, days),
    equalAlerts: equalAlerts.standing,
    pointsFalse: falseAlertsAtRecall(alerts.points, labels, equalAlerts.standing.recall, days),
    lookAlikes: {
      uba: lookAlikes.filter((episode) => isAlerted(episode, alerts.offenses)).length,
      own: lookAlikes.filter((episode) => isAlerted(episode, own)).length,
      all: lookAlikes.length,
    },
    missed: { uba: uba.missed, own: equalAlerts.missed },
  };
}

const isAlerted = (episode: TruthEpisode, alerts: readonly RankedDay[]): boolean =>
  alerts.some(({ person, day }) => person === episode.person && episode.days.some((one) => one.day === formatDay(day)));

function stand(alerts: readonly RankedDay[], { insiders, days: marked }: Labelled, days: number) {
  const first = new Map<TruthEpisode, number>();
  let wrong = 0;
  for (const { person, day } of alerts) {
    const episode = marked.get(`${person} ${day}`);
    if (episode) first.set(episode, Math.min(first.get(episode) ?? day, day));
    else wrong += 1;
  }
  const delays = [...first].map(([{ start }, day]) => day - parseDay(start)!).sort((a, b) => a - b);
  const missed = insiders.filter((one) => !first.has(one)).map(({ scenario, person }) => `${scenario} of ${person}`);
  const recall = first.size / Math.max(1, insiders.length);
  const standing: Standing = { recall, falseADay: wrong / days, delay: delays[delays.length >> 1] };
  return { standing, missed };
}
