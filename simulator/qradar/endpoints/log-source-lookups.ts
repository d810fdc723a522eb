import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import { CUSTOM_TYPE_START } from '../state/log-sources.ts';
import { BAD_BODY, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const BASE = '/config/event_sources/log_source_management';
const NAMED = { id: 'number FS', name: 'string FS', description: 'string FS' };
/** Longest name of a custom type. */
const TYPE_NAME_LIMIT = 241;

const TYPE_SHAPE = {
  id: 'number FS',
  name: 'string FS',
  internal: 'boolean FS',
  custom: 'boolean FS',
  default_protocol_id: 'number FS',
  protocol_types: ['F', { protocol_id: 'number', documented: 'boolean' }],
} as const;

function createType(call: Call): object {
  const body = readObject(call, 'log_source_type');
  const { logSourceTypes } = call.world.state;
  const name = readField(call, body, 'name', 'string');
  if (name === '' || name.length > TYPE_NAME_LIMIT)
    throw call.error(422, 1005, `name must be 1 to ${TYPE_NAME_LIMIT} characters long`);
  if (logSourceTypes.find((one) => one.name === name))
    throw call.error(409, 1004, `The name ${name} is already in use`);
  const id = logSourceTypes.nextId(CUSTOM_TYPE_START);
  const protocol_types = [{ protocol_id: 0, documented: true }];
  return logSourceTypes.put(id, { id, name, internal: false, custom: true, default_protocol_id: 0, protocol_types });
}

const fixed = (path: string, id: string, title: string, rows: readonly object[]): Endpoint[] =>
  readEndpoints({ path: `${BASE}/${path}`, id, title, shape: NAMED, codes: [1001, 1002], rows: () => rows });

export const LOG_SOURCE_LOOKUP_ENDPOINTS: Endpoint[] = [
  ...readEndpoints({
    path: `${BASE}/log_source_types`,
    id: 'log_source_type_id',
    title: 'Log source type',
    codes: [1001, 1002],
    shape: TYPE_SHAPE,
    rows: (call) => call.world.state.logSourceTypes.values(),
  }),
  declare('POST', `${BASE}/log_source_types`, {
    summary: 'Creates a log source type',
    needs: ['ADMIN'],
    body: 'log_source_type!',
    shape: TYPE_SHAPE,
    errors: [[409, 1004, 'The name is already in use.'], BAD_BODY, SERVER_ERROR],
    handle: createType,
  }),
  ...fixed('protocol_types', 'protocol_type_id', 'Protocol type', [{ id: 0, name: 'Syslog', description: 'Syslog' }]),
  ...fixed('log_source_groups', 'log_source_group_id', 'Log source group', [{ id: 0, name: 'Other', description: '' }]),
  ...fixed('log_source_languages', 'log_source_language_id', 'Log source language', [
    { id: 1, name: 'en_US', description: 'English' },
  ]),
  ...fixed('log_source_extensions', 'log_source_extension_id', 'Log source extension', []),
];
