import { declare } from '../http/declare.ts';
import { type Call, type Capability, type Endpoint, Reply } from '../http/endpoint.ts';
import type { ReferenceKind, ReferenceRecord } from '../state/records.ts';
import { applyChanges, cellType, dropCell, liveRows, type RowChange } from '../state/reference-rows.ts';
import { ELEMENT_TYPES } from '../state/reference-values.ts';
import { recordTask } from '../state/tasks.ts';
import { readBulk } from './reference-bulk.ts';
import {
  checkNamespace,
  checkValue,
  METADATA_SHAPE,
  presentData,
  presentMetadata,
  REFERENCE_ERRORS,
  readDomain,
  readTimeToLive,
  SOURCE,
} from './reference-parts.ts';

type Kind = Exclude<ReferenceKind, 'sets'>;
/** Path names of the keys of a value, and of the tasks. */
const KINDS: Record<Kind, { keys: readonly string[]; task: string }> = {
  maps: { keys: ['key'], task: 'map_delete_tasks' },
  map_of_sets: { keys: ['key'], task: 'map_of_sets_delete_tasks' },
  tables: { keys: ['outer_key', 'inner_key'], task: 'table_delete_tasks' },
};

const { badJson, notFound, noValue, noDomain, nameTaken, badParameter, badNamespace, badCidr, failed } =
  REFERENCE_ERRORS;
const MANAGE = ['ADMIN', 'REFERENCE_DATA'] as const;

function find(call: Call, kind: Kind): ReferenceRecord {
  checkNamespace(call);
  const name = call.text('name');
  const record = call.world.state.references.find((one) => one.kind === kind && one.name === name);
  if (!record) throw call.error(404, 1002, `${name} does not exist`);
  const rows = liveRows(record, call.now);
  return rows.length < record.rows.length ? call.world.state.references.update(record.id, { rows }) : record;
}

function create(call: Call, kind: Kind): unknown {
  checkNamespace(call);
  const { references } = call.world.state;
  const name = call.text('name')!;
  if (references.find((one) => one.kind === kind && one.name === name))
    throw call.error(409, 1004, `The name ${name} is already in use`);
  const id = references.nextId(1000);
  const record: ReferenceRecord = {
    id,
    kind,
    name,
    element_type: call.text('element_type')!,
    key_label: call.text('key_label') ?? null,
    value_label: call.text('value_label') ?? null,
    outer_key_label: call.text('outer_key_label') ?? null,
    key_name_types: kind === 'tables' ? readKeyTypes(call) : null,
    timeout_type: call.text('timeout_type') ?? 'UNKNOWN',
    time_to_live: readTimeToLive(call),
    creation_time: call.now,
    description: call.text('description') ?? '',
    namespace: 'SHARED',
    rows: [],
  };
  return presentMetadata(references.put(id, record));
}

/** `[{"element_type":"NUM","key_name":"score"}]` to types by inner key. */
function readKeyTypes(call: Call): Record<string, string> {
  const text = call.text('key_name_types');
  if (text === undefined) return {};
  const refuse = (): never => {
    throw call.error(422, 1005, `Invalid key_name_types: ${text.slice(0, 200)}`);
  };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    refuse();
  }
  if (!Array.isArray(given)) return refuse();
  const types = given.map((one: unknown): [string, string] => {
    const { element_type: type, key_name: name } = (one ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || !ELEMENT_TYPES.some((known) => known === type)) return refuse();
    return [name, String(type)];
  });
  return Object.fromEntries(types);
}

function upsert(call: Call, kind: Kind): unknown {
  const record = find(call, kind);
  const [outerName = '', innerName] = KINDS[kind].keys;
  const change: RowChange = {
    outer: call.text(outerName)!,
    inner: innerName === undefined ? '' : call.text(innerName)!,
    value: call.text('value')!,
    source: call.text('source') ?? SOURCE,
    domainId: readDomain(call),
  };
  return apply(call, record, [change]);
}

function apply(call: Call, record: ReferenceRecord, changes: readonly RowChange[]): unknown {
  for (const change of changes) checkValue(call, cellType(record, change.inner), change.value);
  const rows = applyChanges(record, changes, call.now);
  return presentMetadata(call.world.state.references.update(record.id, { rows }));
}

function bulkLoad(call: Call, kind: Kind): unknown {
  const record = find(call, kind);
  const cells = readBulk(kind, call.json('data'));
  if (!cells) throw call.error(400, 1001, 'The request body is not of the form that this collection takes');
  const more = { source: SOURCE, domainId: readDomain(call) };
  return apply(
    call,
    record,
    cells.map((cell) => ({ ...cell, ...more })),
  );
}

function removeValue(call: Call, kind: Kind): unknown {
  const record = find(call, kind);
  const [outerName = '', innerName] = KINDS[kind].keys;
  const [outer, value] = [call.text(outerName)!, call.text('value')!];
  const rows = dropCell(record, outer, innerName === undefined ? '' : call.text(innerName)!, value);
  if (!rows) throw call.error(404, 1003, `The value ${value} does not exist in ${record.name}`);
  return presentMetadata(call.world.state.references.update(record.id, { rows }));
}

