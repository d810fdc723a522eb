import { DAY_MS } from '../../../src/domain/time.ts';
import type { AddressRecord, OffenseRecord } from './records.ts';
import type { State } from './state.ts';

/** An offense takes no more events after this long without one. */
export const INACTIVE_AFTER_MS = 5 * DAY_MS;
export const USERNAME_OFFENSE = 3;

/** One firing of a rule whose response is "part of an offense indexed on Username". */
export interface RuleHit {
  rule: { id: number; name: string };
  username: string;
  domainId: number;
  /** Start time of the contributing event. */
  timeMs: number;
  /** Clock of the console when the rule fired. */
  nowMs: number;
  eventName: string;
  category: string;
  severity: number;
  credibility: number;
  logSource: { id: number; name: string; type_id: number; type_name: string };
  sourceIp?: string;
  destinationIp?: string;
  events?: number;
}

const add = <T>(list: readonly T[], item: T): T[] => (list.includes(item) ? [...list] : [...list, item]);
const isPrivate = (ip: string): boolean => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(ip);

const sourceKey = (domainId: number, username: string): string => `${domainId}|${username}`;
const LATEST = new WeakMap<State, Map<string, number>>();

/** Last Username offense of each name, by domain. */
function latestOffenses(state: State): Map<string, number> {
  const known = LATEST.get(state);
  if (known) return known;
  const made = new Map<string, number>();
  for (const one of state.offenses.values())
    if (one.offense_type === USERNAME_OFFENSE) made.set(sourceKey(one.domain_id, one.offense_source), one.id);
  LATEST.set(state, made);
  return made;
}

/** Extends the active offense of that name, or raises a new one; closed and inactive ones stay as they are. */
export function contribute(state: State, hit: RuleHit): OffenseRecord {
  const latest = latestOffenses(state);
  const key = sourceKey(hit.domainId, hit.username);
  const last = state.offenses.get(latest.get(key));
  const isOpen = last && last.status !== 'CLOSED' && hit.timeMs - last.last_updated_time < INACTIVE_AFTER_MS;
  const before = isOpen ? last : blankOffense(state.offenses.nextId(), hit);
  latest.set(key, before.id);
  const source = touchAddress(state, hit, hit.sourceIp, before.id, false);
  const destination =
    hit.destinationIp && isPrivate(hit.destinationIp)
      ? touchAddress(state, hit, hit.destinationIp, before.id, true)
      : undefined;
  const sources = source ? add(before.source_address_ids, source.id) : before.source_address_ids;
  const locals = destination
    ? add(before.local_destination_address_ids, destination.id)
    : before.local_destination_address_ids;
  const categories = add(before.categories, hit.category);
  const known = before.log_sources.some((one) => one.id === hit.logSource.id);
  const logSources = known ? before.log_sources : [...before.log_sources, { ...hit.logSource }];
  const rules = before.rules.some((one) => one.id === hit.rule.id)
    ? before.rules
    : [...before.rules, { id: hit.rule.id, type: 'CRE_RULE' }];
  const severity = Math.max(before.severity, hit.severity);
  const credibility = Math.max(before.credibility, hit.credibility);
  countContribution(state, hit, before.id);
  return state.offenses.put(before.id, {
    ...before,
    categories,
    category_count: categories.length,
    security_category_count: categories.length,
    severity,
    credibility,
    magnitude: Math.round(0.5 * before.relevance + 0.3 * severity + 0.2 * credibility),
    device_count: logSources.length,
    event_count: before.event_count + (hit.events ?? 1),
    last_updated_time: Math.max(before.last_updated_time, hit.timeMs),
    start_time: Math.min(before.start_time, hit.timeMs),
    last_persisted_time: hit.nowMs,
    local_destination_count: locals.length,
    remote_destination_count:
      before.remote_destination_count + (hit.destinationIp && !isPrivate(hit.destinationIp) ? 1 : 0),
    source_count: sources.length,
    source_address_ids: sources,
    local_destination_address_ids: locals,
    rules,
    log_sources: logSources,
  });
}

function blankOffense(id: number, hit: RuleHit): OffenseRecord {
  return {
    id,
    description: `${hit.rule.name}\n containing ${hit.eventName}\n`,
    assigned_to: null,
    categories: [],
    category_count: 0,
    policy_category_count: 0,
    security_category_count: 0,
    close_time: null,
    closing_user: null,
    closing_reason_id: null,
    credibility: 0,
    relevance: 2,
    severity: 0,
    magnitude: 0,
    destination_networks: ['other'],
    source_network: 'other',
    device_count: 0,
    event_count: 0,
    flow_count: 0,
    inactive: false,
    last_updated_time: hit.timeMs,
    local_destination_count: 0,
    offense_source: hit.username,
    offense_type: USERNAME_OFFENSE,
    protected: false,
    follow_up: false,
    remote_destination_count: 0,
    source_count: 0,
    start_time: hit.timeMs,
    status: 'OPEN',
    username_count: 1,
    source_address_ids: [],
    local_destination_address_ids: [],
    domain_id: hit.domainId,
    last_persisted_time: hit.nowMs,
    first_persisted_time: hit.nowMs,
    rules: [],
    log_sources: [],
  };
}

function touchAddress(
  state: State,
  hit: RuleHit,
  ip: string | undefined,
  offenseId: number,
  local: boolean,
): AddressRecord | undefined {
  if (!ip || ip === '0.0.0.0') return undefined;
  const known = state.addresses.find((one) => one.ip === ip && one.local === local && one.domain_id === hit.domainId);
  const before = known ?? {
    id: state.addresses.nextId(),
    ip,
    local,
    magnitude: 2,
    network: 'other',
    offense_ids: [],
    peer_ids: [],
    event_flow_count: 0,
    first_event_flow_seen: hit.timeMs,
    last_event_flow_seen: hit.timeMs,
    domain_id: hit.domainId,
  };
  return state.addresses.put(before.id, {
    ...before,
    offense_ids: add(before.offense_ids, offenseId),
    event_flow_count: before.event_flow_count + 1,
    last_event_flow_seen: Math.max(before.last_event_flow_seen, hit.timeMs),
  });
}

function countContribution(state: State, hit: RuleHit, offenseId: number): void {
  const known = state.contributions.find((one) => one.offense_id === offenseId && one.rule_id === hit.rule.id);
  const before = known ?? {
    id: state.contributions.nextId(),
    rule_id: hit.rule.id,
    rule_name: hit.rule.name,
    rule_type: 'CRE_RULE',
    offense_id: offenseId,
    event_count: 0,
    first_event: hit.timeMs,
    last_event: hit.timeMs,
  };
  state.contributions.put(before.id, {
    ...before,
    event_count: before.event_count + (hit.events ?? 1),
    first_event: Math.min(before.first_event, hit.timeMs),
    last_event: Math.max(before.last_event, hit.timeMs),
  });
}
