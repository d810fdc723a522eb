import { AppError, type ErrorCode, messageOf } from '../domain/errors.ts';
import type { ContextStore } from './context-ports.ts';

/** Kinds of stored context. Bodies are as the console gave them, people who are not tracked left out. */
export const CONTEXT_KINDS = {
  /** By id. */
  domain: 'domain',
  logSource: 'log-source',
  logSourceType: 'log-source-type',
  offenseType: 'offense-type',
  closingReason: 'closing-reason',
  consoleUser: 'console-user',
  consoleRole: 'console-role',
  /** By domain and id. */
  asset: 'asset',
  /** By lower-case user name. */
  ubaUser: 'uba-user',
  /** One item, `threshold`. */
  uba: 'uba',
  /** By table and account: the DirectoryRecord last read. */
  referenceTable: 'reference-table',
  notTracked: 'not-tracked',
  notTrackedAccount: 'not-tracked-account',
  /** One item, `list`: the list for which everything stored before was removed. */
  removed: 'not-tracked-removed',
  /** By part: when it was read, and since when it fails. */
  refresh: 'refresh',
} as const;

/** How reading of one part went. */
export interface PartState {
  lastReadMs?: number;
  failingSinceMs?: number;
}

/** What could not be read; the state of the last reading stays. */
export interface ContextGap {
  part: string;
  code: ErrorCode;
  reason: string;
  sinceMs: number;
  /** `undefined`: never read. */
  lastReadMs: number | undefined;
  /** What is lost meanwhile, for people. */
  loss: string;
}

export interface PartReport {
  part: string;
  items: number;
}

/** One key of several parts. */
export const itemKey = (...parts: readonly (string | number)[]): string => JSON.stringify(parts);

export async function readPartStates(store: Pick<ContextStore, 'context'>): Promise<Map<string, PartState>> {
  const items = await store.context.read(CONTEXT_KINDS.refresh);
  return new Map(items.map(({ key, body }) => [key, readPartState(body)]));
}

function readPartState(body: unknown): PartState {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const time = (name: 'lastReadMs' | 'failingSinceMs'): PartState =>
    typeof given[name] === 'number' ? { [name]: given[name] } : {};
  return { ...time('lastReadMs'), ...time('failingSinceMs') };
}

/** Failures after which no other call to the console can succeed. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set(['QRADAR_UNAUTHORIZED', 'QRADAR_CERTIFICATE', 'QRADAR_VERSION']);

export interface PartReader {
  /** Runs one reading; `undefined` when it failed, which becomes a gap. Rejects only when the signal was aborted. */
  attempt<T>(part: string, loss: string, read: () => Promise<T>): Promise<T | undefined>;
  done(part: string, items: number): void;
  readonly gaps: ContextGap[];
  readonly parts: PartReport[];
  readonly states: Map<string, PartState>;
}

export function createPartReader(states: Map<string, PartState>, nowMs: number, signal?: AbortSignal): PartReader {
  const gaps: ContextGap[] = [];
  const parts: PartReport[] = [];
  let hopeless: unknown;

  function fail(part: string, loss: string, error: unknown): void {
    const before = states.get(part) ?? {};
    const state: PartState = { ...before, failingSinceMs: before.failingSinceMs ?? nowMs };
    states.set(part, state);
    const code = error instanceof AppError ? error.code : 'INTERNAL';
    if (HOPELESS.has(code)) hopeless = error;
    gaps.push({
      part,
      code,
      reason: messageOf(error).slice(0, 300),
      sinceMs: state.failingSinceMs ?? nowMs,
      lastReadMs: state.lastReadMs,
      loss,
    });
  }

  return {
    gaps,
    parts,
    states,
    async attempt(part, loss, read) {
      signal?.throwIfAborted();
      try {
        if (hopeless !== undefined) throw hopeless;
        return await read();
      } catch (error) {
        signal?.throwIfAborted();
        fail(part, loss, error);
        return undefined;
      }
    },
    /** Called once the result is stored. */
    done(part, items) {
      states.set(part, { lastReadMs: nowMs });
      parts.push({ part, items });
    },
  };
}