function removeCollection(call: Call, kind: Kind): Reply {
  const record = find(call, kind);
  const { state } = call.world;
  if (call.flag('purge_only')) state.references.update(record.id, { rows: [] });
  else state.references.remove(record.id);
  const task = recordTask(state, `Delete ${record.name}`, call.caller.label, call.now);
  return new Reply(202, task, { Location: `/api/reference_data/${KINDS[kind].task}/${task.id}` });
}

function endpointsOf(kind: Kind): Endpoint[] {
  const base = `/reference_data/${kind}`;
  const { keys, task } = KINDS[kind];
  const create_ = ['name!', `element_type:${ELEMENT_TYPES.join('|')}!`, 'timeout_type:UNKNOWN|FIRST_SEEN|LAST_SEEN'];
  const labels = kind === 'tables' ? ['outer_key_label', 'key_name_types'] : ['key_label', 'value_label'];
  const path = keys.map((key) => `/{${key}}`).join('');
  const data = { ...METADATA_SHAPE, data: 'any' };
  const loads = { needs: MANAGE, body: 'data!', success: [200], shape: METADATA_SHAPE } as const;
  const loadErrors = [badJson, notFound, noDomain, badParameter, badNamespace, badCidr, failed];
  return [
    declare('GET', base, {
      summary: `Lists reference ${kind}`,
      needs: MANAGE,
      shape: METADATA_SHAPE,
      list: [1010, 1030],
      errors: [failed],
      handle: (call) => {
        checkNamespace(call);
        return call.world.state.references
          .values()
          .filter((one) => one.kind === kind)
          .map(presentMetadata);
      },
    }),
    declare('POST', base, {
      summary: 'Creates a collection',
      needs: MANAGE,
      query: [...create_, ...labels, 'time_to_live', 'description', 'namespace'],
      shape: METADATA_SHAPE,
      errors: [nameTaken, badParameter, badNamespace, failed],
      handle: (call) => create(call, kind),
    }),
    declare('GET', `${base}/{name}`, {
      summary: 'A collection with its data',
      needs: MANAGE,
      query: ['namespace'],
      shape: data,
      errors: [notFound, badNamespace, failed],
      handle: (call) => {
        const record = find(call, kind);
        return { ...presentMetadata(record), data: presentData(record) };
      },
    }),
    declare('POST', `${base}/{name}`, {
      summary: 'Adds or updates one value',
      needs: MANAGE,
      query: [...keys.map((key) => `${key}!`), 'value!', 'source', 'domain_id:number', 'namespace'],
      success: [200],
      shape: METADATA_SHAPE,
      errors: [notFound, noDomain, badParameter, badNamespace, badCidr, failed],
      handle: (call) => upsert(call, kind),
    }),
    declare('POST', `${base}/bulk_load/{name}`, {
      summary: 'Adds or updates many values',
      ...loads,
      query: ['namespace', 'domain_id:number'],
      errors: loadErrors,
      handle: (call) => bulkLoad(call, kind),
    }),
    declare('POST', `${base}/bulk_load/{namespace}/{name}/{domain_id}`, {
      summary: 'Adds or updates many values of a namespace and domain',
      ...loads,
      errors: loadErrors,
      handle: (call) => bulkLoad(call, kind),
    }),
    declare('DELETE', `${base}/{name}${path}`, {
      summary: 'Removes one value',
      needs: MANAGE,
      query: ['value!', 'domain_id:number', 'namespace'],
      shape: METADATA_SHAPE,
      errors: [notFound, noValue, badParameter, badNamespace, failed],
      handle: (call) => removeValue(call, kind),
    }),
    declare('DELETE', `${base}/{name}`, {
      summary: 'Removes a collection, or only its values',
      needs: MANAGE,
      query: ['purge_only:boolean', 'namespace'],
      success: [202],
      errors: [notFound, badNamespace, failed],
      handle: (call) => removeCollection(call, kind),
    }),
    taskEndpoint(`/reference_data/${task}`),
  ];
}

export const TASK_SHAPE = {
  id: 'number',
  name: 'string',
  status: 'string',
  message: 'string',
  created: 'number',
  created_by: 'string',
  started: 'number',
  modified: 'number',
  completed: 'number',
};

export function taskEndpoint(path: string, needs: readonly Capability[] = MANAGE): Endpoint {
  return declare('GET', `${path}/{task_id}`, {
    summary: 'State of a task',
    needs,
    shape: TASK_SHAPE,
    errors: [[404, 1002, 'The task does not exist.'], failed],
    handle: (call) => {
      const task = call.world.state.tasks.get(call.number('task_id'));
      if (!task) throw call.error(404, 1002, `Task ${call.number('task_id')} does not exist`);
      return task;
    },
  });
}

export const REFERENCE_DATA_ENDPOINTS: Endpoint[] = (Object.keys(KINDS) as Kind[]).flatMap(endpointsOf);
