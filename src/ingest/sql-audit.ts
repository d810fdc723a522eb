import type { Activity } from '../domain/activity.ts';
import { raise } from './derive-columns.ts';

/** SQL Server audit action ids to what they are (sys.dm_audit_actions). Unlisted ones stay `query`. */
const ACTIONS: ReadonlyMap<string, readonly [Activity['class'], Activity['activity']]> = new Map(
  Object.entries<readonly [Activity['class'], Activity['activity']]>({
    SL: ['datastore', 'read'],
    IN: ['datastore', 'create'],
    UP: ['datastore', 'update'],
    DL: ['datastore', 'delete'],
    EX: ['datastore', 'execute'],
    AL: ['datastore', 'update'],
    CR: ['datastore', 'create'],
    DR: ['datastore', 'delete'],
    BA: ['datastore', 'export'],
    BAL: ['datastore', 'export'],
    RS: ['datastore', 'create'],
    LGIS: ['authentication', 'logon'],
    LGIF: ['authentication', 'logon'],
    LGO: ['authentication', 'logoff'],
    DBAS: ['authentication', 'logon'],
    DBAF: ['authentication', 'logon'],
    APRL: ['group_management', 'add_member'],
    DPRL: ['group_management', 'remove_member'],
    PWR: ['account_change', 'password_reset'],
    PWC: ['account_change', 'password_change'],
    LGEA: ['account_change', 'enable'],
    LGDA: ['account_change', 'disable'],
    G: ['user_access', 'assign_privileges'],
    GWG: ['user_access', 'assign_privileges'],
    R: ['user_access', 'delete'],
    D: ['user_access', 'delete'],
    IMP: ['authorize_session', 'privilege_use'],
    AUSC: ['event_log', 'update'],
    AUSF: ['event_log', 'stop'],
  }),
);

/** Lines of `name:value`; a value may go on over lines (statements), up to the next known name. */
function auditFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of text.split(/\r?\n/, 2000)) {
    const match = /^([a-z_]{4,40}):(.*)$/.exec(line);
    if (match) {
      name = match[1]!;
      fields.set(name, match[2]!.trim());
    } else if (name === 'statement') {
      fields.set(name, `${fields.get(name)}\n${line}`);
    }
  }
  return fields;
}

/** Fills an activity from the text of a SQL Server audit event (Application 33205). */
export function parseSqlAudit(activity: Activity, text: string): void {
  const fields = auditFields(text);
  const get = (name: string): string => fields.get(name) ?? '';
  const action = ACTIONS.get(get('action_id').trim());
  if (action) [activity.class, activity.activity] = action;
  activity.account =
    get('session_server_principal_name') || get('server_principal_name') || get('database_principal_name');
  activity.targetAccount = get('target_server_principal_name') || get('target_database_principal_name');
  const succeeded = get('succeeded').toLowerCase();
  activity.outcome = succeeded === 'true' ? 'success' : succeeded === 'false' ? 'failure' : 'unknown';
  activity.resource = [get('database_name'), get('schema_name'), get('object_name')]
    .filter((part) => part !== '')
    .join('.');
  activity.target = get('server_instance_name');
  activity.source = get('client_ip') || /client_ip[^>]{0,40}>?([\d.]{7,15})/.exec(text)?.[1] || '';
  activity.command = get('statement');
  activity.privileged = activity.class !== 'datastore' && activity.class !== 'authentication';
  if (/sysadmin|securityadmin|db_owner|serveradmin/i.test(activity.resource)) raise(activity, 3);
}

/** Fills an activity from the text of a SQL Server logon event (Application 18453-18456). */
export function parseSqlLogin(activity: Activity, text: string): void {
  activity.account = /(?:for user '|^[ \t]*)([^'\n]{1,128})/m.exec(text)?.[1]?.trim() ?? '';
  activity.source = /\[CLIENT: ([^\]]{1,64})\]/.exec(text)?.[1]?.trim() ?? '';
}
