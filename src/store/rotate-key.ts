import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { replaceFile, syncFolder } from './create-file-once.ts';
import { type DataKeys, DIRECTORY_FORMAT, type Encryption, formatKeysFile, keysPath, wrapKeys } from './data-keys.ts';
import { createKeyFile, KEY_BYTES, readKeyFile } from './key-file.ts';
import { type RecordsFile, setKey } from './open-records.ts';

export interface RotateOptions {
  directory: string;
  encryption: Encryption;
  keys: DataKeys;
  keyFile: string;
  /** Made when absent. The same path as `keyFile`: that file is replaced. */
  newKeyFile: string;
}

/**
 * Puts another key file in charge and encrypts the record file anew under a fresh key. Tokens stay. After a crash in the
 * middle either key file opens the data; run it again. When this returns, only the new one does.
 */
export function rotateKey(file: RecordsFile, options: RotateOptions): DataKeys {
  const { directory, encryption, keys, keyFile } = options;
  const oldMaster = readKeyFile(keyFile);
  const inPlace = resolve(options.newKeyFile) === resolve(keyFile);
  const newPath = inPlace ? `${keyFile}.next` : options.newKeyFile;
  const newMaster = createKeyFile(newPath);
  const path = keysPath(directory);
  const write = (envelopes: string[]) =>
    replaceFile(path, formatKeysFile({ format: DIRECTORY_FORMAT, encryption, envelopes }));

  const next = { ...keys, nextRecords: randomBytes(KEY_BYTES) };
  write([wrapKeys(next, newMaster, encryption), wrapKeys(next, oldMaster, encryption)]);
  // The cipher is changed page by page under the rollback journal, which the write-ahead log would not allow.
  file.pragma('wal_checkpoint(TRUNCATE)');
  file.pragma('journal_mode=DELETE');
  setKey(file, next.nextRecords, 'rekey');
  file.pragma('journal_mode=WAL');
  if (inPlace) {
    renameSync(newPath, keyFile);
    syncFolder(dirname(resolve(keyFile)));
  }
  const rotated = { token: keys.token, records: next.nextRecords, events: keys.events };
  write([wrapKeys(rotated, newMaster, encryption)]);
  return rotated;
}
