import { z } from 'zod';
import { hasCode, QRadarError } from './errors.ts';
import { cutText, id, listOf, optional } from './fields.ts';
import { allOf, equals, within } from './filter.ts';
import { apiPath } from './paths.ts';
import { type BulkResult, ENTRIES_AT_ONCE, EntryRecord, MAX_ENTRIES, type ReferenceSets } from './reference-entries.ts';
import { ENTRY_SOURCE } from './reference-names.ts';
import type { Requester } from './requester.ts';

const SetRecord = z.object({ id, name: z.string() });
const Task = z.object({
  id,
  status: z.string().max(100),
  message: optional(cutText(500)),
  error_message: optional(cutText(500)),
});
const TaskResults = z.object({
  responses: listOf(z.object({ http_status: optional(z.number()), message: optional(cutText(500)) }), 100_000),
});

const VALUES_AT_ONCE = 50;
const TASK_TIMEOUT_MS = 300_000;
const SETS = '/reference_data_collections/sets';
const ENTRIES = '/reference_data_collections/set_entries';
const TASKS = '/reference_data_collections/set_bulk_update_tasks';
const UNFINISHED = new Set(['QUEUED', 'INITIALIZING', 'PROCESSING', 'IN_PROGRESS', 'RUNNING', 'CREATED', 'PENDING']);

/** Sets by id (`/reference_data_collections`), whose entries carry notes and are changed in bulk by a task. */
export function createCollectionSets(requester: Requester): Omit<ReferenceSets, 'keepsNotes'> {
  const { timing } = requester;

  async function findId(name: string, signal?: AbortSignal): Promise<number | undefined> {
    const query = { filter: equals('name', name).text, fields: 'id,name' };
    const found = await requester.list({ path: SETS, query, signal }, SetRecord);
    return found.find((set) => set.name === name)?.id;
  }

  async function needId(name: string, signal?: AbortSignal): Promise<number> {
    const setId = await findId(name, signal);
    if (setId !== undefined) return setId;
    const fields = { layer: 'client' as const, outcome: 'none' as const, request: `GET ${SETS}` };
    throw new QRadarError('QRADAR_NOT_FOUND', `there is no reference set "${name.slice(0, 100)}"`, fields);
  }

  /** Hands over one batch and waits for the console to have worked it off. */
  async function patchEntries(json: readonly object[], signal?: AbortSignal): Promise<BulkResult> {
    let task = (await requester.call({ method: 'PATCH', path: ENTRIES, json, signal }, Task)).body;
    const startedAtMs = timing.now();
    for (let waitMs = 200; UNFINISHED.has(task.status); waitMs = Math.min(5000, waitMs * 2)) {
      if (timing.now() - startedAtMs > TASK_TIMEOUT_MS) throw taskFailed(`still ${task.status}`, 'unknown');
      await timing.sleep(waitMs, signal);
      task = (await requester.call({ path: `${TASKS}${apiPath`/${task.id}`}`, signal }, Task)).body;
    }
    if (task.status !== 'COMPLETED')
      throw taskFailed(`${task.status} ${task.error_message ?? task.message ?? ''}`.trim(), 'answered');
    const path = `${TASKS}${apiPath`/${task.id}/results`}`;
    const { responses } = (await requester.call({ path, signal }, TaskResults)).body;
    const failed = responses
      .filter(({ http_status }) => (http_status ?? 200) >= 400)
      .map(({ message }) => message ?? '');
    return { written: json.length - failed.length, failed };
  }

  return {
    async read(name, signal) {
      const setId = await findId(name, signal);
      if (setId === undefined) return undefined;
      const query = { filter: equals('collection_id', setId).text };
      return requester.list({ path: ENTRIES, query, signal }, EntryRecord, { maxItems: MAX_ENTRIES });
    },
    async ensure({ name, elementType, description }, signal) {
      if ((await findId(name, signal)) !== undefined) return;
      const json = { name, entry_type: elementType, ...(description ? { description } : {}) };
      try {
        // Repeating it is safe: the name can be taken only once.
        await requester.run({ method: 'POST', path: SETS, json, isRepeatable: true, signal });
      } catch (error) {
        if (!hasCode(error, 'QRADAR_CONFLICT')) throw error;
      }
    },
    async put(name, entries, signal) {
      const result: BulkResult = { written: 0, failed: [] };
      const collection_id = await needId(name, signal);
      for (let from = 0; from < entries.length; from += ENTRIES_AT_ONCE) {
        const batch = entries.slice(from, from + ENTRIES_AT_ONCE).map(({ value, notes }) => ({
          collection_id,
          value,
          source: ENTRY_SOURCE,
          ...(notes === undefined ? {} : { notes }),
        }));
        const part = await patchEntries(batch, signal);
        result.written += part.written;
        result.failed.push(...part.failed);
      }
      return result;
    },
    async remove(name, values, signal) {
      const setId = await needId(name, signal);
      let removed = 0;
      for (let from = 0; from < values.length; from += VALUES_AT_ONCE) {
        const wanted = within('value', values.slice(from, from + VALUES_AT_ONCE));
        const query = { filter: allOf(equals('collection_id', setId), wanted).text };
        for (const entry of await requester.list({ path: ENTRIES, query, signal }, EntryRecord)) {
          if (entry.id === undefined) continue;
          try {
            await requester.run({ method: 'DELETE', path: `${ENTRIES}${apiPath`/${entry.id}`}`, signal });
            removed += 1;
          } catch (error) {
            if (!hasCode(error, 'QRADAR_NOT_FOUND')) throw error;
          }
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
    request: `PATCH ${ENTRIES}`,
  });
