import { fixed, formatTable, thousands } from './report.ts';
import type { UbaResult } from './uba.ts';
import type { Standing } from './uba-compare.ts';

/** The tables of the section beside the UBA imitation. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** 97.5 % points of Student's t by degrees of freedom, from 1. */
const T_POINTS = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** `0.43 ± 0.18`: mean and half of the 95 % t interval over the seeds; the mean alone of one seed, or of figures that are missing. */
export function withInterval(values: readonly number[], digits = 2): string {
  const centre = mean(values);
  const freedom = values.length - 1;
  if (freedom < 1 || freedom > T_POINTS.length || !Number.isFinite(centre)) return fixed(centre, digits);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / freedom;
  return `${fixed(centre, digits)} ± ${fixed(T_POINTS[freedom - 1]! * Math.sqrt(variance / values.length), digits)}`;
}

/** Of each seed, and of the means. */
export function sharesOf(results: UbaResult[], own: (one: UbaResult) => number, theirs: (one: UbaResult) => number) {
  return { ofMeans: mean(results.map(own)) / mean(results.map(theirs)), each: results.map((r) => own(r) / theirs(r)) };
}

const median = (values: readonly number[]): number | string =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? '-';

export function standingTable(results: UbaResult[]): string {
  const line = (name: string, pick: (result: UbaResult) => Standing): string[] => {
    const standings = results.map(pick);
    return [
      name,
      withInterval(
        standings.map(({ alerts }) => alerts),
        1,
      ),
      withInterval(standings.map(({ recall }) => recall)),
      withInterval(standings.map(({ falseADay }) => falseADay)),
      String(median(standings.flatMap(({ delays }) => delays))),
    ];
  };
  return formatTable(
    ['with as many alerts as UBA has', 'alerts', 'recall', 'false alerts a day', 'median days to the first alert'],
    [
      line("UBA's offenses", ({ uba }) => uba),
      line("UBA's risk", ({ risk }) => risk.equalAlerts),
      line('Undercurrent as live', ({ live }) => live.equalAlerts),
      line('Undercurrent in hindsight', ({ hindsight }) => hindsight.equalAlerts),
      line('Undercurrent, own alerts', ({ own }) => own),
    ],
  );
}

export function recallTable(results: UbaResult[]): string {
  const line = (name: string, equalRecall: (one: UbaResult) => Standing, equalFalse: (one: UbaResult) => Standing) => [
    name,
    withInterval(results.map((one) => equalRecall(one).falseADay)),
    String(median(results.flatMap((one) => equalRecall(one).delays))),
    withInterval(results.map((one) => equalFalse(one).recall)),
  ];
  return formatTable(
    [
      'method',
      "false alerts a day at the recall of UBA's offenses",
      'median days to the first alert there',
      "recall with no more false alerts than UBA's offenses",
    ],
    [
      line(
        "UBA's offenses",
        ({ uba }) => uba,
        ({ uba }) => uba,
      ),
      line(
        "UBA's risk",
        ({ risk }) => risk.equalRecall,
        ({ risk }) => risk.equalFalse,
      ),
      line(
        'Undercurrent as live',
        ({ live }) => live.equalRecall,
        ({ live }) => live.equalFalse,
      ),
      line(
        'Undercurrent in hindsight',
        ({ hindsight }) => hindsight.equalRecall,
        ({ hindsight }) => hindsight.equalFalse,
      ),
    ],
  );
}

export const seedTable = (results: UbaResult[]): string =>
  formatTable(
    [
      'seed',
      'insiders',
      'alerts of each',
      'recall: UBA / Undercurrent',
      'false alerts a day',
      "false alerts a day at UBA's recall",
      "recall at UBA's false alerts",
      'own alerts: recall, false alerts a day',
    ],
    results.map(({ seed, insiders, uba, live, own }) => [
      seed,
      insiders,
      uba.alerts,
      `${fixed(uba.recall)} / ${fixed(live.equalAlerts.recall)}`,
      `${fixed(uba.falseADay)} / ${fixed(live.equalAlerts.falseADay)}`,
      `${fixed(uba.falseADay)} / ${fixed(live.equalRecall.falseADay)}`,
      `${fixed(uba.recall)} / ${fixed(live.equalFalse.recall)}`,
      `${fixed(own.recall)}, ${fixed(own.falseADay)}`,
    ]),
  );

export function lookAlikeTable(results: UbaResult[]): string {
  const all = results.flatMap(({ lookAlikes }) => lookAlikes);
  const line = (name: string, resembles: string, some: typeof all) => [
    name,
    resembles,
    some.length,
    some.filter(({ uba }) => uba).length,
    some.filter(({ equalAlerts }) => equalAlerts).length,
    some.filter(({ equalRecall }) => equalRecall).length,
  ];
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
  return formatTable(
    [
      'look-alike',
      'of',
      'there were',
      "UBA's offenses",
      'Undercurrent, as many alerts',
      "Undercurrent, at UBA's recall",
    ],
    [
      ...kinds.map((kind) => {
        const some = all.filter((one) => one.kind === kind);
        return line(kind, some[0]!.resembles, some);
      }),
      line('all', '', all),
    ],
  );
}

export function missTable(results: UbaResult[]): string {
  const missed = (pick: (one: UbaResult) => Standing, scenario: string): string[] =>
    results.flatMap((one) =>
      pick(one)
        .missed.filter((name) => name.startsWith(`${scenario} of `))
        .map((name) => `${name.slice(scenario.length + 4)} (${one.seed})`),
    );
  const scenarios = [...new Set(results.flatMap(({ scenarios: names }) => names))].sort();
  return formatTable(
    ['scenario', "UBA's offenses", 'Undercurrent as live', 'missed by UBA (seed)', 'missed by Undercurrent (seed)'],
    scenarios.map((scenario) => {
      const all = results.flatMap(({ scenarios: names }) => names.filter((name) => name === scenario)).length;
      const [theirs, own] = [missed(({ uba }) => uba, scenario), missed(({ live }) => live.equalAlerts, scenario)];
      return [
        scenario,
        `${all - theirs.length} of ${all}`,
        `${all - own.length} of ${all}`,
        theirs.join(', ') || 'none',
        own.join(', ') || 'none',
      ];
    }),
  );
}

export const budgetTable = (results: UbaResult[]): string =>
  formatTable(
    [
      'seed',
      'searches: product / console',
      'search seconds: product / console',
      'most beside each other',
      'seconds held back',
      'rows',
      'minutes',
      'share used: product / console',
    ],
    results.map(({ seed, budget, console }) => [
      seed,
      `${budget.searches} / ${console.searches}`,
      `${fixed(budget.runningMs / 1000, 1)} / ${fixed(console.runningMs / 1000, 1)}`,
      console.mostParallel,
      fixed(budget.heldBackMs / 1000, 1),
      thousands(budget.rows),
      fixed(budget.elapsedMs / 60_000, 1),
      `${fixed(budget.usedShare, 3)} / ${fixed(console.runningMs / budget.elapsedMs, 3)}`,
    ]),
  );
