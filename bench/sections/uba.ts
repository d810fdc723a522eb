import type { Section } from '../main.ts';
import { fixed, formatTable, thousands, verdict } from '../report.ts';
import { compareWithUba, type UbaResult } from '../uba.ts';

/** Not used while anything was built or tuned. */
const SEEDS = [2101, 2102, 2103, 2104, 2105];

export const uba: Section = {
  title: 'Beside the UBA imitation',
  async run({ quick, log }) {
    const size = quick ? { people: 60, days: 20 } : { people: 200, days: 30 };
    const results: UbaResult[] = [];
    for (const seed of quick ? [1] : SEEDS) {
      const result = await compareWithUba({ ...size, seed, log });
      results.push(result);
      log(`seed ${seed}: UBA ${JSON.stringify(result.uba)}, own at equal alerts ${JSON.stringify(result.equalAlerts)}`);
    }
    return [
      `${size.people} people, ${size.days} days, seeds ${results.map(({ seed }) => seed).join(', ')}${quick ? '' : ' (not used while building)'}, ` +
        `${thousands(results.reduce((sum, { activities }) => sum + activities, 0))} activities. The simulator plays the company and its UBA imitation (thresholds fixed by ` +
        'department, risk that adds up and decays) raises Sense events and offenses; Undercurrent reads the same console through its own client with a read-only token and the ' +
        'default query budget. An alert of UBA is a person-day on which an offense was raised or extended; Undercurrent is given as many person-days. What counts as found is as in ' +
        '"Insiders in the synthetic enterprise". The imitation is ours and smaller than UBA: this compares ways of looking, not products.',
      standingTable(results),
      judgeHalf(results),
      `Benign look-alikes that raised an alert, of ${sum(results, (r) => r.lookAlikes.all)}: UBA imitation ${sum(results, (r) => r.lookAlikes.uba)}, Undercurrent with as many alerts ${sum(results, (r) => r.lookAlikes.own)}.`,
      missesOf(results),
      'Query budget, as the product reports it and as the console counted it (history of the whole span is read at once):',
      budgetTable(results),
      verdict(
        'the query budget is kept: the configured share of the time that passed, and of the 15 minutes that may be saved up',
        results
          .map(({ budget }) => `${fixed(budget.runningMs / 1000, 1)} of ${fixed(allowanceMs(budget) / 1000, 1)} s`)
          .join(', '),
        results.every(({ budget, console }) => console.runningMs <= allowanceMs(budget)),
      ),
    ].join('\n\n');
  },
};

const BURST_MS = 900_000;
const allowanceMs = ({ allowedShare, elapsedMs }: UbaResult['budget']): number => allowedShare * (elapsedMs + BURST_MS);

const sum = (results: UbaResult[], figure: (result: UbaResult) => number): number =>
  results.reduce((total, result) => total + figure(result), 0);
const mean = (results: UbaResult[], figure: (result: UbaResult) => number): number =>
  sum(results, figure) / results.length;

const standingTable = (results: UbaResult[]): string =>
  formatTable(
    [
      'seed',
      'alerts of each',
      'insiders',
      'recall: UBA imitation / Undercurrent',
      'false alerts a day with as many alerts',
      "false alerts a day at UBA's recall: UBA / Undercurrent",
      'median days to the first alert',
    ],
    results.map(({ seed, offenses, insiders, uba: theirs, equalAlerts: own, equalRecallFalse }) => [
      seed,
      offenses,
      insiders,
      `${fixed(theirs.recall)} / ${fixed(own.recall)}`,
      `${fixed(theirs.falseADay)} / ${fixed(own.falseADay)}`,
      `${fixed(theirs.falseADay)} / ${fixed(equalRecallFalse)}`,
      `${theirs.delay ?? '-'} / ${own.delay ?? '-'}`,
    ]),
  );

function judgeHalf(results: UbaResult[]): string {
  const theirs = mean(results, ({ uba: { falseADay } }) => falseADay);
  const own = mean(results, ({ equalRecallFalse }) => equalRecallFalse);
  const empty = results.filter(({ uba: { recall } }) => recall === 0).length;
  const note = empty > 0 ? `; on ${empty} seeds UBA found nobody, where none is needed` : '';
  return verdict(
    "false alerts a day at equal recall at most half of the UBA imitation's",
    `${fixed(own)} against ${fixed(theirs)}, a share of ${fixed(own / theirs)}${note}; recall ${fixed(mean(results, ({ uba: { recall } }) => recall))} of UBA's offenses, ${fixed(mean(results, ({ equalAlerts }) => equalAlerts.recall))} of Undercurrent with as many alerts`,
    own <= theirs / 2,
  );
}

function missesOf(results: UbaResult[]): string {
  const list = (pick: (result: UbaResult) => string[]): string => {
    const names = results.flatMap((result) => pick(result).map((name) => `${name} (seed ${result.seed})`));
    return names.length === 0 ? 'none' : names.join(', ');
  };
  return `Missed by Undercurrent with as many alerts: ${list(({ missed }) => missed.own)}.\n\nMissed by the UBA imitation: ${list(({ missed }) => missed.uba)}.`;
}

const budgetTable = (results: UbaResult[]): string =>
  formatTable(
    ['seed', 'searches', 'search seconds: product / console', 'rows', 'minutes', 'share used'],
    results.map(({ seed, budget, console }) => [
      seed,
      `${budget.searches} / ${console.searches}`,
      `${fixed(budget.runningMs / 1000, 1)} / ${fixed(console.runningMs / 1000, 1)}`,
      thousands(budget.rows),
      fixed(budget.elapsedMs / 60_000, 1),
      fixed(budget.usedShare, 3),
    ]),
  );
