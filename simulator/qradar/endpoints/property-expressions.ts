import { randomUUID } from 'node:crypto';
import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import type { PropertyExpression } from '../state/records.ts';
import { BAD_BODY, findRow, notFound, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const BASE = '/config/event_sources/custom_properties';
/** A pattern longer than this is refused: it is run over every payload of a search. */
const PATTERN_LIMIT = 2000;

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

function createExpression(call: Call, kind: PropertyExpression['kind'], bodyName: string): unknown {
  const body = readObject(call, bodyName);
  const { properties, expressions } = call.world.state;
  const identifier = readField(call, body, 'regex_property_identifier', 'string');
  if (!properties.find((one) => one.identifier === identifier))
    throw call.error(422, 1005, `Property ${identifier} does not exist`);
  const expression = readPattern(call, body, kind);
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

/** The expression of a body; when it is changed and not named, as it was. */
function readPattern(
  call: Call,
  body: Record<string, unknown>,
  kind: PropertyExpression['kind'],
  before?: string,
): string {
  const text = readField(call, body, kind === 'leef' ? 'expression' : 'regex', 'string', before);
  if (text === '' || text.length > PATTERN_LIMIT)
    throw call.error(422, 1005, `The expression must be 1 to ${PATTERN_LIMIT} characters long`);
  return text;
}

function findExpression(call: Call, kind: PropertyExpression['kind']): PropertyExpression {
  const known = call.world.state.expressions.values().filter((one) => one.kind === kind);
  return findRow(call, known, 'expression_id', 'Expression');
}

function updateExpression(call: Call, kind: PropertyExpression['kind'], bodyName: string): object {
  const known = findExpression(call, kind);
  const body = readObject(call, bodyName);
  return present(
    call.world.state.expressions.update(known.id, {
      expression: readPattern(call, body, kind, known.expression),
      capture_group: readField(call, body, 'capture_group', 'number', known.capture_group),
      enabled: readField(call, body, 'enabled', 'boolean', known.enabled),
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
    declare('POST', `${BASE}/${path}/{expression_id}`, {
      summary: 'Changes an expression',
      needs: ['ADMIN'],
      body: `${body}!`,
      success: [200],
      shape,
      errors: [notFound('Expression'), BAD_BODY, SERVER_ERROR],
      handle: (call) => updateExpression(call, kind, body),
    }),
    declare('DELETE', `${BASE}/${path}/{expression_id}`, {
      summary: 'Removes an expression',
      needs: ['ADMIN'],
      success: [204],
      errors: [notFound('Expression'), SERVER_ERROR],
      handle: (call) => {
        call.world.state.expressions.remove(findExpression(call, kind).id);
        return new Reply(204, undefined);
      },
    }),
  ];
}

export const PROPERTY_EXPRESSION_ENDPOINTS: Endpoint[] = [
  ...expressionEndpoints('property_leef_expressions', 'leef'),
  ...expressionEndpoints('property_expressions', 'regex'),
];
