import { z } from 'zod';
import { type ArielRow, Columns, type Search, Validation } from './ariel-replies.ts';
import { type RowOptions, readRows, searchFailed } from './ariel-results.ts';
import {
  type CreatedSearch,
  cancelSearch,
  createSearch,
  deleteSearch,
  isFinished,
  readSearch,
} from './ariel-search.ts';
import { hasCode, QRadarError } from './errors.ts';
import { apiPath } from './paths.ts';
import type { QueryBudget, SearchCost } from './query-budget.ts';
import type { Requester } from './requester.ts';

export interface SearchOptions extends RowOptions {
  /** A search that runs longer is cancelled. */
  timeoutMs?: number;
}

export interface SearchSummary {
  searchId: string;
  rows: number;
  /** Time the console ran it, and time it stood in the queue. */
  runningMs: number;
  queuedMs: number;
  /** Answered by a search that was complete when asked: the same text was asked before. */
  reused: boolean;
}

export interface Ariel {
  /** Runs one search within the budget; yields pages of rows, returns what it cost. Stopping early cancels and deletes. */
  search(aql: string, options?: SearchOptions): AsyncGenerator<ArielRow[], SearchSummary>;
  /** All rows of a small search. */
  searchAll(aql: string, options?: SearchOptions): Promise<{ rows: ArielRow[]; summary: SearchSummary }>;
  /** What the console finds wrong with an AQL text; nothing runs. */
  validate(aql: string, signal?: AbortSignal): Promise<string[]>;
  /** Names of databases, `events` and `flows` among them. */
  databases(signal?: AbortSignal): Promise<string[]>;
  /** Columns and custom properties of a database, by name. */
  columns(database: string, signal?: AbortSignal): Promise<string[]>;
}

export interface ArielOptions {
  requester: Requester;
  budget: QueryBudget;
  timeoutMs?: number;
}

const WAIT_SECONDS = 5;
const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 5000;

