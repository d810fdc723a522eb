/** Records as the REST API shows them, API 26.0. Times are epoch milliseconds. */
export interface OffenseRecord {
  id: number;
  description: string;
  assigned_to: string | null;
  categories: string[];
  category_count: number;
  policy_category_count: number;
  security_category_count: number;
  close_time: number | null;
  closing_user: string | null;
  closing_reason_id: number | null;
  credibility: number;
  relevance: number;
  severity: number;
  magnitude: number;
  destination_networks: string[];
  source_network: string;
  device_count: number;
  event_count: number;
  flow_count: number;
  inactive: boolean;
  last_updated_time: number;
  local_destination_count: number;
  offense_source: string;
  offense_type: number;
  protected: boolean;
  follow_up: boolean;
  remote_destination_count: number;
  source_count: number;
  start_time: number;
  status: 'OPEN' | 'HIDDEN' | 'CLOSED';
  username_count: number;
  source_address_ids: number[];
  local_destination_address_ids: number[];
  domain_id: number;
  last_persisted_time: number;
  first_persisted_time: number;
  rules: { id: number; type: string }[];
  log_sources: { id: number; name: string; type_id: number; type_name: string }[];
}

export interface NoteRecord {
  id: number;
  offense_id: number;
  create_time: number;
  username: string;
  note_text: string;
}

export interface ClosingReason {
  id: number;
  text: string;
  is_deleted: boolean;
  is_reserved: boolean;
}

export interface AddressRecord {
  id: number;
  ip: string;
  local: boolean;
  magnitude: number;
  network: string;
  offense_ids: number[];
  /** For a source: its local destinations; for a destination: its sources. */
  peer_ids: number[];
  event_flow_count: number;
  first_event_flow_seen: number;
  last_event_flow_seen: number;
  domain_id: number;
}

export interface Contribution {
  id: number;
  rule_id: number;
  rule_name: string;
  rule_type: string;
  offense_id: number;
  event_count: number;
  first_event: number;
  last_event: number;
}

export interface RuleRecord {
  id: number;
  name: string;
  type: 'EVENT' | 'FLOW' | 'COMMON' | 'OFFENSE';
  enabled: boolean;
  owner: string;
  origin: 'SYSTEM' | 'OVERRIDE' | 'USER';
  identifier: string;
  building_block: boolean;
  creation_date: number;
  modification_date: number;
}

export interface ServiceRecord {
  id: number;
  label: string;
  token: string;
  created_by: string;
  user_role_id: number;
  security_profile_id: number;
  tenant_id: number;
  creation_date: number;
  expiration_date: number | null;
  last_used_date: number | null;
  /** Not QRadar's: refuses every change, so that read-only operation can be tried. */
  read_only: boolean;
}

export interface UserRecord {
  id: number;
  username: string;
  email: string;
  description: string;
  user_role_id: number;
  security_profile_id: number;
  tenant_id: number;
}

export interface RoleRecord {
  id: number;
  name: string;
  capabilities: string[];
}

export interface ProfileRecord {
  id: number;
  name: string;
  description: string;
  domain_ids: number[];
}

export interface DomainRecord {
  id: number;
  name: string;
  description: string;
  tenant_id: number;
  deleted: boolean;
  log_source_ids: number[];
}

export interface TenantRecord {
  id: number;
  name: string;
  description: string;
  event_rate_limit: number;
  flow_rate_limit: number;
  deleted: boolean;
}

export interface LogSourceRecord {
  id: number;
  name: string;
  description: string;
  type_id: number;
  protocol_type_id: number;
  protocol_parameters: { name: string; id: number; value: string }[];
  enabled: boolean;
  gateway: boolean;
  internal: boolean;
  credibility: number;
  target_event_collector_id: number;
  coalesce_events: boolean;
  store_event_payload: boolean;
  language_id: number;
  group_ids: number[];
  log_source_extension_id: number | null;
  requires_deploy: boolean;
  auto_discovered: boolean;
  average_eps: number;
  creation_date: number;
  modified_date: number;
  last_event_time: number;
  sending_ip: string | null;
  parsing_order: number;
  status: { last_updated: number; status: string; messages: unknown[] };
}

export interface LogSourceType {
  id: number;
  name: string;
  internal: boolean;
  custom: boolean;
  default_protocol_id: number;
  protocol_types: { protocol_id: number; documented: boolean }[];
}

