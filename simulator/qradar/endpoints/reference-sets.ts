import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import type { SetRecord } from '../state/records.ts';
import { createSet, findSet, listEntries, purgeSet, removeSet, upsertEntry } from '../state/reference-sets.ts';
import { ELEMENT_TYPES, formatInterval, sameValue } from '../state/reference-values.ts';
import { recordTask } from '../state/tasks.ts';
import { readBulk } from './reference-bulk.ts';
import { taskEndpoint } from './reference-data.ts';
import {
  checkNamespace,
  checkValue,
  METADATA_SHAPE,
  REFERENCE_ERRORS,
  readDomain,
  readTimeToLive,
  SOURCE,
} from './reference-parts.ts';

const { badJson, notFound, noValue, noDomain, nameTaken, badParameter, badNamespace, badCidr, failed } =
  REFERENCE_ERRORS;
const MANAGE = ['ADMIN', 'REFERENCE_DATA'] as const;
const BASE = '/reference_data/sets';
const old = { deprecated: true, needs: MANAGE } as const;

function find(call: Call): SetRecord {
  checkNamespace(call);
  const set = findSet(call.world.state, call.text('name'));
  if (!set) throw call.error(404, 1002, `${call.text('name')} does not exist`);
  return set;
}

/** The words that the old API has for the same thing. */
function present(call: Call, set: SetRecord): Record<string, unknown> {
  return {
    name: set.name,
    element_type: set.entry_type,
    timeout_type: set.expiry_type === 'NO_EXPIRY' ? 'UNKNOWN' : set.expiry_type,
    ...(set.time_to_live > 0 ? { time_to_live: formatInterval(set.time_to_live * 1000) } : {}),
    creation_time: set.creation_time,
    number_of_elements: listEntries(call.world.state, set, call.now).length,
    description: set.description,
    namespace: set.namespace,
    collection_id: set.id,
  };
}

function create(call: Call): unknown {
  checkNamespace(call);
  const name = call.text('name')!;
  if (findSet(call.world.state, name)) throw call.error(409, 1004, `The name ${name} is already in use`);
  const timeout = call.text('timeout_type') ?? 'UNKNOWN';
  const set = createSet(call.world.state, call.now, {
    name,
    entry_type: call.text('element_type')!,
    description: call.text('description') ?? '',
    expiry_type: timeout === 'UNKNOWN' ? 'NO_EXPIRY' : timeout,
    time_to_live: Math.round(readTimeToLive(call) / 1000),
  });
  return present(call, set);
}

function addValues(call: Call, set: SetRecord, values: readonly string[]): unknown {
  const domainId = readDomain(call);
  for (const value of values) checkValue(call, set.entry_type, value);
  const known = listEntries(call.world.state, set, call.now);
  for (const value of values) {
    const change = { value, source: call.text('source') ?? SOURCE, domainId };
    const { entry, created } = upsertEntry(call.world.state, set, change, call.now, known);
    if (created) known.push(entry);
  }
  return present(call, set);
}

function bulkLoad(call: Call): unknown {
  const set = find(call);
  const cells = readBulk('sets', call.json('data'));
  if (!cells) throw call.error(400, 1001, 'The request body is not of the form that this collection takes');
  return addValues(
    call,
    set,
    cells.map((cell) => cell.value),
  );
}

function removeValue(call: Call): unknown {
  const set = find(call);
  const value = call.text('value')!;
  const entries = listEntries(call.world.state, set, call.now).filter((one) =>
    sameValue(set.entry_type, one.value, value),
  );
  if (entries.length === 0) throw call.error(404, 1003, `The value ${value} does not exist in ${set.name}`);
  for (const entry of entries) call.world.state.entries.remove(entry.id);
  return present(call, set);
}

function removeCollection(call: Call): Reply {
  const set = find(call);
  if (call.flag('purge_only')) purgeSet(call.world.state, set);
  else removeSet(call.world.state, set);
  const task = recordTask(call.world.state, `Delete ${set.name}`, call.caller.label, call.now);
  return new Reply(202, task, { Location: `/api/reference_data/set_delete_tasks/${task.id}` });
}

const loads = { ...old, body: 'data!', success: [200], shape: METADATA_SHAPE } as const;
const loadErrors = [badJson, notFound, noDomain, badParameter, badNamespace, badCidr, failed];

export const REFERENCE_SET_ENDPOINTS: Endpoint[] = [
  declare('GET', BASE, {
    ...old,
    summary: 'Lists reference sets',
    shape: METADATA_SHAPE,
    list: [1010, 1030],
    errors: [failed],
    handle: (call) => call.world.state.sets.values().map((set) => present(call, set)),
  }),
  declare('POST', BASE, {
    ...old,
    summary: 'Creates a set',
    query: [
      'name!',
      `element_type:${ELEMENT_TYPES.join('|')}!`,
      'timeout_type:UNKNOWN|FIRST_SEEN|LAST_SEEN',
      'time_to_live',
      'description',
      'namespace',
    ],
    shape: METADATA_SHAPE,
    errors: [nameTaken, badParameter, badNamespace, failed],
    handle: create,
  }),
  declare('GET', `${BASE}/{name}`, {
    ...old,
    summary: 'A set with its values',
    query: ['namespace'],
    shape: { ...METADATA_SHAPE, data: 'any' },
    errors: [notFound, badNamespace, failed],
    handle: (call) => {
      const set = find(call);
      const data = listEntries(call.world.state, set, call.now).map((one) => ({
        value: one.value,
        source: one.source,
        first_seen: one.first_seen,
        last_seen: one.last_seen,
        domain_id: one.domain_id,
      }));
      return { ...present(call, set), data };
    },
  }),
  declare('POST', `${BASE}/{name}`, {
    ...old,
    summary: 'Adds or sees again one value',
    query: ['value!', 'source', 'domain_id:number', 'namespace'],
    success: [200],
    shape: METADATA_SHAPE,
    errors: [notFound, noDomain, badParameter, badNamespace, badCidr, failed],
    handle: (call) => addValues(call, find(call), [call.text('value')!]),
  }),
  declare('POST', `${BASE}/bulk_load/{name}`, {
    ...loads,
    summary: 'Adds many values',
    query: ['namespace', 'domain_id:number'],
    errors: loadErrors,
    handle: bulkLoad,
  }),
  declare('POST', `${BASE}/bulk_load/{namespace}/{name}/{domain_id}`, {
    ...loads,
    summary: 'Adds many values of a namespace and domain',
    errors: loadErrors,
    handle: bulkLoad,
  }),
  declare('DELETE', `${BASE}/{name}/{value}`, {
    ...old,
    summary: 'Removes one value',
    query: ['domain_id:number', 'namespace'],
    shape: METADATA_SHAPE,
    errors: [notFound, noValue, badParameter, badNamespace, failed],
    handle: removeValue,
  }),
  declare('DELETE', `${BASE}/{name}`, {
    ...old,
    summary: 'Removes a set, or only its values',
    query: ['purge_only:boolean', 'namespace'],
    success: [202],
    errors: [notFound, badNamespace, failed],
    handle: removeCollection,
  }),
  taskEndpoint('/reference_data/set_delete_tasks'),
];
