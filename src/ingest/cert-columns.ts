/** Where the columns of a CERT file are: by header when it has one, by kind and width otherwise. */

export const CERT_KINDS = ['logon', 'device', 'file', 'http', 'email', 'ldap'] as const;
export type CertKind = (typeof CERT_KINDS)[number];

export interface CertLayout {
  /** `undefined`: told per row by its first column (`answers/*` files). */
  kind: CertKind | undefined;
  /** Column name to position. */
  columns: ReadonlyMap<string, number>;
}

/** Columns of files without a header, by kind; widths are unique within a kind. */
const KNOWN_COLUMNS: Readonly<Record<CertKind, readonly string[]>> = {
  logon: ['id,date,user,pc,activity'],
  device: ['id,date,user,pc,activity', 'id,date,user,pc,file_tree,activity'],
  file: [
    'id,date,user,pc,filename,content',
    'id,date,user,pc,filename',
    'id,date,user,pc,filename,activity,to_removable_media,from_removable_media,content',
  ],
  http: ['id,date,user,pc,url,content', 'id,date,user,pc,url', 'id,date,user,pc,url,activity,content'],
  email: [
    'id,date,user,pc,to,cc,bcc,from,size,attachments,content',
    'id,date,user,pc,to,cc,bcc,from,activity,size,attachments,content',
  ],
  ldap: [
    'employee_name,user_id,email,role,business_unit,functional_unit,department,team,supervisor',
    'employee_name,user_id,email,role,projects,business_unit,functional_unit,department,team,supervisor',
  ],
};

const layouts = new Map<string, CertLayout>();
for (const kind of CERT_KINDS) {
  for (const names of KNOWN_COLUMNS[kind]) {
    const columns = names.split(',');
    layouts.set(`${kind}/${columns.length}`, { kind, columns: columnIndex(columns) });
    // The same row behind a first column that names its kind.
    layouts.set(`${kind}+/${columns.length + 1}`, { kind, columns: columnIndex(['type', ...columns]) });
  }
}

function columnIndex(names: readonly string[]): Map<string, number> {
  const index = new Map<string, number>();
  names.forEach((name, position) => {
    if (!index.has(name)) index.set(name, position);
  });
  return index;
}

/** Layout of a record without a header; `undefined` when its width is not known for the kind. */
export function layoutByWidth(kind: CertKind | undefined, row: readonly string[]): CertLayout | undefined {
  const first = row[0]?.trim().toLowerCase() ?? '';
  if (isCertKind(first)) return layouts.get(`${first}+/${row.length}`);
  return kind === undefined ? undefined : layouts.get(`${kind}/${row.length}`);
}

const isCertKind = (text: string): text is CertKind => (CERT_KINDS as readonly string[]).includes(text);

/** Layout from a header record; `undefined` when the record is not a CERT header. `kind` is from the file's name. */
export function layoutFromHeader(row: readonly string[], kind: CertKind | undefined): CertLayout | undefined {
  const names = row.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/^\ufeff/, ''),
  );
  const columns = columnIndex(names);
  if (columns.has('user_id') && (columns.has('employee_name') || columns.has('role'))) return { kind: 'ldap', columns };
  if (!columns.has('user') || !columns.has('date')) return undefined;
  return { kind: kind ?? kindFromColumns(columns), columns };
}

function kindFromColumns(columns: ReadonlyMap<string, number>): CertKind | undefined {
  if (columns.has('url')) return 'http';
  if (columns.has('from') && columns.has('to')) return 'email';
  if (columns.has('filename')) return 'file';
  return columns.has('file_tree') ? 'device' : columns.has('activity') && columns.has('pc') ? 'logon' : undefined;
}

/** Kind of a CERT file from its path: its own name, or an LDAP folder above a month file. */
export function certKindOfPath(path: string): CertKind | undefined {
  const parts = path.toLowerCase().split(/[\\/]/);
  const name = (parts.at(-1) ?? '').replace(/\.gz$/, '');
  if (!name.endsWith('.csv')) return undefined;
  const base = name.slice(0, -4);
  if (/^\d{4}-\d{2}$/.test(base) && parts.at(-2) === 'ldap') return 'ldap';
  const word = /^(logon|device|file|http|email)(?:[._-]\w+)?$/.exec(base)?.[1];
  return word === undefined ? undefined : (word as CertKind);
}

/** First day of the month a directory file describes, `YYYY-MM-01`; `''` when its name does not say. */
export function monthOfPath(path: string): string {
  const month = /(\d{4})-(0[1-9]|1[0-2])(?=\.csv(?:\.gz)?$)/i.exec(path);
  return month ? `${month[1]}-${month[2]}-01` : '';
}
