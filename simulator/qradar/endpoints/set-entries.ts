import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import type { EntryRecord, SetRecord } from '../state/records.ts';
import { listEntries, upsertEntry } from '../state/reference-sets.ts';
import { findValueFault, sameValue } from '../state/reference-values.ts';
import { TASK_SHAPE } from './reference-data.ts';

const MANAGE = ['ADMIN', 'REFERENCE_DATA'] as const;
const since = '20.0';
const ENTRIES = '/reference_data_collections/set_entries';
const TASKS = '/reference_data_collections/set_bulk_update_tasks';
const MAX_BULK = 100_000;

const ENTRY_SHAPE = {
  id: 'number FS',
  collection_id: 'number FS',
  value: 'string FS',
  domain_id: 'number FS',
  source: 'string FS',
  notes: 'string FS',
  first_seen: 'number FS',
  last_seen: 'number FS',
  delete_entry: 'boolean',
};

const FAILED = [500, 1020, 'An error occurred while processing the request.'] as const;
const NO_ENTRY = [404, 22001, 'The set entry does not exist.'] as const;
/** Messages of a refused entry; the same code goes into the answer of a bulk update. */
const FAULTS = {
  20001: 'The request body is not valid.',
  20002: 'The collection does not exist.',
  20003: 'The value is not valid for the entry type of the set.',
  20004: 'The domain does not exist.',
  20005: 'The notes are not valid.',
} as const;
type FaultCode = keyof typeof FAULTS;
const ENTRY_ERRORS = Object.entries(FAULTS).map(([code, text]) => [422, Number(code), text] as const);

interface EntryRequest {
  set: SetRecord;
  value: string;
  domainId: number;
  source: string;
  notes?: string | null;
  remove: boolean;
}

/** Reads one entry of a body; a fault is given as its code and message. */
function readEntry(call: Call, given: unknown): EntryRequest | [FaultCode, string] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [20001, 'An entry must be an object'];
  const entry = given as Record<string, unknown>;
  const { state } = call.world;
  const set = typeof entry.collection_id === 'number' ? state.sets.get(entry.collection_id) : undefined;
  if (!set) return [20002, `Collection ${String(entry.collection_id)} does not exist`];
  if (typeof entry.value !== 'string' && typeof entry.value !== 'number') return [20001, 'value must be given'];
  const value = String(entry.value);
  const fault = findValueFault(set.entry_type, value);
  if (fault) return [20003, fault];
  const domainId = entry.domain_id ?? 0;
  if (typeof domainId !== 'number' || !state.domains.get(domainId))
    return [20004, `Domain ID ${String(domainId)} does not exist`];
  if (entry.notes !== undefined && entry.notes !== null && typeof entry.notes !== 'string')
    return [20005, 'notes must be text'];
  return {
    set,
    value,
    domainId,
    source: typeof entry.source === 'string' ? entry.source : 'reference data api',
    ...(entry.notes === undefined ? {} : { notes: entry.notes as string | null }),
    remove: entry.delete_entry === true,
  };
}

function createEntry(call: Call): Reply {
  const read = readEntry(call, call.json('entry'));
  if (Array.isArray(read)) throw call.error(422, read[0], read[1]);
  const { entry, created } = upsertEntry(call.world.state, read.set, read, call.now);
  return new Reply(created ? 201 : 200, entry);
}

function findEntry(call: Call): EntryRecord {
  const entry = call.world.state.entries.get(call.number('entry_id'));
  if (!entry) throw call.error(404, 22001, `Set entry ${call.number('entry_id')} does not exist`);
  return entry;
}

function updateNotes(call: Call): EntryRecord {
  const entry = findEntry(call);
  const body = call.json('entry') as Record<string, unknown> | null;
  const notes = body?.notes;
  if (notes !== null && typeof notes !== 'string') throw call.error(422, 20005, 'notes must be text');
  return call.world.state.entries.update(entry.id, { notes });
}

