import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Activity, makeActivity } from '../src/domain/activity.ts';
import type { SourceRecord } from '../src/domain/ingest.ts';
import type { BatchOutcome } from '../src/store/activity-writer.ts';
import { type DataStore, type DataStoreOptions, openDataStore } from '../src/store/open-data-store.ts';

/** For tests: temporary folders, records and one-call imports. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-store-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const openTestStore = (directory: string, more: Partial<DataStoreOptions> = {}): Promise<DataStore> =>
  openDataStore({ directory, create: true, encryption: 'tokens', waitMs: 0, ...more });

export async function withStore<T>(
  directory: string,
  work: (store: DataStore) => Promise<T>,
  more: Partial<DataStoreOptions> = {},
): Promise<T> {
  const store = await openTestStore(directory, more);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export const activityRecord = (fields: Partial<Activity>, raw = JSON.stringify(fields)): SourceRecord => ({
  origin: 'test.log',
  line: 1,
  raw,
  outcome: { kind: 'activity', activity: makeActivity({ timeMs: Date.UTC(2026, 0, 5), ...fields }) },
});

export const deadRecord = (raw: string): SourceRecord => ({
  origin: 'test.log',
  line: 1,
  raw,
  outcome: { kind: 'dead-letter', reason: 'bad-json', detail: 'not an object' },
});

/** One file in one batch. */
export async function store(target: DataStore, records: readonly SourceRecord[]): Promise<BatchOutcome> {
  const writer = target.activities.openWriter(await target.imports.begin(Date.UTC(2026, 0, 6), 'auto'));
  writer.startFile();
  for (const record of records) writer.add(record);
  return writer.commit();
}
