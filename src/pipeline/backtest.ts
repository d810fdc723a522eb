import {
  judgePlanted,
  listOpened,
  type OpenedCampaign,
  type PlantedOutcome,
  type ReplayedDay,
  type ScenarioRecall,
  summariseScenarios,
} from '../backtest/judge.ts';
import type { Scenario } from '../backtest/ports.ts';
import type { Config } from '../config/load-config.ts';
import { nameKey, type OffenseFact } from '../domain/context.ts';
import { AppError } from '../domain/errors.ts';
import type { Anomaly } from '../domain/findings.ts';
import { DAY_MS, formatDay } from '../domain/time.ts';
import { numbers } from '../features/ports.ts';
import { refreshFeatures } from '../features/refresh.ts';
import { type AnalyzePorts, analyze } from './analyze.ts';
import { estimateLoad, type LoadEstimate } from './backtest-load.ts';
import { closeOverlay, openOverlay } from './backtest-overlay.ts';
import { type PlantResult, plantScenarios } from './backtest-plant.ts';

export interface BacktestPorts extends AnalyzePorts {
  /** Offenses about user names, see the store. */
  offenses: {
    about(
      names: readonly string[],
      fromMs: number,
      toMs: number,
      limit: number,
    ): Promise<{ offenses: OffenseFact[]; total: number }>;
  };
  /** Names of a person, to find offenses about them. */
  accountsOf(token: bigint): readonly string[];
  /** Told after each day. */
  onDay?(done: number, total: number): void;
}

export interface BacktestOptions {
  /** Day numbers, inclusive. */
  fromDay: number;
  toDay: number;
  budgetPerDay: number;
  seed: number;
  minimumPeers: number;
  /** Scenarios to plant into a copy of the history; empty: none. */
  scenarios: readonly Scenario[];
  ariel: Config['ariel'];
}

export interface OffenseComparison {
  /** UBA offenses about known people that began in the replay. */
  offenses: number;
  /** Those about people with an alert on the day of the offense or in the two weeks before. */
  alertedBefore: number;
}

export interface Backtest {
  fromDay: number;
  toDay: number;
  /** Days of history before the first. */
  historyDays: number;
  people: number;
  personMonths: number;
  days: ReplayedDay[];
  /** Of the own history: planted days and people are left out. */
  alerts: Anomaly[];
  opened: OpenedCampaign[];
  offenses: OffenseComparison;
  load: LoadEstimate;
  injected: (Pick<PlantResult, 'skipped'> & { outcomes: PlantedOutcome[]; scenarios: ScenarioRecall[] }) | undefined;
  seconds: number;
}

/** Days whose findings live analysis keeps up to date: the same look-back, see `live-analysis.ts`. */
const SHOWN_DAYS = 45;
const OFFENSE_DAYS = 14;
const MOST_OFFENSES = 10_000;
const ALERT_SCORE = 50;
/** For the rate of campaigns. */
const DAYS_A_MONTH = 30;

/**
 * Goes through stored history day by day as if live: what is said of a day is the analysis of everything up to the end of that
 * day and nothing after it. Accounts belong to the people they are known to belong to now.
 */
export async function backtest(ports: BacktestPorts, options: BacktestOptions): Promise<Backtest> {
  const { database, zones } = ports;
  const begunMs = ports.elapsedMs();
  await refreshFeatures(database, zones);
  const activeDays = await readActiveDays(ports, options);
  const load = await estimateLoad(database, options.ariel, options.fromDay, options.toDay);
  if (options.scenarios.length === 0) return replay(ports, options, activeDays, load, undefined, begunMs);
  try {
    await openOverlay(database);
    const planted = await plantScenarios(database, {
      ...options,
      zones,
      nameOf: (token) => ports.people.get(token)?.id,
    });
    return await replay(ports, options, activeDays, load, planted, begunMs);
  } finally {
    await closeOverlay(database);
  }
}

/** All days with activity up to the last, ascending. Throws NO_DATA when none is in the replay. */
async function readActiveDays({ database }: BacktestPorts, { fromDay, toDay }: BacktestOptions): Promise<number[]> {
  const columns = await database.columns('SELECT CAST(day AS DOUBLE) AS day FROM scan_row GROUP BY day ORDER BY day');
  const days = [...numbers(columns, 'day')];
  if (days.length === 0)
    throw new AppError('NO_DATA', 'no activity of a person is stored; import logs first (undercurrent import PATH)');
  if (!days.some((day) => day >= fromDay && day <= toDay)) {
    const span = `${formatDay(days[0]!)} to ${formatDay(days.at(-1)!)}`;
    throw new AppError('NO_DATA', `no activity between the days asked for; the store holds ${span}`);
  }
  return days.filter((day) => day <= toDay);
}

