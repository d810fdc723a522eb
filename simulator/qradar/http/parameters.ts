import { ApiError } from './api-error.ts';
import type { Endpoint, Parameter } from './endpoint.ts';
import { badParameter, missingBody, missingParameter, unsupportedBody } from './framework-errors.ts';

export interface RawRequest {
  path: ReadonlyMap<string, string>;
  query: URLSearchParams;
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

/** Values of the endpoint's parameters, typed; throws the framework's 422 codes 8, 10 and 11. */
export function readParameters(endpoint: Endpoint, request: RawRequest): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  const form =
    type === 'application/x-www-form-urlencoded' ? new URLSearchParams(request.body.toString('utf8')) : undefined;
  for (const parameter of endpoint.parameters) {
    if (parameter.in === 'body') {
      const value = readBody(endpoint, parameter, request.body, type);
      if (value !== undefined) values.set(parameter.name, value);
      continue;
    }
    const text = readText(parameter, request, form);
    if (text === undefined || (text === '' && parameter.in !== 'path')) {
      if (parameter.required) throw missingParameter(parameter.name);
      continue;
    }
    values.set(parameter.name, convert(parameter, text));
  }
  return values;
}

function readText(parameter: Parameter, request: RawRequest, form: URLSearchParams | undefined): string | undefined {
  if (parameter.in === 'path') return request.path.get(parameter.name);
  if (parameter.in === 'header') return request.headers.get(parameter.name.toLowerCase());
  return request.query.get(parameter.name) ?? form?.get(parameter.name) ?? undefined;
}

function convert(parameter: Parameter, text: string): unknown {
  const { type } = parameter;
  const bad = badParameter(parameter.in, parameter.name);
  if (type === 'number') {
    if (!/^[+-]?\d{1,15}$/.test(text.trim())) throw bad;
    return Number(text);
  }
  if (type === 'boolean') {
    const lower = text.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw bad;
    return lower === 'true';
  }
  if (typeof type !== 'string') {
    const found = type.find((word) => word === text.toUpperCase() || word === text);
    if (found === undefined) throw bad;
    return found;
  }
  return text;
}

function readBody(endpoint: Endpoint, parameter: Parameter, body: Buffer, type: string): unknown {
  if (body.length === 0 || body.toString('latin1').trim() === '') {
    if (parameter.required) throw missingBody(parameter.name);
    return undefined;
  }
  if (type !== '' && type !== 'application/json' && type !== 'text/json') throw unsupportedBody(type);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    const documented = endpoint.errors.find((one) => one.status === 400);
    if (!documented) throw badParameter('body', parameter.name, 'APPLICATION_JSON');
    throw new ApiError(400, documented.code, 'Unable to parse the JSON document in the request body', documented);
  }
}
