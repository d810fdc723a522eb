import { z } from 'zod';
import { cutText, id, name, optional } from '../fields.ts';
import { equals } from '../filter.ts';
import { CLAIMS_SET } from '../note-claims.ts';
import { apiPath } from '../paths.ts';
import { assertOwnCollection } from '../reference-names.ts';
import type { Part, PartContext } from './part.ts';
import { MARK } from './wanted.ts';

const SETS = '/reference_data_collections/sets';
const SetRecord = z.object({ id, name, description: optional(cutText(2000)) });

/** The set in which instances take turns at notes; made beforehand, a token that may only fill sets is enough later. */
export function createClaimsPart({ requester }: PartContext): Part {
  assertOwnCollection(CLAIMS_SET);
  return {
    kind: 'reference set',
    name: CLAIMS_SET,
    read: [['GET', SETS]],
    make: ['POST', SETS],
    remove: ['DELETE', `${SETS}/{id}`],
    async find(_known, signal) {
      const query = { filter: equals('name', CLAIMS_SET).text, fields: 'id,name,description' };
      const found = (await requester.list({ path: SETS, query, signal }, SetRecord)).find(
        (one) => one.name === CLAIMS_SET,
      );
      return found && { id: found.id, isMarked: found.description === MARK };
    },
    async create(_known, signal) {
      const json = { name: CLAIMS_SET, entry_type: 'ALN', description: MARK };
      return (await requester.call({ method: 'POST', path: SETS, json, signal }, SetRecord)).body;
    },
    async delete(setId, signal) {
      await requester.run({ method: 'DELETE', path: `${SETS}${apiPath`/${setId}`}`, signal });
    },
  };
}
