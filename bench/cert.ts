import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import { parseDay } from '../src/domain/time.ts';
import { countAndDeviationScores } from './cert-baseline.ts';
import { judge, type Labelled, labelsOf, type MethodResult, type RankedDay } from './judge.ts';
import { analyseFolder, writeEnterprise } from './setting.ts';

/**
 * Insiders in the CERT layout: the synthetic enterprise written as CERT files, read by the importer, analysed as a user
 * would, beside an isolation forest on counts and z-scores over the same feature rows.
 */

export interface CertOptions {
  people: number;
  days: number;
  seeds: readonly number[];
  budgetPerDay: number;
  log(text: string): void;
}

/** One insider as one way of spending the budget reached them. */
export interface Reached {
  scenario: string;
  person: string;
  /** Days from the start of the scenario to the first alert; `undefined`: missed. */
  delay: number | undefined;
}

export interface CertMethod {
  method: string;
  /** The strongest person-days of the span, repeats and all. */
  plain: MethodResult;
  /** The strongest of the span, nobody twice within 14 days. */
  spaced: Reached[];
  /** Alerts as `analyze` gives them; only Undercurrent has them. */
  alerts?: { reached: Reached[]; perDay: number; falsePerDay: number; peopleAlerted: number; worstDay: number };
}

export interface CertSeed {
  seed: number;
  people: number;
  personDays: number;
  positives: number;
  activities: number;
  methods: [CertMethod, CertMethod];
  seconds: number;
}

const SPACING_DAYS = 14;

export const recallOf = (reached: readonly Reached[]): number =>
  reached.filter(({ delay }) => delay !== undefined).length / Math.max(1, reached.length);

export async function runCert(options: CertOptions): Promise<CertSeed[]> {
  const results: CertSeed[] = [];
  for (const seed of options.seeds) {
    const folder = await mkdtemp(join(tmpdir(), 'undercurrent-bench-'));
    try {
      results.push(await runSeed(seed, folder, options));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return results;
}

async function runSeed(seed: number, folder: string, options: CertOptions): Promise<CertSeed> {
  const started = performance.now();
  const logs = join(folder, 'logs');
  const { truth, actors, personOf } = writeEnterprise({ ...options, seed, format: 'cert' }, logs);
  const { budgetPerDay } = options;
  const run = await analyseFolder(logs, join(folder, 'data'), { format: 'cert', budgetPerDay, personOf });
  const labels = labelsOf(truth, actors);
  const allowed = Math.round(budgetPerDay * run.days);
  const methodOf = (method: string, ranked: RankedDay[]): CertMethod => ({
    method,
    plain: judge(method, ranked, labels, allowed, run.days),
    spaced: reachedBy(spaceOut(ranked, allowed), labels),
  });
  const own = methodOf('undercurrent', run.ranked);
  const alerts = run.ranked.filter((_, index) => run.analysis.anomalies[index]!.alert);
  own.alerts = { reached: reachedBy(alerts, labels), ...describeAlerts(alerts, labels, run.days) };
  const { table } = run.analysis;
  const baseline = methodOf('isolation forest on counts and z-scores', countAndDeviationScores(table, run.names, seed));
  const result: CertSeed = {
    seed,
    people: table.people.length,
    personDays: run.ranked.length,
    positives: run.ranked.filter(({ person, day }) => labels.days.has(`${person} ${day}`)).length,
    activities: run.analysis.summary.activities,
    methods: [own, baseline],
    seconds: (performance.now() - started) / 1000,
  };
  options.log(
    `seed ${seed}: alerts reach ${recallOf(own.alerts.reached).toFixed(2)}, AP ${own.plain.ap.toFixed(3)}; baseline ` +
      `${recallOf(baseline.spaced).toFixed(2)}, AP ${baseline.plain.ap.toFixed(3)}; ${result.seconds.toFixed(0)} s`,
  );
  return result;
}

/** The strongest first, nobody twice within `SPACING_DAYS`, until the budget is spent. */
function spaceOut(ranked: readonly RankedDay[], allowed: number): RankedDay[] {
  const sorted = [...ranked].sort((a, b) => b.score - a.score || (a.person < b.person ? -1 : 1) || a.day - b.day);
  const daysOf = new Map<string, number[]>();
  const chosen: RankedDay[] = [];
  for (const entry of sorted) {
    if (chosen.length >= allowed || entry.score <= 0) break;
    const before = daysOf.get(entry.person) ?? [];
    if (before.some((day) => Math.abs(day - entry.day) <= SPACING_DAYS)) continue;
    daysOf.set(entry.person, [...before, entry.day]);
    chosen.push(entry);
  }
  return chosen;
}

function reachedBy(alerts: readonly RankedDay[], { insiders, days }: Labelled): Reached[] {
  const first = new Map<TruthEpisode, number>();
  for (const { person, day } of alerts) {
    const episode = days.get(`${person} ${day}`);
    if (episode) first.set(episode, Math.min(first.get(episode) ?? day, day));
  }
  return insiders.map((episode) => {
    const day = first.get(episode);
    const delay = day === undefined ? undefined : day - parseDay(episode.start)!;
    return { scenario: episode.scenario, person: episode.person, delay };
  });
}

function describeAlerts(alerts: readonly RankedDay[], labels: Labelled, days: number) {
  const byDay = new Map<number, number>();
  for (const { day } of alerts) byDay.set(day, (byDay.get(day) ?? 0) + 1);
  const wrong = alerts.filter(({ person, day }) => !labels.days.has(`${person} ${day}`)).length;
  return {
    perDay: alerts.length / days,
    falsePerDay: wrong / days,
    peopleAlerted: new Set(alerts.map(({ person }) => person)).size,
    worstDay: Math.max(0, ...byDay.values()),
  };
}
