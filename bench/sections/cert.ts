import { type CertMethod, type CertSeed, type Reached, recallOf, runCert } from '../cert.ts';
import { type FalseAlarms, measureFalseAlarms } from '../cert-false-alarms.ts';
import type { Section } from '../main.ts';
import { hasShared, sharedPath } from '../paths.ts';
import { fixed, formatTable, thousands, verdict } from '../report.ts';

/** Not used while anything was built or tuned. */
const SEEDS = [3001, 3002, 3003, 3004, 3005, 3006, 3007, 3008, 3009, 3010];
const BUDGET_PER_DAY = 2;

export const cert: Section = {
  title: 'Insiders in the CERT layout',
  async run({ quick, log }) {
    const seeds = quick ? [21] : SEEDS;
    const size = quick ? { people: 60, days: 40 } : { people: 200, days: 90 };
    const results = await runCert({ ...size, seeds, budgetPerDay: BUDGET_PER_DAY, log });
    const userDays = ['cert-r62-userday', 'user-day-counts.csv.gz'];
    return [
      `The synthetic enterprise written in the CERT layout and read by the importer: ${size.people} people, ${size.days} ` +
        `days, ${BUDGET_PER_DAY} alerts a day, seeds ${seeds.join(', ')}${quick ? '' : ' (not used while building)'}; ` +
        `${thousands(total(results, ({ personDays }) => personDays))} person-days, ` +
        `${thousands(total(results, ({ positives }) => positives))} of them with an injected activity, ` +
        `${thousands(total(results, ({ activities }) => activities))} activities. An insider is reached when a person-day ` +
        'with an injected activity is alerted: of the insider, or of the colleague whose account was used. The baseline sees ' +
        'the same feature rows: plain counts and their z-scores against the person. The alerts of `analyze` follow its line ' +
        'and its rule that nobody is alerted twice while a case is open; beside them, for both methods alike, the strongest ' +
        'person-days of the whole span, and the strongest with nobody twice within 14 days. The enterprise is ours: the ' +
        'figures compare methods and do not promise the same recall elsewhere.',
      methodTable(results),
      verdicts(results),
      seedTable(results),
      'By scenario, alerts of `analyze`:',
      scenarioTable(results),
      missesOf(results),
      '### CERT r6.2 user-days without an insider',
      hasShared(...userDays)
        ? describeFalseAlarms(measureFalseAlarms(sharedPath(...userDays), 2))
        : 'The user-days of CERT r6.2 were not there.',
    ].join('\n\n');
  },
};

const total = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
const meanOf = <T>(rows: readonly T[], of: (row: T) => number): number => total(rows, of) / rows.length;
const withRange = (values: readonly number[], digits = 2) =>
  `${fixed(meanOf(values, Number), digits)} (${fixed(Math.min(...values), digits)}-${fixed(Math.max(...values), digits)})`;

function methodTable(results: CertSeed[]): string {
  const row = (name: string, of: (methods: CertSeed['methods']) => { recall: number; method: CertMethod }) => {
    const seen = results.map(({ methods }) => of(methods));
    return [
      name,
      withRange(seen.map(({ recall }) => recall)),
      seen.filter(({ recall }) => recall === 1).length,
      withRange(
        seen.map(({ method }) => method.plain.ap),
        3,
      ),
      fixed(
        meanOf(seen, ({ method }) => method.plain.auc),
        3,
      ),
    ];
  };
  const [own, baseline] = [0, 1].map((index) => results[0]!.methods[index]!.method);
  return formatTable(
    ['how the budget is spent', 'recall, mean (range)', 'seeds with all reached', 'AP over person-days', 'AUC'],
    [
      row(`${own}, alerts of \`analyze\``, ([method]) => ({ recall: recallOf(method.alerts!.reached), method })),
      row(`${own}, nobody twice within 14 days`, ([method]) => ({ recall: recallOf(method.spaced), method })),
      row(`${own}, strongest person-days`, ([method]) => ({ recall: method.plain.recall, method })),
      row(`${baseline}, nobody twice within 14 days`, ([, method]) => ({ recall: recallOf(method.spaced), method })),
      row(`${baseline}, strongest person-days`, ([, method]) => ({ recall: method.plain.recall, method })),
    ],
  );
}

