import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '../domain/errors.ts';
import { IMPORT_FORMATS, type ImportFormat } from '../domain/ingest.ts';
import type { ImportResult } from '../pipeline/import-ports.ts';
import { ingestOptions } from '../pipeline/ingest-options.ts';
import { addSharedOptions, type CliContext, type SharedOptions } from './context.ts';
import { escapeText } from './escape-text.ts';
import { formatJsonLine } from './output.ts';
import { createProgress, formatCount } from './progress.ts';

interface ImportCommandOptions extends SharedOptions {
  format: ImportFormat;
  timeZone?: string;
  keyFile?: string;
}

/** `undercurrent import`. */
export function registerImport(program: Command, context: CliContext): void {
  addSharedOptions(program.command('import'))
    .argument('<path...>', 'log files, and folders to search for them')
    .description('read log files into the data directory; what is stored already is counted as a duplicate')
    .addOption(new Option('--format <format>', 'what the files hold').choices(IMPORT_FORMATS).default('auto'))
    .option('--time-zone <zone>', 'IANA zone of times written without one (default: time.zone)', zoneOption)
    .option('--key-file <file>', 'key file, in place of storage.keyFile of the configuration')
    .action((paths: string[], options: ImportCommandOptions) => runImport(paths, options, context));
}

function zoneOption(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new InvalidArgumentError('It is an IANA time zone such as Europe/Berlin, or UTC.');
  }
}

async function runImport(paths: string[], options: ImportCommandOptions, context: CliContext): Promise<void> {
  const loaded = await context.loadConfig(options);
  const config = options.keyFile
    ? { ...loaded, storage: { ...loaded.storage, keyFile: resolve(options.keyFile) } }
    : loaded;
  const ingest = await import('../ingest/index.ts');
  const { importFiles } = await import('../pipeline/import.ts');
  // Before the data directory is made: a mistyped path leaves nothing behind.
  const plan = await ingest.planImport(paths, options.format);
  if (plan.every(({ role }) => role === 'skipped')) throw nothingToRead(paths, plan);
  const store = await context.openStore(config, { create: true });
  const progress = createProgress(context, { label: 'import', unit: 'KB' });
  try {
    const result = await importFiles(plan, options.format, {
      store,
      ingest,
      options: ingestOptions(config, options.timeZone),
      now: () => context.now(),
      elapsedMs: () => performance.now(),
      onProgress: ({ bytesRead, bytesTotal }) => progress.update(bytesRead / 1024, bytesTotal / 1024),
      signal: context.signal,
    });
    progress.end();
    await print(result, options, context);
  } finally {
    progress.end();
    await store.close();
  }
}

function nothingToRead(paths: readonly string[], plan: readonly { path: string; reason?: string }[]): AppError {
  const first = plan[0];
  const why = first
    ? `${plan.length} skipped, the first, ${escapeText(first.path, 200)}, because: ${first.reason}`
    : 'no files';
  return new AppError('INPUT_INVALID', `nothing to import in ${escapeText(paths.join(' '), 200)}: ${why}`);
}

async function print(result: ImportResult, options: ImportCommandOptions, context: CliContext): Promise<void> {
  const { skipped, ...totals } = result;
  if (options.json) {
    for (const { path, reason } of skipped)
      await context.stdout.write(formatJsonLine({ type: 'skipped', file: path, reason }));
    await context.stdout.write(formatJsonLine({ type: 'import', ...totals }));
    return;
  }
  const rate = totals.seconds > 0 ? `, ${formatCount(Math.round(totals.lines / totals.seconds))} lines/s` : '';
  const lines = [
    `${formatCount(totals.files)} files, ${formatCount(totals.lines)} lines in ${totals.seconds.toFixed(1)} s${rate}`,
    `  ${formatCount(totals.activities)} new activities`,
    `  ${formatCount(totals.duplicates)} duplicates of what was stored before`,
    `  ${formatCount(totals.deadLetters)} dead letters${totals.deadLetters > 0 ? ':' : ''}`,
    ...Object.entries(totals.reasons).map(([reason, count]) => `    ${formatCount(count)} ${reason}`),
    ...skipped.map(({ path, reason }) => `  skipped ${escapeText(path, 200)}: ${reason}`),
  ];
  await context.stdout.write(`${lines.join('\n')}\n`);
}
