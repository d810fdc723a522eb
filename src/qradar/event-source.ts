import type { SearchWindow } from './aql.ts';
import type { Ariel } from './ariel.ts';
import type { ArielRow } from './ariel-replies.ts';
import { hasCode } from './errors.ts';
import { composeEventQuery, type TypeSelection } from './event-query.ts';
import { composeFlowQuery } from './flow-query.ts';
import type { Inventory, LogSourceType } from './inventory.ts';

/** Events or flows of a console, window by window. */
export interface ArrivalSource {
  /** The console's clock, UTC epoch milliseconds. */
  now(signal?: AbortSignal): Promise<number>;
  /** Pages of what arrived in the window; at most `limit` rows in all. Stopping early ends the search on the console. */
  rows(window: SearchWindow, limit: number, signal?: AbortSignal): AsyncGenerator<readonly ArielRow[]>;
}

export interface SourceConsole {
  ariel: Pick<Ariel, 'search'>;
  inventory: Pick<Inventory, 'logSourceTypes'>;
  now(signal?: AbortSignal): Promise<number>;
}

/** Types can be added while we run. */
const TYPES_FOR_MS = 3_600_000;

/**
 * Events of the log source types that `isRead` names. Types are told apart by number on the console; a token that may not
 * read the list of types gets all events over the wire, to be sorted here.
 */
export function createEventSource(console: SourceConsole, isRead: (logSourceType: string) => boolean): ArrivalSource {
  let known: { selection: TypeSelection; atMs: number } | undefined;
  async function selectTypes(nowMs: number, signal?: AbortSignal): Promise<TypeSelection> {
    if (known && Math.abs(nowMs - known.atMs) < TYPES_FOR_MS) return known.selection;
    let types: LogSourceType[] = [];
    try {
      types = await console.inventory.logSourceTypes(signal);
    } catch (error) {
      if (!hasCode(error, 'QRADAR_FORBIDDEN', 'QRADAR_NOT_FOUND')) throw error;
    }
    known = { selection: selectionOf(types, isRead), atMs: nowMs };
    return known.selection;
  }
  return {
    now: (signal) => console.now(signal),
    async *rows(window, limit, signal) {
      const types = await selectTypes(window.toMs, signal);
      yield* console.ariel.search(composeEventQuery(window, limit, types), { ...(signal ? { signal } : {}) });
    },
  };
}

export const createFlowSource = (console: Omit<SourceConsole, 'inventory'>): ArrivalSource => ({
  now: (signal) => console.now(signal),
  async *rows(window, limit, signal) {
    yield* console.ariel.search(composeFlowQuery(window, limit), { ...(signal ? { signal } : {}) });
  },
});

/** A type without a name here, or one that is added later, is read unless types are read by name only. */
function selectionOf(types: readonly LogSourceType[], isRead: (type: string) => boolean): TypeSelection {
  const read = types.filter(({ name }) => isRead(name)).map(({ id }) => id);
  const rest = types.filter(({ name }) => !isRead(name)).map(({ id }) => id);
  return isRead('') || types.length === 0 ? { except: rest } : { only: read };
}