function verdicts(results: CertSeed[]): string {
  const complete = results.filter(({ methods }) => recallOf(methods[0].alerts!.reached) === 1).length;
  const [own, baseline] = [0, 1].map((index) => meanOf(results, ({ methods }) => methods[index]!.plain.ap));
  return [
    verdict(
      'all insiders reached in at least nine of ten seeds',
      `in ${complete} of ${results.length}`,
      complete >= 0.9 * results.length,
    ),
    verdict(
      "AP at least twice the baseline's",
      `${fixed(own!, 3)} against ${fixed(baseline!, 3)}, ${fixed(own! / baseline!, 1)} times`,
      own! >= 2 * baseline!,
    ),
  ].join('\n\n');
}

const seedTable = (results: CertSeed[]) =>
  formatTable(
    [
      'seed',
      'recall',
      'AP',
      'baseline, recall spaced',
      'baseline, AP',
      'alerts a day',
      'false',
      'most on one day',
      'people alerted',
      'seconds',
    ],
    results.map(({ seed, methods: [own, baseline], seconds }) => [
      seed,
      fixed(recallOf(own.alerts!.reached)),
      fixed(own.plain.ap, 3),
      fixed(recallOf(baseline.spaced)),
      fixed(baseline.plain.ap, 3),
      fixed(own.alerts!.perDay),
      fixed(own.alerts!.falsePerDay),
      own.alerts!.worstDay,
      own.alerts!.peopleAlerted,
      Math.round(seconds),
    ]),
  );

function scenarioTable(results: CertSeed[]): string {
  const own = results.flatMap(({ methods }) => methods[0].alerts!.reached);
  const baseline = results.flatMap(({ methods }) => methods[1].spaced);
  const delaysOf = (cases: readonly Reached[]) =>
    cases.flatMap(({ delay }) => (delay === undefined ? [] : [delay])).sort((a, b) => a - b);
  return formatTable(
    ['scenario', 'reached', 'median days to the first alert', 'longest', 'baseline, reached', 'median days'],
    [...new Set(own.map(({ scenario }) => scenario))].map((name) => {
      const [ours, theirs] = [own, baseline].map((cases) => cases.filter(({ scenario }) => scenario === name));
      const [delays, other] = [delaysOf(ours!), delaysOf(theirs!)];
      const middle = (values: number[]) => values[values.length >> 1] ?? '-';
      return [
        name,
        `${delays.length} of ${ours!.length}`,
        middle(delays),
        delays.at(-1) ?? '-',
        `${other.length} of ${theirs!.length}`,
        middle(other),
      ];
    }),
  );
}

function missesOf(results: CertSeed[]): string {
  const missed = results.flatMap(({ seed, methods }) =>
    methods[0]
      .alerts!.reached.filter(({ delay }) => delay === undefined)
      .map(({ scenario, person }) => `${scenario} of ${person} (seed ${seed})`),
  );
  return missed.length === 0 ? 'None was missed.' : `Missed: ${missed.join(', ')}.`;
}

function describeFalseAlarms(found: FalseAlarms): string {
  const [median, ninth, top, largest] = found.quantiles.map((value) => fixed(value, 0));
  const worst = found.roles[0]!;
  const share = (role: FalseAlarms['roles'][number]) =>
    role.strongest / found.strongest.rows / (role.people / found.people);
  const divisions = Object.entries(found.agreement).map(([name, { ari, sameOfTen, byChance }]) => [
    name,
    fixed(ari, 3),
    fixed(sameOfTen, 3),
    fixed(byChance, 3),
  ]);
  return [
    `${thousands(found.people)} people, ${found.days} days, ${thousands(found.personDays)} person-days of 89 counts whose ` +
      'meaning is not published, taken as one family of volumes (weight 0.5); no history but the days themselves, so people ' +
      'are judged by their peers of the day. Every alert is false. With a budget of ' +
      `${found.budgetPerDay} a day (${2} per 200 people) ${found.alerts} alerts were given in all: the least evidence of ` +
      `${fixed(found.line, 1)} nats holds where nothing speaks. Scores: median ${median}, nine in ten below ${ninth}, 99 in ` +
      `100 below ${top}, largest ${largest}. The ${found.strongest.rows} strongest person-days fall on ` +
      `${found.strongest.people} people and by day ${found.strongest.byDay.join(', ')}; of the roles with 20 people or more, ` +
      `role ${worst.role} has most for its size, ${fixed(share(worst), 1)} times its share of people ` +
      `(${worst.strongest} person-days of ${worst.people} people).`,
    'Peer groups learned from the counts alone against the divisions given:',
    formatTable(['division', 'adjusted Rand index', 'same among the ten nearest peers', 'by chance'], divisions),
  ].join('\n\n');
}
