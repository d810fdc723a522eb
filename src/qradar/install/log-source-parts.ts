import { z } from 'zod';
import { EVENT_PRODUCT } from '../../domain/campaign-events.ts';
import { QRadarError } from '../errors.ts';
import { cutText, id, listOf, name, optional } from '../fields.ts';
import { equals } from '../filter.ts';
import { apiPath } from '../paths.ts';
import { keyOf, type Part, type PartContext } from './part.ts';
import { MARK } from './wanted.ts';

const BASE = '/config/event_sources/log_source_management';
const TYPES = `${BASE}/log_source_types`;
const SOURCES = `${BASE}/log_sources`;
const COLLECTORS = '/config/event_sources/event_collectors';
/** Protocol "Syslog"; its first parameter is the identifier. */
const SYSLOG_PROTOCOL = 0;

const Named = z.object({ id, name });
const Source = z.object({
  id,
  name,
  type_id: id,
  description: optional(cutText(1000)),
  enabled: optional(z.boolean()),
  coalesce_events: optional(z.boolean()),
  store_event_payload: optional(z.boolean()),
  protocol_parameters: listOf(z.object({ id: optional(id), name: optional(name), value: optional(cutText(1000)) })),
});

export const TYPE = { kind: 'log source type', name: EVENT_PRODUCT } as const;

export function createTypePart({ requester }: PartContext): Part {
  return {
    ...TYPE,
    read: [['GET', TYPES]],
    make: ['POST', TYPES],
    remove: ['DELETE', `${TYPES}/{id}`],
    async find(_known, signal) {
      const query = { filter: equals('name', TYPE.name).text, fields: 'id,name' };
      const found = (await requester.list({ path: TYPES, query, signal }, Named)).find((one) => one.name === TYPE.name);
      return found && { id: found.id, isMarked: false };
    },
    async create(_known, signal) {
      const protocol_types = [{ protocol_id: SYSLOG_PROTOCOL, documented: true }];
      const json = { name: TYPE.name, default_protocol_id: SYSLOG_PROTOCOL, protocol_types };
      return (await requester.call({ method: 'POST', path: TYPES, json, signal }, Named)).body;
    },
    async delete(typeId, signal) {
      await requester.run({ method: 'DELETE', path: `${TYPES}${apiPath`/${typeId}`}`, signal });
    },
  };
}

/** The payload is needed: arrival is looked up in it. Equal events must not be joined into one. */
const SETTINGS = { enabled: true, coalesce_events: false, store_event_payload: true };

export function createSourcePart({ requester, identifier }: PartContext): Part {
  const sourceName = `${EVENT_PRODUCT} @ ${identifier}`;
  const protocol_parameters = [
    { id: 0, name: 'identifier', value: identifier },
    { id: 1, name: 'incomingPayloadEncoding', value: 'UTF-8' },
  ];

  async function findCollector(signal?: AbortSignal): Promise<number | undefined> {
    const all = await requester.list({ path: COLLECTORS, query: { fields: 'id' }, signal }, z.object({ id }));
    return all[0]?.id;
  }

  return {
    kind: 'log source',
    name: sourceName,
    read: [
      ['GET', SOURCES],
      ['GET', COLLECTORS],
    ],
    make: ['POST', SOURCES],
    change: ['POST', `${SOURCES}/{id}`],
    remove: ['DELETE', `${SOURCES}/{id}`],
    async find(known, signal) {
      const query = { filter: equals('name', sourceName).text };
      const found = (await requester.list({ path: SOURCES, query, signal }, Source)).find(
        (one) => one.name === sourceName,
      );
      if (!found) return undefined;
      const type = known.get(keyOf(TYPE));
      if (found.type_id !== type?.id)
        throw new QRadarError('QRADAR_CONFLICT', `the log source "${sourceName}" is of another type: rename it first`, {
          layer: 'client',
          outcome: 'answered',
          request: `GET ${SOURCES}`,
        });
      const isWrong =
        found.enabled === false || found.coalesce_events === true || found.store_event_payload === false
          ? 'disabled, joins equal events or drops payloads'
          : found.protocol_parameters.find((one) => one.id === 0 || one.name === 'identifier')?.value !== identifier
            ? 'has another identifier'
            : undefined;
      return { id: found.id, difference: isWrong, isMarked: found.description === MARK };
    },
    async create(known, signal) {
      const collector = await findCollector(signal);
      const json = {
        name: sourceName,
        description: MARK,
        type_id: known.get(keyOf(TYPE))!.id,
        protocol_type_id: SYSLOG_PROTOCOL,
        protocol_parameters,
        ...SETTINGS,
        gateway: false,
        credibility: 5,
        requires_deploy: false,
        ...(collector === undefined ? {} : { target_event_collector_id: collector }),
      };
      return (await requester.call({ method: 'POST', path: SOURCES, json, signal }, Named)).body;
    },
    async update(sourceId, _known, signal) {
      const path = `${SOURCES}${apiPath`/${sourceId}`}`;
      await requester.run({ method: 'POST', path, json: { ...SETTINGS, protocol_parameters }, signal });
    },
    async delete(sourceId, signal) {
      await requester.run({ method: 'DELETE', path: `${SOURCES}${apiPath`/${sourceId}`}`, signal });
    },
  };
}