/** Applies every entry that can be applied, and says for each what became of it. */
function bulkUpdate(call: Call): Reply {
  const body = call.json('entries');
  if (!Array.isArray(body) || body.length > MAX_BULK)
    throw call.error(422, 20001, `The body must be an array of at most ${MAX_BULK} entries`);
  const { state } = call.world;
  const known = new Map<number, EntryRecord[]>();
  const responses = body.map((given: unknown) => {
    const read = readEntry(call, given);
    if (Array.isArray(read)) return { http_status: 422, unique_code: read[0] as number, message: read[1] };
    const entries = known.get(read.set.id) ?? listEntries(state, read.set, call.now);
    known.set(read.set.id, entries);
    if (!read.remove) {
      const { entry, created } = upsertEntry(state, read.set, read, call.now, entries);
      if (created) entries.push(entry);
      return { http_status: created ? 201 : 200, unique_code: null, message: null };
    }
    const at = entries.findIndex(
      (one) => one.domain_id === read.domainId && sameValue(read.set.entry_type, one.value, read.value),
    );
    if (at < 0) return { http_status: 404, unique_code: 22001, message: `Set entry ${read.value} does not exist` };
    state.entries.remove(entries[at]!.id);
    entries.splice(at, 1);
    return { http_status: 204, unique_code: null, message: null };
  });
  const good = responses.filter((one) => one.http_status < 300).length;
  const status =
    good === responses.length ? 'COMPLETE_UPDATE_PERFORMED' : good > 0 ? 'PARTIAL_UPDATE_PERFORMED' : 'UPDATE_ABORTED';
  const id = state.bulkTasks.nextId();
  const task = {
    id,
    name: 'Set bulk update',
    status: 'COMPLETED',
    message: 'Completed',
    created: call.now,
    created_by: call.caller.label,
    started: call.now,
    modified: call.now,
    completed: call.now,
    error_code: null,
    error_message: null,
    result: { status, responses, successful_responses: good, total_responses: responses.length },
  };
  state.bulkTasks.put(id, task);
  const { result: _, ...shown } = task;
  const queued = { ...shown, status: 'QUEUED', message: 'Queued', started: null, modified: null, completed: null };
  return new Reply(202, queued, { Location: `/api${TASKS}/${id}` });
}

const BULK_SHAPE = { ...TASK_SHAPE, error_code: 'number', error_message: 'string' };
const NO_TASK = [404, 23001, 'The task does not exist.'] as const;
function findTask(call: Call) {
  const task = call.world.state.bulkTasks.get(call.number('task_id'));
  if (!task) throw call.error(404, 23001, `Task ${call.number('task_id')} does not exist`);
  return task;
}

export const SET_ENTRY_ENDPOINTS: Endpoint[] = [
  declare('GET', ENTRIES, {
    summary: 'Lists entries of all sets',
    since,
    needs: MANAGE,
    shape: ENTRY_SHAPE,
    list: [24001, 24002],
    errors: [FAILED],
    handle: (call) => call.world.state.sets.values().flatMap((set) => listEntries(call.world.state, set, call.now)),
  }),
  declare('POST', ENTRIES, {
    summary: 'Adds an entry (201) or sees it again (200)',
    since,
    needs: MANAGE,
    body: 'entry!',
    success: [201, 200],
    shape: ENTRY_SHAPE,
    errors: [...ENTRY_ERRORS, FAILED],
    handle: createEntry,
  }),
  declare('PATCH', ENTRIES, {
    summary: 'Adds and removes many entries; the reply is a task',
    since,
    needs: MANAGE,
    body: 'entries!',
    success: [202],
    shape: BULK_SHAPE,
    errors: [[422, 20001, FAULTS[20001]], FAILED],
    handle: bulkUpdate,
  }),
  declare('GET', `${ENTRIES}/{entry_id}`, {
    summary: 'One entry',
    since,
    needs: MANAGE,
    shape: ENTRY_SHAPE,
    errors: [NO_ENTRY, FAILED],
    handle: findEntry,
  }),
  declare('POST', `${ENTRIES}/{entry_id}`, {
    summary: 'Changes the notes of an entry',
    since,
    needs: MANAGE,
    body: 'entry!',
    success: [200],
    shape: ENTRY_SHAPE,
    errors: [NO_ENTRY, [422, 20005, FAULTS[20005]], FAILED],
    handle: updateNotes,
  }),
  declare('DELETE', `${ENTRIES}/{entry_id}`, {
    summary: 'Removes an entry',
    since,
    needs: MANAGE,
    success: [204],
    errors: [NO_ENTRY, FAILED],
    handle: (call) => {
      call.world.state.entries.remove(findEntry(call).id);
      return new Reply(204, undefined);
    },
  }),
  declare('GET', `${TASKS}/{task_id}`, {
    summary: 'State of a bulk update',
    since,
    needs: MANAGE,
    shape: BULK_SHAPE,
    errors: [NO_TASK, FAILED],
    handle: (call) => {
      const { result: _, ...task } = findTask(call);
      return task;
    },
  }),
  declare('GET', `${TASKS}/{task_id}/results`, {
    summary: 'What became of each entry of a bulk update',
    since,
    needs: MANAGE,
    errors: [NO_TASK, FAILED],
    handle: (call) => findTask(call).result,
  }),
];
