import { createCollectionSets } from './collection-sets.ts';
import { createLegacySets } from './legacy-sets.ts';
import type { ReferenceSets } from './reference-entries.ts';
import { assertOwnCollection } from './reference-names.ts';
import type { Requester } from './requester.ts';

/**
 * Reference sets through the interface that the console has. `hasCollections`: whether it is the newer one, where entries
 * carry notes. Sets of UBA are read, never written.
 */
export function createReferenceSets(
  requester: Requester,
  hasCollections: (signal?: AbortSignal) => Promise<boolean>,
): ReferenceSets {
  const collections = createCollectionSets(requester);
  const legacy = createLegacySets(requester);
  const pick = async (signal?: AbortSignal) => ((await hasCollections(signal)) ? collections : legacy);
  return {
    keepsNotes: hasCollections,
    async read(name, signal) {
      return (await pick(signal)).read(name, signal);
    },
    async ensure(set, signal) {
      assertOwnCollection(set.name);
      return (await pick(signal)).ensure(set, signal);
    },
    async put(name, entries, signal) {
      assertOwnCollection(name);
      return (await pick(signal)).put(name, entries, signal);
    },
    async remove(name, values, signal) {
      assertOwnCollection(name);
      return (await pick(signal)).remove(name, values, signal);
    },
  };
}
