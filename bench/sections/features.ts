import { runFeaturesBench } from '../features.ts';
import type { Section } from '../main.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from '../report.ts';

const GOAL = 3;

export const features: Section = {
  title: 'Feature rows',
  async run({ quick, log }) {
    const result = await runFeaturesBench(quick ? 300_000 : 10_000_000, log);
    return [
      `${thousands(result.activities)} activities of ${thousands(result.people)} people on ${result.days} days, made in DuckDB from hashes ` +
        '(busy people, hosts and folders as 1/rank), give ' +
        `${thousands(result.rows)} rows. The yardstick is one GROUP BY person, day in the same process, in turns with the refresh, with the same counts, sums, maxima and exact ` +
        'numbers of different things. The product also finds first times, rare things and hours by day, which the GROUP BY does not.',
      formatTable(
        ['', 'seconds'],
        [
          ['refresh of everything, median of three', fixed(result.refreshSeconds, 1)],
          ['one GROUP BY, median of three', fixed(result.handSeconds, 1)],
          [
            `one further day of ${thousands(result.activities / result.days)} activities`,
            fixed(result.oneDaySeconds, 1),
          ],
        ],
      ),
      verdict('within three times the GROUP BY', `${fixed(result.ratio)} times`, result.ratio <= GOAL),
      `Person-days on which the two disagree: ${result.differences}. Peak resident memory after the first refresh ${megabytes(result.peakMemoryBytes)}, of which ` +
        `${megabytes(result.startMemoryBytes)} were there before it (the engine's cache; its limit is 2,048 MB).`,
    ].join('\n\n');
  },
};
