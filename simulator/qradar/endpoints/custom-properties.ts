import { randomUUID } from 'node:crypto';
import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import type { CustomProperty } from '../state/records.ts';
import { recordTask } from '../state/tasks.ts';
import { PROPERTY_EXPRESSION_ENDPOINTS } from './property-expressions.ts';
import { taskEndpoint } from './reference-data.ts';
import { BAD_BODY, findRow, notFound, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const BASE = '/config/event_sources/custom_properties';
const TYPES = ['string', 'numeric', 'ip', 'port', 'time'] as const;
const PROPERTY_SHAPE = {
  id: 'number FS',
  identifier: 'string FS',
  name: 'string FS',
  username: 'string FS',
  description: 'string FS',
  property_type: 'string FS',
  use_for_rule_engine: 'boolean FS',
  datetime_format: 'string FS',
  locale: 'string FS',
  auto_discovered: 'boolean FS',
  creation_date: 'number FS',
  modification_date: 'number FS',
};
function createProperty(call: Call): CustomProperty {
  const body = readObject(call, 'regex_property');
  const { properties } = call.world.state;
  const name = readField(call, body, 'name', 'string');
  const type = TYPES.find((one) => one === body.property_type);
  if (name === '' || name.length > 100) throw call.error(422, 1005, 'name must be 1 to 100 characters long');
  if (!type) throw call.error(422, 1005, `property_type must be one of ${TYPES.join(', ')}`);
  if (properties.find((one) => one.name === name)) throw call.error(422, 1005, `The name ${name} is already in use`);
  const id = properties.nextId();
  return properties.put(id, {
    id,
    identifier: randomUUID(),
    name,
    username: call.caller.label,
    description: readField(call, body, 'description', 'string', ''),
    property_type: type,
    use_for_rule_engine: readField(call, body, 'use_for_rule_engine', 'boolean', false),
    datetime_format: null,
    locale: null,
    auto_discovered: false,
    creation_date: call.now,
    modification_date: call.now,
  });
}

const findProperty = (call: Call): CustomProperty =>
  findRow(call, call.world.state.properties.values(), 'regex_property_id', 'Property');

function updateProperty(call: Call): CustomProperty {
  const known = findProperty(call);
  const body = readObject(call, 'regex_property');
  return call.world.state.properties.update(known.id, {
    name: readField(call, body, 'name', 'string', known.name),
    description: readField(call, body, 'description', 'string', known.description),
    use_for_rule_engine: readField(call, body, 'use_for_rule_engine', 'boolean', known.use_for_rule_engine),
    modification_date: call.now,
  });
}

/** Nothing but its own expressions depends on a property here: rules do not read them. */
function removeProperty(call: Call): Reply {
  const { properties, expressions } = call.world.state;
  const known = findProperty(call);
  for (const one of expressions.values())
    if (one.regex_property_identifier === known.identifier) expressions.remove(one.id);
  properties.remove(known.id);
  return startTask(call, `Delete ${known.name}`, 'regex_property_delete_tasks');
}

function startTask(call: Call, name: string, path: string): Reply {
  const task = recordTask(call.world.state, name, call.caller.label, call.now);
  return new Reply(202, task, { Location: `/api${BASE}/${path}/${task.id}` });
}

export const CUSTOM_PROPERTY_ENDPOINTS: Endpoint[] = [
  ...readEndpoints({
    path: `${BASE}/regex_properties`,
    id: 'regex_property_id',
    title: 'Property',
    shape: PROPERTY_SHAPE,
    rows: (call) => call.world.state.properties.values(),
  }),
  declare('POST', `${BASE}/regex_properties`, {
    summary: 'Creates a custom property',
    needs: ['ADMIN'],
    body: 'regex_property!',
    shape: PROPERTY_SHAPE,
    errors: [BAD_BODY, SERVER_ERROR],
    handle: createProperty,
  }),
  declare('POST', `${BASE}/regex_properties/{regex_property_id}`, {
    summary: 'Changes a custom property',
    needs: ['ADMIN'],
    body: 'regex_property!',
    success: [200],
    shape: PROPERTY_SHAPE,
    errors: [notFound('Property'), BAD_BODY, SERVER_ERROR],
    handle: updateProperty,
  }),
  declare('DELETE', `${BASE}/regex_properties/{regex_property_id}`, {
    summary: 'Removes a custom property and its expressions; the reply is a task',
    needs: ['ADMIN'],
    success: [202],
    errors: [notFound('Property'), SERVER_ERROR],
    handle: removeProperty,
  }),
  declare('GET', `${BASE}/regex_properties/{regex_property_id}/dependents`, {
    summary: 'Looks for what depends on a custom property; the reply is a task',
    needs: ['ADMIN'],
    success: [202],
    errors: [notFound('Property'), SERVER_ERROR],
    handle: (call) =>
      startTask(call, `Find dependents of ${findProperty(call).name}`, 'regex_property_dependent_tasks'),
  }),
  taskEndpoint(`${BASE}/regex_property_delete_tasks`, ['ADMIN']),
  taskEndpoint(`${BASE}/regex_property_dependent_tasks`, ['ADMIN']),
  declare('GET', `${BASE}/regex_property_dependent_tasks/{task_id}/results`, {
    summary: 'What depends on a custom property',
    needs: ['ADMIN'],
    errors: [notFound('Task'), SERVER_ERROR],
    handle: (call) => {
      findRow(call, call.world.state.tasks.values(), 'task_id', 'Task');
      return [];
    },
  }),
  ...PROPERTY_EXPRESSION_ENDPOINTS,
];
