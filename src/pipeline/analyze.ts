import { createHash } from 'node:crypto';
import { CAMPAIGN_VERSION, describeCampaign } from '../campaigns/describe-campaign.ts';
import { findCampaigns } from '../campaigns/find-campaigns.ts';
import { calibrate, chooseAlerts } from '../detect/calibrate.ts';
import { explainRow } from '../detect/explain.ts';
import { type PersonDayScores, scorePersonDays } from '../detect/person-days.ts';
import { AppError } from '../domain/errors.ts';
import type { Calendar, FeatureTable } from '../domain/features.ts';
import type { Anomaly, Campaign, Deviation, PeerGroup } from '../domain/findings.ts';
import type { PersonAttributes } from '../domain/people.ts';
import { formatDay } from '../domain/time.ts';
import { CATALOGUE_VERSION, FEATURES } from '../features/catalogue.ts';
import type { FeatureDatabase, ZoneNames } from '../features/ports.ts';
import { numbers } from '../features/ports.ts';
import { readFeatureTable } from '../features/read.ts';
import { refreshFeatures } from '../features/refresh.ts';
import { fillRhythm, isDayOff } from '../features/rhythm.ts';
import { isUtc } from '../features/zones.ts';
import type { PeerModel } from '../peers/ports.ts';
import { changesOf, gatherSignals, readLinks } from './campaign-signals.ts';
import { findEvidence } from './evidence.ts';
import { learnEpochs } from './learn-epochs.ts';
import { readTouches } from './peer-input.ts';

/** Raised whenever the same features would give other scores. */
export const DETECTION_VERSION = 2;

/** History read before the first day asked for: what baselines and peers look back on. */
const LOOK_BACK_DAYS = 75;
const CAMPAIGN_DAYS = 30;
/** A campaign is told when chance joins days as strongly in at most one of so many person-months. */
const MOST_CHANCE = 1 / 1000;

/** A person as analysis knows them. */
export interface AnalysedPerson {
  /** Pseudonym. */
  id: string;
  /** Oldest first. */
  attributes: readonly PersonAttributes[];
}

export interface AnalyzePorts {
  database: FeatureDatabase;
  /** By person token. */
  people: ReadonlyMap<bigint, AnalysedPerson>;
  zones: ZoneNames;
  calendar: Calendar;
  /** Monotonic milliseconds, for the summary only. */
  elapsedMs(): number;
  onProgress?(stage: string, done: number, total: number): void;
  signal?: AbortSignal;
}

export interface AnalyzeOptions {
  /** Day numbers, inclusive; the whole store when absent. */
  fromDay?: number;
  toDay?: number;
  budgetPerDay: number;
  /** Lowest score to return; 0 returns every person-day. */
  minScore: number;
  /** People (pseudonyms) of whom every day is returned, whatever its score. */
  everyDayOf?: ReadonlySet<string>;
  /** A replay shows no evidence: none is looked up. */
  withoutEvidence?: boolean;
  seed: number;
  minimumPeers: number;
}

export interface Analysis {
  peerGroups: PeerGroup[];
  /** Highest score first. */
  anomalies: Anomaly[];
  /** The least likely by chance first. */
  campaigns: Campaign[];
  summary: {
    people: number;
    days: number;
    activities: number;
    alerts: number;
    campaigns: number;
    seconds: { features: number; peers: number; detect: number; campaigns: number };
    peakMemoryBytes: number;
    alertLine: number;
    versions: { catalogue: number; detection: number; campaigns: number };
  };
  /** Peer model of the last day, rows as in `table.people`. */
  peers: PeerModel | undefined;
  table: FeatureTable;
}

async function storedSpan(database: FeatureDatabase): Promise<{ first: number; last: number }> {
  const span = await database.columns(
    'SELECT CAST(min(day) AS DOUBLE) AS first, CAST(max(day) AS DOUBLE) AS last, CAST(count(*) AS DOUBLE) AS n FROM scan_row',
  );
  if (numbers(span, 'n')[0] === 0)
    throw new AppError(
      'NO_DATA',
      'no activity of a person is stored; import logs first (undercurrent import PATH --data DIR)',
    );
  return { first: numbers(span, 'first')[0]!, last: numbers(span, 'last')[0]! };
}

const personName = (ports: AnalyzePorts, token: bigint): string => ports.people.get(token)?.id ?? `p-${token}`;

const anomalyId = (person: string, day: string): string =>
  `a-${createHash('sha256').update(`${person} ${day} ${CATALOGUE_VERSION}.${DETECTION_VERSION}`).digest('hex').slice(0, 16)}`;

/** The three strongest deviations, and whether the days before were unusual too. */
function describeDay(deviations: readonly Deviation[], recurrence: number): string {
  if (deviations.length === 0) return 'nothing unusual';
  const main = deviations.slice(0, 3).map(({ text }) => text);
  if (recurrence >= 1.5)
    main.push(`unusual days in the three weeks before make this one count ${recurrence.toFixed(1)} times`);
  return main.join('. ');
}

function toPeerGroups(model: PeerModel): PeerGroup[] {
  return model.groups.map((group) => ({
    id: group.id,
    day: formatDay(model.day),
    size: group.size,
    cohesion: group.cohesion,
    label: group.label,
    members: Array.from(group.members, (row) => model.people[row]!).sort(),
  }));
}

