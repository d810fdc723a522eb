import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppError, messageOf } from '../domain/errors.ts';
import type { Encryption } from './data-keys.ts';
import { createDuckRunner, runTransaction } from './duck-runner.ts';
import { DUCKDB_MIGRATIONS } from './duckdb-migrations.ts';

export interface EventsOptions {
  directory: string;
  encryption: Encryption;
  key: Buffer;
  /** Path of the httpfs extension; `''` when there is none. */
  duckdbExtension: string;
  memoryLimitMb: number;
  /** Tests only: lets DuckDB write encrypted files with its own, weaker cryptography when no extension is given. */
  allowTestCryptography: boolean;
}

/** The event file, open for this process alone. */
export interface EventsFile {
  /** A further connection; temporary tables belong to one connection. The file closes it. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

export const EVENTS_CATALOG = 'events';

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Attaches the event file to an in-memory engine, then takes away its access to files and network and locks its settings.
 * Throws DATA_BUSY, KEY_MISSING, ENCRYPTION_UNAVAILABLE or DATA_FORMAT.
 */
export async function openEvents(options: EventsOptions): Promise<EventsFile> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    threads: String(Math.min(16, availableParallelism())),
  });
  const connections: DuckDBConnection[] = [];
  const close = () => {
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
  };
  const connect = async () => {
    const connection = await instance.connect();
    connections.push(connection);
    if (connections.length > 1) await connection.run(`USE ${EVENTS_CATALOG}`);
    return connection;
  };
  try {
    const connection = await connect();
    await prepareEngine(connection, options);
    await attach(connection, options);
    await harden(connection);
    await migrate(connection);
    return { connect, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function prepareEngine(connection: DuckDBConnection, options: EventsOptions): Promise<void> {
  const temporary = join(options.directory, 'tmp');
  // What a killed process spilled is of no use.
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });
  await connection.run(`SET temp_directory=${quote(temporary)}`);
  await connection.run(`SET memory_limit='${Math.round(options.memoryLimitMb)}MB'`);
  // A log of this size is read again in about a second after a crash.
  await connection.run("SET checkpoint_threshold='128MB'");
  if (options.encryption !== 'required') return;
  if (options.duckdbExtension !== '') {
    if (!existsSync(options.duckdbExtension))
      throw new AppError('ENCRYPTION_UNAVAILABLE', `there is no DuckDB extension ${options.duckdbExtension}`);
    await connection.run(`LOAD ${quote(options.duckdbExtension)}`).catch((error: unknown) => {
      throw new AppError(
        'ENCRYPTION_UNAVAILABLE',
        `cannot load ${options.duckdbExtension}: ${messageOf(error).split('\n', 1)[0]}`,
        { cause: error },
      );
    });
  } else if (options.allowTestCryptography) await connection.run('SET force_mbedtls_unsafe=true');
  else
    throw new AppError(
      'ENCRYPTION_UNAVAILABLE',
      "storage.encryption is required, but storage.duckdbExtension (DuckDB's httpfs extension) is not given",
    );
  await connection.run('SET temp_file_encryption=true');
}

async function attach(connection: DuckDBConnection, options: EventsOptions): Promise<void> {
  const path = join(options.directory, 'activities.duckdb');
  const isEncrypted = options.encryption === 'required';
  const how = isEncrypted ? ` (ENCRYPTION_KEY ${quote(options.key.toString('base64'))})` : '';
  try {
    await connection.run(`ATTACH ${quote(path)} AS ${EVENTS_CATALOG}${how}`);
  } catch (error) {
    throw describeAttachFailure(error, path);
  }
  await connection.run(`USE ${EVENTS_CATALOG}`);
  if (!isEncrypted) return;
  const { encrypted } = await createDuckRunner(connection).columns(
    `SELECT CAST(encrypted AS DOUBLE) AS encrypted FROM duckdb_databases() WHERE database_name = '${EVENTS_CATALOG}'`,
  );
  if (encrypted?.[0] !== 1) throw new AppError('ENCRYPTION_UNAVAILABLE', `${path} is not encrypted`);
}

function describeAttachFailure(error: unknown, path: string): AppError {
  const message = messageOf(error).replaceAll(/ENCRYPTION_KEY '[^']*'/gi, 'ENCRYPTION_KEY ...');
  const line = message.split('\n', 1)[0]!;
  if (/lock/i.test(message))
    return new AppError('DATA_BUSY', `another process owns the data directory (${path} is locked)`);
  if (/read-only crypto|httpfs|openssl/i.test(message)) return new AppError('ENCRYPTION_UNAVAILABLE', line);
  if (/key|encrypt/i.test(message)) return new AppError('KEY_MISSING', `the key does not fit ${path}: ${line}`);
  if (/storage version|newer version/i.test(message)) return new AppError('DATA_FORMAT', line);
  return new AppError('INTERNAL', `cannot open ${path}: ${line}`);
}

/** No statement from here on can reach a file, the network or another setting. */
async function harden(connection: DuckDBConnection): Promise<void> {
  await connection.run('SET enable_external_access=false');
  await connection.run('SET lock_configuration=true');
}

async function migrate(connection: DuckDBConnection): Promise<void> {
  const runner = createDuckRunner(connection);
  await connection.run('CREATE TABLE IF NOT EXISTS schema_version(version INTEGER NOT NULL)');
  const { version: stored } = await runner.columns('SELECT coalesce(max(version), 0) AS version FROM schema_version');
  const version = Number(stored?.[0] ?? 0);
  if (version > DUCKDB_MIGRATIONS.length)
    throw new AppError(
      'DATA_FORMAT',
      `the event file has version ${version}; this version reads up to ${DUCKDB_MIGRATIONS.length}. Use a newer undercurrent`,
    );
  for (const [index, statements] of DUCKDB_MIGRATIONS.entries()) {
    if (index < version) continue;
    await runTransaction(connection, async () => {
      for (const statement of statements) await connection.run(statement);
      await connection.run(`DELETE FROM schema_version`);
      await connection.run(`INSERT INTO schema_version VALUES (${index + 1})`);
    });
  }
}
