import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import type { SetRecord } from '../state/records.ts';
import { createSet, findSet, presentSet, purgeSet, removeSet } from '../state/reference-sets.ts';
import { ELEMENT_TYPES } from '../state/reference-values.ts';
import { recordTask } from '../state/tasks.ts';
import { taskEndpoint } from './reference-data.ts';

const MANAGE = ['ADMIN', 'REFERENCE_DATA'] as const;
const since = '20.0';
const SETS = '/reference_data_collections/sets';
const FAILED = [500, 1020, 'An error occurred while processing the request.'] as const;
const NO_SET = [404, 12001, 'The set does not exist.'] as const;
const EXPIRY = ['NO_EXPIRY', 'FIRST_SEEN', 'LAST_SEEN'];
const LOGGING = ['LOG_NONE', 'LOG_EACH', 'LOG_BATCH'];

const SET_SHAPE = {
  id: 'number FS',
  name: 'string FS',
  entry_type: 'string FS',
  namespace: 'string FS',
  tenant_id: 'number FS',
  description: 'string FS',
  expiry_type: 'string FS',
  time_to_live: 'number FS',
  expired_log_option: 'string FS',
  creation_time: 'number FS',
  number_of_entries: 'number FS',
  global_id: 'string FS',
  delete_entries: 'boolean',
};

const ERRORS = [
  [422, 10001, 'The request body is not valid.'],
  [422, 10002, 'A required field is missing.'],
  [422, 10003, 'A field has a value that is not valid.'],
  [409, 10006, 'The name is already in use.'],
] as const;

function readBody(call: Call): Record<string, unknown> {
  const body = call.json('set');
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw call.error(422, 10001, 'The set must be an object');
  return body as Record<string, unknown>;
}

/** The fields that may be changed after creation too. */
function readOptions(call: Call, body: Record<string, unknown>): Partial<SetRecord> {
  const options: Partial<SetRecord> = {};
  const bad = (name: string): never => {
    throw call.error(422, 10003, `${name} has a value that is not valid`);
  };
  const { expiry_type: expiry, time_to_live: ttl, expired_log_option: logging, description } = body;
  if (expiry !== undefined) options.expiry_type = EXPIRY.find((one) => one === expiry) ?? bad('expiry_type');
  if (logging !== undefined)
    options.expired_log_option = LOGGING.find((one) => one === logging) ?? bad('expired_log_option');
  if (ttl !== undefined && ttl !== null)
    options.time_to_live = typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= 0 ? ttl : bad('time_to_live');
  if (description !== undefined && description !== null)
    options.description = typeof description === 'string' ? description : bad('description');
  return options;
}

function create(call: Call): SetRecord {
  const body = readBody(call);
  const { name, entry_type: type } = body;
  for (const [field, value] of Object.entries({ name, entry_type: type }))
    if (typeof value !== 'string' || value === '') throw call.error(422, 10002, `${field} must be given`);
  if (!ELEMENT_TYPES.some((one) => one === type))
    throw call.error(422, 10003, `entry_type ${String(type)} is not known`);
  if (findSet(call.world.state, name as string))
    throw call.error(409, 10006, `The name ${String(name)} is already in use`);
  const given = { ...readOptions(call, body), name: name as string, entry_type: type as string };
  return createSet(call.world.state, call.now, given);
}

function find(call: Call): SetRecord {
  const set = call.world.state.sets.get(call.number('set_id'));
  if (!set) throw call.error(404, 12001, `Set ${call.number('set_id')} does not exist`);
  return set;
}

function update(call: Call): SetRecord {
  const set = find(call);
  const body = readBody(call);
  const changed = call.world.state.sets.update(set.id, readOptions(call, body));
  if (body.delete_entries === true) purgeSet(call.world.state, changed);
  return presentSet(call.world.state, changed, call.now);
}

export const SET_COLLECTION_ENDPOINTS: Endpoint[] = [
  declare('GET', SETS, {
    summary: 'Lists sets',
    since,
    needs: MANAGE,
    shape: SET_SHAPE,
    list: [14001, 14002],
    errors: [FAILED],
    handle: (call) => call.world.state.sets.values().map((set) => presentSet(call.world.state, set, call.now)),
  }),
  declare('POST', SETS, {
    summary: 'Creates a set',
    since,
    needs: MANAGE,
    body: 'set!',
    shape: SET_SHAPE,
    errors: [...ERRORS, FAILED],
    handle: create,
  }),
  declare('GET', `${SETS}/{set_id}`, {
    summary: 'One set',
    since,
    needs: MANAGE,
    shape: SET_SHAPE,
    errors: [NO_SET, FAILED],
    handle: (call) => presentSet(call.world.state, find(call), call.now),
  }),
  declare('POST', `${SETS}/{set_id}`, {
    summary: 'Changes expiry and description, or removes all entries',
    since,
    needs: MANAGE,
    body: 'set!',
    success: [200],
    shape: SET_SHAPE,
    errors: [NO_SET, ERRORS[0], ERRORS[2], FAILED],
    handle: update,
  }),
  declare('DELETE', `${SETS}/{set_id}`, {
    summary: 'Removes a set',
    since,
    needs: MANAGE,
    success: [202],
    errors: [NO_SET, FAILED],
    handle: (call) => {
      const set = find(call);
      removeSet(call.world.state, set);
      const task = recordTask(call.world.state, `Delete ${set.name}`, call.caller.label, call.now);
      return new Reply(202, task, { Location: `/api/reference_data_collections/set_delete_tasks/${task.id}` });
    },
  }),
  taskEndpoint('/reference_data_collections/set_delete_tasks'),
];
