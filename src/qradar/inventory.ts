import { z } from 'zod';
import { cutText, id, instant, listOf, name, optional } from './fields.ts';
import type { Requester } from './requester.ts';

const Domain = z
  .object({ id, name: optional(name), deleted: optional(z.boolean()), tenant_id: optional(id) })
  .transform((raw) => ({ id: raw.id, name: raw.name ?? '', isDeleted: raw.deleted ?? false, tenantId: raw.tenant_id }));
/** Id 0 with an empty name is the default domain. Deleted ones stay listed. */
export type Domain = z.output<typeof Domain>;

const LogSource = z
  .object({
    id,
    name,
    type_id: id,
    enabled: optional(z.boolean()),
    last_event_time: optional(instant),
    average_eps: optional(z.number()),
    coalesce_events: optional(z.boolean()),
    status: optional(z.object({ status: optional(cutText(50)) })),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    typeId: raw.type_id,
    isEnabled: raw.enabled ?? true,
    /** 0 and absent: never. */
    lastEventMs: raw.last_event_time || undefined,
    averageEps: raw.average_eps,
    /** Equal events within ten seconds come as one, with a count. */
    coalesces: raw.coalesce_events ?? false,
    status: raw.status?.status,
  }));
export type LogSource = z.output<typeof LogSource>;

const LogSourceType = z.object({ id, name });
export type LogSourceType = z.output<typeof LogSourceType>;

const Asset = z
  .object({
    id,
    domain_id: optional(id),
    hostnames: listOf(z.object({ name: optional(name) })),
    interfaces: listOf(
      z.object({
        mac_address: optional(cutText(50)),
        ip_addresses: listOf(z.object({ value: optional(cutText(100)) })),
      }),
    ),
    users: listOf(
      z.object({
        username: optional(name),
        last_seen_profiler: optional(instant),
        last_seen_scanner: optional(instant),
      }),
    ),
  })
  .transform((raw) => ({
    id: raw.id,
    domainId: raw.domain_id ?? 0,
    hostnames: raw.hostnames.flatMap(({ name }) => (name ? [name] : [])),
    addresses: raw.interfaces.flatMap((one) => one.ip_addresses.flatMap(({ value }) => (value ? [value] : []))),
    macs: raw.interfaces.flatMap(({ mac_address }) => (mac_address ? [mac_address] : [])),
    users: raw.users.flatMap((user) =>
      user.username ? [{ username: user.username, lastSeenMs: user.last_seen_profiler ?? user.last_seen_scanner }] : [],
    ),
  }));
export type Asset = z.output<typeof Asset>;

const SOURCES = '/config/event_sources/log_source_management';
const SOURCE_FIELDS = 'id,name,type_id,enabled,last_event_time,average_eps,coalesce_events,status(status)';
const ASSET_FIELDS =
  'id,domain_id,hostnames(name),interfaces(mac_address,ip_addresses(value)),users(username,last_seen_profiler,last_seen_scanner)';

export interface Inventory {
  domains(signal?: AbortSignal): Promise<Domain[]>;
  logSources(signal?: AbortSignal): AsyncGenerator<LogSource[]>;
  logSourceTypes(signal?: AbortSignal): Promise<LogSourceType[]>;
  assets(signal?: AbortSignal): AsyncGenerator<Asset[]>;
}

export function createInventory(requester: Requester): Inventory {
  return {
    domains: (signal) => requester.list({ path: '/config/domain_management/domains', signal }, Domain),
    logSources: (signal) =>
      requester.pages({ path: `${SOURCES}/log_sources`, query: { fields: SOURCE_FIELDS }, signal }, LogSource),
    logSourceTypes: (signal) =>
      requester.list({ path: `${SOURCES}/log_source_types`, query: { fields: 'id,name' }, signal }, LogSourceType),
    assets: (signal) =>
      requester.pages({ path: '/asset_model/assets', query: { fields: ASSET_FIELDS, sort: '+id' }, signal }, Asset, {
        maxItems: 5_000_000,
      }),
  };
}