/** Weak signals of the whole span joined over days; those campaigns that reach into the days asked for. */
async function joinDays(
  table: FeatureTable,
  scores: PersonDayScores,
  ports: AnalyzePorts,
  options: AnalyzeOptions,
  firstDay: number,
  fromDay: number,
  toDay: number,
): Promise<Campaign[]> {
  const people = Array.from(table.people, (token) => personName(ports, token));
  const found = findCampaigns({
    signals: gatherSignals(table, FEATURES, scores),
    active: table,
    links: await readLinks(ports.database, table.people, firstDay, toDay),
    changes: changesOf(Array.from(table.people, (token) => ports.people.get(token)?.attributes ?? [])),
    seed: options.seed,
    windowDays: CAMPAIGN_DAYS,
    mostChance: MOST_CHANCE,
  });
  return found
    .filter(({ endDay }) => endDay >= fromDay)
    .map((one) => describeCampaign(one, people, anomalyId, MOST_CHANCE));
}

/** Brings features up to date, learns peers, scores and explains person-days. */
export async function analyze(ports: AnalyzePorts, options: AnalyzeOptions): Promise<Analysis> {
  const { database, calendar } = ports;
  const clock = ports.elapsedMs;
  const begun = clock();
  ports.onProgress?.('features', 0, 1);
  await refreshFeatures(database, ports.zones);
  const span = await storedSpan(database);
  const fromDay = Math.max(options.fromDay ?? span.first, span.first);
  const toDay = Math.min(options.toDay ?? span.last, span.last);
  if (fromDay > toDay)
    throw new AppError(
      'NO_DATA',
      `no activity between the days asked for; the store holds ${formatDay(span.first)} to ${formatDay(span.last)}`,
    );
  const firstDay = Math.max(span.first, fromDay - LOOK_BACK_DAYS);
  const table = await readFeatureTable(database, firstDay, toDay);
  const unusualHours = fillRhythm(table, calendar);
  const dayOff = Uint8Array.from(table.day, (day) => (isDayOff(day, calendar) ? 1 : 0));
  const featuresDone = clock();

  const touches = await readTouches(database, table, firstDay, toDay);
  const { epochs, moves, last } = learnEpochs(table, touches, {
    firstDay,
    lastDay: toDay,
    seed: options.seed,
    minimumPeers: options.minimumPeers,
    people: Array.from(table.people, (token) => personName(ports, token)),
    attributes: Array.from(table.people, (token) => ports.people.get(token)?.attributes ?? []),
    onProgress: (done, total) => ports.onProgress?.('peers', done, total),
    signal: ports.signal,
  });
  const peersDone = clock();

  ports.onProgress?.('detect', 0, 1);
  const scores = scorePersonDays({ table, features: FEATURES, dayOff, epochs, moves, seed: options.seed });
  const days = new Set(table.day).size;
  const ranked = { total: scores.total, day: table.day, person: table.person };
  const { line, score } = calibrate(ranked, days, options.budgetPerDay);
  const alerts = chooseAlerts(ranked, line, options.budgetPerDay);
  const isAsked = Array.from(table.people, (token) => options.everyDayOf?.has(personName(ports, token)) ?? false);
  const isShown = (row: number) => score(scores.total[row]!) >= options.minScore || isAsked[table.person[row]!];
  const shown = Array.from(table.day.keys())
    .filter((row) => table.day[row]! >= fromDay && isShown(row))
    .sort((a, b) => scores.total[b]! - scores.total[a]! || a - b);
  const explained = shown.map((row) => explainRow(scores, FEATURES, table.values, row));
  const evidence = await findEvidence(
    database,
    (options.withoutEvidence ? [] : shown).map((row, index) => ({
      day: table.day[row]!,
      person: table.people[table.person[row]!]!,
      unusualHours: unusualHours[row]!,
      features: explained[index]!.map(({ feature }) => feature),
    })),
    !ports.zones.every(isUtc),
  );
  const anomalies = shown.map((row, index): Anomaly => {
    const person = personName(ports, table.people[table.person[row]!]!);
    const day = formatDay(table.day[row]!);
    const deviations = explained[index]!;
    return {
      id: anomalyId(person, day),
      day,
      person,
      score: score(scores.total[row]!),
      alert: alerts.has(row),
      recurrence: scores.recurrence[row]!,
      deviations,
      evidence: evidence[index] ?? [],
      text: describeDay(deviations, scores.recurrence[row]!),
    };
  });
  const detectDone = clock();

  ports.onProgress?.('campaigns', 0, 1);
  const campaigns = await joinDays(table, scores, ports, options, firstDay, fromDay, toDay);
  const campaignsDone = clock();

  const activities = await database.columns(`SELECT CAST((SELECT count(*) FROM activity)
    + (SELECT coalesce(sum(activities), 0) FROM pushed_hour) AS DOUBLE) AS n`);
  return {
    peerGroups: last ? toPeerGroups(last) : [],
    anomalies,
    campaigns,
    summary: {
      people: table.people.length,
      days: toDay - fromDay + 1,
      activities: numbers(activities, 'n')[0]!,
      alerts: anomalies.filter(({ alert }) => alert).length,
      campaigns: campaigns.length,
      seconds: {
        features: (featuresDone - begun) / 1000,
        peers: (peersDone - featuresDone) / 1000,
        detect: (detectDone - peersDone) / 1000,
        campaigns: (campaignsDone - detectDone) / 1000,
      },
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      alertLine: line,
      versions: { catalogue: CATALOGUE_VERSION, detection: DETECTION_VERSION, campaigns: CAMPAIGN_VERSION },
    },
    peers: last,
    table,
  };
}
