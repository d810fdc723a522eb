import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  listValue,
} from '@duckdb/node-api';
import { AppError, messageOf } from '../../../src/domain/errors.ts';
import { type Column, EVENT_COLUMNS, FLOW_COLUMNS } from './columns.ts';

/** DuckDB's vector size. */
const CHUNK_ROWS = 2048;

export type Cell = string | number | boolean | null | readonly number[];
/** A row by column name; what is absent takes the column's empty value. */
export type Row = Readonly<Record<string, Cell | undefined>>;

/** An event also carries its attributes, for custom properties, and the offenses it belongs to. */
export interface EventRow extends Row {
  attributes: string;
  offenses: readonly number[];
}

const HIDDEN_EVENT: readonly (readonly [string, string])[] = [
  ['attributes', 'VARCHAR'],
  ['offenses', 'INTEGER[]'],
];
/** What QRadar shows where there is nothing. */
const EMPTY: Record<string, Cell> = {
  username: null,
  payload: null,
  identityhostname: null,
  identityusername: null,
  hostname: null,
  attributes: '{}',
};

function emptyOf({ name, type }: Pick<Column, 'name' | 'type'>): Cell {
  if (name in EMPTY) return EMPTY[name]!;
  if (name.endsWith('mac')) return '00:00:00:00:00:00';
  if (name.endsWith('v6')) return '0:0:0:0:0:0:0:0';
  if (name.endsWith('ip')) return '0.0.0.0';
  if (type === 'number') return 0;
  if (type === 'boolean') return false;
  return type === 'list' ? [] : 'other';
}

interface Table {
  name: 'events' | 'flows';
  columns: { name: string; sql: string; empty: Cell }[];
}

const TABLES: Record<'events' | 'flows', Table> = {
  events: {
    name: 'events',
    columns: [
      ...[...EVENT_COLUMNS.values()].map((one) => ({ name: one.name, sql: one.sql, empty: emptyOf(one) })),
      ...HIDDEN_EVENT.map(([name, sql]) => ({ name, sql, empty: name === 'offenses' ? [] : '{}' })),
    ],
  },
  flows: {
    name: 'flows',
    columns: [...FLOW_COLUMNS.values()].map((one) => ({ name: one.name, sql: one.sql, empty: emptyOf(one) })),
  },
};

/** Events and flows in a DuckDB file. Each has an `id`, its number in the order of arrival. */
export class ArielStore {
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #next = { events: 1n, flows: 1n };
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(instance: DuckDBInstance, writer: DuckDBConnection) {
    this.#instance = instance;
    this.#writer = writer;
  }

  static async open(path: string): Promise<ArielStore> {
    const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '1GB' }).catch(
      (error: unknown) => {
        const busy = /lock/i.test(messageOf(error));
        throw busy ? new AppError('DATA_BUSY', `another process uses ${path}`) : error;
      },
    );
    const writer = await instance.connect();
    const store = new ArielStore(instance, writer);
    for (const table of Object.values(TABLES)) {
      const columns = table.columns.map((one) => `${one.name} ${one.sql}`).join(', ');
      await writer.run(`CREATE TABLE IF NOT EXISTS ${table.name} (id BIGINT NOT NULL, ${columns})`);
      const [row] = (await writer.runAndReadAll(`SELECT coalesce(max(id), 0) + 1 FROM ${table.name}`)).getRowsJS();
      store.#next[table.name] = row![0] as bigint;
    }
    return store;
  }

  /** A connection of its own, so that searches run beside each other and beside writing. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect();
  }

  /** Appends rows in this order; one call after another. */
  append(table: 'events' | 'flows', rows: readonly Row[]): Promise<void> {
    const result = this.#queue.then(() => this.#append(TABLES[table], rows));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #append(table: Table, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const appender = await this.#writer.createAppender(table.name);
    try {
      const types: DuckDBType[] = ['id', ...table.columns].map((_, index) => appender.columnType(index));
      for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
        const part = rows.slice(at, at + CHUNK_ROWS);
        const ids = part.map(() => this.#next[table.name]++);
        const chunk = DuckDBDataChunk.create(types, part.length);
        chunk.setColumns([
          ids,
          ...table.columns.map((column) => part.map((row) => toValue(row[column.name] ?? column.empty, column.sql))),
        ]);
        appender.appendDataChunk(chunk);
      }
    } finally {
      appender.closeSync();
    }
  }

  /** `eventUid` of the events that arrived after a point in time. */
  async storedSince(fromMs: number): Promise<Set<string>> {
    const sql = `SELECT attributes ->> '$."eventUid"' FROM events WHERE starttime > $1`;
    const rows = (await this.#writer.runAndReadAll(sql, [BigInt(fromMs)])).getRowsJS();
    return new Set(rows.map(([uid]) => String(uid)));
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#writer.run('CHECKPOINT').catch(() => {});
    this.#writer.closeSync();
    this.#instance.closeSync();
  }
}

function toValue(cell: Cell, sql: string): DuckDBValue {
  if (Array.isArray(cell)) return listValue(cell as number[]);
  return sql === 'BIGINT' && typeof cell === 'number' ? BigInt(Math.trunc(cell)) : (cell as DuckDBValue);
}
