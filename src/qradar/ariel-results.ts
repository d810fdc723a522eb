import { type ArielRow, ResultPage } from './ariel-replies.ts';
import { QRadarError } from './errors.ts';
import { hasMore } from './paging.ts';
import { apiPath } from './paths.ts';
import type { Requester } from './requester.ts';

export interface RowOptions {
  signal?: AbortSignal;
  /** Rows fetched at once; fewer when a page turns out too large. */
  pageRows?: number;
  /** More rows than this end the search with an error, never with a part of the rows. */
  maxRows?: number;
}

const PAGE_ROWS = 5000;
const MAX_ROWS = 10_000_000;
const LEAST_PAGE_ROWS = 10;
const NOT_READY_ATTEMPTS = 20;
const NOT_READY_WAIT_MS = 200;

/** Pages of the rows of a complete search. */
export async function* readRows(
  requester: Requester,
  searchId: string,
  options: RowOptions,
): AsyncGenerator<ArielRow[]> {
  const path = apiPath`/ariel/searches/${searchId}/results`;
  const maxRows = options.maxRows ?? MAX_ROWS;
  let count = options.pageRows ?? PAGE_ROWS;
  let notReady = 0;
  for (let from = 0; ; ) {
    try {
      const request = { path, range: { from, count }, signal: options.signal };
      const { body: rows, contentRange } = await requester.call(request, ResultPage);
      if (from + rows.length > maxRows) throw tooMany(path, maxRows);
      if (rows.length > 0) yield rows;
      if (!hasMore(from, count, rows.length, contentRange?.total)) return;
      from += rows.length;
    } catch (error) {
      if (!(error instanceof QRadarError)) throw error;
      if (error.tooLarge && count > LEAST_PAGE_ROWS) count = Math.max(LEAST_PAGE_ROWS, Math.floor(count / 4));
      // Complete, and yet not readable for a moment.
      else if (error.code === 'QRADAR_NOT_READY' && ++notReady <= NOT_READY_ATTEMPTS)
        await requester.timing.sleep(NOT_READY_WAIT_MS * notReady, options.signal);
      else if (error.code === 'QRADAR_NOT_FOUND')
        throw searchFailed({ id: searchId }, 'the console no longer knows it');
      else throw error;
    }
  }
}

export const searchFailed = ({ id }: { id: string }, reason: string): QRadarError =>
  new QRadarError('QRADAR_SEARCH_FAILED', `search ${id.slice(0, 60)}: ${reason.slice(0, 500)}`, {
    layer: 'endpoint',
    outcome: 'answered',
    request: 'GET /ariel/searches/{id}',
  });

const tooMany = (path: string, maxRows: number): QRadarError =>
  new QRadarError('QRADAR_REPLY_INVALID', `GET ${path}: more than ${maxRows} rows`, {
    layer: 'client',
    outcome: 'answered',
    request: `GET ${path}`,
  });
