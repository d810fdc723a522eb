import { runCrash } from '../crash.ts';
import type { Section } from '../main.ts';
import { thousands, verdict } from '../report.ts';

const SEED = 2201;

export const crash: Section = {
  title: 'kill -9 during import',
  async run({ quick, log }) {
    const size = quick ? { kills: 3, lines: 8000 } : { kills: 30, lines: 40_000 };
    const result = await runCrash({ ...size, killsPerDirectory: 5, seed: SEED, log });
    return [
      `${result.kills} kills at random moments (seed ${SEED}) of imports of ${thousands(size.lines)} lines in batches of 1,500, up to five in a row into one data ` +
        `directory, ${result.directories} directories in all; ${result.midway} kills fell after the first and before the last batch. Then the import is run to ` +
        'its end. Activities, changed days, dictionary, dead letters, accounts seen and directory are compared with those of an undisturbed import, ' +
        'and the audit chain is verified.',
      verdict(
        'the same store as an undisturbed import after 30 kills',
        result.differences.length === 0 ? 'no difference' : result.differences.join(', '),
        result.differences.length === 0 && result.kills >= size.kills,
      ),
    ].join('\n\n');
  },
};
