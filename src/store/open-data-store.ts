import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, SqliteDialect } from 'kysely';
import { AppError, messageOf } from '../domain/errors.ts';
import type { ThingTokens } from '../features/pushed-rows.ts';
import type { AuditLog } from '../governance/ports.ts';
import { type AccountOwners, createAccountOwners } from './account-owners.ts';
import { type ActivityWriter, BatchWriter, type WriterOptions } from './activity-writer.ts';
import { type AddressUsers, createAddressUsers } from './address-users.ts';
import { type CampaignEventRecords, createCampaignEventRecords } from './campaign-events.ts';
import { type ContextRecords, createContextRecords } from './context-records.ts';
import { type CursorStore, createCursorStore } from './cursors.ts';
import { type DataKeys, type Encryption, openDataKeys } from './data-keys.ts';
import { type Deleted, deleteBefore, eraseAccount } from './delete-data.ts';
import { createDictionary, type Dictionary } from './dictionary.ts';
import { createDuckRunner, type DuckRunner } from './duck-runner.ts';
import { createFindingRecords, type FindingRecords } from './finding-records.ts';
import { type Forgettable, type Forgotten, forgetPeople } from './forget-people.ts';
import { createImportLog, type ImportLog } from './import-log.ts';
import { createLogSourceHours, type LogSourceHours } from './log-source-hours.ts';
import { createOffenseRecords, type OffenseRecords } from './offense-records.ts';
import { type EventsFile, openEvents } from './open-events.ts';
import { openRecords, type RecordsFile } from './open-records.ts';
import { createPeopleRecords, type PeopleRecords } from './people-records.ts';
import { createRecordSink } from './record-sink.ts';
import type { RecordsDatabase } from './records-schema.ts';
import { rotateKey } from './rotate-key.ts';
import { createSenseRecords, type SenseRecords } from './sense-records.ts';
import { createAuditLog } from './sqlite-audit.ts';
import { openThingTokens } from './thing-tokens.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';
import { createTrackingRecords, type TrackingRecords } from './tracking-records.ts';
import { createWritebackRecords, type WritebackRecords } from './writeback-records.ts';

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
    /** Several may be open; each batch is stored by itself. @param importId from `imports.begin` */
    openWriter(importId: number, options?: WriterOptions): ActivityWriter;
    count(): Promise<number>;
  };
  readonly imports: ImportLog;
  readonly cursors: CursorStore;
  readonly dictionary: Dictionary;
  readonly logSourceHours: LogSourceHours;
  readonly addressUsers: AddressUsers;
  readonly people: PeopleRecords;
  readonly owners: AccountOwners;
  readonly context: ContextRecords;
  readonly offenses: OffenseRecords;
  readonly sense: SenseRecords;
  readonly findings: FindingRecords;
  readonly writebacks: WritebackRecords;
  readonly campaignEvents: CampaignEventRecords;
  readonly tracking: TrackingRecords;
  readonly duck: DuckRunner;
  readonly tokens: Tokenizer;
  /** See `thing-tokens.ts`. */
  openThingTokens(): ThingTokens;
  /** For text that waits on disk beside the store until it is stored, 32 bytes; `undefined` when encryption is off. */
  readonly spoolKey: Uint8Array | undefined;
  /** See `delete-data.ts`. Throws DATA_BUSY while records wait to be committed. */
  deleteBefore(utcDay: number): Promise<Deleted>;
  eraseAccount(domain: string, account: string): Promise<Deleted>;
  /** See `forget-people.ts`. */
  forgetPeople(who: Forgettable): Promise<Forgotten>;
  /** See `rotate-key.ts`. `''`: the present key file is replaced. */
  rotateKey(newKeyFile: string): Promise<void>;
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
    return await assemble({ ...options, keyFile }, file, events, keys);
  } catch (error) {
    events?.close();
    file.close();
    throw error;
  }
}

async function assemble(
  options: DataStoreOptions & { keyFile: string },
  file: RecordsFile,
  events: EventsFile,
  dataKeys: DataKeys,
): Promise<DataStore> {
  let keys = dataKeys;
  let keyFile = options.keyFile;
  const records = new Kysely<RecordsDatabase>({ dialect: new SqliteDialect({ database: file }) });
  const tokens = createTokenizer(keys.token);
  const runner = createDuckRunner(await events.connect());
  const exclusively = createQueue();
  // A batch stored while features are brought up to date would clear its own mark of a day to read again.
  const duck: DuckRunner = { ...runner, transaction: (work) => exclusively(() => runner.transaction(work)) };
  const connection = await events.connect();
  const dictionary = createDictionary(file);
  const writers = new Set<BatchWriter>();
  const onClose = (writer: BatchWriter) => void writers.delete(writer);
  const writerContext = { connection, tokenizer: tokens, key: keys.token, exclusively, onClose };
  const remove = <T>(work: () => Promise<T>) =>
    exclusively(async () => {
      if ([...writers].some((writer) => writer.hasPending)) throw new AppError('DATA_BUSY', 'an import is running');
      // Before it: of records that are added meanwhile every text is announced anew, and stored after the deletion.
      for (const writer of writers) writer.forgetTexts();
      return work();
    });
  const deleteContext = { file, connection, tokens };
  return {
    directory: options.directory,
    records,
    audit: createAuditLog(records),
    activities: {
      openWriter(importId, options) {
        const writer = new BatchWriter({ ...writerContext, sink: createRecordSink(file) }, importId, options);
        writers.add(writer);
        return writer;
      },
      count: async () => Number((await duck.columns('SELECT count(*) AS n FROM activity')).n![0]),
    },
    imports: createImportLog(records),
    cursors: createCursorStore(records),
    dictionary,
    logSourceHours: createLogSourceHours(duck, dictionary),
    addressUsers: createAddressUsers(duck, dictionary, tokens),
    owners: createAccountOwners(file),
    people: createPeopleRecords(file, records, duck, tokens),
    context: createContextRecords(file),
    offenses: createOffenseRecords(file),
    sense: createSenseRecords(file),
    findings: createFindingRecords(file),
    writebacks: createWritebackRecords(file),
    campaignEvents: createCampaignEventRecords(file),
    tracking: createTrackingRecords(file),
    duck,
    tokens,
    openThingTokens: () => openThingTokens(file, tokens),
    spoolKey: options.encryption === 'off' ? undefined : new Uint8Array(keys.events),
    deleteBefore: (utcDay) => remove(() => deleteBefore(deleteContext, utcDay)),
    eraseAccount: (domain, account) => remove(() => eraseAccount(deleteContext, domain, account)),
    forgetPeople: (who) => remove(() => forgetPeople(deleteContext, who)),
    rotateKey: (newKeyFile) =>
      exclusively(async () => {
        const { directory, encryption } = options;
        if (encryption === 'off') throw new AppError('USAGE', 'the data directory was made without a key');
        keys = rotateKey(file, { directory, encryption, keys, keyFile, newKeyFile: newKeyFile || keyFile });
        keyFile = newKeyFile || keyFile;
      }),
    async close() {
      await exclusively(async () => {});
      events.close();
      await records.destroy();
      // Kysely closes only what it has used.
      file.close();
    },
  };
}

/** Runs one piece of work after another. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
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
