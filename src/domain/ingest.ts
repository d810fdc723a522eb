import type { Activity } from './activity.ts';

/** Why a record did not become an activity. The code is the contract; the detail is for people. */
export const DEAD_LETTER_REASONS = {
  'empty-message': 'the record carries no payload after its syslog header',
  'unknown-format': 'no parser recognises the record',
  'bad-json': 'the record is not valid JSON, or not a JSON object',
  'bad-csv': 'the CSV record cannot be parsed or has the wrong number of columns',
  'bad-leef': 'the LEEF header is incomplete or its delimiter is not valid',
  'bad-cef': 'the CEF header is incomplete',
  'bad-time': 'the record has no usable event time',
  'missing-field': 'a field the mapping needs is absent',
  'too-long': 'the record is longer than the configured limit',
  'bad-encoding': 'the record is not valid UTF-8 text',
} as const;
export type DeadLetterReason = keyof typeof DEAD_LETTER_REASONS;

/** One record in, exactly one outcome out: nothing is lost without a reason. */
export type ParseOutcome =
  | { kind: 'activity'; activity: Activity }
  | { kind: 'dead-letter'; reason: DeadLetterReason; detail: string };

export const IMPORT_FORMATS = ['auto', 'leef', 'cef', 'jsonl', 'windows', 'cert', 'syslog'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** HR attributes of one person as of one day, from a directory export (CERT LDAP folder, CSV, QRadar reference table). */
export interface DirectoryRecord {
  /** Login of the person as the logs write it. */
  account: string;
  /** First UTC day the attributes hold, `YYYY-MM-DD`. */
  fromDay: string;
  name: string;
  email: string;
  role: string;
  businessUnit: string;
  functionalUnit: string;
  department: string;
  team: string;
  supervisor: string;
  projects: string[];
  /** IANA zone of the person's site, `''` = the configured zone. */
  timeZone: string;
  /** Further accounts known to belong to the person. */
  aliases: string[];
}

/** A record with nothing known but the account. */
export const blankDirectoryRecord = (account: string, fromDay: string): DirectoryRecord => ({
  account,
  fromDay,
  name: '',
  email: '',
  role: '',
  businessUnit: '',
  functionalUnit: '',
  department: '',
  team: '',
  supervisor: '',
  projects: [],
  timeZone: '',
  aliases: [],
});

/** One record as read from a file or listener, with where it came from. */
export interface SourceRecord {
  /** Base name of the file or name of the listener: for people, not for identity. */
  origin: string;
  /** 1-based line (or record) number within the origin. */
  line: number;
  raw: string;
  outcome: ParseOutcome;
}
