import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The sources stand one folder below the root, the build two. */
export const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));
export const BENCHMARKS_PAGE = resolve(ROOT, 'docs/benchmarks.md');

/** Folder of the shared data sets, which live beside the project; `undefined` when the named one is not there. */
export function sharedDataFolder(needed: string): string | undefined {
  const folder = resolve(ROOT, process.env.UNDERCURRENT_SHARED ?? '../shared', 'data');
  return existsSync(resolve(folder, needed)) ? folder : undefined;
}
