import { z } from 'zod';
import { cutText, id, instant, optional } from './fields.ts';
import type { NewCollection } from './reference-names.ts';

export interface SetEntry {
  value: string;
  /** The domain it is meant for; 0 and `undefined`: every one, or the default. */
  domainId: number | undefined;
  source: string | undefined;
  notes: string | undefined;
  firstSeenMs: number | undefined;
  lastSeenMs: number | undefined;
}

export interface NewEntry {
  value: string;
  notes?: string;
}

export interface BulkResult {
  written: number;
  /** Value or message of what was refused. */
  failed: string[];
}

export interface ReferenceSets {
  /** All entries; `undefined` when there is no such set. */
  read(name: string, signal?: AbortSignal): Promise<SetEntry[] | undefined>;
  /** Makes the set when it is not there. */
  ensure(set: NewCollection, signal?: AbortSignal): Promise<void>;
  /** Adds or refreshes entries in bulk. Notes are kept where the console has them (see `keepsNotes`). */
  put(name: string, entries: readonly NewEntry[], signal?: AbortSignal): Promise<BulkResult>;
  /** Takes entries out; absent ones are no error. Returns how many were there. */
  remove(name: string, values: readonly string[], signal?: AbortSignal): Promise<number>;
  keepsNotes(signal?: AbortSignal): Promise<boolean>;
}

export const EntryRecord = z
  .object({
    id: optional(id),
    value: z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).slice(0, 5000)),
    domain_id: optional(id),
    source: optional(cutText(500)),
    notes: optional(cutText(5000)),
    first_seen: optional(instant),
    last_seen: optional(instant),
  })
  .transform((raw) => ({
    id: raw.id,
    value: raw.value,
    domainId: raw.domain_id,
    source: raw.source,
    notes: raw.notes,
    firstSeenMs: raw.first_seen,
    lastSeenMs: raw.last_seen,
  }));

export const ENTRIES_AT_ONCE = 1000;
export const MAX_ENTRIES = 1_000_000;
