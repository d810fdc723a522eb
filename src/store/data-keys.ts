import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../domain/errors.ts';
import { createFileOnce, readIfPresent } from './create-file-once.ts';
import { createKeyFile, KEY_BYTES, readKeyFile } from './key-file.ts';

/**
 * The data is encrypted and tokenised with random data keys. They lie in `keys.json`, wrapped (AES-256-GCM) by the key of
 * the key file, so that the key file can be changed without touching tokens.
 */
export type Encryption = 'required' | 'tokens' | 'off';

/** Raised when an older program could not read the directory. */
export const DIRECTORY_FORMAT = 1;

export interface DataKeys {
  /** Keys the tokens, pseudonyms and activity ids. Never changes. */
  token: Buffer;
  /** Encrypts the record file. */
  records: Buffer;
  /** Encrypts the event file where that is asked for. */
  events: Buffer;
  /** While the record file is being re-encrypted: its key after that. */
  nextRecords?: Buffer;
}

export interface KeysFile {
  format: number;
  encryption: Encryption;
  /** Base64 of nonce (12), tag (16) and ciphertext. One, or two while the key file is being changed. */
  envelopes: string[];
}

export interface KeyOptions {
  directory: string;
  create: boolean;
  keyFile: string;
  encryption: Encryption;
}

export const keysPath = (directory: string): string => join(directory, 'keys.json');

/** `encryption: off` is for public test data: anybody can compute these keys. */
const PUBLIC_KEYS: DataKeys = {
  token: Buffer.alloc(KEY_BYTES, 'undercurrent public'),
  records: Buffer.alloc(KEY_BYTES),
  events: Buffer.alloc(KEY_BYTES),
};

/** Unwraps the data keys of a directory, or makes them for a new one. */
export function openDataKeys(options: KeyOptions): DataKeys {
  const path = keysPath(options.directory);
  const text = readIfPresent(path);
  if (text !== undefined) return unwrapFile(parseKeysFile(text, path), options);
  if (existsSync(join(options.directory, 'records.db')))
    throw new AppError(
      'KEY_MISSING',
      `${path} is missing; without it the data cannot be read. Restore it from a backup`,
    );
  if (!options.create) throw new AppError('NO_DATA', `${options.directory} is not a data directory`);
  const file = makeKeysFile(options);
  return unwrapFile(parseKeysFile(createFileOnce(path, formatKeysFile(file)), path), options);
}

function makeKeysFile({ encryption, keyFile }: KeyOptions): KeysFile {
  if (encryption === 'off') return { format: DIRECTORY_FORMAT, encryption, envelopes: [] };
  const master = createKeyFile(keyFile);
  const keys = { token: randomBytes(KEY_BYTES), records: randomBytes(KEY_BYTES), events: randomBytes(KEY_BYTES) };
  return { format: DIRECTORY_FORMAT, encryption, envelopes: [wrapKeys(keys, master, encryption)] };
}

function unwrapFile(file: KeysFile, options: KeyOptions): DataKeys {
  if (file.encryption !== options.encryption)
    throw new AppError(
      'ENCRYPTION_UNAVAILABLE',
      `the data directory was made with storage.encryption ${file.encryption}, asked for is ${options.encryption}`,
    );
  if (file.encryption === 'off') return PUBLIC_KEYS;
  const master = readKeyFile(options.keyFile);
  for (const envelope of file.envelopes) {
    const keys = unwrapKeys(envelope, master, file.encryption);
    if (keys) return keys;
  }
  throw new AppError('KEY_MISSING', `the key file ${options.keyFile} does not fit the data in ${options.directory}`);
}

export const formatKeysFile = (file: KeysFile): string => `${JSON.stringify(file, undefined, 2)}\n`;

export function parseKeysFile(text: string, path: string): KeysFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { format, encryption, envelopes } = (value ?? {}) as Partial<Record<keyof KeysFile, unknown>>;
  if (typeof format === 'number' && format > DIRECTORY_FORMAT)
    throw new AppError(
      'DATA_FORMAT',
      `${path} has format ${format}; this version reads up to ${DIRECTORY_FORMAT}. Use a newer undercurrent`,
    );
  if (
    format !== DIRECTORY_FORMAT ||
    (encryption !== 'required' && encryption !== 'tokens' && encryption !== 'off') ||
    !Array.isArray(envelopes) ||
    !envelopes.every((envelope) => typeof envelope === 'string')
  )
    throw new AppError('KEY_MISSING', `${path} is damaged. Restore it from a backup`);
  return { format, encryption, envelopes };
}

const wrappingKey = (master: Buffer): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', master, '', 'undercurrent key envelope 1', KEY_BYTES));

/** The mode is authenticated too: nobody can turn `required` into `tokens` by editing the file. */
const associatedData = (encryption: Encryption): Buffer => Buffer.from(`undercurrent keys 1 ${encryption}`);

export function wrapKeys(keys: DataKeys, master: Buffer, encryption: Encryption): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(master), nonce).setAAD(associatedData(encryption));
  const parts = [keys.token, keys.records, keys.events, ...(keys.nextRecords ? [keys.nextRecords] : [])];
  const sealed = Buffer.concat([cipher.update(Buffer.concat(parts)), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

function unwrapKeys(envelope: string, master: Buffer, encryption: Encryption): DataKeys | undefined {
  const bytes = Buffer.from(envelope, 'base64');
  if (bytes.length < 28 + 3 * KEY_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey(master), bytes.subarray(0, 12), { authTagLength: 16 })
    .setAAD(associatedData(encryption))
    .setAuthTag(bytes.subarray(12, 28));
  try {
    const open = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
    const part = (index: number) => open.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES);
    const keys = { token: part(0), records: part(1), events: part(2) };
    return open.length >= 4 * KEY_BYTES ? { ...keys, nextRecords: part(3) } : keys;
  } catch {
    return undefined;
  }
}
