import { z } from 'zod';
import { QRadarError } from '../errors.ts';
import { id, name } from '../fields.ts';
import { equals } from '../filter.ts';
import { apiPath } from '../paths.ts';
import { TYPE } from './log-source-parts.ts';
import { keyOf, type Part, type PartContext } from './part.ts';
import { CATEGORIES, MARK, type WantedEvent } from './wanted.ts';

const BASE = '/data_classification';
const QIDS = `${BASE}/qid_records`;
const MAPPINGS = `${BASE}/dsm_event_mappings`;
const LOW = `${BASE}/low_level_categories`;

const Named = z.object({ id, name });
const Mapping = z.object({ id, log_source_event_id: name, log_source_event_category: name, qid_record_id: id });

/** Name, category and severity of one event. */
export function createEventPart({ requester }: PartContext, wanted: WantedEvent): Part {
  async function findCategory(signal?: AbortSignal): Promise<number> {
    for (const category of CATEGORIES) {
      const query = { filter: equals('name', category).text, fields: 'id,name' };
      const [found] = await requester.list({ path: LOW, query, signal }, Named);
      if (found) return found.id;
    }
    throw new QRadarError('QRADAR_NOT_FOUND', `the console has none of the categories ${CATEGORIES.join(', ')}`, {
      layer: 'client',
      outcome: 'answered',
      request: `GET ${LOW}`,
    });
  }

  return {
    kind: 'event',
    name: wanted.name,
    read: [
      ['GET', QIDS],
      ['GET', LOW],
    ],
    make: ['POST', QIDS],
    remove: ['DELETE', `${QIDS}/{id}`],
    async find(known, signal) {
      const type = known.get(keyOf(TYPE));
      if (!type) return undefined;
      const query = { filter: equals('log_source_type_id', type.id).text, fields: 'id,name' };
      const found = (await requester.list({ path: QIDS, query, signal }, Named)).find(
        (one) => one.name === wanted.name,
      );
      return found && { id: found.id, isMarked: false };
    },
    async create(known, signal) {
      const json = {
        log_source_type_id: known.get(keyOf(TYPE))!.id,
        name: wanted.name,
        description: `${wanted.description} ${MARK}`,
        severity: wanted.severity,
        low_level_category_id: await findCategory(signal),
      };
      return (await requester.call({ method: 'POST', path: QIDS, json, signal }, Named)).body;
    },
    async delete(qidId, signal) {
      await requester.run({ method: 'DELETE', path: `${QIDS}${apiPath`/${qidId}`}`, signal });
    },
  };
}

/** Event id and category in the message to the event above. */
export function createMappingPart({ requester }: PartContext, wanted: WantedEvent): Part {
  const event = { kind: 'event', name: wanted.name } as const;
  return {
    kind: 'event mapping',
    name: `${wanted.eventId} / ${wanted.category}`,
    read: [['GET', MAPPINGS]],
    make: ['POST', MAPPINGS],
    change: ['POST', `${MAPPINGS}/{id}`],
    remove: ['DELETE', `${MAPPINGS}/{id}`],
    async find(known, signal) {
      const type = known.get(keyOf(TYPE));
      if (!type) return undefined;
      const query = { filter: equals('log_source_type_id', type.id).text };
      const found = (await requester.list({ path: MAPPINGS, query, signal }, Mapping)).find(
        (one) => one.log_source_event_id === wanted.eventId && one.log_source_event_category === wanted.category,
      );
      const isOurs = found?.qid_record_id === known.get(keyOf(event))?.id;
      return found && { id: found.id, difference: isOurs ? undefined : 'maps to another event', isMarked: false };
    },
    async create(known, signal) {
      const json = {
        log_source_type_id: known.get(keyOf(TYPE))!.id,
        log_source_event_id: wanted.eventId,
        log_source_event_category: wanted.category,
        qid_record_id: known.get(keyOf(event))!.id,
      };
      return (await requester.call({ method: 'POST', path: MAPPINGS, json, signal }, z.object({ id }))).body;
    },
    async update(mappingId, known, signal) {
      const json = { qid_record_id: known.get(keyOf(event))!.id };
      await requester.run({ method: 'POST', path: `${MAPPINGS}${apiPath`/${mappingId}`}`, json, signal });
    },
    async delete(mappingId, signal) {
      await requester.run({ method: 'DELETE', path: `${MAPPINGS}${apiPath`/${mappingId}`}`, signal });
    },
  };
}
