import type { LogSourceRecord } from './records.ts';
import type { State } from './state.ts';

/** Custom log source types start here. */
export const CUSTOM_TYPE_START = 4000;
export const SYSLOG_PROTOCOL = 0;

/** A log source with what a fresh one has. */
export function makeLogSource(
  state: State,
  nowMs: number,
  given: Pick<LogSourceRecord, 'name' | 'type_id'> & Partial<LogSourceRecord> & { identifier?: string },
): LogSourceRecord {
  const { identifier, ...fields } = given;
  const id = state.logSources.nextId(62);
  return state.logSources.put(id, {
    description: '',
    protocol_type_id: SYSLOG_PROTOCOL,
    protocol_parameters: [
      { name: 'identifier', id: 0, value: identifier ?? given.name },
      { name: 'incomingPayloadEncoding', id: 1, value: 'UTF-8' },
    ],
    enabled: true,
    gateway: false,
    internal: false,
    credibility: 5,
    target_event_collector_id: 7,
    coalesce_events: false,
    store_event_payload: true,
    language_id: 1,
    group_ids: [0],
    log_source_extension_id: null,
    requires_deploy: false,
    auto_discovered: false,
    average_eps: 0,
    modified_date: nowMs,
    last_event_time: 0,
    sending_ip: null,
    parsing_order: 1,
    status: { last_updated: 0, status: 'N/A', messages: [] },
    ...fields,
    id,
    creation_date: nowMs,
  });
}

export const identifierOf = (source: LogSourceRecord): string =>
  source.protocol_parameters.find((one) => one.id === 0)?.value ?? source.name;

/** Domain that a log source's events belong to. */
export const domainOfLogSource = (state: State, id: number): number =>
  state.domains.find((one) => !one.deleted && one.log_source_ids.includes(id))?.id ?? 0;
