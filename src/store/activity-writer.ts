import type { DuckDBConnection } from '@duckdb/node-api';
import type { DirectoryRecord, SourceRecord } from '../domain/ingest.ts';
import { ActivityBatch } from './activity-batch.ts';
import { ACTIVITY_COLUMNS } from './activity-columns.ts';
import { appendColumns } from './append-columns.ts';
import { createDuckRunner, runTransaction } from './duck-runner.ts';
import { IdSet } from './id-set.ts';
import { TextInterner } from './intern-text.ts';
import { EVENTS_CATALOG } from './open-events.ts';
import { RecordIds, type Repeats } from './record-ids.ts';
import type { RecordSink } from './record-sink.ts';
import type { Tokenizer } from './tokenizer.ts';
import { copyText } from './two-generation-map.ts';

/** Rows of a batch: one row group of DuckDB, so that a full batch is stored compressed at once. */
export const BATCH_ROWS = 122_880;
/** Dead letters hold text: fewer of them fill a batch. */
const BATCH_DEAD_LETTERS = 20_000;
const MAX_RAW_BYTES = 4096;
/** Largest instant of ECMAScript. */
const MAX_TIME_MS = 8.64e15;

/** What became of the records of a batch; the three add up to the records. */
export interface BatchOutcome {
  activities: number;
  duplicates: number;
  deadLetters: number;
  /** Dead letters by reason. */
  reasons: Record<string, number>;
}

/**
 * Gathers records and stores them batch by batch. `add` only works in memory; after `commit` resolves, the batch survives
 * any crash. A crash before leaves nothing but text in the dictionary that reading the log again would put there too.
 */
export interface ActivityWriter {
  /** Equal lines are numbered within one file: call it before each. */
  startFile(): void;
  add(record: SourceRecord): void;
  addDirectory(records: readonly DirectoryRecord[]): void;
  /** The batch is full: commit it before adding more. */
  readonly isFull: boolean;
  commit(): Promise<BatchOutcome>;
  /** The writer will not be used again. What was not committed is dropped. */
  close(): void;
}

export interface WriterOptions {
  /** Rows of a batch. */
  batchRows?: number;
  /** `number` unless said otherwise. */
  repeats?: Repeats;
}

export interface WriterContext {
  /** A connection of its own: batches are transactions. */
  connection: DuckDBConnection;
  sink: RecordSink;
  tokenizer: Tokenizer;
  key: Uint8Array;
  /** Runs while nothing else writes. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  onClose?(writer: BatchWriter): void;
}

const noOutcome = (): BatchOutcome => ({ activities: 0, duplicates: 0, deadLetters: 0, reasons: {} });

export class BatchWriter implements ActivityWriter {
  readonly #context: WriterContext;
  readonly #importId: number;
  readonly #interner: TextInterner;
  readonly #ids: RecordIds;
  readonly #batch: ActivityBatch;
  readonly #batchIds: IdSet;
  #outcome = noOutcome();

  constructor(context: WriterContext, importId: number, options: WriterOptions = {}) {
    const capacity = options.batchRows ?? BATCH_ROWS;
    this.#context = context;
    this.#importId = importId;
    this.#interner = new TextInterner(context.tokenizer);
    this.#ids = new RecordIds(context.key, options.repeats);
    this.#batch = new ActivityBatch(capacity);
    this.#batchIds = new IdSet(capacity);
  }

  get isFull(): boolean {
    return this.#batch.rows >= this.#batch.capacity || this.#context.sink.deadLetters.length >= BATCH_DEAD_LETTERS;
  }

  /** Records wait to be committed. */
  get hasPending(): boolean {
    return this.#batch.rows > 0;
  }

  close(): void {
    this.#batch.rows = 0;
    this.#context.onClose?.(this);
  }

  /** Dictionary rows were deleted: what was known to be there may not be. */
  forgetTexts(): void {
    this.#interner.forget();
  }

  startFile(): void {
    this.#ids.startFile();
  }

