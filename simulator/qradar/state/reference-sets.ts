import type { EntryRecord, SetRecord } from './records.ts';
import { hasExpired, sameValue } from './reference-values.ts';
import type { State } from './state.ts';

/** Sets behind both APIs: `/reference_data/sets` by name, `/reference_data_collections` by id. */
export function createSet(
  state: State,
  nowMs: number,
  given: Pick<SetRecord, 'name' | 'entry_type'> & Partial<SetRecord>,
): SetRecord {
  const id = state.sets.nextId();
  return state.sets.put(id, {
    namespace: 'SHARED',
    tenant_id: 0,
    description: '',
    expiry_type: 'NO_EXPIRY',
    time_to_live: 0,
    expired_log_option: 'LOG_NONE',
    delete_entries: false,
    ...given,
    id,
    creation_time: nowMs,
    number_of_entries: 0,
    global_id: `set-${id}`,
  });
}

export const findSet = (state: State, name: string | undefined): SetRecord | undefined =>
  state.sets.find((one) => one.name === name);

/** Entries that have not expired; expired ones are removed on the way. */
export function listEntries(state: State, set: SetRecord, nowMs: number): EntryRecord[] {
  const ageing = { by: set.expiry_type, timeToLiveMs: set.time_to_live * 1000 };
  const kept: EntryRecord[] = [];
  for (const entry of state.entries.values()) {
    if (entry.collection_id !== set.id) continue;
    if (hasExpired(entry, ageing, nowMs)) state.entries.remove(entry.id);
    else kept.push(entry);
  }
  return kept;
}

export const presentSet = (state: State, set: SetRecord, nowMs: number): SetRecord => ({
  ...set,
  number_of_entries: listEntries(state, set, nowMs).length,
});

export interface EntryChange {
  value: string;
  source: string;
  domainId: number;
  notes?: string | null;
}

/** Adds an entry, or sees an existing one again. */
export function upsertEntry(
  state: State,
  set: SetRecord,
  change: EntryChange,
  nowMs: number,
  known: readonly EntryRecord[] = listEntries(state, set, nowMs),
): { entry: EntryRecord; created: boolean } {
  const before = known.find(
    (one) => one.domain_id === change.domainId && sameValue(set.entry_type, one.value, change.value),
  );
  if (before) {
    const notes = change.notes === undefined ? before.notes : change.notes;
    const entry = state.entries.update(before.id, { last_seen: nowMs, source: change.source, notes });
    return { entry, created: false };
  }
  const id = state.entries.nextId();
  const entry = state.entries.put(id, {
    id,
    collection_id: set.id,
    value: change.value,
    domain_id: change.domainId,
    source: change.source,
    notes: change.notes ?? null,
    first_seen: nowMs,
    last_seen: nowMs,
    delete_entry: false,
  });
  return { entry, created: true };
}

export function purgeSet(state: State, set: SetRecord): void {
  for (const entry of state.entries.values()) if (entry.collection_id === set.id) state.entries.remove(entry.id);
}

export function removeSet(state: State, set: SetRecord): void {
  purgeSet(state, set);
  state.sets.remove(set.id);
}

/** Values of a set by name, as rules and AQL look them up. */
export function valuesOfSet(state: State, name: string, nowMs: number): string[] {
  const set = findSet(state, name);
  return set ? listEntries(state, set, nowMs).map((one) => one.value) : [];
}
