import type { Section } from '../main.ts';
import { hasShared, sharedPath } from '../paths.ts';
import { type CompanyReport, measureCompany } from '../peer-changes.ts';
import { loadPeerCompany } from '../peer-company.ts';
import { type DivisionRow, measureCert, measurePlanted } from '../peers.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from '../report.ts';

const SEEDS = Array.from({ length: 10 }, (_, i) => 3001 + i);
const SIZE = { people: 200, days: 90 };
const BUDGET_PER_200 = 2;

export const peers: Section = {
  title: 'Peer groups',
  async run({ quick, log }) {
    const reports: CompanyReport[] = [];
    for (const seed of quick ? SEEDS.slice(0, 1) : SEEDS) {
      const company = await loadPeerCompany({ ...(quick ? { people: 100, days: 60 } : SIZE), seed });
      const report = measureCompany(company, BUDGET_PER_200);
      log(
        `seed ${seed}: ${report.withinTen} of ${report.changers} re-grouped, alerts ${JSON.stringify(report.alerts)}`,
      );
      reports.push(report);
    }
    const planted = measurePlanted(quick ? [1000] : [1000, 10_000], SEEDS[0]!);
    const cert = hasShared('cert-r62-userday')
      ? measureCert(sharedPath('cert-r62-userday', 'user-day-counts.csv.gz'))
      : [];
    return [
      companyText(reports),
      changeText(reports),
      plantedText(planted),
      ...(cert.length > 0 ? [certText(cert)] : []),
    ].join('\n\n');
  },
};

const sum = (reports: readonly CompanyReport[], of: (report: CompanyReport) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

function companyText(reports: readonly CompanyReport[]): string {
  const mean = (of: (report: CompanyReport) => number) => sum(reports, of) / reports.length;
  return [
    `Synthetic enterprise, seeds ${reports[0]!.seed} to ${reports.at(-1)!.seed} (not used while building), imported and analysed as a user would: ` +
      'groups of the last day against what people truly do (adjusted Rand index), peers learned every week. Roles, departments and teams are in the HR records too, so agreement with them is partly what was put in.',
    formatTable(
      [
        'seed',
        'groups',
        'silhouette',
        'Rand against last week',
        'churn a week',
        'role',
        'department',
        'team',
        'first project',
      ],
      [
        ...reports.map((report) => [
          String(report.seed),
          String(report.groups),
          fixed(report.silhouette),
          fixed(report.stability),
          fixed(report.churn, 3),
          ...Object.values(report.agreement).map(({ ari }) => fixed(ari)),
        ]),
        [
          'mean',
          fixed(
            mean((report) => report.groups),
            1,
          ),
          fixed(mean((report) => report.silhouette)),
          fixed(mean((report) => report.stability)),
          fixed(
            mean((report) => report.churn),
            3,
          ),
          ...(['role', 'department', 'team', 'project'] as const).map((name) =>
            fixed(mean((report) => report.agreement[name].ari)),
          ),
        ],
      ],
    ),
  ].join('\n\n');
}

function changeText(reports: readonly CompanyReport[]): string {
  const [changers, within] = [sum(reports, (r) => r.changers), sum(reports, (r) => r.withinTen)];
  const total = (name: keyof CompanyReport['alerts']) => sum(reports, ({ alerts }) => alerts[name]);
  const days = reports.flatMap(({ regroupedAfter }) => regroupedAfter).sort((a, b) => a - b);
  const names = ['learned', 'staticDepartment', 'staticRole', 'thresholds'] as const;
  const least = Math.min(total('staticDepartment'), total('staticRole'));
  const share = total('learned') / least;
  return [
    `People who change place. Counted as changers are those whose new team sits in another group than the old one. False alerts: person-days among the strongest ${BUDGET_PER_200} a day per 200 people, in the 20 working days after a change, without injected activity. HR records come as monthly snapshots. Static groups: the same detection with the department or role of the first HR record for ever; static thresholds: the rules of the insiders section.`,
    formatTable(
      [
        'seed',
        'changers',
        're-grouped within 10 working days',
        'taken for movers without a change',
        'false alerts: learned groups',
        'static departments',
        'static roles',
        'static thresholds',
      ],
      [
        ...reports.map((r) => [
          String(r.seed),
          r.changers,
          r.withinTen,
          r.falseMoves,
          ...names.map((name) => r.alerts[name]),
        ]),
        ['all', changers, within, sum(reports, (r) => r.falseMoves), ...names.map(total)],
      ],
    ),
    verdict(
      'people who change role re-grouped within 10 working days',
      `${within} of ${changers}, median ${days[days.length >> 1] ?? 'none'} working days`,
      within === changers,
    ),
    verdict(
      'less than a quarter of the false alerts that static groups cause',
      `${total('learned')} against ${least}, a share of ${fixed(share)}`,
      share < 0.25,
    ),
  ].join('\n\n');
}

function plantedText(rows: ReturnType<typeof measurePlanted>): string {
  return [
    'Planted companies: groups differ in volumes, hours and resources, 1 % of people follow no group, 10 % have a wrong role.',
    formatTable(
      [
        'people',
        'seconds',
        'memory growth, at most',
        'state a person',
        'planted / found groups',
        'adjusted Rand',
        'strangers left without a group',
        'true 25 nearest found',
      ],
      rows.map((row) => [
        thousands(row.people),
        fixed(row.seconds, 1),
        megabytes(row.peakBytes),
        `${Math.round(row.modelBytesPerPerson)} B`,
        `${row.planted} / ${row.groups}`,
        fixed(row.ari),
        `${row.strangersFound} of ${row.strangers}`,
        `${fixed(100 * row.recall, 0)} %`,
      ]),
    ),
  ].join('\n\n');
}

function certText(rows: readonly DivisionRow[]): string {
  return [
    'CERT r6.2 user-days (at most 3 days of 89 unnamed counts a person): adjusted Rand index, and how many of the ten nearest peers share the label (by chance).',
    formatTable(
      ['attributes given', 'people', 'groups', 'without a group', 'silhouette', 'agreement'],
      rows.map(divisionRow),
    ),
  ].join('\n\n');
}

const divisionRow = (row: DivisionRow): (string | number)[] => [
  row.attributes ? 'yes' : 'no',
  thousands(row.people),
  row.groups,
  row.ungrouped,
  fixed(row.silhouette),
  Object.entries(row.agreement)
    .map(
      ([name, { ari, sameOfTen, byChance }]) =>
        `${name} ${fixed(ari)}, ${fixed(100 * sameOfTen, 0)} % (${fixed(100 * byChance, 0)} %)`,
    )
    .join('; '),
];