  add(record: SourceRecord): void {
    const { outcome, raw } = record;
    if (outcome.kind === 'dead-letter') {
      this.#bury(record, outcome.reason, outcome.detail);
      return;
    }
    const { activity } = outcome;
    if (!Number.isInteger(activity.timeMs) || Math.abs(activity.timeMs) > MAX_TIME_MS) {
      this.#bury(record, 'bad-time', 'the event time is out of range');
      return;
    }
    this.#ids.ofActivity(activity, raw);
    const { id } = this.#ids;
    if (!this.#batchIds.add(id[0]!, id[1]!)) {
      this.#outcome.duplicates += 1;
      return;
    }
    this.#batch.add(activity, id, this.#interner);
  }

  addDirectory(records: readonly DirectoryRecord[]): void {
    this.#context.sink.directory.push(...records);
  }

  async commit(): Promise<BatchOutcome> {
    const outcome = this.#outcome;
    try {
      await this.#context.exclusively(() => this.#store(outcome));
      return outcome;
    } catch (error) {
      this.#interner.forget();
      throw error;
    } finally {
      this.#outcome = noOutcome();
      this.#batch.rows = 0;
      this.#batchIds.clear();
    }
  }

  #bury(record: SourceRecord, reason: string, detail: string): void {
    this.#ids.ofDeadLetter(record.raw);
    this.#outcome.deadLetters += 1;
    this.#outcome.reasons[reason] = (this.#outcome.reasons[reason] ?? 0) + 1;
    this.#context.sink.deadLetters.push({
      id: (BigInt(this.#ids.id[1]!) << 32n) | BigInt(this.#ids.id[0]! >>> 0),
      origin: copyText(record.origin),
      line: record.line,
      reason,
      detail: copyText(detail.slice(0, 500)),
      raw: cutBytes(record.raw, MAX_RAW_BYTES),
      firstImport: this.#importId,
    });
  }

  async #store(outcome: BatchOutcome): Promise<void> {
    const { sink, connection } = this.#context;
    // Text first: an activity never refers to a token that the dictionary does not explain.
    sink.write(this.#interner.takeNews());
    const batch = this.#batch;
    if (batch.rows === 0) return;
    await runTransaction(connection, async () => {
      const before = batch.rows;
      const stored = await this.#findStored();
      if (stored.size > 0) batch.removeStored(stored);
      outcome.duplicates += before - batch.rows;
      outcome.activities += batch.rows;
      if (batch.rows === 0) return;
      const columns = ACTIVITY_COLUMNS.map(({ name }) => batch.column(name));
      await appendColumns(connection, { catalog: EVENTS_CATALOG, name: 'activity' }, columns, batch.rows);
      await connection.run(
        `INSERT INTO dirty_day SELECT day FROM (VALUES ${batch.days().map((day) => `(${day})`)}) AS d(day)
         WHERE day NOT IN (SELECT utc_day FROM dirty_day)`,
      );
    });
  }

  /** Ids of the batch that the event file holds already. An id includes its time, so only the batch's span is looked at. */
  async #findStored(): Promise<Set<bigint>> {
    const { connection } = this.#context;
    await connection.run('CREATE OR REPLACE TEMP TABLE batch_id(id BIGINT)');
    await appendColumns(connection, { catalog: 'temp', name: 'batch_id' }, [this.#batch.columns.id], this.#batch.rows);
    const { from, to } = this.#batch.timeSpan();
    const { id } = await createDuckRunner(connection).columns(
      `SELECT id FROM batch_id SEMI JOIN (SELECT id FROM activity WHERE time_ms BETWEEN ${from} AND ${to}) USING (id)`,
    );
    return new Set(id as BigInt64Array);
  }
}

/** The longest start of a text that fits into so many bytes of UTF-8. */
function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, maxBytes), 'utf8');
  if (bytes.length <= maxBytes) return bytes.toString('utf8');
  let end = maxBytes;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
