import { runInsiders, type SeedResult } from '../insiders.ts';
import type { Section } from '../main.ts';
import { fixed, formatTable, thousands, verdict } from '../report.ts';

/** Not used while anything was built or tuned. */
const SEEDS = [2001, 2002, 2003, 2004, 2005];
const BUDGET_PER_200 = 2;

export const insiders: Section = {
  title: 'Insiders in the synthetic enterprise',
  async run({ quick, log }) {
    const seeds = quick ? [1] : SEEDS;
    const size = quick ? { people: 100, days: 45 } : { people: 200, days: 60 };
    const results = await runInsiders({ ...size, seeds, budgetPer200: BUDGET_PER_200, format: 'jsonl', log });
    const activities = results.reduce((sum, result) => sum + result.activities, 0);
    return [
      `${size.people} people, ${size.days} days, seeds ${seeds.join(', ')}${quick ? '' : ' (not used while building)'}, ` +
        `${thousands(activities)} activities in all. Budget: ${BUDGET_PER_200} alerts a day per 200 people, spent on the ` +
        'strongest person-days of the whole span, for every method alike. All three methods see the same feature rows of the ' +
        'same run. An insider is found when a person-day with an injected activity is among the alerts: of the insider, or of the colleague ' +
        'whose account the insider took. Every other alert is false, also on benign look-alikes and on other days of an insider. The enterprise is ours, so these figures compare ' +
        'methods; they do not promise the same recall elsewhere.',
      methodTable(results),
      judgeHalf(results),
      'Recall by seed:',
      seedTable(results),
      'By scenario, undercurrent:',
      scenarioTable(results),
      missesOf(results),
    ].join('\n\n');
  },
};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (values: readonly number[], digits = 2) =>
  `${fixed(mean(values), digits)} (${fixed(Math.min(...values), digits)}-${fixed(Math.max(...values), digits)})`;

function methodTable(results: SeedResult[]): string {
  const names = results[0]!.methods.map(({ method }) => method);
  return formatTable(
    [
      'method',
      'recall at budget, mean (range)',
      'false alerts a day',
      'AUC',
      'AP',
      'false alerts a day at equal recall',
    ],
    names.map((name, index) => {
      const methods = results.map((result) => result.methods[index]!);
      return [
        name,
        range(methods.map(({ recall }) => recall)),
        fixed(mean(methods.map(({ falseAlertsPerDay }) => falseAlertsPerDay))),
        fixed(mean(methods.map(({ auc }) => auc)), 3),
        fixed(mean(methods.map(({ ap }) => ap)), 3),
        equalRecallOf(results, index),
      ];
    }),
  );
}

/** Mean over the seeds; a seed on which a method never gets there has no figure. */
function equalRecallOf(results: SeedResult[], method: number): string {
  const values = results.map(({ equalRecall }) => equalRecall[method]!);
  const reached = values.filter(Number.isFinite);
  const text = fixed(mean(reached));
  return reached.length === values.length ? text : `${text} (never on ${values.length - reached.length} seeds)`;
}

function judgeHalf(results: SeedResult[]): string {
  // On a seed where nothing was found both need none; where thresholds never get there, their share is 0.
  const own = mean(results.map(({ equalRecall }) => equalRecall[0]!));
  const thresholds = mean(results.map(({ equalRecall }) => equalRecall[1]!));
  const share = own / thresholds;
  return verdict(
    'false alerts at equal recall at most half of those of static per-department thresholds',
    `${fixed(own)} against ${fixed(thresholds)} a day, a share of ${fixed(share)}`,
    share <= 0.5,
  );
}

const seedTable = (results: SeedResult[]) =>
  formatTable(
    [
      'seed',
      ...results[0]!.methods.map(({ method }) => method),
      'false alerts a day at equal recall, same order',
      'seconds',
    ],
    results.map(({ seed, methods, equalRecall, seconds }) => [
      seed,
      ...methods.map(({ recall }) => fixed(recall)),
      equalRecall.map((value) => fixed(value)).join(' / '),
      Math.round(seconds),
    ]),
  );

interface Case {
  seed: number;
  scenario: string;
  person: string;
  /** Days from the start of the scenario to the first alert. */
  delay: number | undefined;
}

const casesOf = (results: SeedResult[]): Case[] =>
  results.flatMap(({ seed, methods }) =>
    [...methods[0]!.found].map(([name, delay]) => {
      const [scenario = '', person = ''] = name.split(' ');
      return { seed, scenario, person, delay };
    }),
  );

function scenarioTable(results: SeedResult[]): string {
  const cases = casesOf(results);
  return formatTable(
    ['scenario', 'found', 'median days to the first alert', 'longest'],
    [...new Set(cases.map(({ scenario }) => scenario))].map((name) => {
      const own = cases.filter(({ scenario }) => scenario === name);
      const delays = own.flatMap(({ delay }) => (delay === undefined ? [] : [delay])).sort((a, b) => a - b);
      return [name, `${delays.length} of ${own.length}`, delays[delays.length >> 1] ?? '-', delays.at(-1) ?? '-'];
    }),
  );
}

function missesOf(results: SeedResult[]): string {
  const missed = casesOf(results).filter(({ delay }) => delay === undefined);
  if (missed.length === 0) return 'None was missed.';
  return `Missed: ${missed.map(({ seed, scenario, person }) => `${scenario} of ${person} (seed ${seed})`).join(', ')}.`;
}
