import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, messageOf } from '../domain/errors.ts';
import type { ImportFormat } from '../domain/ingest.ts';
import { certKindOfPath } from './cert-columns.ts';
import { certKindOfRow, detectFormat } from './detect-format.ts';
import { readHead } from './file-head.ts';

/** What will be done with one file. Plain data, so that it can be shown before anything is read. */
export interface PlannedFile {
  path: string;
  /** Never `auto`. */
  format: ImportFormat;
  /** Size on disk (compressed where the file is). */
  bytes: number;
  role: 'records' | 'directory' | 'skipped';
  /** Why it is skipped. */
  reason?: string;
}

/** Names that stand beside log files and hold no log records. */
const NOT_LOGS: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^(?:readme|license|licence|copying|notice|changelog)(?:\.(?:md|txt|rst|html))?$/i, 'documentation'],
  [/^index\.csv$/i, 'an index of other files'],
  [/^psychometric\.csv(?:\.gz)?$/i, 'personality scores are not used'],
  [/^decoy_file\.csv(?:\.gz)?$/i, 'a list of decoy files, not a log'],
  [/^insiders\.csv(?:\.gz)?$/i, 'ground truth is not read'],
  [/^truth\.(?:jsonl?|csv)(?:\.gz)?$/i, 'ground truth is not read'],
  [/^\./, 'a hidden file'],
];
const NOT_LOG_FOLDERS: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^answers$/i, 'ground truth is not read'],
  [/^truth$/i, 'ground truth is not read'],
  [/^\./, 'a hidden folder'],
];

const MAX_DEPTH = 32;

/**
 * Every file under the paths with what it is, in order of path. A file named directly is read whatever its name; those
 * found in folders are skipped, with the reason, when their name or first lines say they hold no records.
 * Throws INPUT_NOT_FOUND for a path that does not exist.
 */
export async function planImport(paths: string[], format: ImportFormat): Promise<PlannedFile[]> {
  const plan = new Map<string, PlannedFile>();
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => {
      throw new AppError('INPUT_NOT_FOUND', `${path}: ${readableError(error)}`);
    });
    if (found.isDirectory()) await planFolder(path, format, plan, 0);
    else plan.set(path, await planFile(path, format, true));
  }
  return [...plan.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function planFolder(
  folder: string,
  format: ImportFormat,
  plan: Map<string, PlannedFile>,
  depth: number,
): Promise<void> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new AppError('INPUT_NOT_FOUND', `${folder}: ${readableError(error)}`);
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const reason = NOT_LOG_FOLDERS.find(([name]) => name.test(entry.name))?.[1];
      if (reason !== undefined || depth >= MAX_DEPTH)
        plan.set(path, skipped(path, format, 0, reason ?? 'folders too deep'));
      else await planFolder(path, format, plan, depth + 1);
    } else if (!plan.has(path)) plan.set(path, await planFile(path, format, false));
  }
}

async function planFile(path: string, format: ImportFormat, named: boolean): Promise<PlannedFile> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return skipped(path, format, 0, 'cannot be read');
  if (found.isDirectory()) return skipped(path, format, 0, 'a link to a folder');
  // A pipe or device named on the command line can be read but not sampled.
  if (!found.isFile() && !named) return skipped(path, format, 0, 'not a regular file');
  const name = basename(path);
  if (!named) {
    const reason = NOT_LOGS.find(([pattern]) => pattern.test(name))?.[1];
    if (reason !== undefined) return skipped(path, format, found.size, reason);
  }
  if (found.isFile() && found.size === 0) return skipped(path, format, 0, 'empty');
  const kind = certKindOfPath(path);
  if (format !== 'auto') {
    if (format === 'cert' && kind === undefined && !named && detectFormat(await readHead(path)) !== 'cert') {
      return skipped(path, format, found.size, 'not part of the CERT layout');
    }
    return { path, format, bytes: found.size, role: format === 'cert' && kind === 'ldap' ? 'directory' : 'records' };
  }
  if (!found.isFile()) return { path, format: 'syslog', bytes: 0, role: 'records' };
  let head: string;
  try {
    head = await readHead(path);
  } catch (error) {
    if (named) throw new AppError('INPUT_NOT_FOUND', `${path}: ${readableError(error)}`);
    return skipped(path, 'syslog', found.size, 'cannot be read');
  }
  const detected = detectFormat(head);
  if (detected === 'cert') {
    const isDirectory = (kind ?? certKindOfRow(head.split(/\r?\n/, 1)[0] ?? '')) === 'ldap';
    return { path, format: 'cert', bytes: found.size, role: isDirectory ? 'directory' : 'records' };
  }
  if (detected !== undefined) return { path, format: detected, bytes: found.size, role: 'records' };
  // Nothing known in the first lines: a file named directly, or one with a log's name, is read and its lines accounted for.
  if (named || /\.(?:log|jsonl|ndjson|leef|cef|syslog)(?:\.gz|\.\d+)?$/i.test(name)) {
    return { path, format: /\.(?:jsonl|ndjson)/i.test(name) ? 'jsonl' : 'syslog', bytes: found.size, role: 'records' };
  }
  return skipped(path, 'syslog', found.size, 'no known log format in its first lines');
}

const skipped = (path: string, format: ImportFormat, bytes: number, reason: string): PlannedFile => ({
  path,
  format: format === 'auto' ? 'syslog' : format,
  bytes,
  role: 'skipped',
  reason,
});

function readableError(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file or folder';
  return code === 'EACCES' || code === 'EPERM' ? 'no permission to read it' : messageOf(error);
}
