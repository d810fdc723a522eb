import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawGrowth } from '../growth-chart.ts';
import type { Section } from '../main.ts';
import { ROOT } from '../paths.ts';
import { loadPeerCompany } from '../peer-company.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from '../report.ts';
import { measureScale, type ScaleMeasure } from '../scale.ts';

const SEED = 2601;
const DAYS = 30;
const CHART = 'growth-peers-detection.svg';
const ASKED = { seconds: 600, bytes: 100_000 };

export const scale: Section = {
  title: 'Peers and detection from 1,000 to 100,000 people',
  async run({ quick, log }) {
    const base = await loadPeerCompany({ people: quick ? 100 : 1000, days: DAYS, seed: SEED });
    log('base company ready');
    const rows: ScaleMeasure[] = [];
    for (const people of quick ? [100, 300] : [1000, 3000, 10_000, 30_000, 100_000]) {
      const row = measureScale(base, people, SEED);
      rows.push(row);
      log(`${people} people: ${fixed(total(row), 1)} s, processor ${fixed(row.processorSeconds, 1)} s`);
    }
    if (!quick) writeFileSync(join(ROOT, 'docs', CHART), chart(rows));
    const last = rows.at(-1)!;
    const alpha = Math.log(total(last) / total(rows[0]!)) / Math.log(last.people / rows[0]!.people);
    return [
      `Feature rows of ${DAYS} days for companies of many sites, each site like one synthetic enterprise of ${thousands(base.people.length)} people and accounts (seed ${SEED}): every person has the days of somebody there at a level of their own, every figure jittered, what few people touch separate at every site. Measured as \`analyze\` runs it: working hours, peers every week, changes of place, scores of all person-days. State: the peer model kept from one run to the next. Rows: feature rows and things touched of the ${DAYS} days. Peak: resident memory of the whole process, sizes one after another.`,
      formatTable(
        [
          'people',
          'person-days',
          'things touched',
          'groups',
          'hours, s',
          'peers, s',
          'detection, s',
          'all, s',
          'processor, s',
          'state a person',
          'rows a person',
          'peak memory',
        ],
        rows.map((row) => [
          thousands(row.people),
          thousands(row.rows),
          thousands(row.touches),
          row.groups,
          fixed(row.rhythmSeconds, 1),
          fixed(row.peersSeconds, 1),
          fixed(row.detectSeconds, 1),
          fixed(total(row), 1),
          fixed(row.processorSeconds, 1),
          `${thousands(row.stateBytesPerPerson)} B`,
          `${thousands(row.inputBytesPerPerson)} B`,
          megabytes(row.peakBytesPerPerson * row.people),
        ]),
      ),
      verdict(
        `${thousands(last.people)} people x ${DAYS} days, peers and detection within 10 minutes on two cores`,
        `${fixed(total(last), 0)} s`,
        total(last) <= ASKED.seconds,
      ),
      verdict(
        'under 0.1 MB of state a person',
        `${thousands(last.stateBytesPerPerson)} B of model, ${thousands(last.peakBytesPerPerson)} B at the peak with all rows in memory`,
        last.stateBytesPerPerson < ASKED.bytes && last.peakBytesPerPerson < ASKED.bytes,
      ),
      `Time grows with the number of people to the power of ${fixed(alpha)}.`,
      `![Seconds by number of people](${CHART})`,
    ].join('\n\n');
  },
};

const total = (row: ScaleMeasure): number => row.rhythmSeconds + row.peersSeconds + row.detectSeconds;

function chart(rows: readonly ScaleMeasure[]): string {
  const series = (name: string, colour: string, of: (row: ScaleMeasure) => number) => ({
    name,
    colour,
    points: rows.map((row) => [row.people, Math.max(0.01, of(row))] as const),
  });
  return drawGrowth('Peers and detection over 30 days', 'people', 'seconds', [
    series('all', '#333333', total),
    series('peers', '#1f6fb2', (row) => row.peersSeconds),
    series('detection', '#c2571a', (row) => row.detectSeconds),
    series('working hours', '#5a8f3c', (row) => row.rhythmSeconds),
  ]);
}
