import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The sources stand one folder below the root, the build two. */
export const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));
export const BENCHMARKS_PAGE = resolve(ROOT, 'docs/benchmarks.md');

/** Path among the shared data sets, which live beside the project and are not part of it. */
export const sharedPath = (...parts: string[]): string =>
  resolve(ROOT, process.env.UNDERCURRENT_SHARED ?? '../shared', 'data', ...parts);

/** Whether a shared data set is there; says loudly that it is left out when it is not. */
export function hasShared(...parts: string[]): boolean {
  const present = existsSync(sharedPath(...parts));
  if (!present) console.warn(`SKIPPED: shared data set ${parts.join('/')} is not present; set UNDERCURRENT_SHARED`);
  return present;
}
