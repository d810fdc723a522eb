import { randomUUID } from 'node:crypto';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import type { CustomProperty, PropertyExpression } from '../state/records.ts';
import { BAD_BODY, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const BASE = '/config/event_sources/custom_properties';
const TYPES = ['string', 'numeric', 'ip', 'port', 'time'] as const;
/** A pattern longer than this is refused: it is run over every payload of a search. */
const PATTERN_LIMIT = 2000;

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
const EXPRESSION_SHAPE = {
  id: 'number FS',
  identifier: 'string FS',
  regex_property_identifier: 'string FS',
  expression: 'string FS',
  capture_group: 'number FS',
  log_source_type_id: 'number FS',
  log_source_id: 'number FS',
  qid: 'number FS',
  low_level_category_id: 'number FS',
  enabled: 'boolean FS',
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

function createExpression(call: Call, kind: PropertyExpression['kind'], bodyName: string): unknown {
  const body = readObject(call, bodyName);
  const { properties, expressions } = call.world.state;
  const identifier = readField(call, body, 'regex_property_identifier', 'string');
  if (!properties.find((one) => one.identifier === identifier))
    throw call.error(422, 1005, `Property ${identifier} does not exist`);
  const expression = readField(call, body, kind === 'leef' ? 'expression' : 'regex', 'string');
  if (expression === '' || expression.length > PATTERN_LIMIT)
    throw call.error(422, 1005, `The expression must be 1 to ${PATTERN_LIMIT} characters long`);
  const optional = (name: string): number | null =>
    body[name] === undefined || body[name] === null ? null : readField(call, body, name, 'number');
  const id = expressions.nextId();
  return present(
    expressions.put(id, {
      id,
      identifier: randomUUID(),
      kind,
      regex_property_identifier: identifier,
      expression,
      capture_group: readField(call, body, 'capture_group', 'number', 1),
      log_source_type_id: optional('log_source_type_id'),
      log_source_id: optional('log_source_id'),
      qid: optional('qid'),
      low_level_category_id: optional('low_level_category_id'),
      enabled: readField(call, body, 'enabled', 'boolean', true),
    }),
  );
}

const present = ({ kind, expression, capture_group, ...rest }: PropertyExpression): object =>
  kind === 'leef' ? { ...rest, expression } : { ...rest, regex: expression, capture_group };

function expressionEndpoints(path: string, kind: PropertyExpression['kind']): Endpoint[] {
  const { expression, capture_group: group, ...common } = EXPRESSION_SHAPE;
  const shape = kind === 'leef' ? { ...common, expression } : { ...common, regex: expression, capture_group: group };
  const body = path.replace(/s$/, '');
  return [
    ...readEndpoints({
      path: `${BASE}/${path}`,
      id: 'expression_id',
      title: 'Expression',
      needs: ['ADMIN'],
      shape,
      rows: (call) =>
        call.world.state.expressions
          .values()
          .filter((one) => one.kind === kind)
          .map(present),
    }),
    declare('POST', `${BASE}/${path}`, {
      summary: 'Says how a property is read from payloads',
      needs: ['ADMIN'],
      body: `${body}!`,
      shape,
      errors: [BAD_BODY, SERVER_ERROR],
      handle: (call) => createExpression(call, kind, body),
    }),
  ];
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
  ...expressionEndpoints('property_leef_expressions', 'leef'),
  ...expressionEndpoints('property_expressions', 'regex'),
];
