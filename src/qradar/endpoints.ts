import { z } from 'zod';
import { optional } from './fields.ts';
import type { Requester } from './requester.ts';
import { compareVersions } from './versions.ts';

const EndpointRecord = z.object({
  http_method: z.string().max(20),
  path: z.string().max(500),
  version: z.string().max(20),
  caller_has_access: optional(z.boolean()),
  deprecated: optional(z.boolean()),
});
type EndpointRow = z.output<typeof EndpointRecord>;

/** What the console says of one of its endpoints for the token that asked. */
export interface EndpointState {
  isOffered: boolean;
  /** `undefined` when the console does not say. */
  isAllowed: boolean | undefined;
  isDeprecated: boolean;
}

export interface EndpointDirectory {
  stateOf(method: string, path: string): EndpointState;
  readonly size: number;
}

const ENDPOINT_FIELDS = 'path,http_method,version,caller_has_access,deprecated';
const MAX_ENDPOINTS = 100_000;

/** Placeholders differ in name between versions: `/siem/offenses/{id}` is `/siem/offenses/{}`. */
const keyOf = (method: string, path: string) =>
  `${method.toUpperCase()} ${path.replace(/^\/?(api\/)?/, '/').replace(/\{[^}]*\}/g, '{}')}`;

/** All endpoints as the version in use sees them: an endpoint counts in its newest version that is not newer. */
export async function readEndpoints(requester: Requester, signal?: AbortSignal): Promise<EndpointDirectory> {
  const request = { path: '/help/endpoints', query: { fields: ENDPOINT_FIELDS }, signal };
  const newest = new Map<string, EndpointRow>();
  for await (const page of requester.pages(request, EndpointRecord, { pageSize: 2000, maxItems: MAX_ENDPOINTS })) {
    for (const row of page) {
      if (requester.version !== undefined && compareVersions(row.version, requester.version) > 0) continue;
      const key = keyOf(row.http_method, row.path);
      const known = newest.get(key);
      if (!known || compareVersions(row.version, known.version) > 0) newest.set(key, row);
    }
  }
  return {
    size: newest.size,
    stateOf(method, path) {
      const row = newest.get(keyOf(method, path));
      return {
        isOffered: row !== undefined,
        isAllowed: row?.caller_has_access,
        isDeprecated: row?.deprecated ?? false,
      };
    },
  };
}
