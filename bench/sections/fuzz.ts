import { runFuzz } from '../fuzz.ts';
import type { Section } from '../main.ts';
import { fixed, formatTable, thousands, verdict } from '../report.ts';

const SEED = 2301;

export const fuzz: Section = {
  title: 'Fuzzing the parsers',
  async run({ quick, log }) {
    const report = runFuzz(quick ? 2 : 30, SEED);
    for (const sample of report.failureSamples) log(sample);
    log(`slowest: ${report.slowestSample}`);
    return [
      `Well-formed records of every format, mutated (seed ${SEED}) for ${report.seconds} s: ${thousands(report.records)} records, ` +
        `${thousands(report.activities)} activities, ${thousands(report.deadLetters)} dead letters. Slowest record ${fixed(report.slowestMs, 1)} ms ` +
        '(records are up to 100,000 characters).',
      formatTable(
        ['dead letter', 'records'],
        Object.entries(report.reasons)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([reason, count]) => [reason, thousands(count ?? 0)]),
      ),
      verdict(
        'no parser throws, and every record becomes an activity or a dead letter',
        `${report.failures} records did otherwise`,
        report.failures === 0,
      ),
    ].join('\n\n');
  },
};
