import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { falseAlertsAtRecall, judge, labelsOf, type MethodResult, type RankedDay } from './judge.ts';
import { analyseFolder, writeEnterprise } from './setting.ts';
import { countScores, thresholdScores } from './static-baselines.ts';

/**
 * Insiders in the synthetic enterprise: recall at an alert budget, false alerts a day and days to the first alert, beside
 * static per-department thresholds and an isolation forest on plain counts over the same feature rows of the same run.
 */

export interface InsiderOptions {
  people: number;
  days: number;
  seeds: number[];
  /** Alerts a day per 200 people. */
  budgetPer200: number;
  format: 'jsonl' | 'cert';
  log(text: string): void;
}

export interface SeedResult {
  seed: number;
  methods: MethodResult[];
  /** False alerts a day at the recall Undercurrent reached: [Undercurrent, thresholds, counts forest]. */
  equalRecall: number[];
  activities: number;
  seconds: number;
}

export async function runInsiders(options: InsiderOptions): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  for (const seed of options.seeds) {
    const folder = await mkdtemp(join(tmpdir(), 'undercurrent-bench-'));
    try {
      const started = performance.now();
      const { truth, actors, personOf } = writeEnterprise({ ...options, seed }, join(folder, 'logs'));
      const run = await analyseFolder(join(folder, 'logs'), join(folder, 'data'), {
        format: options.format === 'cert' ? 'cert' : 'auto',
        budgetPerDay: (options.budgetPer200 * options.people) / 200,
        personOf,
      });
      const labels = labelsOf(truth, actors);
      const days = run.days;
      const allowed = Math.round((options.budgetPer200 * options.people * days) / 200);
      const rankings: [string, RankedDay[]][] = [
        ['undercurrent', run.ranked],
        ['static department thresholds', thresholdScores(run.analysis.table, run.departments, run.names)],
        ['isolation forest on counts', countScores(run.analysis.table, run.names, seed)],
      ];
      const methods = rankings.map(([method, ranked]) => judge(method, ranked, labels, allowed, days));
      const equalRecall = rankings.map(([, ranked]) => falseAlertsAtRecall(ranked, labels, methods[0]!.recall, days));
      const seconds = (performance.now() - started) / 1000;
      results.push({ seed, methods, equalRecall, activities: run.analysis.summary.activities, seconds });
      for (const m of methods)
        options.log(
          `seed ${seed} ${m.method}: recall ${m.recall.toFixed(2)} false/day ${m.falseAlertsPerDay.toFixed(2)} AUC ${m.auc.toFixed(3)} AP ${m.ap.toFixed(3)}`,
        );
      options.log(
        `seed ${seed} false alerts a day at equal recall: ${equalRecall.map((n) => n.toFixed(2)).join(' / ')}; ${seconds.toFixed(0)} s`,
      );
      for (const [name, delay] of methods[0]!.found)
        options.log(`  ${name}: ${delay === undefined ? 'missed' : `day ${delay}`}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return results;
}
