import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, SqliteDialect } from 'kysely';
import { AppError, messageOf } from '../domain/errors.ts';
import type { AuditLog } from '../governance/ports.ts';
import { type ActivityWriter, BatchWriter, type WriterContext } from './activity-writer.ts';
import { type Encryption, openDataKeys } from './data-keys.ts';
import { createDictionary, type Dictionary } from './dictionary.ts';
import { createDuckRunner, type DuckRunner } from './duck-runner.ts';
import { createImportLog, type ImportLog } from './import-log.ts';
import { type EventsFile, openEvents } from './open-events.ts';
import { openRecords, type RecordsFile } from './open-records.ts';
import { createPeopleRecords, type PeopleRecords } from './people-records.ts';
import { createRecordSink } from './record-sink.ts';
import type { RecordsDatabase } from './records-schema.ts';
import { createAuditLog } from './sqlite-audit.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

export interface DataStoreOptions {
  directory: string;
  /** Make the directory, its keys and files when they are absent. */
  create: boolean;
  encryption: Encryption;
  /** Empty: the file `key` in the directory. */
  keyFile?: string;
  /** DuckDB's httpfs extension, for `encryption: required`. */
  duckdbExtension?: string;
  /** What the event engine may use before it spills to disk. */
  memoryLimitMb?: number;
  /** How long to wait for another process that owns the directory, then DATA_BUSY. */
  waitMs?: number;
  /** Told once when waiting begins. */
  onWait?(message: string): void;
  /** Tests only, see `EventsOptions`. */
  allowTestCryptography?: boolean;
}

/** An open data directory. One process owns it at a time. */
export interface DataStore {
  readonly directory: string;
  readonly records: Kysely<RecordsDatabase>;
  readonly audit: AuditLog;
  readonly activities: {
    /** Open one at a time. @param importId from `imports.begin` */
    openWriter(importId: number): ActivityWriter;
    count(): Promise<number>;
  };
  readonly imports: ImportLog;
  readonly dictionary: Dictionary;
  readonly people: PeopleRecords;
  readonly duck: DuckRunner;
  readonly tokens: Tokenizer;
  close(): Promise<void>;
}

const RETRY_MS = 200;

/** Throws NO_DATA, KEY_MISSING, DATA_BUSY, DATA_FORMAT or ENCRYPTION_UNAVAILABLE. */
export async function openDataStore(options: DataStoreOptions): Promise<DataStore> {
  const { directory, encryption } = options;
  if (options.create) await makeDirectory(directory);
  const keyFile = options.keyFile || join(directory, 'key');
  const keys = openDataKeys({ directory, create: options.create, keyFile, encryption });
  const recordKeys = encryption === 'off' ? [] : [keys.records, ...(keys.nextRecords ? [keys.nextRecords] : [])];
  const file = await waitWhileBusy(options, async () => openRecords(join(directory, 'records.db'), recordKeys));
  let events: EventsFile | undefined;
  try {
    events = await waitWhileBusy(options, () =>
      openEvents({
        directory,
        encryption,
        key: keys.events,
        duckdbExtension: options.duckdbExtension ?? '',
        memoryLimitMb: options.memoryLimitMb ?? 2048,
        allowTestCryptography: options.allowTestCryptography ?? false,
      }),
    );
    return await assemble(options, file, events, keys.token);
  } catch (error) {
    events?.close();
    file.close();
    throw error;
  }
}

async function assemble(
  options: DataStoreOptions,
  file: RecordsFile,
  events: EventsFile,
  tokenKey: Buffer,
): Promise<DataStore> {
  const records = new Kysely<RecordsDatabase>({ dialect: new SqliteDialect({ database: file }) });
  const tokens = createTokenizer(tokenKey);
  const duck = createDuckRunner(await events.connect());
  let writing: Promise<unknown> = Promise.resolve();
  const writer: WriterContext = {
    connection: await events.connect(),
    sink: createRecordSink(file),
    tokenizer: tokens,
    key: tokenKey,
    exclusively(work) {
      const result = writing.then(work);
      writing = result.catch(() => {});
      return result;
    },
  };
  const dictionaryGeneration = 0;
  return {
    directory: options.directory,
    records,
    audit: createAuditLog(records),
    activities: {
      openWriter: (importId) => new BatchWriter(writer, importId, () => dictionaryGeneration),
      count: async () => Number((await duck.columns('SELECT count(*) AS n FROM activity')).n![0]),
    },
    imports: createImportLog(records),
    dictionary: createDictionary(file),
    people: createPeopleRecords(records, duck, tokens),
    duck,
    tokens,
    async close() {
      await writing;
      events.close();
      await records.destroy();
    },
  };
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError('INPUT_NOT_FOUND', `cannot make the data directory ${directory}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function waitWhileBusy<T>(options: DataStoreOptions, open: () => Promise<T>): Promise<T> {
  const waitMs = options.waitMs ?? 3000;
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'DATA_BUSY' || waitedMs >= waitMs) throw error;
      if (waitedMs === 0) options.onWait?.(error.message);
      await sleep(RETRY_MS);
    }
  }
}
