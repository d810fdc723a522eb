import type { SourceRecord } from '../domain/ingest.ts';
import { DAY_MS } from '../domain/time.ts';
import type { RecordWriter, Repeats, StoredBatch } from './import-ports.ts';

export interface LiveStore {
  imports: {
    begin(startedMs: number, format: string): Promise<number>;
    finish(id: number, finishedMs: number, totals: object): Promise<void>;
  };
  activities: { openWriter(importId: number, options: { repeats: Repeats }): RecordWriter };
}

/** Stores records of a source that never ends: an entry in the import log each UTC day, equal records stored once. */
export interface LiveWriter {
  /** Before records are added. */
  open(nowMs: number): Promise<void>;
  add(record: SourceRecord): void;
  readonly isFull: boolean;
  commit(): Promise<StoredBatch>;
  /** Ends the entry in the import log. It can be opened again. */
  finish(nowMs: number): Promise<void>;
}

export const noBatch = (): StoredBatch => ({ activities: 0, duplicates: 0, deadLetters: 0, reasons: {} });

export function addBatch(totals: StoredBatch, batch: StoredBatch): void {
  totals.activities += batch.activities;
  totals.duplicates += batch.duplicates;
  totals.deadLetters += batch.deadLetters;
  for (const [reason, count] of Object.entries(batch.reasons))
    totals.reasons[reason] = (totals.reasons[reason] ?? 0) + count;
}

/** @param source as the import log calls it */
export function createLiveWriter(store: LiveStore, source: string): LiveWriter {
  let current: { day: number; importId: number; writer: RecordWriter; totals: StoredBatch } | undefined;
  const opened = () => {
    if (!current) throw new TypeError('the writer is not open');
    return current;
  };
  async function finish(nowMs: number): Promise<void> {
    if (!current) return;
    const { importId, writer, totals } = current;
    current = undefined;
    writer.close();
    await store.imports.finish(importId, nowMs, totals);
  }
  return {
    finish,
    async open(nowMs) {
      const day = Math.floor(nowMs / DAY_MS);
      if (current?.day === day) return;
      await finish(nowMs);
      const importId = await store.imports.begin(nowMs, source);
      const writer = store.activities.openWriter(importId, { repeats: 'same' });
      current = { day, importId, writer, totals: noBatch() };
    },
    add: (record) => opened().writer.add(record),
    get isFull() {
      return opened().writer.isFull;
    },
    async commit() {
      const { writer, totals } = opened();
      const batch = await writer.commit();
      addBatch(totals, batch);
      return batch;
    },
  };
}
