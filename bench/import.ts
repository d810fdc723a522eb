import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { generateEnterprise } from '../simulator/enterprise/generate.ts';
import { type OutputFormat, writeEnterprise } from '../simulator/enterprise/write-enterprise.ts';
import * as ingest from '../src/ingest/index.ts';
import { importPaths } from '../src/pipeline/import.ts';
import { ACTIVITY_COLUMNS, type ColumnKind } from '../src/store/activity-columns.ts';
import { appendColumns } from '../src/store/append-columns.ts';
import type { Columns } from '../src/store/duck-runner.ts';
import { openDataStore } from '../src/store/open-data-store.ts';
import type { Items } from '../src/store/vector-items.ts';

/**
 * File import to stored activity, beside what DuckDB's appender takes in the same rows when they are parsed, tokenised and
 * in memory already: row by row as applications use it, and column by column as the store does. One JavaScript thread.
 */
export interface ImportBenchOptions {
  people: number;
  days: number;
  seed: number;
  formats: OutputFormat[];
  log(text: string): void;
}

export interface ImportBenchResult {
  format: OutputFormat;
  lines: number;
  megabytes: number;
  importPerSecond: number;
  /** Reading and parsing alone. */
  parsePerSecond: number;
  rowAppenderPerSecond: number;
  columnAppenderPerSecond: number;
  /** importPerSecond / rowAppenderPerSecond. */
  share: number;
  reimportPerSecond: number;
  peakMemoryBytes: number;
}

export async function runImportBench(options: ImportBenchOptions): Promise<ImportBenchResult[]> {
  const results: ImportBenchResult[] = [];
  for (const format of options.formats) {
    const folder = await mkdtemp(join(tmpdir(), 'undercurrent-import-'));
    try {
      const result = await measureFormat(format, folder, options);
      results.push(result);
      options.log(
        `${format}: ${result.lines} lines, import ${rate(result.importPerSecond)}, again ${rate(result.reimportPerSecond)}, ` +
          `parsing alone ${rate(result.parsePerSecond)}, row appender ${rate(result.rowAppenderPerSecond)} ` +
          `(share ${result.share.toFixed(2)}), column appender ${rate(result.columnAppenderPerSecond)}, ` +
          `peak ${(result.peakMemoryBytes / 1e6).toFixed(0)} MB`,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return results;
}

const rate = (perSecond: number) => `${Math.round(perSecond / 100) / 10}k/s`;

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (count / (performance.now() - started)) * 1000;
}

async function measureFormat(
  format: OutputFormat,
  folder: string,
  options: ImportBenchOptions,
): Promise<ImportBenchResult> {
  const logs = join(folder, 'logs');
  const { bytes } = writeEnterprise(generateEnterprise(options), { format, out: logs });
  const store = await openDataStore({ directory: join(folder, 'data'), create: true, encryption: 'tokens' });
  const ports = {
    store,
    ingest,
    options: ingest.DEFAULT_INGEST_OPTIONS,
    now: () => 0,
    elapsedMs: () => performance.now(),
  };
  try {
    const first = await importPaths([logs], 'auto', ports);
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    const again = await importPaths([logs], 'auto', ports);
    const parsePerSecond = await perSecond(first.lines, () => parseOnly(logs));
    const columns = await store.duck.columns(
      `SELECT ${ACTIVITY_COLUMNS.map(({ name }) => name).join(', ')} FROM activity`,
    );
    const typed = typedColumns(columns);
    const rowAppenderPerSecond = await perSecond(first.lines, () => appendTo(join(folder, 'rows'), typed, appendRows));
    const columnAppenderPerSecond = await perSecond(first.lines, () =>
      appendTo(join(folder, 'columns'), typed, appendAsColumns),
    );
    const importPerSecond = first.lines / first.seconds;
    return {
      format,
      lines: first.lines,
      megabytes: bytes / 1e6,
      importPerSecond,
      parsePerSecond,
      rowAppenderPerSecond,
      columnAppenderPerSecond,
      share: importPerSecond / rowAppenderPerSecond,
      reimportPerSecond: again.lines / again.seconds,
      peakMemoryBytes,
    };
  } finally {
    await store.close();
  }
}

async function parseOnly(logs: string): Promise<void> {
  for (const file of await ingest.planImport([logs], 'auto'))
    for await (const _chunk of ingest.readChunks(file, ingest.DEFAULT_INGEST_OPTIONS));
}

const ARRAYS: Record<ColumnKind, (values: Float64Array | BigInt64Array) => Items> = {
  BIGINT: (values) => values as BigInt64Array,
  INTEGER: (values) => Int32Array.from(values as Float64Array),
  USMALLINT: (values) => Uint16Array.from(values as Float64Array),
  UTINYINT: (values) => Uint8Array.from(values as Float64Array),
  BOOLEAN: (values) => Uint8Array.from(values as Float64Array),
};

const typedColumns = (columns: Columns): Items[] =>
  ACTIVITY_COLUMNS.map(({ name, type }) => ARRAYS[type](columns[name]!));

async function appendTo(
  path: string,
  columns: Items[],
  append: (connection: DuckDBConnection, columns: Items[]) => Promise<void>,
): Promise<void> {
  const instance = await DuckDBInstance.create(`${path}.duckdb`);
  const connection = await instance.connect();
  const ddl = ACTIVITY_COLUMNS.map(({ name, type }) => `${name} ${type} NOT NULL`).join(', ');
  await connection.run(`CREATE TABLE activity(${ddl})`);
  await append(connection, columns);
  connection.closeSync();
  instance.closeSync();
  await stat(`${path}.duckdb`);
}

const COMMIT_ROWS = 122_880;

async function appendAsColumns(connection: DuckDBConnection, columns: Items[]): Promise<void> {
  const catalog = (await connection.runAndReadAll('SELECT current_database()')).getRows()[0]![0] as string;
  const rows = columns[0]!.length;
  for (let at = 0; at < rows; at += COMMIT_ROWS) {
    const count = Math.min(COMMIT_ROWS, rows - at);
    const part = columns.map((column) => column.subarray(at, at + count));
    await appendColumns(connection, { catalog, name: 'activity' }, part, count);
  }
}

async function appendRows(connection: DuckDBConnection, columns: Items[]): Promise<void> {
  const types = ACTIVITY_COLUMNS.map(({ type }) => type);
  const appender = await connection.createAppender('activity');
  for (let row = 0; row < columns[0]!.length; row++) {
    for (const [index, type] of types.entries()) {
      const value = columns[index]![row]!;
      if (type === 'BIGINT') appender.appendBigInt(value as bigint);
      else if (type === 'INTEGER') appender.appendInteger(value as number);
      else if (type === 'USMALLINT') appender.appendUSmallInt(value as number);
      else if (type === 'UTINYINT') appender.appendUTinyInt(value as number);
      else appender.appendBoolean(value === 1);
    }
    appender.endRow();
  }
  appender.closeSync();
}
