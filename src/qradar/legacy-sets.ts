import { z } from 'zod';
import { hasCode } from './errors.ts';
import { listOf } from './fields.ts';
import { apiPath } from './paths.ts';
import { type BulkResult, ENTRIES_AT_ONCE, EntryRecord, MAX_ENTRIES, type ReferenceSets } from './reference-entries.ts';
import type { Requester } from './requester.ts';

const SetWithData = z.object({ name: z.string(), data: listOf(EntryRecord, MAX_ENTRIES) });

/** Sets by name (`/reference_data/sets`), deprecated in 26.0. Entries have no notes: those are dropped. */
export function createLegacySets(requester: Requester): Omit<ReferenceSets, 'keepsNotes'> {
  const setPath = (name: string) => apiPath`/reference_data/sets/${name}`;
  return {
    async read(name, signal) {
      try {
        return (await requester.call({ path: setPath(name), signal }, SetWithData)).body.data;
      } catch (error) {
        if (hasCode(error, 'QRADAR_NOT_FOUND')) return undefined;
        throw error;
      }
    },
    async ensure({ name, elementType }, signal) {
      const request = { path: '/reference_data/sets', query: { name, element_type: elementType } };
      try {
        // Repeating it is safe: the name can be taken only once.
        await requester.run({ ...request, method: 'POST', isRepeatable: true, signal });
      } catch (error) {
        if (!hasCode(error, 'QRADAR_CONFLICT')) throw error;
      }
    },
    async put(name, entries, signal) {
      const path = apiPath`/reference_data/sets/bulk_load/${name}`;
      const result: BulkResult = { written: 0, failed: [] };
      for (let from = 0; from < entries.length; from += ENTRIES_AT_ONCE) {
        const json = entries.slice(from, from + ENTRIES_AT_ONCE).map(({ value }) => value);
        await requester.run({ method: 'POST', path, json, isRepeatable: true, signal });
        result.written += json.length;
      }
      return result;
    },
    async remove(name, values, signal) {
      let removed = 0;
      for (const value of values) {
        try {
          const path = `${setPath(name)}${apiPath`/${value}`}`;
          const shownPath = '/reference_data/sets/{name}/{value}';
          await requester.run({ method: 'DELETE', path, shownPath, signal });
          removed += 1;
        } catch (error) {
          if (!hasCode(error, 'QRADAR_NOT_FOUND')) throw error;
        }
      }
      return removed;
    },
  };
}
