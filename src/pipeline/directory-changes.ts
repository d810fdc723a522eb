import type { DirectoryRecord } from '../domain/ingest.ts';
import { FROM_THE_START } from '../identity/read-reference-table.ts';

const TEXTS = [
  'name',
  'email',
  'role',
  'businessUnit',
  'functionalUnit',
  'department',
  'team',
  'supervisor',
  'timeZone',
] as const;
const LISTS = ['projects', 'aliases'] as const;

/** What `over` knows, and what `under` knows beside it. */
function fillIn(over: DirectoryRecord, under: DirectoryRecord): DirectoryRecord {
  const filled = { ...over };
  for (const field of TEXTS) if (filled[field] === '') filled[field] = under[field];
  for (const field of LISTS) if (filled[field].length === 0) filled[field] = under[field];
  return filled;
}

/** One record an account: the table named first wins, later ones fill what it leaves empty. */
export function mergeTables(tables: readonly (readonly DirectoryRecord[])[]): DirectoryRecord[] {
  const merged = new Map<string, DirectoryRecord>();
  for (const record of tables.flat()) {
    const key = record.account.toLowerCase();
    const known = merged.get(key);
    merged.set(key, known ? fillIn(known, record) : record);
  }
  return [...merged.values()];
}

/**
 * Entries to add so that the directory says what the tables say now. Who is new holds from the start, for want of a date; who
 * changed holds from today. What a table leaves empty stays as it was, and so does everybody who is gone from it.
 * @param today `YYYY-MM-DD`
 */
export function planDirectoryChanges(
  known: readonly DirectoryRecord[],
  now: readonly DirectoryRecord[],
  today: string,
): DirectoryRecord[] {
  const latest = new Map<string, DirectoryRecord>();
  for (const record of known) {
    const key = record.account.toLowerCase();
    if ((latest.get(key)?.fromDay ?? '') <= record.fromDay) latest.set(key, record);
  }
  return now.flatMap((record) => {
    const before = latest.get(record.account.toLowerCase());
    if (!before) return [{ ...record, fromDay: FROM_THE_START }];
    const fromDay = before.fromDay > today ? before.fromDay : today;
    const after = { ...fillIn(record, before), account: before.account, fromDay };
    return isEqual(after, before) ? [] : [after];
  });
}

const isEqual = (a: DirectoryRecord, b: DirectoryRecord): boolean =>
  TEXTS.every((field) => a[field] === b[field]) &&
  LISTS.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]));
