import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import { type Caller, identify } from './caller.ts';
import { Call, type Endpoint, Reply } from './endpoint.ts';
import { parseFields, selectFields, trimToShape } from './fields.ts';
import { FilterError, parseFilter } from './filter.ts';
import { noCapability, noCredentials, noSuchMethod, noSuchPath, notAcceptable } from './framework-errors.ts';
import { readParameters } from './parameters.ts';
import { contentRange, parseRange } from './range.ts';
import type { Route } from './router.ts';
import { shapeAt } from './shape.ts';
import { parseSort, sortRows } from './sort.ts';
import { compareVersions, pickVersion } from './versions.ts';

export interface HttpRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Names in lower case; the last of repeated headers wins. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

export interface HttpReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

type Row = Record<string, unknown>;
const JSON_TYPE = 'application/json';

/** Whether the caller may use the endpoint at all. */
export const mayUse = (caller: Caller, endpoint: Endpoint): boolean =>
  !(caller.readOnly && endpoint.changes) &&
  (endpoint.capabilities.length === 0 || endpoint.capabilities.some((one) => caller.capabilities.has(one)));

/** From a request to a reply, in the order in which QRadar checks: credentials, version, path, rights, parameters. */
export async function answer(
  world: World,
  router: (path: string) => Route | undefined,
  request: HttpRequest,
): Promise<HttpReply> {
  try {
    return await serve(world, router, request);
  } catch (error) {
    if (!(error instanceof ApiError)) world.report(error);
    const api = error instanceof ApiError ? error : new ApiError(500, 1020, 'An unexpected failure of the simulator');
    return {
      status: api.status,
      headers: { 'Content-Type': JSON_TYPE, ...api.headers },
      body: JSON.stringify(api.body()),
    };
  }
}

async function serve(
  world: World,
  router: (path: string) => Route | undefined,
  request: HttpRequest,
): Promise<HttpReply> {
  const caller = identify(world, request.headers);
  if (!caller || world.faults.settings.expiredTokens.some((label) => caller.label === `API_user: ${label}`))
    throw noCredentials();
  const version = pickVersion(request.headers.get('version'), world.apiVersion);
  const route = router(request.path);
  if (!route) throw noSuchPath(request.path);
  const hit = route.find(request.method);
  if (!hit) throw noSuchMethod(request.method, route.methods);
  const { endpoint } = hit;
  // Rounded down, a version finds the newest form at or below it; before the first form there is none.
  if (compareVersions(version.version, endpoint.since) < 0) throw noSuchPath(request.path);
  if (!mayUse(caller, endpoint)) throw noCapability();
  const media = pickMedia(endpoint, request.headers.get('accept'));
  const values = readParameters(endpoint, { ...request, path: hit.path });
  const call = new Call({ endpoint, world, caller, version: version.version, headers: request.headers, values, media });
  const headers: Record<string, string> = {};
  if (endpoint.deprecated || version.deprecated)
    headers.Deprecated = `This ${endpoint.deprecated ? 'endpoint' : 'version'} is deprecated and may be removed in a future release.`;
  const prepared = prepareList(endpoint, call);
  const result = await endpoint.handle(call);
  const reply = result instanceof Reply ? result : new Reply(endpoint.success[0]!, result);
  const body = prepared(reply.body, headers);
  Object.assign(headers, reply.headers);
  if (reply.body === undefined) return { status: reply.status, headers, body: '' };
  if (typeof body === 'string' && media !== JSON_TYPE)
    return { status: reply.status, headers: { 'Content-Type': media, ...headers }, body };
  return { status: reply.status, headers: { 'Content-Type': JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** Checks `fields`, `filter`, `sort` and Range before the endpoint runs; the result shapes what it gives. */
function prepareList(endpoint: Endpoint, call: Call): (body: unknown, headers: Record<string, string>) => unknown {
  const known = endpoint.shape && shapeAt(endpoint.shape, call.version);
  const text = call.text('fields');
  const fields = text === undefined ? undefined : parseFields(text, known);
  const shaped = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const row = known && known.size < endpoint.shape!.size ? trimToShape(value as Row, known) : value;
    return fields ? selectFields(row, fields) : row;
  };
  const { list } = endpoint;
  if (!list) return shaped;
  const range = parseRange(call.headers.get('range'));
  const filter = call.text('filter');
  const keep = filter === undefined ? undefined : compileFilter(endpoint, call, filter);
  const sort = call.text('sort');
  const keys = sort === undefined ? undefined : parseSort(sort, known ?? new Map());
  if (sort !== undefined && !keys) throw call.error(422, list.sortCode, 'The sort parameter is not valid.');
  return (body, headers) => {
    if (!Array.isArray(body)) return shaped(body);
    let rows = body as Row[];
    if (keep) rows = rows.filter(keep);
    if (keys) rows = sortRows(rows, keys);
    if (range) {
      const total = rows.length;
      rows = rows.slice(range.first, range.last + 1);
      headers['Content-Range'] = contentRange(range.first, rows.length, total);
    }
    return rows.map(shaped);
  };
}

function compileFilter(endpoint: Endpoint, call: Call, text: string): (value: unknown) => boolean {
  try {
    return parseFilter(text, shapeAt(endpoint.shape ?? new Map(), call.version));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw call.error(422, endpoint.list!.filterCode, error.message);
  }
}

/** The first offered type that the header accepts; quality values order nothing, as one type is asked for in practice. */
function pickMedia(endpoint: Endpoint, accept: string | undefined): string {
  const hasBody = endpoint.success.some((status) => status !== 204);
  if (!hasBody || accept === undefined || accept.trim() === '') return endpoint.produces[0]!;
  for (const part of accept.split(',')) {
    const wanted = part.split(';')[0]!.trim().toLowerCase();
    if (wanted === '*/*') return endpoint.produces[0]!;
    const found = endpoint.produces.find((one) => one === wanted || wanted === `${one.split('/')[0]}/*`);
    if (found) return found;
  }
  throw notAcceptable(endpoint.produces);
}
