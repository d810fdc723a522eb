import { z } from 'zod';
import { hasCode } from './errors.ts';
import { cutText, id, instant, optional } from './fields.ts';
import { allOf, equals } from './filter.ts';
import { apiPath } from './paths.ts';
import type { Requester } from './requester.ts';

/** A set of ours: finding ids whose notes are being written, and by which instance. Empty when nobody writes. */
export const CLAIMS_SET = 'Undercurrent Note Claims';

const SETS = '/reference_data_collections/sets';
const ENTRIES = '/reference_data_collections/set_entries';

/** A claim that has stood so long without a note belongs to nobody. */
const ABANDONED_AFTER_MS = 15 * 60_000;

const SetId = z.object({ id, name: z.string() });
const ClaimEntry = z.object({ id, notes: optional(cutText(200)), first_seen: instant });

/** `none`: the console or the token has no way to claim; list before posting, and hope. */
export type Claim = 'ours' | 'theirs' | 'none';

/**
 * Takes turns between instances that know nothing of each other: adding an entry to a reference set is told apart from
 * seeing it there (201, 200), which notes of offenses cannot do.
 */
export interface NoteClaims {
  take(findingId: string, instance: string, signal?: AbortSignal): Promise<Claim>;
  /** Once the note stands there. Never fails: an entry left behind does no harm. */
  release(findingId: string, signal?: AbortSignal): Promise<void>;
}

export function createNoteClaims(
  requester: Requester,
  isOffered: (signal?: AbortSignal) => Promise<boolean>,
  /** The console's clock as of the last reply, which is the one that entries are dated by. */
  consoleNow: () => number,
): NoteClaims {
  let setId: number | undefined;

  async function findSet(signal?: AbortSignal): Promise<number | undefined> {
    if (setId !== undefined) return setId;
    const query = { filter: equals('name', CLAIMS_SET).text, fields: 'id,name' };
    setId = (await requester.list({ path: SETS, query, signal }, SetId)).find(({ name }) => name === CLAIMS_SET)?.id;
    return setId;
  }

  async function needSet(signal?: AbortSignal): Promise<number> {
    const known = await findSet(signal);
    if (known !== undefined) return known;
    const json = { name: CLAIMS_SET, entry_type: 'ALN', description: 'Notes that are being written' };
    try {
      // Repeating it is safe: the name can be taken only once.
      const request = { method: 'POST' as const, path: SETS, json, isRepeatable: true, signal };
      setId = (await requester.call(request, SetId)).body.id;
    } catch (error) {
      if (!hasCode(error, 'QRADAR_CONFLICT')) throw error;
      const made = await findSet(signal);
      if (made === undefined) throw error;
      return made;
    }
    return setId;
  }

  const read = async (collection: number, value: string, signal?: AbortSignal) => {
    const query = { filter: allOf(equals('collection_id', collection), equals('value', value)).text };
    return (await requester.list({ path: ENTRIES, query, signal }, ClaimEntry))[0];
  };

  async function take(findingId: string, instance: string, signal?: AbortSignal): Promise<Claim> {
    const collection = await needSet(signal);
    // Asked first: adding again would put our name on another's entry.
    const standing = await read(collection, findingId, signal);
    if (standing) {
      const isAbandoned = consoleNow() - standing.first_seen > ABANDONED_AFTER_MS;
      return standing.notes === instance || isAbandoned ? 'ours' : 'theirs';
    }
    const json = { collection_id: collection, value: findingId, source: 'undercurrent', notes: instance };
    const { status } = await requester.call({ method: 'POST', path: ENTRIES, json, signal }, ClaimEntry);
    return status === 201 ? 'ours' : 'theirs';
  }

  return {
    async take(findingId, instance, signal) {
      try {
        return (await isOffered(signal)) ? await take(findingId, instance, signal) : 'none';
      } catch (error) {
        // A set that somebody removed is made again next time.
        setId = undefined;
        if (hasCode(error, 'QRADAR_FORBIDDEN', 'QRADAR_NOT_FOUND', 'QRADAR_REJECTED', 'QRADAR_CONFLICT')) return 'none';
        throw error;
      }
    },
    async release(findingId, signal) {
      try {
        const collection = await findSet(signal);
        const entry = collection === undefined ? undefined : await read(collection, findingId, signal);
        if (entry) await requester.run({ method: 'DELETE', path: `${ENTRIES}${apiPath`/${entry.id}`}`, signal });
      } catch {
        signal?.throwIfAborted();
      }
    },
  };
}
