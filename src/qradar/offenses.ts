import { z } from 'zod';
import { cutText, id, instant, listOf, name, optional } from './fields.ts';
import { compare, type Filter } from './filter.ts';
import { apiPath } from './paths.ts';
import type { Requester } from './requester.ts';

/** Username; the type of every offense that UBA raises. */
export const USERNAME_OFFENSE = 3;

const RawOffense = z.object({
  id,
  description: optional(cutText(5000)),
  status: z.enum(['OPEN', 'HIDDEN', 'CLOSED']),
  offense_type: z.int(),
  offense_source: optional(cutText(1000)),
  domain_id: optional(id),
  start_time: instant,
  last_updated_time: optional(instant),
  last_persisted_time: optional(instant),
  first_persisted_time: optional(instant),
  close_time: optional(instant),
  closing_reason_id: optional(id),
  closing_user: optional(name),
  assigned_to: optional(name),
  follow_up: optional(z.boolean()),
  inactive: optional(z.boolean()),
  severity: optional(z.number()),
  credibility: optional(z.number()),
  relevance: optional(z.number()),
  magnitude: optional(z.number()),
  event_count: optional(z.number()),
  flow_count: optional(z.number()),
  categories: listOf(name),
  rules: listOf(z.object({ id, type: optional(name) })),
  log_sources: listOf(
    z.object({ id, name: optional(name), type_id: optional(id), type_name: optional(name) }).transform((source) => ({
      id: source.id,
      name: source.name,
      typeId: source.type_id,
      typeName: source.type_name,
    })),
  ),
});

/** Times in UTC milliseconds; marks 0-10. `lastPersistedMs` moves with any change, `lastEventMs` with contributing events. */
export const OffenseRecord = RawOffense.transform((raw) => ({
  id: raw.id,
  description: (raw.description ?? '').trim(),
  status: raw.status,
  type: raw.offense_type,
  source: raw.offense_source ?? '',
  domainId: raw.domain_id,
  startMs: raw.start_time,
  lastEventMs: raw.last_updated_time,
  lastPersistedMs: raw.last_persisted_time,
  firstPersistedMs: raw.first_persisted_time,
  closeMs: raw.close_time,
  closingReasonId: raw.closing_reason_id,
  closingUser: raw.closing_user,
  assignedTo: raw.assigned_to,
  followUp: raw.follow_up ?? false,
  inactive: raw.inactive ?? false,
  severity: raw.severity,
  credibility: raw.credibility,
  relevance: raw.relevance,
  magnitude: raw.magnitude,
  eventCount: raw.event_count,
  flowCount: raw.flow_count,
  categories: raw.categories,
  ruleIds: raw.rules.map((rule) => rule.id),
  logSources: raw.log_sources,
}));
export type Offense = z.output<typeof OffenseRecord>;

export const OFFENSE_FIELDS = Object.keys(RawOffense.shape).join(',');

const ClosingReason = z
  .object({ id, text: name, is_deleted: optional(z.boolean()), is_reserved: optional(z.boolean()) })
  .transform(({ id, text, is_deleted, is_reserved }) => ({
    id,
    text,
    isDeleted: is_deleted ?? false,
    isReserved: is_reserved ?? false,
  }));
export type ClosingReason = z.output<typeof ClosingReason>;

const OffenseType = z
  .object({ id, name: optional(name), property_name: optional(name), custom: optional(z.boolean()) })
  .transform(({ id, name, property_name, custom }) => ({
    id,
    name: name ?? property_name ?? String(id),
    isCustom: custom ?? false,
  }));
export type OffenseType = z.output<typeof OffenseType>;

export interface Offenses {
  /** Offenses in the order of their ids. */
  list(filter?: Filter, signal?: AbortSignal): AsyncGenerator<Offense[]>;
  get(offenseId: number, signal?: AbortSignal): Promise<Offense>;
  /** At most `count` that changed at or after `sinceMs`, the earliest change first. One request. */
  changedSince(sinceMs: number, count: number, signal?: AbortSignal): Promise<Offense[]>;
  /** Reserved and deleted reasons included: closed offenses still name them. */
  closingReasons(signal?: AbortSignal): Promise<ClosingReason[]>;
  types(signal?: AbortSignal): Promise<OffenseType[]>;
}

export function createOffenses(requester: Requester): Offenses {
  return {
    list: (filter, signal) =>
      requester.pages(
        { path: '/siem/offenses', query: { filter: filter?.text, sort: '+id', fields: OFFENSE_FIELDS }, signal },
        OffenseRecord,
      ),
    async get(offenseId, signal) {
      const request = { path: apiPath`/siem/offenses/${offenseId}`, query: { fields: OFFENSE_FIELDS }, signal };
      return (await requester.call(request, OffenseRecord)).body;
    },
    async changedSince(sinceMs, count, signal) {
      const filter = compare('last_persisted_time', '>=', sinceMs).text;
      const query = { filter, sort: '+last_persisted_time', fields: OFFENSE_FIELDS };
      const request = { path: '/siem/offenses', query, range: { from: 0, count }, signal };
      return (await requester.call(request, z.array(OffenseRecord))).body;
    },
    closingReasons: (signal) =>
      requester.list(
        { path: '/siem/offense_closing_reasons', query: { include_reserved: true, include_deleted: true }, signal },
        ClosingReason,
      ),
    types: (signal) => requester.list({ path: '/siem/offense_types', signal }, OffenseType),
  };
}
