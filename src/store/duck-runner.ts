import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import { DuckDBTypeId } from '@duckdb/node-api';
import { mayHoldNulls, vectorItems } from './vector-items.ts';

/** Column-wise result: BIGINT as BigInt64Array (null: 0), any other number or truth value as Float64Array (null: NaN). */
export type Columns = Record<string, Float64Array | BigInt64Array>;

/** Thin access to the event file. One statement at a time; rows never become objects. */
export interface DuckRunner {
  run(sql: string, params?: readonly DuckDBValue[]): Promise<void>;
  /** Throws TypeError when a column is not a number. */
  columns(sql: string, params?: readonly DuckDBValue[]): Promise<Columns>;
  /** All of `work` is stored, or nothing. Callers wait for each other; `work` uses this runner. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

export function createDuckRunner(connection: DuckDBConnection): DuckRunner {
  let queue: Promise<unknown> = Promise.resolve();
  const execute = (sql: string, params?: readonly DuckDBValue[]) =>
    connection.run(sql, params === undefined ? undefined : [...params]);
  return {
    async run(sql, params) {
      await execute(sql, params);
    },
    async columns(sql, params) {
      return readColumns(await execute(sql, params));
    },
    transaction(work) {
      const result = queue.then(() => runTransaction(connection, work));
      queue = result.catch(() => {});
      return result;
    },
  };
}

export async function runTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN TRANSACTION');
  try {
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    // Already rolled back when the commit itself failed.
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function readColumns(result: DuckDBResult): Promise<Columns> {
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns: Columns = {};
  for (let index = 0; index < result.columnCount; index++) {
    const isBig = result.columnTypeId(index) === DuckDBTypeId.BIGINT;
    const target = isBig ? new BigInt64Array(rows) : new Float64Array(rows);
    let at = 0;
    for (const chunk of chunks) {
      fillColumn(target, at, chunk, index);
      at += chunk.rowCount;
    }
    columns[result.columnName(index)] = target;
  }
  return columns;
}

function fillColumn(target: Float64Array | BigInt64Array, at: number, chunk: DuckDBDataChunk, index: number): void {
  if (chunk.rowCount === 0) return;
  const vector = chunk.getColumnVector(index);
  const items = vectorItems(vector);
  if (items !== undefined && !mayHoldNulls(vector)) {
    if (target instanceof BigInt64Array && items instanceof BigInt64Array) {
      target.set(items, at);
      return;
    }
    if (target instanceof Float64Array && !(items instanceof BigInt64Array)) {
      target.set(items, at);
      return;
    }
  }
  for (let row = 0; row < vector.itemCount; row++) {
    const value = vector.getItem(row);
    if (target instanceof BigInt64Array) target[at + row] = typeof value === 'bigint' ? value : 0n;
    else target[at + row] = numberOf(value);
  }
}

function numberOf(value: DuckDBValue | null): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'object' && 'toDouble' in value) return value.toDouble();
  throw new TypeError(`a column of ${typeof value} is not numeric`);
}
