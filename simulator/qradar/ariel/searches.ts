import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS } from '../../../src/domain/time.ts';
import type { Collection } from '../state/collection.ts';
import type { CompiledQuery, ResultColumn } from './compile.ts';
import type { ArielStore } from './store.ts';

export type SearchStatus = 'WAIT' | 'EXECUTE' | 'SORTING' | 'COMPLETED' | 'CANCELED' | 'ERROR';
export const isOver = (status: SearchStatus): boolean =>
  status === 'COMPLETED' || status === 'CANCELED' || status === 'ERROR';

/** What outlives a restart. */
export interface SearchRecord {
  id: string;
  query: string;
  database: string;
  status: SearchStatus;
  createdMs: number;
  startedMs: number | null;
  endedMs: number | null;
  records: number;
  /** Real time that it ran, milliseconds: the console's clock may be faster. */
  executionMs: number;
  save: boolean;
  profileId: number;
  owner: string;
  columns: ResultColumn[];
  error: string | null;
}

/** Results are kept this long, saved ones for ever. */
export const RETENTION_MS = DAY_MS;
/** The same query within this time is answered with the search that is there already. */
export const CACHE_MS = 60_000;
/** Searches that run beside each other; more have to wait. */
export const MAX_PARALLEL = 10;

export interface SearchStart {
  query: string;
  compiled: CompiledQuery;
  profileId: number;
  owner: string;
}

interface Running {
  connection: DuckDBConnection | undefined;
  /** Ends the waiting before the query. */
  stop: AbortController;
  /** By `performance.now()`. */
  startedAt: number | undefined;
  done: Promise<void>;
}

export interface SearchesOptions {
  store: ArielStore;
  records: Collection<string, SearchRecord>;
  now: () => number;
  /** Time that a search takes beyond what DuckDB needs, milliseconds. */
  delayMs: () => number;
  /** Resolves when all events received so far are stored. */
  settle: () => Promise<void>;
  flush: () => void;
}

const tableOf = (id: string): string => `"result ${id.replaceAll('"', '""')}"`;

/** Asynchronous searches: WAIT, EXECUTE, SORTING, then COMPLETED, CANCELED or ERROR; results lie in a table each. */
export class Searches {
  readonly #options: SearchesOptions;
  readonly #running = new Map<string, Running>();
  #reader: DuckDBConnection | undefined;
  #waiting: (() => void)[] = [];
  #slots = MAX_PARALLEL;

  constructor(options: SearchesOptions) {
    this.#options = options;
    // What a restart interrupted will never end by itself.
    for (const one of options.records.values())
      if (!isOver(one.status))
        options.records.update(one.id, {
          status: 'ERROR',
          error: 'The search was interrupted by a restart',
          endedMs: options.now(),
        });
  }

  get(id: string | undefined): SearchRecord | undefined {
    const record = this.#options.records.get(id);
    return record && this.#isExpired(record) ? undefined : record;
  }

  list(): SearchRecord[] {
    return this.#options.records.values().filter((one) => !this.#isExpired(one));
  }

  get running(): number {
    return MAX_PARALLEL - this.#slots;
  }

  /** Real time that the search has run so far, milliseconds. */
  executionMs(record: SearchRecord): number {
    const startedAt = isOver(record.status) ? undefined : this.#running.get(record.id)?.startedAt;
    return startedAt === undefined ? record.executionMs : Math.round(performance.now() - startedAt);
  }

