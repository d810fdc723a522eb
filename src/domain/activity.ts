/**
 * One normalised event: who did what, on what, from where, when.
 *
 * Class and activity names follow OCSF 1.6 (https://schema.ocsf.io), lower-case with underscores. The position of a name
 * in a list is its stored code: append only, never reorder.
 */

export const ACTIVITY_CLASSES = [
  'base_event',
  'authentication',
  'authorize_session',
  'account_change',
  'group_management',
  'user_access',
  'file_system',
  'process',
  'module',
  'memory',
  'kernel',
  'registry',
  'service',
  'scheduled_job',
  'event_log',
  'network',
  'http',
  'dns',
  'email',
  'tunnel',
  'datastore',
  'api',
  'file_hosting',
  'peripheral',
  'script',
  'detection_finding',
] as const;
export type ActivityClass = (typeof ACTIVITY_CLASSES)[number];

export const ACTIVITY_NAMES = [
  'other',
  'logon',
  'logoff',
  'authentication_ticket',
  'service_ticket',
  'explicit_logon',
  'assign_privileges',
  'open',
  'close',
  'read',
  'create',
  'update',
  'delete',
  'rename',
  'copy',
  'connect',
  'disconnect',
  'listen',
  'launch',
  'terminate',
  'inject',
  'load',
  'execute',
  'send',
  'receive',
  'visit',
  'download',
  'upload',
  'query',
  'export',
  'enable',
  'disable',
  'lock',
  'unlock',
  'password_change',
  'password_reset',
  'attach_policy',
  'add_member',
  'remove_member',
  'privilege_use',
  'clear',
  'stop',
  'share',
  'alert',
] as const;
export type ActivityName = (typeof ACTIVITY_NAMES)[number];

export const OUTCOMES = ['unknown', 'success', 'failure'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a file is, from its extension. Codes are stored: append only. */
export const FILE_CATEGORIES = [
  'none',
  'other',
  'document',
  'spreadsheet',
  'source_code',
  'archive',
  'executable',
  'script',
  'image',
  'media',
  'database',
  'credential',
  'mail_store',
  'temporary',
] as const;
export type FileCategory = (typeof FILE_CATEGORIES)[number];

/** What a web destination is. Codes are stored: append only. */
export const WEB_CATEGORIES = [
  'none',
  'other',
  'internal',
  'job_search',
  'leak_site',
  'cloud_storage',
  'webmail',
  'social',
  'paste_site',
  'hacking_tools',
  'surveillance_tools',
  'code_hosting',
  'ai_assistant',
  'file_transfer',
  'news',
  'shopping',
  'adult_gambling',
  'anonymizer',
] as const;
export type WebCategory = (typeof WEB_CATEGORIES)[number];

/** How sensitive the target is, from configured patterns and well-known names: 0 unknown, 1 internal, 2 confidential, 3 secret. */
export type Sensitivity = 0 | 1 | 2 | 3;

/** Strings are as written by the log source, `''` when absent; numbers are 0 when absent. Text is untrusted. */
export interface Activity {
  /** The source's own event id, unique within `logSource`; `''` when it has none (the raw line then identifies the event). */
  originId: string;
  /** Event time, UTC epoch milliseconds. */
  timeMs: number;
  class: ActivityClass;
  activity: ActivityName;
  outcome: Outcome;
  /** Acting account, as written: `DOMAIN\user`, UPN, SID, mail address or bare name. */
  account: string;
  /** Security identifier of the acting account, when the record carries it beside the name. */
  accountSid: string;
  /** Account acted on (the logged-on account of an explicit logon, the member added, the account changed). */
  targetAccount: string;
  /** Computer the activity happened on. */
  device: string;
  /** Address or host the actor came from. */
  source: string;
  /** Address or host reached. */
  target: string;
  /** What was acted on: file path, share, URL, database object, registry key, service name, recipients. */
  resource: string;
  /** Image path of the acting (or launched) process. */
  process: string;
  /** Command line, script text or SQL statement. */
  command: string;
  /** Bytes leaving the actor's side. */
  bytesOut: number;
  /** Bytes reaching the actor's side. */
  bytesIn: number;
  /** Windows logon type, 0 when not a Windows logon. */
  logonType: number;
  /** Windows event id or another numeric event code, 0 when none. */
  eventCode: number;
  /** Mail recipients, and those of them outside the organisation. */
  recipients: number;
  recipientsExternal: number;
  attachments: number;
  /** The target is removable media. */
  removable: boolean;
  /** The action needs or uses administrative rights. */
  privileged: boolean;
  /** Severity as the source states it, 0-10. */
  severity: number;
  fileCategory: FileCategory;
  webCategory: WebCategory;
  sensitivity: Sensitivity;
  /** QRadar domain or tenant; `''` is the default domain. */
  domain: string;
  /** Product or log source type that reported it, e.g. `Microsoft Windows Security Event Log`. */
  logSource: string;
}

const BLANK: Activity = {
  originId: '',
  timeMs: 0,
  class: 'base_event',
  activity: 'other',
  outcome: 'unknown',
  account: '',
  accountSid: '',
  targetAccount: '',
  device: '',
  source: '',
  target: '',
  resource: '',
  process: '',
  command: '',
  bytesOut: 0,
  bytesIn: 0,
  logonType: 0,
  eventCode: 0,
  recipients: 0,
  recipientsExternal: 0,
  attachments: 0,
  removable: false,
  privileged: false,
  severity: 0,
  fileCategory: 'none',
  webCategory: 'none',
  sensitivity: 0,
  domain: '',
  logSource: '',
};

/** An activity with every field present (one hidden class, so hot loops stay fast). */
export function makeActivity(fields: Partial<Activity>): Activity {
  return { ...BLANK, ...fields };
}
