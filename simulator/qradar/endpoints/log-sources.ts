import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import { identifierOf, makeLogSource } from '../state/log-sources.ts';
import type { LogSourceRecord } from '../state/records.ts';
import { LOG_SOURCE_LOOKUP_ENDPOINTS } from './log-source-lookups.ts';
import { findRow, notFound, readEndpoints, readObject, SERVER_ERROR } from './resource.ts';

const PATH = '/config/event_sources/log_source_management/log_sources';

const LOG_SOURCE_SHAPE = {
  id: 'number FS',
  name: 'string FS',
  description: 'string F',
  type_id: 'number FS',
  protocol_type_id: 'number FS',
  protocol_parameters: ['F', { name: 'string', id: 'number', value: 'string' }],
  enabled: 'boolean FS',
  gateway: 'boolean FS',
  internal: 'boolean FS',
  credibility: 'number FS',
  target_event_collector_id: 'number FS',
  coalesce_events: 'boolean FS',
  store_event_payload: 'boolean FS',
  language_id: 'number FS',
  group_ids: 'number[] F',
  log_source_extension_id: 'number FS',
  requires_deploy: 'boolean FS',
  auto_discovered: 'boolean FS',
  average_eps: 'number FS',
  creation_date: 'number FS',
  modified_date: 'number FS',
  last_event_time: 'number FS',
  sending_ip: 'string FS',
  parsing_order: 'number FS',
  status: ['F', { last_updated: 'number', status: 'string', messages: 'any' }],
} as const;

const ERRORS = [
  [403, 1000, 'The user is not authorized to change log sources.'],
  [409, 1001, 'A log source with the name already exists.'],
  [409, 1002, 'A log source with the same type, protocol and identifier already exists.'],
  [422, 1003, 'A field of the log source is not valid.'],
] as const;

type Fields = Partial<LogSourceRecord>;
const WRITABLE: Record<string, string> = {
  name: 'string',
  description: 'string',
  type_id: 'number',
  protocol_type_id: 'number',
  enabled: 'boolean',
  gateway: 'boolean',
  credibility: 'number',
  target_event_collector_id: 'number',
  coalesce_events: 'boolean',
  store_event_payload: 'boolean',
  language_id: 'number',
  requires_deploy: 'boolean',
  parsing_order: 'number',
};

function readFields(call: Call): Fields {
  const bad = (name: string, value: unknown): never => {
    throw call.error(422, 1003, `${name} has a value that is not valid: ${String(value).slice(0, 100)}`);
  };
  let body: Record<string, unknown>;
  try {
    body = readObject(call, 'log_source');
  } catch {
    return bad('log_source', call.json('log_source'));
  }
  const fields: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(WRITABLE)) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== type) bad(name, value);
    fields[name] = value;
  }
  const { credibility, type_id: type, group_ids: groups, protocol_parameters: parameters } = { ...body, ...fields };
  if (credibility !== undefined && ((credibility as number) < 0 || (credibility as number) > 10))
    bad('credibility', credibility);
  if (type !== undefined && !call.world.state.logSourceTypes.get(type as number)) bad('type_id', type);
  if (groups !== undefined) {
    if (!Array.isArray(groups) || !groups.every((one) => typeof one === 'number')) bad('group_ids', groups);
    fields.group_ids = groups;
  }
  if (parameters !== undefined) {
    if (!Array.isArray(parameters)) bad('protocol_parameters', parameters);
    fields.protocol_parameters = (parameters as unknown[]).map((one) => {
      const { name, id, value } = (one ?? {}) as Record<string, unknown>;
      const number = typeof id === 'number' ? id : name === 'identifier' ? 0 : 1;
      if (typeof value !== 'string') bad('protocol_parameters', JSON.stringify(one));
      return {
        name: typeof name === 'string' ? name : number === 0 ? 'identifier' : 'incomingPayloadEncoding',
        id: number,
        value,
      };
    });
  }
  return fields as Fields;
}

function checkUnique(
  call: Call,
  after: Pick<LogSourceRecord, 'name' | 'type_id' | 'protocol_parameters'>,
  own?: number,
): void {
  const identifier = after.protocol_parameters.find((one) => one.id === 0)?.value;
  for (const one of call.world.state.logSources.values()) {
    if (one.id === own) continue;
    if (one.name === after.name) throw call.error(409, 1001, `A log source with the name ${after.name} already exists`);
    if (one.type_id === after.type_id && identifierOf(one) === identifier)
      throw call.error(409, 1002, `A log source of this type with the identifier ${identifier} already exists`);
  }
}

function create(call: Call): LogSourceRecord {
  const fields = readFields(call);
  const { name, type_id: type, protocol_parameters: parameters } = fields;
  if (name === undefined || type === undefined || parameters === undefined)
    throw call.error(422, 1003, 'name, type_id and protocol_parameters must be given');
  checkUnique(call, { name, type_id: type, protocol_parameters: parameters });
  return makeLogSource(call.world.state, call.now, { ...fields, name, type_id: type });
}

const find = (call: Call): LogSourceRecord =>
  findRow(call, call.world.state.logSources.values(), 'log_source_id', 'Log source');

function update(call: Call): LogSourceRecord {
  const before = find(call);
  const fields = readFields(call);
  checkUnique(call, { ...before, ...fields }, before.id);
  call.world.intake.normaliser.sources.forget();
  return call.world.state.logSources.update(before.id, { ...fields, modified_date: call.now });
}

export const LOG_SOURCE_ENDPOINTS: Endpoint[] = [
  ...readEndpoints({
    path: PATH,
    id: 'log_source_id',
    title: 'Log source',
    codes: [1001, 1002],
    shape: LOG_SOURCE_SHAPE,
    rows: (call) => call.world.state.logSources.values(),
  }),
  declare('POST', PATH, {
    summary: 'Creates a log source',
    needs: ['ADMIN'],
    body: 'log_source!',
    shape: LOG_SOURCE_SHAPE,
    errors: [...ERRORS, [422, 1005, 'The request body is not valid.'], SERVER_ERROR],
    handle: create,
  }),
  declare('POST', `${PATH}/{log_source_id}`, {
    summary: 'Changes a log source',
    needs: ['ADMIN'],
    body: 'log_source!',
    success: [200],
    shape: LOG_SOURCE_SHAPE,
    errors: [...ERRORS, notFound('Log source'), [422, 1005, 'The request body is not valid.'], SERVER_ERROR],
    handle: update,
  }),
  declare('DELETE', `${PATH}/{log_source_id}`, {
    summary: 'Removes a log source; its events stay',
    needs: ['ADMIN'],
    success: [204],
    errors: [ERRORS[0], notFound('Log source'), SERVER_ERROR],
    handle: (call) => {
      call.world.state.logSources.remove(find(call).id);
      return new Reply(204, undefined);
    },
  }),
  ...LOG_SOURCE_LOOKUP_ENDPOINTS,
];
