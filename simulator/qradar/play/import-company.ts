import { parseDay } from '../../../src/domain/time.ts';
import type { Enterprise } from '../../enterprise/generate.ts';
import type { HrRecord } from '../../enterprise/types.ts';
import type { AssetRecord } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { makeUbaUser } from '../uba/uba.ts';

/** Risk above which the UBA imitation raises an offense, when it is switched on by playing a company. */
export const PLAY_THRESHOLD = 14;

/** What a console would know of the company: assets, imported UBA users, and offense generation switched on. */
export function importCompany(state: State, enterprise: Enterprise, nowMs: number): void {
  const { company, directory } = enterprise;
  for (const person of company.people) addAsset(state, nowMs, person.device, person.address, person.login, person.name);
  for (const server of company.servers) addAsset(state, nowMs, server.name, server.address, undefined, server.name);
  for (const record of directory) importRecord(state, record, nowMs);
  state.settings.put('uba-imported', { value: 1 });
  if (!state.settings.get('uba-threshold')) state.settings.put('uba-threshold', { value: PLAY_THRESHOLD });
}

/** Takes over what HR says from that day on. */
export function applyDirectory(state: State, directory: readonly HrRecord[], day: string, nowMs: number): void {
  for (const record of directory) if (record.fromDay === day) importRecord(state, record, nowMs, true);
}

function importRecord(state: State, record: HrRecord, nowMs: number, replace = false): void {
  const known = state.ubaUsers.find((one) => one.username === record.account);
  // Of several records the one that holds now; later ones are taken over when their day comes.
  if (known && !replace) return;
  if (!replace && (parseDay(record.fromDay) ?? 0) * 86_400_000 > nowMs) return;
  const attributes = {
    full_name: record.name,
    email: record.email,
    job_title: record.role,
    dept: record.department,
    manager: record.supervisor,
    custom_group: record.team,
    aliases: [...new Set([record.account, ...record.aliases])],
    source: 'LDAP',
  };
  const id = known?.id ?? state.ubaUsers.nextId();
  state.ubaUsers.put(id, { ...(known ?? makeUbaUser(id, record.account, nowMs)), ...attributes });
}

function addAsset(state: State, nowMs: number, host: string, ip: string, user: string | undefined, name: string): void {
  const id = state.assets.nextId(1001);
  const seen = {
    first_seen_profiler: nowMs,
    last_seen_profiler: nowMs,
    first_seen_scanner: null,
    last_seen_scanner: null,
  };
  const address = { id, value: ip, type: 'IPV4', network_id: 1, created: nowMs, ...seen };
  const reported = { last_reported: nowMs, last_reported_by: 'IDENTITY:62' };
  const asset: AssetRecord = {
    id,
    domain_id: 0,
    vulnerability_count: 0,
    risk_score_sum: 0,
    hostnames: [{ id, name: host, type: 'NETBIOS', created: nowMs, ...seen }],
    interfaces: [{ id, mac_address: null, created: nowMs, ...seen, ip_addresses: [address] }],
    products: [],
    properties: [{ id: id * 100, type_id: 1002, name: 'Unified Name', value: name, ...reported }],
    users: user === undefined ? [] : [{ id, username: user, ...seen }],
  };
  state.assets.put(id, asset);
}
