import { z } from 'zod';
import { hasCode, QRadarError } from './errors.ts';
import { cutText, id, instant, listOf, optional } from './fields.ts';
import { allOf, equals, within } from './filter.ts';
import { apiPath } from './paths.ts';
import { assertOwnCollection, ENTRY_SOURCE, type NewCollection } from './reference-names.ts';
import type { Requester } from './requester.ts';

export interface SetEntry {
  value: string;
  source: string | undefined;
  notes: string | undefined;
  firstSeenMs: number | undefined;
  lastSeenMs: number | undefined;
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
  put(name: string, entries: readonly { value: string; notes?: string }[], signal?: AbortSignal): Promise<BulkResult>;
  /** Takes entries out; absent ones are no error. Returns how many were there. */
  remove(name: string, values: readonly string[], signal?: AbortSignal): Promise<number>;
  keepsNotes(signal?: AbortSignal): Promise<boolean>;
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).slice(0, 5000));
const EntryRecord = z
  .object({
    id: optional(id),
    value: text,
    source: optional(cutText(500)),
    notes: optional(cutText(5000)),
    first_seen: optional(instant),
    last_seen: optional(instant),
  })
  .transform((raw) => ({
    id: raw.id,
    value: raw.value,
    source: raw.source,
    notes: raw.notes,
    firstSeenMs: raw.first_seen,
    lastSeenMs: raw.last_seen,
  }));

const SetRecord = z.object({ id, name: z.string() });
const OldSet = z.object({ name: z.string(), data: listOf(EntryRecord, 1_000_000) });
const Task = z.object({
  id,
  status: z.string().max(100),
  message: optional(cutText(500)),
  error_message: optional(cutText(500)),
});
const TaskResults = z.object({
  responses: listOf(z.object({ http_status: optional(z.number()), message: optional(cutText(500)) }), 100_000),
});

const ENTRIES_AT_ONCE = 1000;
const VALUES_AT_ONCE = 50;
const TASK_TIMEOUT_MS = 300_000;
const COLLECTIONS = '/reference_data_collections';
const UNFINISHED = new Set(['QUEUED', 'INITIALIZING', 'PROCESSING', 'IN_PROGRESS', 'RUNNING', 'CREATED', 'PENDING']);

