import type { Call, Capability, DocumentedError, Endpoint, Method, Parameter } from './endpoint.ts';
import { type Shape, type ShapeText, shape } from './shape.ts';

export interface Declaration {
  summary: string;
  since?: string;
  deprecated?: boolean;
  needs?: readonly Capability[];
  /** `'name:number!'`: type, then `!` when required. Path parameters come from the path, numbers unless given here. */
  query?: readonly (string | Parameter)[];
  header?: readonly string[];
  body?: string;
  success?: readonly number[];
  errors?: readonly (readonly [status: number, code: number, description: string])[];
  shape?: Shape | ShapeText;
  list?: readonly [filterCode: number, sortCode: number];
  produces?: readonly string[];
  changes?: boolean;
  handle: (call: Call) => unknown;
}

const FILTER_ERROR = 'The filter parameter was invalid.';
const SORT_ERROR = 'The sort parameter was invalid.';

/** `declare('GET', '/siem/offenses/{offense_id}', {...})`, with what follows from the form filled in. */
export function declare(method: Method, path: string, given: Declaration): Endpoint {
  const query = (given.query ?? []).map((one) => readParameter(one, 'query'));
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const parameters: Parameter[] = names.map((name) => {
    const typed = query.find((one) => one.name === name);
    return { name, in: 'path', type: typed?.type ?? (name.endsWith('id') ? 'number' : 'string'), required: true };
  });
  parameters.push(...query.filter((one) => !names.includes(one.name)));
  parameters.push(...(given.header ?? []).map((name): Parameter => ({ name, in: 'header', type: 'string' })));
  if (given.body)
    parameters.push({
      name: given.body.replace('!', ''),
      in: 'body',
      type: 'json',
      required: given.body.endsWith('!'),
    });
  const errors: DocumentedError[] = (given.errors ?? []).map(([status, code, description]) => ({
    status,
    code,
    description,
  }));
  const document = (code: number, description: string): void => {
    if (!errors.some((one) => one.status === 422 && one.code === code)) errors.push({ status: 422, code, description });
  };
  const common = (name: string): void => {
    if (!parameters.some((one) => one.name === name)) parameters.push({ name, in: 'query', type: 'string' });
  };
  if (given.shape) common('fields');
  if (given.list) {
    document(given.list[0], FILTER_ERROR);
    document(given.list[1], SORT_ERROR);
    common('filter');
    common('sort');
    parameters.push({ name: 'Range', in: 'header', type: 'string' });
  }
  return {
    method,
    path,
    summary: given.summary,
    since: given.since ?? '6.0',
    ...(given.deprecated ? { deprecated: true } : {}),
    capabilities: given.needs ?? [],
    parameters,
    success: given.success ?? [method === 'POST' ? 201 : 200],
    errors,
    produces: given.produces ?? ['application/json'],
    ...(given.shape ? { shape: given.shape instanceof Map ? given.shape : shape(given.shape as ShapeText) } : {}),
    ...(given.list ? { list: { filterCode: given.list[0], sortCode: given.list[1] } } : {}),
    changes: given.changes ?? method !== 'GET',
    handle: given.handle,
  };
}

function readParameter(text: string | Parameter, where: Parameter['in']): Parameter {
  if (typeof text !== 'string') return text;
  const match = /^(\w+)(?::([\w|]+))?(!)?$/.exec(text)!;
  const type = match[2] ?? 'string';
  const words = type.includes('|') ? type.split('|') : undefined;
  return { name: match[1]!, in: where, type: words ?? (type as 'string'), ...(match[3] ? { required: true } : {}) };
}