  #isExpired(record: SearchRecord): boolean {
    return !record.save && this.#options.now() - record.createdMs > RETENTION_MS;
  }

  /** The search that answers this query already, if there is one. */
  findCached(query: string, profileId: number): SearchRecord | undefined {
    return this.list().findLast(
      (one) =>
        one.query === query &&
        one.profileId === profileId &&
        (one.status === 'COMPLETED' || !isOver(one.status)) &&
        this.#options.now() - one.createdMs <= CACHE_MS,
    );
  }

  start(given: SearchStart): SearchRecord {
    const { records, now } = this.#options;
    for (const one of records.values()) if (this.#isExpired(one)) void this.remove(one.id);
    const id = given.compiled.into ?? randomUUID();
    const record = records.put(id, {
      id,
      query: given.query,
      database: given.compiled.database,
      status: 'WAIT',
      createdMs: now(),
      startedMs: null,
      endedMs: null,
      records: 0,
      executionMs: 0,
      save: false,
      profileId: given.profileId,
      owner: given.owner,
      columns: given.compiled.columns,
      error: null,
    });
    const running: Running = {
      connection: undefined,
      stop: new AbortController(),
      startedAt: undefined,
      done: Promise.resolve(),
    };
    this.#running.set(id, running);
    running.done = this.#run(id, given.compiled, running).finally(() => {
      this.#running.delete(id);
      this.#options.flush();
    });
    return record;
  }

  async #run(id: string, compiled: CompiledQuery, running: Running): Promise<void> {
    const { records, now, delayMs, settle, store } = this.#options;
    const stillWanted = (): boolean => records.get(id)?.status !== undefined && !isOver(records.get(id)!.status);
    await this.#takeSlot();
    try {
      if (!stillWanted()) return;
      running.startedAt = performance.now();
      records.update(id, { status: 'EXECUTE', startedMs: now() });
      await sleep(delayMs(), running.stop.signal);
      if (!stillWanted()) return;
      await settle();
      const connection = await store.connect();
      running.connection = connection;
      try {
        await connection.run(`CREATE OR REPLACE TABLE ${tableOf(id)} AS ${compiled.sql}`, compiled.params);
        if (!stillWanted()) return;
        if (compiled.sorted) records.update(id, { status: 'SORTING' });
        const [row] = (await connection.runAndReadAll(`SELECT count(*) FROM ${tableOf(id)}`)).getRowsJS();
        if (stillWanted()) {
          const executionMs = this.executionMs(records.get(id)!);
          records.update(id, { status: 'COMPLETED', endedMs: now(), records: Number(row![0]), executionMs });
        }
      } finally {
        running.connection = undefined;
        connection.closeSync();
      }
    } catch (error) {
      if (stillWanted()) {
        const executionMs = this.executionMs(records.get(id)!);
        const said = (error as Error).message.split('\n')[0]!;
        records.update(id, { status: 'ERROR', endedMs: now(), error: said, executionMs });
      }
    } finally {
      this.#freeSlot();
    }
  }

  async #takeSlot(): Promise<void> {
    // Even a free slot is taken later: the reply to the creation always says WAIT.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#slots > 0) this.#slots--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #freeSlot(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#slots++;
  }

  /** Resolves when the search is over, at the latest after `ms`. */
  async wait(id: string, ms: number): Promise<void> {
    const running = this.#running.get(id);
    if (running) await Promise.race([running.done, sleep(ms)]);
  }

  cancel(id: string): SearchRecord {
    const { records, now } = this.#options;
    const record = records.get(id)!;
    if (isOver(record.status)) return record;
    const executionMs = this.executionMs(record);
    this.#interrupt(id);
    return records.update(id, { status: 'CANCELED', endedMs: now(), executionMs });
  }

  #interrupt(id: string): void {
    const running = this.#running.get(id);
    running?.stop.abort();
    running?.connection?.interrupt();
  }

  save(id: string, save: boolean): SearchRecord {
    return this.#options.records.update(id, { save });
  }

  async remove(id: string): Promise<void> {
    const running = this.#running.get(id);
    if (running) this.cancel(id);
    this.#options.records.remove(id);
    await running?.done;
    const connection = await this.#options.store.connect();
    await connection.run(`DROP TABLE IF EXISTS ${tableOf(id)}`);
    connection.closeSync();
  }

  /** Rows `first` to `last`, both included, as plain values; a canceled search may have none. */
  async read(record: SearchRecord, first: number, last: number): Promise<Record<string, unknown>[]> {
    if (record.status === 'CANCELED' && record.records === 0) return [];
    this.#reader ??= await this.#options.store.connect();
    const sql = `SELECT * FROM ${tableOf(record.id)} WHERE rowid BETWEEN $1 AND $2 ORDER BY rowid`;
    const result = await this.#reader.runAndReadAll(sql, [BigInt(first), BigInt(last)]);
    return result
      .getRowsJS()
      .map((row) => Object.fromEntries(row.map((value, index) => [record.columns[index]!.name, toJson(value)])));
  }

  async close(): Promise<void> {
    for (const id of this.#running.keys()) this.#interrupt(id);
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#running.values()].map((one) => one.done));
    this.#reader?.closeSync();
  }
}

/** Resolves after `ms`, or at once when the signal is aborted. */
const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  ms <= 0 || signal?.aborted
    ? Promise.resolve()
    : new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(toJson);
  return value ?? null;
}
