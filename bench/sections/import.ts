import { type ImportBenchResult, runImportBench } from '../import.ts';
import type { Section } from '../main.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from '../report.ts';

const SEED = 2101;
const GOAL = 0.25;
const ROUNDS = 3;
const FORMATS = ['leef', 'cert', 'jsonl'] as const;

/** The round with the median share: its figures belong together. */
const medianOf = (rounds: ImportBenchResult[]): ImportBenchResult =>
  [...rounds].sort((a, b) => a.share - b.share)[rounds.length >> 1]!;

export const importing: Section = {
  title: 'Import of files',
  async run({ quick, log }) {
    const size = quick ? { people: 50, days: 5 } : { people: 200, days: 30 };
    const rounds: ImportBenchResult[][] = [];
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++)
      rounds.push(await runImportBench({ ...size, seed: SEED, formats: [...FORMATS], log }));
    const results = FORMATS.map((_, index) => medianOf(rounds.map((results) => results[index]!)));
    const judged = results.filter(({ format }) => format !== 'jsonl');
    const least = Math.min(...judged.map(({ share }) => share));
    const worst = Math.min(...rounds.flatMap((all) => all.slice(0, judged.length).map(({ share }) => share)));
    const shares = FORMATS.map(
      (format, index) => `${format} ${rounds.map((all) => fixed(all[index]!.share)).join(', ')}`,
    );
    return [
      `Synthetic enterprise of ${size.people} people and ${size.days} days, seed ${SEED}: files on disk to activities that a crash ` +
        'cannot lose, one JavaScript thread. The yardstick is the DuckDB appender fed in the same process with the same rows, ' +
        'parsed, tokenised and in memory: row by row, as applications use it, and column by column, as the store does. ' +
        `Of ${rounds.length} rounds the one with the median share is shown; shares of the row appender by round: ${shares.join('; ')}.`,
      formatTable(
        [
          'format',
          'lines',
          'size',
          'import, lines/s',
          'share of the row appender',
          'share of the column appender',
          'parsing alone, lines/s',
          'row appender, rows/s',
          'column appender, rows/s',
          'import again, lines/s',
          'peak memory',
        ],
        results.map((result, index) => [
          result.format,
          thousands(result.lines),
          `${thousands(result.megabytes)} MB`,
          thousands(result.importPerSecond),
          fixed(result.share),
          fixed(result.importPerSecond / result.columnAppenderPerSecond),
          thousands(result.parsePerSecond),
          thousands(result.rowAppenderPerSecond),
          thousands(result.columnAppenderPerSecond),
          thousands(result.reimportPerSecond),
          // Later imports would show what the process still holds of the earlier ones.
          index === 0 ? megabytes(rounds[0]![0]!.peakMemoryBytes) : '-',
        ]),
      ),
      verdict(
        'LEEF and CERT at a quarter or more of what the appender takes in pre-parsed rows',
        `at least ${fixed(least)} of the row appender in the median round, ${fixed(worst)} in the worst`,
        least >= GOAL,
      ),
      'Peak resident memory is that of the whole process after the first import, the making of the logs included. "Import again" reads the same files when everything is stored: all duplicates.',
    ].join('\n\n');
  },
};
