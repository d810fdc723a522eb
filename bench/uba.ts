import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import { parseDay } from '../src/domain/time.ts';
import type { BudgetReport } from '../src/qradar/query-budget.ts';
import { openDataStore } from '../src/store/open-data-store.ts';
import { endWith, launchConsole } from './faults-programs.ts';
import type { RankedDay } from './judge.ts';
import {
  alertsAtFalse,
  alertsAtRecall,
  atHighestRecall,
  isAlerted,
  type Standing,
  sortRanked,
  stand,
  withDayAfter,
} from './uba-compare.ts';
import { type ConsoleCount, connect, countSearches, readEverything } from './uba-console.ts';
import { type OwnRankings, rankOwn, rankUba, type UbaRankings } from './uba-rankings.ts';
import { readTruth, type Truth } from './uba-truth.ts';

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

/** A ranking beside UBA's offenses. */
export interface Beside {
  equalAlerts: Standing;
  /** At the recall that UBA's offenses reach. */
  equalRecall: Standing;
  /** With no more false alerts than UBA's offenses. */
  equalFalse: Standing;
}

export interface LookAlike {
  kind: string;
  resembles: string;
  uba: boolean;
  /** With as many alerts as UBA, and at its recall. */
  equalAlerts: boolean;
  equalRecall: boolean;
}

export interface UbaResult {
  seed: number;
  insiders: number;
  /** One an insider. */
  scenarios: string[];
  activities: number;
  /** UBA's offenses; an alert is a person-day on which one was raised or extended. */
  uba: Standing;
  /** UBA's users ranked by the risk of the day. */
  risk: Beside;
  live: Beside;
  hindsight: Beside;
  /** The product's own alerts with a budget of `OWN_BUDGET` a day, each day at its end. */
  own: Standing;
  /** At the highest recall that UBA's risk and Undercurrent both reach: false alerts a day of UBA, of Undercurrent. */
  highest: { recall: number; falseADay: readonly [number, number] };
  /** UBA's offenses and Undercurrent at their recall, when the day after an injected activity counts too. */
  lenient: { uba: Standing; own: Standing };
  lookAlikes: LookAlike[];
  budget: BudgetReport;
  console: ConsoleCount;
  seconds: number;
}

const START_DAY = '2026-03-02';
const LIVE_DAYS = 1;

export async function compareWithUba(options: UbaOptions): Promise<UbaResult> {
  const { people, days, seed, log } = options;
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-uba-'));
  const data = join(folder, 'console');
  const size = ['--people', people, '--days', days, '--seed', seed, '--live-days', LIVE_DAYS].map(String);
  const program = launchConsole('--data', data, ...size, '--start', START_DAY);
  try {
    const started = performance.now();
    const console = await program.ready;
    log(`seed ${seed}: history is filled`);
    const store = await openDataStore({ directory: join(folder, 'data'), create: true, encryption: 'tokens' });
    try {
      const qradar = await connect(console);
      const activities = await readEverything(qradar, store, { backfillDays: days + LIVE_DAYS, log });
      const budget = qradar.budget.report();
      qradar.close();
      await endWith(program, 'SIGINT');
      const firstDay = parseDay(START_DAY)!;
      const span = { firstDay, lastDay: firstDay + days };
      const truth = readTruth({ people, seed, days: days + LIVE_DAYS, startDay: START_DAY }, span.lastDay);
      const theirs = await rankUba(store, truth, span);
      const ours = await rankOwn(store, truth, span);
      return {
        seed,
        activities,
        ...compare(theirs, ours, truth, days),
        budget,
        console: countSearches(data),
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

function compare(theirs: UbaRankings, ours: OwnRankings, { labels, lookAlikes }: Truth, days: number) {
  const uba = stand(theirs.offenses, labels, days);
  const beside = (ranked: RankedDay[]): Beside => ({
    equalAlerts: stand(sortRanked(ranked).slice(0, uba.alerts), labels, days),
    equalRecall: stand(alertsAtRecall(ranked, labels, uba.recall), labels, days),
    equalFalse: stand(alertsAtFalse(ranked, labels, uba.falseADay * days), labels, days),
  });
  const equalAlerts = sortRanked(ours.live).slice(0, uba.alerts);
  const equalRecall = alertsAtRecall(ours.live, labels, uba.recall);
  const wide = withDayAfter(labels);
  const wideUba = stand(theirs.offenses, wide, days);
  return {
    insiders: labels.insiders.length,
    scenarios: labels.insiders.map(({ scenario }) => scenario),
    uba,
    risk: beside(theirs.risk),
    live: beside(ours.live),
    hindsight: beside(ours.hindsight),
    own: stand(ours.alerts, labels, days),
    highest: atHighestRecall(theirs.risk, ours.live, labels, days),
    lenient: { uba: wideUba, own: stand(alertsAtRecall(ours.live, wide, wideUba.recall), wide, days) },
    lookAlikes: lookAlikes.map((episode: TruthEpisode) => ({
      kind: episode.scenario,
      resembles: episode.resembles ?? '',
      uba: isAlerted(episode, theirs.offenses),
      equalAlerts: isAlerted(episode, equalAlerts),
      equalRecall: isAlerted(episode, equalRecall),
    })),
  };
}
