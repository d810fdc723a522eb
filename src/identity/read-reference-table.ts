import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';
import { blankDirectoryRecord, type DirectoryRecord } from '../domain/ingest.ts';

/**
 * People from a QRadar reference table, as `GET /api/reference_data/tables/{name}` answers it: outer key = account, inner
 * keys = attributes. Inner keys are told by their usual names, letter case and separators aside; others are left alone.
 * A table has no dates, so its attributes hold from the start.
 */

const Table = z.object({
  name: z.string().max(1000).optional(),
  data: z.record(z.string().max(512), z.record(z.string().max(512), z.object({ value: z.coerce.string().max(4096) }))),
});

type TextAttribute =
  | 'name'
  | 'email'
  | 'role'
  | 'businessUnit'
  | 'functionalUnit'
  | 'department'
  | 'team'
  | 'supervisor';

const ATTRIBUTE_NAMES: Readonly<Record<TextAttribute | 'timeZone', readonly string[]>> = {
  name: ['name', 'fullname', 'displayname', 'employeename'],
  email: ['email', 'mail', 'emailaddress'],
  role: ['role', 'title', 'jobtitle', 'job'],
  businessUnit: ['businessunit', 'division', 'company'],
  functionalUnit: ['functionalunit', 'function'],
  department: ['department', 'dept', 'departmentnumber'],
  team: ['team', 'group', 'customgroup'],
  supervisor: ['supervisor', 'manager'],
  timeZone: ['timezone', 'zone'],
};
const ATTRIBUTE_OF = new Map(
  Object.entries(ATTRIBUTE_NAMES).flatMap(([attribute, names]) =>
    names.map((name) => [name, attribute as keyof typeof ATTRIBUTE_NAMES] as const),
  ),
);
/** A table has no dates. */
export const FROM_THE_START = '1970-01-01';
const ALIAS = /^(?:alias|aliases|account|accounts|username|samaccountname|userprincipalname|upn|id)\d*$/;

export type ReferenceTableResult = { records: DirectoryRecord[] } | { problem: string };

/** @param isTimeZone whether the runtime knows a zone name */
export function readReferenceTable(text: string, isTimeZone: (name: string) => boolean): ReferenceTableResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `it is not JSON (${messageOf(error)})` };
  }
  const parsed = Table.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { problem: `it is not a reference table: ${issue?.path.join('.') || 'data'}: ${issue?.message ?? ''}` };
  }
  const rows = Object.entries(parsed.data.data).map(
    ([account, inner]) =>
      [account, new Map(Object.entries(inner).map(([key, { value }]) => [key, value] as const))] as const,
  );
  return { records: readTableRows(rows, isTimeZone) };
}

/** Rows of a reference table by account, each its inner keys with their values; the order does not matter. */
export const readTableRows = (
  rows: Iterable<readonly [account: string, inner: ReadonlyMap<string, string>]>,
  isTimeZone: (name: string) => boolean,
): DirectoryRecord[] =>
  [...rows]
    .filter(([account]) => account.trim() !== '')
    .map(([account, inner]) => toRecord(account.trim(), inner, isTimeZone))
    .sort((a, b) => (a.account < b.account ? -1 : 1));

function toRecord(
  account: string,
  inner: ReadonlyMap<string, string>,
  isTimeZone: (name: string) => boolean,
): DirectoryRecord {
  const record = blankDirectoryRecord(account, FROM_THE_START);
  for (const key of [...inner.keys()].sort()) {
    const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '');
    const value = inner.get(key)!.trim();
    const attribute = ATTRIBUTE_OF.get(plain);
    if (value === '') continue;
    if (attribute === 'timeZone') record.timeZone = isTimeZone(value) ? value : '';
    else if (attribute) record[attribute] = value;
    else if (plain === 'projects' || plain === 'project') record.projects = splitList(value);
    else if (ALIAS.test(plain)) record.aliases.push(...splitList(value));
  }
  return record;
}

const splitList = (value: string): string[] =>
  value
    .split(/[;,|]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