export interface HighCategory {
  id: number;
  name: string;
  description: string;
}
export interface LowCategory extends HighCategory {
  high_level_category_id: number;
  severity: number;
}
export interface QidRecord {
  id: number;
  qid: number;
  name: string;
  description: string;
  severity: number;
  low_level_category_id: number;
  log_source_type_id: number;
  uuid: string | null;
}
export interface EventMapping {
  id: number;
  log_source_type_id: number;
  log_source_event_id: string;
  log_source_event_category: string;
  custom_event: boolean;
  qid_record_id: number;
  uuid: string | null;
}

export interface CustomProperty {
  id: number;
  identifier: string;
  name: string;
  username: string;
  description: string;
  property_type: 'string' | 'numeric' | 'ip' | 'port' | 'time';
  use_for_rule_engine: boolean;
  datetime_format: string | null;
  locale: string | null;
  auto_discovered: boolean;
  creation_date: number;
  modification_date: number;
}
/** How a property is read from a payload: the key of a LEEF attribute, or a pattern with a capture group. */
export interface PropertyExpression {
  id: number;
  identifier: string;
  kind: 'leef' | 'regex';
  regex_property_identifier: string;
  expression: string;
  capture_group: number;
  log_source_type_id: number | null;
  log_source_id: number | null;
  qid: number | null;
  low_level_category_id: number | null;
  enabled: boolean;
}

export interface ReferenceValue {
  value: string | number;
  source: string;
  first_seen: number;
  last_seen: number;
  domain_id: number | null;
}
export const REFERENCE_KINDS = ['sets', 'maps', 'map_of_sets', 'tables'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];
/** Maps, maps of sets and tables; sets are `SetRecord` with `EntryRecord`s. */
export interface ReferenceRecord {
  id: number;
  kind: ReferenceKind;
  name: string;
  element_type: string;
  key_label: string | null;
  value_label: string | null;
  outer_key_label: string | null;
  key_name_types: Record<string, string> | null;
  timeout_type: string;
  /** Milliseconds, 0 for ever. */
  time_to_live: number;
  creation_time: number;
  description: string;
  namespace: string;
  /** Rows as `[key, inner key or '', value]`; see `reference-rows.ts`. */
  rows: [outer: string, inner: string, value: ReferenceValue][];
}
export interface SetRecord {
  id: number;
  name: string;
  entry_type: string;
  namespace: string;
  tenant_id: number;
  description: string;
  expiry_type: string;
  /** Seconds, 0 for ever; the unit is not printed on the page. */
  time_to_live: number;
  expired_log_option: string;
  creation_time: number;
  number_of_entries: number;
  global_id: string;
  delete_entries: boolean;
}
export interface EntryRecord {
  id: number;
  collection_id: number;
  value: string;
  domain_id: number;
  source: string;
  notes: string | null;
  first_seen: number;
  last_seen: number;
  delete_entry: boolean;
}

export interface TaskRecord {
  id: number;
  name: string;
  status: string;
  message: string;
  created: number;
  created_by: string;
  started: number | null;
  modified: number | null;
  completed: number | null;
}
export interface BulkTask extends TaskRecord {
  error_code: number | null;
  error_message: string | null;
  result: {
    status: string;
    responses: { http_status: number; unique_code: number | null; message: string | null }[];
    successful_responses: number;
    total_responses: number;
  };
}

export interface AssetRecord {
  id: number;
  domain_id: number;
  vulnerability_count: number;
  risk_score_sum: number;
  hostnames: Record<string, unknown>[];
  interfaces: Record<string, unknown>[];
  products: Record<string, unknown>[];
  properties: {
    id: number;
    type_id: number;
    name: string;
    value: string;
    last_reported: number;
    last_reported_by: string;
  }[];
  users: Record<string, unknown>[];
}

export interface UbaUser {
  id: number;
  username: string;
  risk: number;
  latest_risk: number;
  risk_1: number;
  risk_2: number;
  risk_3: number;
  prolonged_risk: number;
  risk_poll_count: number;
  full_name: string;
  email: string;
  job_title: string;
  dept: string;
  manager: string;
  custom_group: string;
  aliases: string[];
  source: string;
  last_offense_time: number;
  investigation_user: string;
  /** Hour number up to which the risk has decayed; not shown. */
  last_hour: number;
}

export interface SavedSearch {
  id: number;
  uid: string;
  name: string;
  description: string;
  aql: string;
  database: string;
  owner: string;
  is_shared: boolean;
  is_quick_search: boolean;
  is_default: boolean;
  is_dashboard: boolean;
  is_aggregate: boolean;
  creation_date: number;
  modified_date: number;
}
