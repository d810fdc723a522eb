import { randomBytes } from 'node:crypto';
import { AppError, messageOf } from '../domain/errors.ts';
import { createFileOnce, readIfPresent } from './create-file-once.ts';

export const KEY_BYTES = 32;

/** Reads a key file (32 bytes in base64, one line). Throws KEY_MISSING when it is absent, unreadable or something else. */
export function readKeyFile(path: string): Buffer {
  let text: string | undefined;
  try {
    text = readIfPresent(path);
  } catch (error) {
    throw new AppError('KEY_MISSING', `cannot read the key file ${path}: ${messageOf(error)}`, { cause: error });
  }
  if (text === undefined) throw new AppError('KEY_MISSING', `there is no key file ${path}`);
  return parseKey(text, path);
}

/** Makes a key file with a fresh random key when there is none; mode 600. */
export function createKeyFile(path: string): Buffer {
  try {
    return parseKey(createFileOnce(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`), path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('KEY_MISSING', `cannot create the key file ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function parseKey(text: string, path: string): Buffer {
  const line = text.trim();
  const key = Buffer.from(line, 'base64');
  if (!/^[A-Za-z0-9+/]{43}=$/.test(line) || key.length !== KEY_BYTES)
    throw new AppError('KEY_MISSING', `${path} is not a key file: expected 32 bytes in base64 on one line`);
  return key;
}
