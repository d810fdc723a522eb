import { DuckDBBooleanVector, type DuckDBConnection, DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';
import { type Items, vectorItems } from './vector-items.ts';

/** Rows of one data chunk: DuckDB's vector size. */
const CHUNK_ROWS = 2048;

/**
 * Appends the first `rows` values of each column to a table, whole vectors at a time, within the connection's
 * transaction. BOOLEAN columns come as bytes, 1 = true.
 */
export async function appendColumns(
  connection: DuckDBConnection,
  table: { catalog: string; name: string },
  columns: readonly Items[],
  rows: number,
): Promise<void> {
  const appender = await connection.createAppender(table.name, 'main', table.catalog);
  try {
    const types: DuckDBType[] = columns.map((_, index) => appender.columnType(index));
    const chunk = DuckDBDataChunk.create(types);
    for (let at = 0; at < rows; at += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - at);
      chunk.reset();
      chunk.rowCount = count;
      for (const [index, column] of columns.entries()) fillVector(chunk, index, column, at, count);
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

function fillVector(chunk: DuckDBDataChunk, index: number, column: Items, at: number, count: number): void {
  const vector = chunk.getColumnVector(index);
  const items = vectorItems(vector);
  if (items instanceof BigInt64Array && column instanceof BigInt64Array) items.set(column.subarray(at, at + count));
  else if (items !== undefined && !(items instanceof BigInt64Array) && !(column instanceof BigInt64Array))
    items.set(column.subarray(at, at + count));
  else {
    const isTruth = vector instanceof DuckDBBooleanVector;
    for (let row = 0; row < count; row++) vector.setItem(row, isTruth ? column[at + row] === 1 : column[at + row]!);
  }
  vector.flush();
}
