import { domainName } from '../domain/context.ts';
import { AppError } from '../domain/errors.ts';
import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AliasRow } from '../domain/people.ts';
import { DAY_MS, formatDay } from '../domain/time.ts';
import { isTimeZone } from '../domain/zone-offset.ts';
import { readTableRows } from '../identity/read-reference-table.ts';
import type { Tracking } from '../identity/tracking.ts';
import { CONTEXT_PARTS, type ContextPart } from './context-parts.ts';
import type { ContextConsole, ContextStore } from './context-ports.ts';
import {
  CONTEXT_KINDS,
  type ContextGap,
  createPartReader,
  itemKey,
  type PartReader,
  type PartReport,
  readPartStates,
} from './context-state.ts';
import { mergeTables, planDirectoryChanges } from './directory-changes.ts';
import { type Removal, readNotTracked, refreshTracking, removeUntracked } from './refresh-tracking.ts';

export interface ContextPorts {
  console: ContextConsole;
  store: ContextStore;
}

export interface ContextOptions {
  nowMs: number;
  /** Names of reference tables on the console that say who people are. */
  referenceTables: readonly string[];
  /** The aliases file. */
  aliases?: readonly AliasRow[];
  /** Directory entries that are not stored, as from `identity.referenceTables`. */
  directory?: readonly DirectoryRecord[];
  signal?: AbortSignal;
}

export interface ContextReport {
  /** What was read, in this order. */
  parts: PartReport[];
  /** What could not be read. */
  gaps: ContextGap[];
  tracking: Tracking;
  removal: Removal;
  /** Directory entries added. */
  directoryChanges: number;
}

/**
 * Reads what the console knows about people and things. Each part for itself: what cannot be read becomes a gap, and its last
 * known state stays. Who must not be tracked comes first, so that nothing about them is stored by the parts after it. May be
 * broken off anywhere and run again.
 */
export async function refreshContext(ports: ContextPorts, options: ContextOptions): Promise<ContextReport> {
  const { console, store } = ports;
  const { nowMs, signal } = options;
  const reader = createPartReader(await readPartStates(store), nowMs, signal);
  const run = async (part: ContextPart, tracking: Tracking) => {
    const found = await reader.attempt(part.name, part.loss, () => part.read({ console, store, tracking, signal }));
    if (!found) return;
    for (const [kind, items] of Object.entries(found)) await store.context.replace(kind, items, nowMs);
    reader.done(part.name, Object.values(found)[0]?.length ?? 0);
  };
  const saveStates = () => store.context.replace(CONTEXT_KINDS.refresh, reader.states, nowMs);
  try {
    await readDomains(ports, reader, options);
    const more = { nowMs, ...(signal ? { signal } : {}) };
    await readNotTracked(console, store, reader, await readDomainNames(store), more);
    // From now on the list counts as read, whatever happens to the rest.
    await saveStates();
    const tables = await readTables(console, reader, options);
    const tracking = await refreshTracking(store, { ...options, tables: [...tables.values()].flat() }, nowMs);
    const removal = await removeUntracked(store, tracking, nowMs);
    const directoryChanges = await storeTables(store, tables, tracking, reader, options);
    for (const part of CONTEXT_PARTS) await run(part, tracking);
    return { parts: reader.parts, gaps: reader.gaps, tracking, removal, directoryChanges };
  } finally {
    await saveStates();
  }
}

/** Names of QRadar's domains by id, as activities carry them; of the last reading. */
export async function readDomainNames(store: Pick<ContextStore, 'context'>): Promise<Map<number, string>> {
  const items = await store.context.read(CONTEXT_KINDS.domain);
  return new Map(
    items.flatMap(({ body }) => {
      const { id, name } = body as { id?: unknown; name?: unknown };
      return typeof id === 'number' && typeof name === 'string' ? [[id, domainName(id, name)] as const] : [];
    }),
  );
}

async function readDomains({ console, store }: ContextPorts, reader: PartReader, options: ContextOptions) {
  const loss = 'domains that were made since then are numbers without names';
  const domains = await reader.attempt('domains', loss, () => console.inventory.domains(options.signal));
  if (!domains) return;
  const items = domains.map((domain) => [String(domain.id), domain] as const);
  await store.context.replace(CONTEXT_KINDS.domain, items, options.nowMs);
  reader.done('domains', items.length);
}

const tablePart = (name: string): string => `reference table ${name}`;

/** The tables that could be read, by name. */
async function readTables(
  console: ContextConsole,
  reader: PartReader,
  { referenceTables, signal }: ContextOptions,
): Promise<Map<string, DirectoryRecord[]>> {
  const tables = new Map<string, DirectoryRecord[]>();
  for (const name of new Set(referenceTables)) {
    const loss = 'attributes and further accounts of people stay as they were';
    const rows = await reader.attempt(tablePart(name), loss, async () => {
      const found = await console.maps.readTable(name, signal);
      if (!found) throw new AppError('QRADAR_NOT_FOUND', `there is no reference table "${name}"`);
      return found;
    });
    if (rows) tables.set(name, readTableRows(rows, isTimeZone));
  }
  return tables;
}

/** Stores the tables as they are now, and in the directory what is new in them. A table that was not read stays as it was. */
async function storeTables(
  store: ContextStore,
  read: ReadonlyMap<string, readonly DirectoryRecord[]>,
  tracking: Tracking,
  reader: PartReader,
  { referenceTables, nowMs }: ContextOptions,
): Promise<number> {
  const isKept = (record: DirectoryRecord) =>
    [record.account, record.email, ...record.aliases].every((name) => name === '' || tracking.isTracked('', name));
  const stored = Map.groupBy(await store.context.read(CONTEXT_KINDS.referenceTable), ({ key }) =>
    String((JSON.parse(key) as unknown[])[0]),
  );
  const tables = [...new Set(referenceTables)].map((name) => {
    const records = read.get(name) ?? (stored.get(name) ?? []).map(({ body }) => body as DirectoryRecord);
    return { name, records: records.filter(isKept) };
  });
  const merged = mergeTables(tables.map(({ records }) => records));
  const today = formatDay(Math.floor(nowMs / DAY_MS));
  const changes = planDirectoryChanges(await store.tracking.directory(), merged, today);
  await store.tracking.addDirectory(changes);
  const items = tables.flatMap(({ name, records }) =>
    records.map((record) => [itemKey(name, record.account), record] as const),
  );
  await store.context.replace(CONTEXT_KINDS.referenceTable, items, nowMs);
  for (const { name, records } of tables) if (read.has(name)) reader.done(tablePart(name), records.length);
  return changes.length;
}
