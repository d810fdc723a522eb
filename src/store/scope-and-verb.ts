import type { ActivityClass } from '../domain/activity.ts';

/** The coarse resource behind a resource, and how deep the resource lies. */
export interface ResourcePlace {
  /** Lower-case; `''` when there is none or it would be too long to be of use. */
  scope: string;
  /** Number of path segments, 0 for what is no path. At most 255. */
  depth: number;
}

const MAX_SCOPE_LENGTH = 256;
const MAX_VERB_LENGTH = 64;
const URL_START = /^[a-z][a-z0-9+.-]{0,19}:\/\//;
const FILE_CLASSES: ReadonlySet<ActivityClass> = new Set(['file_system', 'file_hosting', 'peripheral']);

/** Classes whose resources are read in the same way share a cache. */
export type PlaceRule = 'web' | 'datastore' | 'file' | 'other';

export function placeRuleOf(activityClass: ActivityClass): PlaceRule {
  if (activityClass === 'http') return 'web';
  if (activityClass === 'datastore') return 'datastore';
  return FILE_CLASSES.has(activityClass) ? 'file' : 'other';
}

/**
 * URL: its host. File: share root and first folder, or the first two folders. Database object: up to schema.table.
 * Anything else: itself.
 */
export function placeResource(resource: string, rule: PlaceRule): ResourcePlace {
  const text = resource.slice(0, 4096).toLowerCase();
  const place = findPlace(text, rule, resource.length > 4096);
  return { scope: place.scope.length <= MAX_SCOPE_LENGTH ? place.scope : '', depth: Math.min(255, place.depth) };
}

function findPlace(text: string, rule: PlaceRule, isCut: boolean): ResourcePlace {
  if (text === '') return { scope: '', depth: 0 };
  if (rule === 'web' || URL_START.test(text)) return placeUrl(text);
  if (rule === 'datastore') return { scope: text.split('.', 3).join('.'), depth: 0 };
  if (text.startsWith('\\\\') || text.startsWith('/') || /^[a-z]:[\\/]/.test(text)) return placePath(text);
  if (rule === 'file' && /[\\/]/.test(text)) return placePath(text);
  return { scope: isCut ? '' : text, depth: 0 };
}

function placeUrl(text: string): ResourcePlace {
  const start = URL_START.exec(text)?.[0].length ?? 0;
  const end = text.slice(start).search(/[/?#\\]/);
  const authority = end < 0 ? text.slice(start) : text.slice(start, start + end);
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  const path = end < 0 ? '' : text.slice(start + end).split(/[?#]/, 1)[0]!;
  return { scope: host, depth: path.split('/').filter(Boolean).length };
}

function placePath(text: string): ResourcePlace {
  // \\?\C:\x and \\.\C:\x are C:\x, \\?\UNC\server is \\server.
  const plain = text.replace(/^\\\\\?\\unc\\/, '\\\\').replace(/^\\\\[?.]\\/, '');
  const separator = plain.includes('\\') ? '\\' : '/';
  const isShare = plain.startsWith('\\\\');
  const segments = plain.split(/[\\/]+/).filter(Boolean);
  const root = isShare ? separator + separator : plain.startsWith(separator) ? separator : '';
  // The last segment is the file, unless the path ends as a folder does.
  const folders = /[\\/]$/.test(plain) ? segments : segments.slice(0, -1);
  const isDrive = /^[a-z]:$/.test(segments[0] ?? '');
  const keep = isShare || isDrive ? 3 : 2;
  const kept = folders.slice(0, keep);
  if (isShare && segments.length <= 2) return { scope: root + segments.join(separator), depth: segments.length };
  const scope = root + kept.join(separator) + (isDrive && kept.length === 1 ? separator : '');
  return { scope, depth: segments.length };
}

/** Name of the program a command line starts, or of the process: lower-case, without folder and extension. */
export function findVerb(command: string, process: string): string {
  const program = command === '' ? process.slice(0, 4096) : firstProgram(command.slice(0, 4096).trimStart());
  const name = program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1);
  return name
    .trim()
    .replace(/(?<=.)\.[a-z0-9]{1,4}$/i, '')
    .toLowerCase()
    .slice(0, MAX_VERB_LENGTH);
}

function firstProgram(command: string): string {
  const quote = command[0];
  if (quote === '"' || quote === "'") return command.slice(1).split(quote, 1)[0]!;
  // An unquoted Windows path may hold spaces: it ends with the first executable extension.
  const path = /^(?:[a-z]:[\\/]|\\\\)[^"]*?\.(?:exe|com|bat|cmd|ps1|vbs|msc)(?=\s|$)/i.exec(command);
  return path ? path[0] : command.split(/\s/, 1)[0]!;
}
