import { type Declaration, declare } from '../http/declare.ts';
import type { Call, Capability, Endpoint } from '../http/endpoint.ts';
import type { ShapeText } from '../http/shape.ts';

export const SERVER_ERROR = [500, 1020, 'An error occurred while processing the request.'] as const;
export const BAD_BODY = [422, 1005, 'The request body is not valid.'] as const;

export interface Resource {
  path: string;
  /** Name of the path parameter, such as `domain_id`. */
  id: string;
  /** What a record is called in messages. */
  title: string;
  shape: ShapeText;
  needs?: readonly Capability[];
  since?: string;
  /** Codes of a bad filter and a bad sort. */
  codes?: readonly [number, number];
  query?: Declaration['query'];
  rows: (call: Call) => readonly object[];
}

const rowWith = (rows: readonly object[], id: unknown): object | undefined =>
  rows.find((row) => (row as { id?: unknown }).id === id);

/** The record of the path, or 404/1002 in the words real systems use. */
export function findRow<T extends object>(call: Call, rows: readonly T[], id: string, title: string): T {
  const found = rowWith(rows, call.number(id));
  if (!found) throw call.error(404, 1002, `${title} ID ${call.number(id)} does not exist`);
  return found as T;
}

export const notFound = (title: string) => [404, 1002, `The ${title.toLowerCase()} does not exist.`] as const;

/** A list and one record of it, read only. */
export function readEndpoints(resource: Resource): Endpoint[] {
  const common = {
    needs: resource.needs ?? [],
    shape: resource.shape,
    ...(resource.since === undefined ? {} : { since: resource.since }),
  };
  return [
    declare('GET', resource.path, {
      ...common,
      summary: `Lists: ${resource.title.toLowerCase()}`,
      ...(resource.query ? { query: resource.query } : {}),
      list: resource.codes ?? [1010, 1012],
      errors: [SERVER_ERROR],
      handle: (call) => resource.rows(call),
    }),
    declare('GET', `${resource.path}/{${resource.id}}`, {
      ...common,
      summary: `One: ${resource.title.toLowerCase()}`,
      errors: [notFound(resource.title), SERVER_ERROR],
      handle: (call) => findRow(call, resource.rows(call), resource.id, resource.title),
    }),
  ];
}

/** The body as an object; anything else is refused with 422/1005. */
export function readObject(call: Call, name: string): Record<string, unknown> {
  const body = call.json(name);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw call.error(422, 1005, `${name} must be an object`);
  return body as Record<string, unknown>;
}

type Wanted = 'string' | 'number' | 'boolean';
type Typed<T extends Wanted> = T extends 'string' ? string : T extends 'number' ? number : boolean;

/** A field of a body with its type; 422/1005 when it has another, or is missing without a default. */
export function readField<T extends Wanted>(
  call: Call,
  body: Record<string, unknown>,
  name: string,
  type: T,
  otherwise?: Typed<T>,
): Typed<T> {
  const value = body[name];
  if (value === undefined || value === null) {
    if (otherwise === undefined) throw call.error(422, 1005, `${name} must be given`);
    return otherwise;
  }
  if (typeof value !== type) throw call.error(422, 1005, `${name} must be a ${type}`);
  return value as Typed<T>;
}
