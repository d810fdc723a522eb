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
  const records = Object.entries(parsed.data.data)
    .filter(([account]) => account.trim() !== '')
    .map(([account, inner]) => toRecord(account.trim(), inner, isTimeZone));
  return { records: records.sort((a, b) => (a.account < b.account ? -1 : 1)) };
}

function toRecord(
  account: string,
  inner: Readonly<Record<string, { value: string }>>,
  isTimeZone: (name: string) => boolean,
): DirectoryRecord {
  const record = blankDirectoryRecord(account, '1970-01-01');
  for (const key of Object.keys(inner).sort()) {
    const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '');
    const value = inner[key]!.value.trim();
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
