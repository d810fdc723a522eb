import { z } from 'zod';
import { type Search, SearchObject } from './ariel-replies.ts';
import { hasCode, QRadarError } from './errors.ts';
import { apiPath } from './paths.ts';
import type { Requester } from './requester.ts';
import { backOffMs, DEFAULT_RETRY } from './retry.ts';

const CREATE_ATTEMPTS = 4;
/** Searches looked through when it is unknown whether ours was created. */
const MAX_LOOKED_AT = 100;
const CLEANUP_MS = 15_000;

export const isFinished = ({ status }: Search): boolean =>
  status === 'COMPLETED' || status === 'CANCELED' || status === 'ERROR';

/** `wasFound`: made by a request whose reply was lost, so that it may have run before we knew of it. */
export type CreatedSearch = Search & { wasFound: boolean };

/**
 * Creates a search. When a reply was lost, or the console was not able to say, the searches it has are looked through for
 * the same AQL before another one is created: never blindly twice.
 */
export async function createSearch(requester: Requester, aql: string, signal?: AbortSignal): Promise<CreatedSearch> {
  const { timing } = requester;
  for (let failed = 1; ; failed++) {
    try {
      // Not to be broken off on its way: the search would stay on the console, and nobody would know its id.
      const request = { method: 'POST' as const, path: '/ariel/searches', form: { query_expression: aql } };
      return { ...(await requester.call(request, SearchObject)).body, wasFound: false };
    } catch (error) {
      if (!(error instanceof QRadarError) || !error.retryable || failed >= CREATE_ATTEMPTS) throw error;
      if ((error.retryAfterMs ?? 0) > DEFAULT_RETRY.maxRetryAfterMs) throw error;
      await timing.sleep(backOffMs(failed + 1, DEFAULT_RETRY, timing.random(), error.retryAfterMs), signal);
      const found = await findSearch(requester, aql, signal);
      if (found) return { ...found, wasFound: true };
    }
  }
}

/** A search of this token with the same text. */
async function findSearch(requester: Requester, aql: string, signal?: AbortSignal): Promise<Search | undefined> {
  const { body: ids } = await requester.call(
    { path: '/ariel/searches', signal },
    z.array(z.string().max(200)).max(100_000),
  );
  for (const searchId of ids.slice(-MAX_LOOKED_AT).reverse()) {
    try {
      const search = await readSearch(requester, searchId, { signal });
      if (search.aql !== aql) continue;
      if (search.status !== 'ERROR' && search.status !== 'CANCELED') return search;
      // It failed before anybody here knew its id, as when the console was restarted.
      await deleteSearch(requester, searchId);
    } catch (error) {
      // Gone meanwhile, or somebody else's.
      if (!hasCode(error, 'QRADAR_NOT_FOUND', 'QRADAR_FORBIDDEN')) throw error;
    }
  }
  return undefined;
}

export async function readSearch(
  requester: Requester,
  searchId: string,
  options: { signal?: AbortSignal | undefined; waitSeconds?: number },
): Promise<Search & { waited: boolean }> {
  const { status, body } = await requester.call(
    { path: apiPath`/ariel/searches/${searchId}`, ...options },
    SearchObject,
  );
  // 206: the console kept the request for as long as asked, and the search still runs.
  return { ...body, waited: status === 206 };
}

/** Tells the console to stop. Best effort; partial results stay readable until `deleteSearch`. */
export async function cancelSearch(requester: Requester, searchId: string): Promise<void> {
  const path = apiPath`/ariel/searches/${searchId}`;
  const request = { method: 'POST' as const, path, query: { status: 'CANCELED' }, isRepeatable: true };
  await requester.run({ ...request, signal: AbortSignal.timeout(CLEANUP_MS) });
}

/** True when the console no longer has it. Never throws: what was read is not lost because of it. */
export async function deleteSearch(requester: Requester, searchId: string): Promise<boolean> {
  try {
    const path = apiPath`/ariel/searches/${searchId}`;
    await requester.run({ method: 'DELETE', path, signal: AbortSignal.timeout(CLEANUP_MS) });
    return true;
  } catch (error) {
    return hasCode(error, 'QRADAR_NOT_FOUND');
  }
}
