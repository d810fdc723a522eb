import { z } from 'zod';
import { hasCode, refuse } from './errors.ts';
import { optional } from './fields.ts';
import { apiPath } from './paths.ts';
import { assertOwnCollection, type NewCollection } from './reference-names.ts';
import type { Requester } from './requester.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).slice(0, 5000));
const Cell = z.object({ value: text }).transform(({ value }) => value);
const MapRecord = z.object({ data: optional(z.record(z.string().max(5000), Cell)) });
const TableRecord = z.object({ data: optional(z.record(z.string().max(5000), z.record(z.string().max(5000), Cell))) });

/** Inner keys of a table and the type of each. */
export interface NewTable extends NewCollection {
  outerKeyLabel: string;
  keyTypes: Readonly<Record<string, NewCollection['elementType']>>;
}

/** Maps (key to value) and tables (key and inner key to value). `undefined` from a read: there is no such collection. */
export interface ReferenceMaps {
  readMap(name: string, signal?: AbortSignal): Promise<Map<string, string> | undefined>;
  ensureMap(map: NewCollection & { keyLabel?: string; valueLabel?: string }, signal?: AbortSignal): Promise<void>;
  putMap(name: string, entries: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<void>;
  readTable(name: string, signal?: AbortSignal): Promise<Map<string, Map<string, string>> | undefined>;
  ensureTable(table: NewTable, signal?: AbortSignal): Promise<void>;
  putTable(
    name: string,
    rows: ReadonlyMap<string, Readonly<Record<string, string>>>,
    signal?: AbortSignal,
  ): Promise<void>;
}

const ENTRIES_AT_ONCE = 1000;

export function createReferenceMaps(requester: Requester): ReferenceMaps {
  async function readOr<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return (await requester.call({ path, signal }, schema)).body;
    } catch (error) {
      if (hasCode(error, 'QRADAR_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async function create(path: string, query: Record<string, string | undefined>, signal?: AbortSignal): Promise<void> {
    try {
      await requester.run({ method: 'POST', path, query, isRepeatable: true, signal });
    } catch (error) {
      if (!hasCode(error, 'QRADAR_CONFLICT')) throw error;
    }
  }

  /** The same values again change nothing, so it may be repeated. */
  async function load(path: string, entries: readonly (readonly [string, unknown])[], signal?: AbortSignal) {
    for (let from = 0; from < entries.length; from += ENTRIES_AT_ONCE) {
      const batch = entries.slice(from, from + ENTRIES_AT_ONCE);
      if (batch.some(([key]) => key === '__proto__')) throw refuse('not a key: __proto__');
      await requester.run({ method: 'POST', path, json: Object.fromEntries(batch), isRepeatable: true, signal });
    }
  }

  const describe = ({ name, elementType, description }: NewCollection) => {
    assertOwnCollection(name);
    return { name, element_type: elementType, description };
  };

  return {
    async readMap(name, signal) {
      const found = await readOr(apiPath`/reference_data/maps/${name}`, MapRecord, signal);
      return found && new Map(Object.entries(found.data ?? {}));
    },
    ensureMap: ({ keyLabel, valueLabel, ...map }, signal) =>
      create('/reference_data/maps', { ...describe(map), key_label: keyLabel, value_label: valueLabel }, signal),
    putMap(name, entries, signal) {
      assertOwnCollection(name);
      return load(apiPath`/reference_data/maps/bulk_load/${name}`, [...entries], signal);
    },
    async readTable(name, signal) {
      const found = await readOr(apiPath`/reference_data/tables/${name}`, TableRecord, signal);
      return (
        found &&
        new Map(Object.entries(found.data ?? {}).map(([key, row]) => [key, new Map(Object.entries(row))] as const))
      );
    },
    ensureTable({ outerKeyLabel, keyTypes, ...table }, signal) {
      const types = Object.entries(keyTypes).map(([key_name, element_type]) => ({ element_type, key_name }));
      const query = { ...describe(table), outer_key_label: outerKeyLabel, key_name_types: JSON.stringify(types) };
      return create('/reference_data/tables', query, signal);
    },
    putTable(name, rows, signal) {
      assertOwnCollection(name);
      return load(apiPath`/reference_data/tables/bulk_load/${name}`, [...rows], signal);
    },
  };
}
