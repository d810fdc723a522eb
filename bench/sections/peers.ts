import type { Section } from '../main.ts';
import { hasShared, sharedPath } from '../paths.ts';
import { type DivisionRow, runPeersBench } from '../peers.ts';
import { fixed, formatTable, megabytes, thousands } from '../report.ts';

const SEEDS = [2401, 2402, 2403];

export const peers: Section = {
  title: 'Peer groups',
  async run({ quick }) {
    const report = runPeersBench({
      seeds: quick ? SEEDS.slice(0, 1) : SEEDS,
      sizes: quick ? [1000] : [1000, 10_000, 100_000],
      enterprisePeople: quick ? 100 : 300,
      ...(hasShared('cert-r62-userday') ? { sharedData: sharedPath() } : {}),
    });
    return [
      `Seeds ${SEEDS.join(', ')}. Planted companies: groups differ in volumes, hours and resources, 1 % of people follow no group, 10 % have a wrong role.`,
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
        report.scale.map((row) => [
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
      'Agreement of the groups learned with known divisions (adjusted Rand index), and how many of the ten nearest peers share the label (by chance). ' +
        'With attributes given, agreement with them is partly what was put in.',
      formatTable(
        ['data', 'attributes given', 'people', 'groups', 'without a group', 'silhouette', 'agreement'],
        report.divisions.map(divisionRow),
      ),
      'People who change place, over 60 days:',
      formatTable(
        [
          'seed',
          'attributes given',
          'changers',
          'in the new group within 10 working days',
          'noticed as movers',
          'false movers on an average day',
        ],
        report.movers.map((row) => [
          row.seed,
          row.attributes ? 'yes' : 'no',
          row.changers,
          row.withinTenDays,
          row.noticed,
          `${fixed(row.falseMovers, 1)} of ${row.people}`,
        ]),
      ),
    ].join('\n\n');
  },
};

const divisionRow = (row: DivisionRow): (string | number)[] => [
  row.data,
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