/** `hasCollections`: whether the console has the newer interface, where entries carry notes. */
export function createReferenceSets(
  requester: Requester,
  hasCollections: (signal?: AbortSignal) => Promise<boolean>,
): ReferenceSets {
  const { timing } = requester;

  async function findSetId(name: string, signal?: AbortSignal): Promise<number | undefined> {
    const query = { filter: equals('name', name).text, fields: 'id,name' };
    const found = await requester.list({ path: `${COLLECTIONS}/sets`, query, signal }, SetRecord);
    return found.find((set) => set.name === name)?.id;
  }

  async function needSetId(name: string, signal?: AbortSignal): Promise<number> {
    const setId = await findSetId(name, signal);
    if (setId !== undefined) return setId;
    const fields = { layer: 'client' as const, outcome: 'none' as const, request: `GET ${COLLECTIONS}/sets` };
    throw new QRadarError('QRADAR_NOT_FOUND', `there is no reference set "${name.slice(0, 100)}"`, fields);
  }

  /** Hands over one batch and waits for the console to have worked it off. */
  async function patchEntries(json: readonly object[], signal?: AbortSignal): Promise<BulkResult> {
    const request = { method: 'PATCH' as const, path: `${COLLECTIONS}/set_entries`, json, signal };
    let task = (await requester.call(request, Task)).body;
    const startedAtMs = timing.now();
    for (let waitMs = 200; UNFINISHED.has(task.status); waitMs = Math.min(5000, waitMs * 2)) {
      if (timing.now() - startedAtMs > TASK_TIMEOUT_MS) throw taskFailed(`still ${task.status}`, 'unknown');
      await timing.sleep(waitMs, signal);
      task = (
        await requester.call(
          { path: apiPath`/reference_data_collections/set_bulk_update_tasks/${task.id}`, signal },
          Task,
        )
      ).body;
    }
    if (task.status !== 'COMPLETED')
      throw taskFailed(`${task.status} ${task.error_message ?? task.message ?? ''}`.trim(), 'answered');
    const path = apiPath`/reference_data_collections/set_bulk_update_tasks/${task.id}/results`;
    const { responses } = (await requester.call({ path, signal }, TaskResults)).body;
    const failed = responses
      .filter(({ http_status }) => (http_status ?? 200) >= 400)
      .map(({ message }) => message ?? '');
    return { written: json.length - failed.length, failed };
  }

  const oldPath = (name: string) => apiPath`/reference_data/sets/${name}`;

  return {
    keepsNotes: hasCollections,

    async read(name, signal) {
      if (await hasCollections(signal)) {
        const setId = await findSetId(name, signal);
        if (setId === undefined) return undefined;
        const query = { filter: equals('collection_id', setId).text };
        return requester.list({ path: `${COLLECTIONS}/set_entries`, query, signal }, EntryRecord, {
          maxItems: 1_000_000,
        });
      }
      try {
        return (await requester.call({ path: oldPath(name), signal }, OldSet)).body.data;
      } catch (error) {
        if (hasCode(error, 'QRADAR_NOT_FOUND')) return undefined;
        throw error;
      }
    },

    async ensure({ name, elementType, description }, signal) {
      assertOwnCollection(name);
      const isNew = await hasCollections(signal);
      if (isNew && (await findSetId(name, signal)) !== undefined) return;
      const request = isNew
        ? {
            path: `${COLLECTIONS}/sets`,
            json: { name, entry_type: elementType, ...(description ? { description } : {}) },
          }
        : { path: '/reference_data/sets', query: { name, element_type: elementType } };
      try {
        // Repeating it is safe: the name can be taken only once.
        await requester.run({ ...request, method: 'POST', isRepeatable: true, signal });
      } catch (error) {
        if (!hasCode(error, 'QRADAR_CONFLICT')) throw error;
      }
    },

    async put(name, entries, signal) {
      assertOwnCollection(name);
      const result: BulkResult = { written: 0, failed: [] };
      const isNew = await hasCollections(signal);
      const setId = isNew ? await needSetId(name, signal) : 0;
      for (let from = 0; from < entries.length; from += ENTRIES_AT_ONCE) {
        const batch = entries.slice(from, from + ENTRIES_AT_ONCE);
        if (isNew) {
          const json = batch.map(({ value, notes }) => ({
            collection_id: setId,
            value,
            source: ENTRY_SOURCE,
            ...(notes === undefined ? {} : { notes }),
          }));
          const part = await patchEntries(json, signal);
          result.written += part.written;
          result.failed.push(...part.failed);
        } else {
          const path = apiPath`/reference_data/sets/bulk_load/${name}`;
          const json = batch.map(({ value }) => value);
          await requester.run({ method: 'POST', path, json, isRepeatable: true, signal });
          result.written += batch.length;
        }
      }
      return result;
    },

    async remove(name, values, signal) {
      assertOwnCollection(name);
      let removed = 0;
      if (!(await hasCollections(signal))) {
        for (const value of values) {
          try {
            const path = `${oldPath(name)}${apiPath`/${value}`}`;
            const shownPath = '/reference_data/sets/{name}/{value}';
            await requester.run({ method: 'DELETE', path, shownPath, signal });
            removed += 1;
          } catch (error) {
            if (!hasCode(error, 'QRADAR_NOT_FOUND')) throw error;
          }
        }
        return removed;
      }
      const setId = await needSetId(name, signal);
      for (let from = 0; from < values.length; from += VALUES_AT_ONCE) {
        const wanted = within('value', values.slice(from, from + VALUES_AT_ONCE));
        const query = { filter: allOf(equals('collection_id', setId), wanted).text };
        const found = await requester.list({ path: `${COLLECTIONS}/set_entries`, query, signal }, EntryRecord);
        for (const entry of found) {
          if (entry.id === undefined) continue;
          const path = apiPath`/reference_data_collections/set_entries/${entry.id}`;
          const status = await requester.run({ method: 'DELETE', path, signal }).catch((error) => {
            if (hasCode(error, 'QRADAR_NOT_FOUND')) return 404;
            throw error;
          });
          if (status !== 404) removed += 1;
        }
      }
      return removed;
    },
  };
}

const taskFailed = (reason: string, outcome: 'unknown' | 'answered'): QRadarError =>
  new QRadarError('QRADAR_FAILED', `the update of the reference set did not complete: ${reason}`, {
    layer: 'endpoint',
    outcome,
    request: `PATCH ${COLLECTIONS}/set_entries`,
  });
