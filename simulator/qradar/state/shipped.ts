import { UBA_RULES } from '../uba/uba-rules.ts';
import { installProperties } from './shipped-properties.ts';
import { CATEGORIES, LOG_SOURCE_TYPES, RULES } from './shipped-tables.ts';
import type { State } from './state.ts';

export const ADMIN_ROLE = 1;
export const SIDECAR_ROLE = 2;
export const UBA_APP_ID = 1101;

/** What a fresh console holds before anything happens. */
export function installShipped(state: State, nowMs: number): void {
  for (const [id, text] of [
    [1, 'Non-Issue'],
    [2, 'False-Positive, Tuned'],
    [3, 'Policy Violation'],
  ] as const)
    state.closingReasons.put(id, { id, text, is_deleted: false, is_reserved: false });
  state.closingReasons.put(54, { id: 54, text: 'Closed by the system', is_deleted: false, is_reserved: true });
  state.roles.put(ADMIN_ROLE, { id: ADMIN_ROLE, name: 'Admin', capabilities: ['ADMIN'] });
  const sidecar = ['SEM', 'EventViewer', 'Surveillance', 'Assets', 'REFERENCE_DATA', 'UEBA'];
  state.roles.put(SIDECAR_ROLE, { id: SIDECAR_ROLE, name: 'Undercurrent', capabilities: sidecar });
  state.roles.put(3, { id: 3, name: 'Analyst', capabilities: ['SEM', 'EventViewer', 'Assets', 'Surveillance'] });
  state.profiles.put(1, { id: 1, name: 'Admin', description: 'All networks, log sources and domains', domain_ids: [] });
  for (const [id, username, role] of [
    [1, 'admin', ADMIN_ROLE],
    [2, 'analyst1', 3],
    [3, 'analyst2', 3],
  ] as const)
    state.users.put(id, {
      id,
      username,
      email: `${username}@corp.example`,
      description: '',
      user_role_id: role,
      security_profile_id: 1,
      tenant_id: 0,
    });
  const noLogSources = { tenant_id: 0, deleted: false, log_source_ids: [] };
  state.domains.put(0, { id: 0, name: '', description: '', ...noLogSources });
  for (const [id, name, description, lows] of CATEGORIES) {
    state.highCategories.put(id, { id, name, description });
    for (const [lowId, lowName, severity] of lows)
      state.lowCategories.put(lowId, {
        id: lowId,
        name: lowName,
        description: lowName,
        high_level_category_id: id,
        severity,
      });
  }
  for (const [id, name] of LOG_SOURCE_TYPES)
    state.logSourceTypes.put(id, {
      id,
      name,
      internal: id === 18,
      custom: false,
      default_protocol_id: 0,
      protocol_types: [{ protocol_id: 0, documented: true }],
    });
  const ubaRules = UBA_RULES.map((rule) => [rule.id, rule.name, true] as const);
  for (const [id, name, enabled] of [...RULES, ...ubaRules])
    state.rules.put(id, {
      id,
      name,
      type: 'EVENT',
      enabled,
      owner: 'admin',
      origin: 'USER',
      identifier: `SYSTEM-${id}`,
      building_block: false,
      creation_date: nowMs,
      modification_date: nowMs,
    });
  state.savedSearches.put(2, {
    id: 2,
    uid: 'SYSTEM-2',
    name: 'Top Usernames',
    description: 'Events by user name',
    aql: 'SELECT username, COUNT(*) AS events FROM events WHERE username IS NOT NULL GROUP BY username ORDER BY events DESC LIMIT 100 LAST 1 HOURS',
    database: 'EVENTS',
    owner: 'admin',
    is_shared: true,
    is_quick_search: true,
    is_default: false,
    is_dashboard: false,
    is_aggregate: true,
    creation_date: nowMs,
    modified_date: nowMs,
  });
  installProperties(state, nowMs);
  installReferenceSets(state, nowMs);
}

function installReferenceSets(state: State, nowMs: number): void {
  const names = [
    'UBA : High Risk Users',
    'UBA : Trusted Usernames',
    'UBA : Users Not Tracked',
    'UBA : Terminated Users',
  ];
  for (const name of [...names, 'UBA : ML Always Tracked Watchlist']) {
    const id = state.sets.nextId();
    state.sets.put(id, {
      id,
      name,
      entry_type: 'ALNIC',
      namespace: 'SHARED',
      tenant_id: 0,
      description: 'Kept by the UBA app',
      expiry_type: 'NO_EXPIRY',
      time_to_live: 0,
      expired_log_option: 'LOG_NONE',
      creation_time: nowMs,
      number_of_entries: 0,
      global_id: `uba-${id}`,
      delete_entries: false,
    });
  }
  const value = { source: 'UBA', first_seen: nowMs, last_seen: nowMs, domain_id: 0 };
  state.references.put(1001, {
    id: 1001,
    kind: 'tables',
    name: 'UBA : Rule Data',
    element_type: 'ALN',
    key_label: null,
    value_label: null,
    outer_key_label: 'rule',
    key_name_types: { senseValue: 'NUM' },
    timeout_type: 'UNKNOWN',
    time_to_live: 0,
    creation_time: nowMs,
    description: 'Kept by the UBA app',
    namespace: 'SHARED',
    rows: UBA_RULES.map((rule) => [rule.name, 'senseValue', { ...value, value: rule.senseValue }]),
  });
}