async function replay(
  ports: BacktestPorts,
  options: BacktestOptions,
  activeDays: readonly number[],
  load: LoadEstimate,
  planted: PlantResult | undefined,
  begunMs: number,
): Promise<Backtest> {
  const { fromDay, toDay } = options;
  const asked = new Set(planted?.planted.map(({ person }) => person));
  const replayed = activeDays.filter((day) => day >= fromDay);
  const days: ReplayedDay[] = [];
  for (const [index, day] of replayed.entries()) {
    ports.signal?.throwIfAborted();
    ports.onDay?.(index, replayed.length);
    days.push(await replayDay(ports, options, day, asked));
  }
  const outcomes = judgePlanted(planted?.planted ?? [], days, formatDay);
  const isPlanted = new Set(outcomes.flatMap((one) => one.days.map((day) => `${one.person} ${formatDay(day)}`)));
  const own = (anomaly: Anomaly) => !isPlanted.has(`${anomaly.person} ${anomaly.day}`);
  const people = await countPeople(ports, fromDay, toDay);
  return {
    fromDay,
    toDay,
    historyDays: Math.max(0, fromDay - activeDays[0]!),
    people,
    personMonths: (people * (toDay - fromDay + 1)) / DAYS_A_MONTH,
    days,
    alerts: days.flatMap(({ alerts }) => alerts.filter(own)),
    opened: listOpened(days).filter(({ campaign }) => !asked.has(campaign.people[0] ?? '')),
    offenses: await compareOffenses(ports, options, days),
    load,
    injected: planted && { skipped: planted.skipped, outcomes, scenarios: summariseScenarios(outcomes) },
    seconds: (ports.elapsedMs() - begunMs) / 1000,
  };
}

/** The analysis of everything up to the end of `day`. */
export async function replayDay(
  ports: AnalyzePorts,
  options: Pick<BacktestOptions, 'fromDay' | 'budgetPerDay' | 'seed' | 'minimumPeers'>,
  day: number,
  asked: ReadonlySet<string>,
): Promise<ReplayedDay> {
  const { onProgress: _, ...quiet } = ports;
  const { anomalies, campaigns } = await analyze(quiet, {
    fromDay: options.fromDay - SHOWN_DAYS,
    toDay: day,
    budgetPerDay: options.budgetPerDay,
    minScore: ALERT_SCORE,
    everyDayOf: asked,
    seed: options.seed,
    minimumPeers: options.minimumPeers,
    withoutEvidence: true,
  });
  const name = formatDay(day);
  const today = anomalies.filter((anomaly) => anomaly.day === name);
  return {
    day,
    name,
    alerts: today.filter(({ alert }) => alert),
    scores: new Map(today.map(({ person, score }) => [person, score])),
    campaigns,
  };
}

async function countPeople({ database }: BacktestPorts, fromDay: number, toDay: number): Promise<number> {
  const columns = await database.columns(
    `SELECT CAST(count(DISTINCT person) AS DOUBLE) AS n FROM scan_row WHERE day BETWEEN ${fromDay} AND ${toDay}`,
  );
  return numbers(columns, 'n')[0]!;
}

async function compareOffenses(
  ports: BacktestPorts,
  { fromDay, toDay }: BacktestOptions,
  days: readonly ReplayedDay[],
): Promise<OffenseComparison> {
  const ownerOf = new Map<string, string>();
  for (const [token, { id }] of ports.people)
    for (const account of ports.accountsOf(token)) ownerOf.set(nameKey(account), id);
  const [fromMs, toMs] = [fromDay * DAY_MS, (toDay + 1) * DAY_MS];
  const { offenses } = await ports.offenses.about([...ownerOf.keys()], fromMs, toMs, MOST_OFFENSES);
  const uba = offenses.filter(({ isUba, startMs }) => isUba && startMs >= fromMs && startMs < toMs);
  const alertedBefore = uba.filter(({ account, startMs }) => {
    const [person, day] = [ownerOf.get(nameKey(account)), Math.floor(startMs / DAY_MS)];
    return days.some(
      (one) =>
        one.day <= day && one.day > day - OFFENSE_DAYS && one.alerts.some((anomaly) => anomaly.person === person),
    );
  });
  return { offenses: uba.length, alertedBefore: alertedBefore.length };
}
