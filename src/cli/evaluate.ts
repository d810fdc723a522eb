import { type Command, InvalidArgumentError, Option } from 'commander';
import { DETECTORS, findDetector } from '../detect/detectors.ts';
import { AppError } from '../domain/errors.ts';
import type { CliContext } from './context.ts';
import { escapeText } from './escape-text.ts';
import { formatJsonLine } from './output.ts';
import { createProgress } from './progress.ts';
import { formatTable } from './table.ts';

interface TableOptions {
  label: string;
  detector: string;
  seed: number;
  threads?: number;
  json?: boolean;
}

/** `undercurrent evaluate ...`: detectors against labelled data. Other kinds of data add their own subcommand. */
export function registerEvaluate(program: Command, context: CliContext): void {
  const evaluate = program.command('evaluate').description('measure a detector on labelled data');
  evaluate
    .command('table')
    .argument('<file>', 'comma-separated table with a header line, plain or gzip')
    .description('fit on all rows without labels, score them, and compare with the labels')
    .requiredOption('--label <column>', 'name of the column that is 1 for an anomaly and 0 otherwise')
    .addOption(
      new Option('--detector <name>', 'what scores the rows')
        .choices(DETECTORS.map(({ id }) => id))
        .makeOptionMandatory(),
    )
    .option('--seed <n>', 'seed of the detector', wholeNumber(0, 0xffffffff), 0)
    .option('--threads <n>', 'worker threads; as many as there are processors when not given', wholeNumber(1, 64))
    .option('--json', 'print one JSON line on standard output and nothing else there')
    .action((file: string, options: TableOptions) => runTable(file, options, context));
}

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < least || value > most)
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  return value;
};

async function runTable(file: string, options: TableOptions, context: CliContext): Promise<void> {
  const detector = findDetector(options.detector);
  if (!detector) throw new AppError('USAGE', `there is no detector "${escapeText(options.detector, 60)}"`);
  const { evaluateTable, TABLE_STEPS } = await import('../pipeline/evaluate-table.ts');
  const progress = createProgress(context, { label: detector.id, unit: 'steps', total: TABLE_STEPS.length });
  const result = await evaluateTable(file, detector, {
    label: options.label,
    seed: options.seed,
    threads: options.threads,
    signal: context.signal,
    clockMs: () => performance.now(),
    onStep(step) {
      progress.update(TABLE_STEPS.indexOf(step));
      progress.label(`${detector.id}: ${step}`);
    },
  }).finally(() => progress.end());
  if (options.json) {
    await context.stdout.write(formatJsonLine({ type: 'table', ...result }));
    return;
  }
  const rows: [string, string][] = [
    ['rows x columns', `${result.rows} x ${result.columns}`],
    ['anomalies', `${result.anomalies} (${((100 * result.anomalies) / result.rows).toFixed(2)}%)`],
    ['AUC-ROC', result.aucRoc.toFixed(4)],
    ['AUC-PR (average precision)', result.aucPr.toFixed(4)],
    ['fit', `${result.fitSeconds.toFixed(2)} s`],
    ['score', `${result.scoreSeconds.toFixed(2)} s`],
    ['seed, threads', `${result.seed}, ${result.threads}`],
  ];
  await context.stdout.write(
    formatTable([{ title: result.dataset }, { title: result.detector, align: 'right' }], rows),
  );
}