export function createAriel({ requester, budget, timeoutMs: usualTimeoutMs = 1_800_000 }: ArielOptions): Ariel {
  const { timing } = requester;
  /** Identical texts share one search on the console: it is deleted by the last reader. */
  const readers = new Map<string, number>();

  async function* search(aql: string, options: SearchOptions = {}): AsyncGenerator<ArielRow[], SearchSummary> {
    const giveBack = await budget.acquire(options.signal);
    const cost: SearchCost = {
      runningMs: 0,
      queuedMs: 0,
      rows: 0,
      reused: false,
      ended: 'cancelled',
      leftBehind: false,
    };
    let running: Search | undefined;
    try {
      const askedAtMs = timing.now();
      const created = await startSearch(aql, options.signal);
      running = created;
      readers.set(created.id, (readers.get(created.id) ?? 0) + 1);
      cost.reused = (created.status === 'COMPLETED' && !created.wasFound) || readers.get(created.id)! > 1;
      if (created.wasFound && !cost.reused) cost.runningMs = created.executionMs ?? 0;
      options.signal?.throwIfAborted();
      running = await waitFor(created, askedAtMs, cost, options);
      for await (const page of readRows(requester, running.id, options)) {
        cost.rows += page.length;
        yield page;
      }
      cost.ended = 'completed';
      const { rows, runningMs, queuedMs, reused } = cost;
      return { searchId: running.id, rows, runningMs, queuedMs, reused };
    } catch (error) {
      if (error instanceof QRadarError) cost.ended = 'failed';
      throw error;
    } finally {
      if (running) cost.leftBehind = !(await leave(running));
      giveBack(cost);
    }
  }

  /** A text that was asked before may be answered by its old search, also by one that failed: that one is replaced. */
  async function startSearch(aql: string, signal?: AbortSignal): Promise<CreatedSearch> {
    const created = await createSearch(requester, aql, signal);
    if (created.status !== 'CANCELED' && created.status !== 'ERROR') return created;
    if (readers.has(created.id) || !(await deleteSearch(requester, created.id))) return created;
    return createSearch(requester, aql, signal);
  }

  async function waitFor(
    created: Search,
    askedAtMs: number,
    cost: SearchCost,
    options: SearchOptions,
  ): Promise<Search> {
    const timeoutMs = options.timeoutMs ?? usualTimeoutMs;
    const startedAtMs = timing.now();
    let pollMs = FIRST_POLL_MS;
    let search = created;
    for (let lastMs = startedAtMs; !isFinished(search); ) {
      const leftMs = timeoutMs - (timing.now() - startedAtMs);
      if (leftMs < 0) throw searchFailed(search, `no result within ${Math.round(timeoutMs / 1000)} s`);
      const isQueued = search.status === 'WAIT';
      const waitSeconds = Math.min(WAIT_SECONDS, Math.max(1, Math.ceil(leftMs / 1000)));
      const polled = await poll(search, waitSeconds, options.signal);
      search = polled;
      if (!isFinished(search) && !polled.waited) {
        await timing.sleep(pollMs, options.signal);
        pollMs = Math.min(LONGEST_POLL_MS, pollMs * 1.5);
      }
      const nowMs = timing.now();
      const passedMs = nowMs - lastMs;
      lastMs = nowMs;
      const ranMs = ranWithin(passedMs, nowMs - askedAtMs, isQueued, search);
      cost.runningMs += ranMs;
      cost.queuedMs += Math.max(0, passedMs - ranMs);
    }
    if (search.status === 'COMPLETED') return search;
    const said = search.errors.map(({ message }) => message).join('; ');
    if (search.status === 'CANCELED')
      throw searchFailed(search, said || 'cancelled on the console, perhaps by a resource restriction');
    throw searchFailed(search, said || 'ended with an error');
  }

  async function poll(
    search: Search,
    waitSeconds: number,
    signal?: AbortSignal,
  ): Promise<Search & { waited: boolean }> {
    try {
      return await readSearch(requester, search.id, { signal, waitSeconds });
    } catch (error) {
      if (hasCode(error, 'QRADAR_NOT_FOUND')) throw searchFailed(search, 'the console no longer knows it');
      throw error;
    }
  }

  /** Stops the search when it still runs and deletes it, unless somebody here still reads it. */
  async function leave(search: Search): Promise<boolean> {
    const left = (readers.get(search.id) ?? 1) - 1;
    if (left > 0) {
      readers.set(search.id, left);
      return true;
    }
    readers.delete(search.id);
    if (!isFinished(search)) await cancelSearch(requester, search.id).catch(() => {});
    return deleteSearch(requester, search.id);
  }

  return {
    search,
    async searchAll(aql, options) {
      const rows: ArielRow[] = [];
      const pages = search(aql, options);
      for (;;) {
        const step = await pages.next();
        if (step.done) return { rows, summary: step.value };
        for (const row of step.value) rows.push(row);
      }
    },
    async validate(aql, signal) {
      const request = { method: 'POST' as const, path: '/ariel/validators/aql', form: { query_expression: aql } };
      const { body } = await requester.call({ ...request, isRepeatable: true, signal }, Validation);
      return (body?.error_messages ?? []).flatMap(({ severity, message }) =>
        severity === 'INFO' || severity === 'WARN' ? [] : [message ?? 'not valid'],
      );
    },
    async databases(signal) {
      const { body } = await requester.call(
        { path: '/ariel/databases', signal },
        z.array(z.string().max(200)).max(1000),
      );
      return body;
    },
    async columns(database, signal) {
      const { body } = await requester.call({ path: apiPath`/ariel/databases/${database}`, signal }, Columns);
      return body.columns.map(({ name }) => name);
    },
  };
}

/**
 * How much of a wait the search ran. When it began after it was asked for, the console says how long, which may be longer than
 * the wait: it may have begun before its creation was answered. One that does not say is paid for all.
 */
function ranWithin(
  passedMs: number,
  sinceAskedMs: number,
  wasQueued: boolean,
  { status, executionMs }: Search,
): number {
  if (status === 'WAIT') return 0;
  return wasQueued && executionMs ? Math.min(sinceAskedMs, executionMs) : passedMs;
}
