import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/load-config.ts';
import { AppError } from '../domain/errors.ts';
import { DAY_MS, formatDay } from '../domain/time.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import { dayOption } from './analyze.ts';
import { addSharedOptions, type CliContext, type DataStore, type SharedOptions } from './context.ts';
import { formatJsonLine } from './output.ts';
import { formatCount } from './progress.ts';

interface RetentionOptions extends SharedOptions {
  before?: number;
}
interface RotateOptions extends SharedOptions {
  newKeyFile?: string;
}
interface EraseOptions extends SharedOptions {
  domain: string;
}

/** `undercurrent data retention | rotate-key | erase-account`. */
export function registerData(program: Command, context: CliContext): void {
  const data = program.command('data').description('look after the data directory');
  addSharedOptions(data.command('retention'))
    .description('delete activities and dead letters past their time, and the texts nothing refers to after that')
    .option('--before <day>', 'delete what is before this UTC day (default: storage.retentionDays ago)', dayOption)
    .action((options: RetentionOptions) => deleteOld(options, context));
  addSharedOptions(data.command('rotate-key'))
    .description(
      'put a new key file in charge and encrypt the record file anew; the old key file is of no use after that',
    )
    .option('--new-key-file <file>', 'the new key file, made when absent (default: the present one is replaced)')
    .action((options: RotateOptions) => rotate(options, context));
  addSharedOptions(data.command('erase-account'))
    .argument('<account>', 'account as the logs write it')
    .description('delete the name of an account, its person, and every text that only its activities refer to')
    .option('--domain <domain>', 'QRadar domain of the account', '')
    .action((account: string, options: EraseOptions) => erase(account, options, context));
}

async function withStore<T>(
  options: SharedOptions,
  context: CliContext,
  work: (store: DataStore, config: Config) => Promise<T>,
): Promise<T> {
  const config = await context.loadConfig(options);
  const store = await context.openStore(config, { create: false });
  try {
    return await work(store, config);
  } finally {
    await store.close();
  }
}

async function deleteOld(options: RetentionOptions, context: CliContext): Promise<void> {
  const { before, deleted } = await withStore(options, context, async (store, config) => {
    const day = options.before ?? Math.floor(context.now() / DAY_MS) - config.storage.retentionDays;
    const before = formatDay(day);
    const deleted = await store.deleteBefore(day);
    await appendEntry(store.audit, 'data.retention', { before, ...deleted }, context.now());
    return { before, deleted };
  });
  await context.stdout.write(
    options.json
      ? formatJsonLine({ type: 'retention', before, ...deleted })
      : `before ${before}: ${formatCount(deleted.activities)} activities, ${formatCount(deleted.deadLetters)} dead letters and ${formatCount(deleted.texts)} texts deleted\n`,
  );
}

async function rotate(options: RotateOptions, context: CliContext): Promise<void> {
  const keyFile = options.newKeyFile ? resolve(options.newKeyFile) : '';
  await withStore(options, context, async (store) => {
    await store.rotateKey(keyFile);
    await appendEntry(store.audit, 'data.key-rotated', {}, context.now());
  });
  await context.stdout.write(
    options.json
      ? formatJsonLine({ type: 'rotate-key', keyFile })
      : keyFile
        ? `the key file is now ${keyFile}; set storage.keyFile or UNDERCURRENT_KEY_FILE to it\n`
        : 'the key file was replaced\n',
  );
}

async function erase(account: string, options: EraseOptions, context: CliContext): Promise<void> {
  if (account === '') throw new AppError('USAGE', 'the account is empty');
  const deleted = await withStore(options, context, async (store) => {
    const deleted = await store.eraseAccount(options.domain, account);
    // The chain must not keep the name.
    await appendEntry(store.audit, 'data.account-erased', { ...deleted }, context.now());
    return deleted;
  });
  await context.stdout.write(
    options.json
      ? formatJsonLine({ type: 'erase-account', texts: deleted.texts, deadLetters: deleted.deadLetters })
      : `${formatCount(deleted.texts)} texts and ${formatCount(deleted.deadLetters)} dead letters deleted\n`,
  );
}
