import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(root, process.env.UNDERCURRENT_SHARED ?? '../shared', 'data');

/** Path of a file or folder among the shared data sets, which live beside the project and are not part of it. */
export const sharedPath = (...parts: string[]): string => resolve(folder, ...parts);

/** Whether the data set is present; says loudly that a test is skipped when it is not. */
export function hasShared(...parts: string[]): boolean {
  const present = existsSync(sharedPath(...parts));
  if (!present) console.warn(`SKIPPED: shared data set ${parts.join('/')} is not present; set UNDERCURRENT_SHARED`);
  return present;
}
