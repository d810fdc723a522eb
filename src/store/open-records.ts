import Database from 'better-sqlite3-multiple-ciphers';
import { AppError, messageOf } from '../domain/errors.ts';
import { RECORDS_MIGRATIONS } from './records-migrations.ts';

export type RecordsFile = Database.Database;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/**
 * Opens the record file for this process alone and brings it to the present version. Throws DATA_BUSY while another
 * process has it, KEY_MISSING when no key fits, DATA_FORMAT when a newer version wrote it.
 * @param keys tried in turn; none = the file is not encrypted
 */
export function openRecords(path: string, keys: readonly Buffer[]): RecordsFile {
  const candidates = keys.length === 0 ? [undefined] : keys;
  for (const [index, key] of candidates.entries()) {
    try {
      return openWith(path, key);
    } catch (error) {
      const code = codeOf(error);
      if (error instanceof AppError) throw error;
      if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
        throw new AppError('DATA_BUSY', `another process owns the data directory (${path} is locked)`, {
          cause: error,
        });
      const isOther = code !== 'SQLITE_NOTADB';
      if (isOther) throw new AppError('INTERNAL', `cannot open ${path}: ${messageOf(error)}`, { cause: error });
      if (index === candidates.length - 1)
        throw new AppError('KEY_MISSING', `the key does not fit ${path}`, { cause: error });
    }
  }
  throw new AppError('INTERNAL', 'unreachable');
}

/** Must come before anything is read. The key is random, so no password stretching is needed. */
export function setKey(file: RecordsFile, key: Buffer | undefined, pragma: 'key' | 'rekey' = 'key'): void {
  if (!key) return;
  file.pragma("cipher='chacha20'");
  file.pragma(`${pragma}='raw:${key.toString('hex')}'`);
}

function openWith(path: string, key: Buffer | undefined): RecordsFile {
  const file = new Database(path, { timeout: 0 });
  try {
    setKey(file, key);
    // One owner: no shared memory file beside the database, and a second process is refused.
    file.pragma('locking_mode=EXCLUSIVE');
    file.pragma('journal_mode=WAL');
    file.exec('BEGIN EXCLUSIVE; COMMIT');
    file.pragma('synchronous=FULL');
    file.pragma('temp_store=MEMORY');
    file.pragma('secure_delete=ON');
    file.pragma('cache_size=-65536');
    file.pragma('foreign_keys=ON');
    migrate(file, path);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function migrate(file: RecordsFile, path: string): void {
  const version = Number(file.pragma('user_version', { simple: true }));
  if (version > RECORDS_MIGRATIONS.length)
    throw new AppError(
      'DATA_FORMAT',
      `${path} has version ${version}; this version reads up to ${RECORDS_MIGRATIONS.length}. Use a newer undercurrent`,
    );
  for (const [index, sql] of RECORDS_MIGRATIONS.entries()) {
    if (index < version) continue;
    file.transaction(() => {
      file.exec(sql);
      file.pragma(`user_version=${index + 1}`);
    })();
  }
}
