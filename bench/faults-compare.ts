import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { verifyChain } from '../src/governance/audit-chain.ts';
import { ACTIVITY_COLUMNS } from '../src/store/activity-columns.ts';
import { type DataStore, openDataStore } from '../src/store/open-data-store.ts';

/** What a sidecar has stored, row by row: name of the part -> key -> digest of the row. */
export interface Stored {
  parts: Map<string, Map<string, string>>;
  isChainSound: boolean;
  auditEntries: number;
}

const TABLES = {
  'Sense events': { table: 'sense_event', key: 'id', columns: 'time_ms, account, event, body' },
  offenses: { table: 'offense', key: 'id', columns: 'domain, account, is_uba, status, start_ms, persisted_ms, body' },
  // Of texts that differ in letter case only, the first one that is read is kept.
  dictionary: { table: 'dictionary', key: 'hex(token)', columns: 'kind, lower(text)' },
  'accounts seen': { table: 'account_sighting', key: 'domain || char(0) || account || char(0) || sid', columns: '1' },
  'dead letters': { table: 'dead_letter', key: 'hex(id)', columns: 'reason, detail, raw' },
};

export async function readStored(directory: string): Promise<Stored> {
  const store = await openDataStore({ directory, create: false, encryption: 'tokens', waitMs: 20_000 });
  try {
    const { ok, entries } = await verifyChain(store.audit.entries());
    const parts = new Map([['activities', await readActivities(store)]]);
    for (const [name, { table, key, columns }] of Object.entries(TABLES)) {
      const query = sql`SELECT ${sql.raw(key)} AS "key", ${sql.raw(columns)} FROM ${sql.table(table)}`;
      const { rows } = await (query.execute(store.records) as Promise<{ rows: { key: string | number }[] }>);
      parts.set(name, new Map(rows.map((row) => [String(row.key), digest(JSON.stringify(row))])));
    }
    return { parts, isChainSound: ok, auditEntries: entries };
  } finally {
    await store.close();
  }
}

/** Every column of every activity. */
async function readActivities(store: DataStore): Promise<Map<string, string>> {
  const names = ACTIVITY_COLUMNS.map(({ name }) => name);
  const columns = await store.duck.columns(`SELECT ${names.join(', ')} FROM activity ORDER BY id, time_ms`);
  const rows = new Map<string, string>();
  for (let row = 0; row < (columns.id?.length ?? 0); row++) {
    const key = String(columns.id![row]);
    const isTwice = rows.has(key) ? ' twice' : '';
    rows.set(key + isTwice, digest(names.map((name) => String(columns[name]![row])).join('\0')));
  }
  return rows;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64').slice(0, 24);

export interface Difference {
  part: string;
  rows: number;
  missing: number;
  additional: number;
  changed: number;
}

/** One row a part, also of parts without a difference. */
export function compareStored(actual: Stored, expected: Stored): Difference[] {
  return [...expected.parts].map(([part, wanted]) => {
    const found = actual.parts.get(part) ?? new Map<string, string>();
    const keys = [...wanted.keys()];
    return {
      part,
      rows: wanted.size,
      missing: keys.filter((key) => !found.has(key)).length,
      additional: [...found.keys()].filter((key) => !wanted.has(key)).length,
      changed: keys.filter((key) => found.has(key) && found.get(key) !== wanted.get(key)).length,
    };
  });
}

export const isSame = ({ missing, additional, changed }: Difference): boolean => missing + additional + changed === 0;
