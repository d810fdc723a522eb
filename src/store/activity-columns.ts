/** Columns of the table `activity` in stored order. Codes are positions in the lists of `domain/activity.ts`. */
export type ColumnKind = 'BIGINT' | 'INTEGER' | 'USMALLINT' | 'UTINYINT' | 'BOOLEAN';

export const ACTIVITY_COLUMNS = [
  { name: 'id', type: 'BIGINT' },
  { name: 'time_ms', type: 'BIGINT' },
  { name: 'class', type: 'UTINYINT' },
  { name: 'activity', type: 'UTINYINT' },
  { name: 'outcome', type: 'UTINYINT' },
  { name: 'account', type: 'BIGINT' },
  { name: 'target_account', type: 'BIGINT' },
  { name: 'device', type: 'BIGINT' },
  { name: 'source', type: 'BIGINT' },
  { name: 'target', type: 'BIGINT' },
  { name: 'resource', type: 'BIGINT' },
  { name: 'process', type: 'BIGINT' },
  { name: 'command', type: 'BIGINT' },
  { name: 'scope', type: 'BIGINT' },
  { name: 'verb', type: 'BIGINT' },
  { name: 'domain', type: 'BIGINT' },
  { name: 'log_source', type: 'BIGINT' },
  { name: 'bytes_out', type: 'BIGINT' },
  { name: 'bytes_in', type: 'BIGINT' },
  { name: 'logon_type', type: 'UTINYINT' },
  { name: 'event_code', type: 'INTEGER' },
  { name: 'recipients', type: 'USMALLINT' },
  { name: 'recipients_external', type: 'USMALLINT' },
  { name: 'attachments', type: 'USMALLINT' },
  { name: 'removable', type: 'BOOLEAN' },
  { name: 'privileged', type: 'BOOLEAN' },
  { name: 'severity', type: 'UTINYINT' },
  { name: 'file_category', type: 'UTINYINT' },
  { name: 'web_category', type: 'UTINYINT' },
  { name: 'sensitivity', type: 'UTINYINT' },
  { name: 'path_depth', type: 'UTINYINT' },
] as const satisfies readonly { name: string; type: ColumnKind }[];
export type ActivityColumn = (typeof ACTIVITY_COLUMNS)[number]['name'];

/** Columns that hold a token of the dictionary. */
export const TOKEN_COLUMNS = [
  'account',
  'target_account',
  'device',
  'source',
  'target',
  'resource',
  'process',
  'command',
  'scope',
  'verb',
  'domain',
  'log_source',
] as const satisfies readonly ActivityColumn[];
export type TokenColumn = (typeof TOKEN_COLUMNS)[number];
