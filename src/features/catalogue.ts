import type { ActivityClass, ActivityName, WebCategory } from '../domain/activity.ts';
import type { Aggregate, Condition, Feature, Filter, TouchKind, TouchMeasure } from './types.ts';

/** Raised whenever a declaration changes its meaning; every finding names it. */
export const CATALOGUE_VERSION = 1;

const ofClass = (...names: ActivityClass[]): Condition => ({ column: 'class', in: names });
const doing = (...names: ActivityName[]): Condition => ({ column: 'activity', in: names });
const failed: Condition = { column: 'outcome', in: ['failure'] };
const notFailed: Condition = { column: 'outcome', in: ['unknown', 'success'] };
const removable: Condition = { column: 'removable', is: true };
const sensitive: Condition = { column: 'sensitivity', atLeast: 2 };
const external: Condition = { column: 'recipients_external', atLeast: 1 };
const web = (...categories: WebCategory[]): Condition => ({ column: 'web_category', in: categories });
const remote: Condition = { column: 'logon_type', oneOf: [3, 8, 9, 10] };

const count = (...where: Filter): Aggregate => ({ kind: 'count', where });
const sum = (
  column: 'bytes_out' | 'bytes_in' | 'attachments' | 'recipients_external',
  ...where: Filter
): Aggregate => ({
  kind: 'sum',
  column,
  where,
});
const touch = (kind: TouchKind, measure: TouchMeasure): Aggregate => ({ kind: 'touch', touch: kind, measure });

type Options = Partial<Pick<Feature, 'direction' | 'minimum' | 'stage' | 'unit' | 'blindSpot'>>;
const MEGABYTE = 1_000_000;

const feature = (
  family: Feature['family'],
  name: string,
  wording: string,
  aggregate: Aggregate,
  options: Options = {},
): Feature => {
  const unit = options.unit ?? (aggregate.kind === 'sum' && aggregate.column.startsWith('bytes') ? 'bytes' : 'count');
  return {
    name,
    family,
    unit,
    aggregate,
    wording,
    direction: options.direction ?? 'high',
    minimum: options.minimum ?? (unit === 'bytes' ? MEGABYTE : 1),
    stage: options.stage ?? 'collection',
    fadesWithTenure: aggregate.kind === 'touch' && aggregate.measure !== 'distinct',
    blindSpot: options.blindSpot ?? 'Sees only what the log sources report.',
  };
};

/** Activities that move data out of where it belongs; their unusual hours count apart. */
export const DATA_MOVES: Filter[] = [
  [ofClass('peripheral')],
  [removable],
  [ofClass('http', 'file_hosting'), doing('upload', 'share')],
  [ofClass('email'), doing('send'), external],
];

export const FEATURES: readonly Feature[] = [
  // Volume: how much of each kind of work.
  feature('volume', 'activities', 'activities in all', count(), { minimum: 50 }),
  feature('volume', 'file_reads', 'file reads', count(ofClass('file_system'), doing('read', 'open')), { minimum: 10 }),
  feature('volume', 'file_writes', 'file changes', count(ofClass('file_system'), doing('create', 'update', 'rename')), {
    minimum: 10,
  }),
  feature('volume', 'file_deletes', 'file deletions', count(ofClass('file_system'), doing('delete')), {
    minimum: 5,
    stage: 'impact',
  }),
  feature('volume', 'file_copies', 'file copies', count(ofClass('file_system'), doing('copy')), { minimum: 3 }),
  feature('volume', 'datastore_queries', 'database queries', count(ofClass('datastore')), { minimum: 10 }),
  feature('volume', 'datastore_exports', 'database exports', count(ofClass('datastore'), doing('export'))),
  feature('volume', 'mails_sent', 'mails sent', count(ofClass('email'), doing('send')), { minimum: 10 }),
  feature('volume', 'web_requests', 'web requests', count(ofClass('http')), { minimum: 20 }),
  feature('volume', 'network_connections', 'network connections', count(ofClass('network'), notFailed), {
    minimum: 20,
    stage: 'discovery',
  }),

  // Rhythm: against the hours the person is learned to keep.
  feature('rhythm', 'unusual_hour_activities', 'activities at hours the person hardly ever works', {
    kind: 'rhythm',
    measure: 'unusual_hours',
  }),
  feature(
    'rhythm',
    'unusual_hour_moves',
    'removable-media, upload or external-mail activities at hours the person hardly ever works',
    { kind: 'rhythm', measure: 'unusual_hour_moves' },
    { stage: 'exfiltration' },
  ),
  feature(
    'rhythm',
    'off_day_activities',
    'activities on a day off',
    { kind: 'rhythm', measure: 'off_day' },
    { minimum: 3 },
  ),
  feature(
    'rhythm',
    'early_start',
    'hours earlier than the usual start',
    { kind: 'rhythm', measure: 'early' },
    {
      unit: 'hours',
      minimum: 1,
    },
  ),
  feature(
    'rhythm',
    'late_end',
    'hours later than the usual end',
    { kind: 'rhythm', measure: 'late' },
    {
      unit: 'hours',
      minimum: 1,
    },
  ),

  // Novelty: first times, for the person and for everybody.
  feature('novelty', 'new_devices', 'computers never used before', touch('device', 'new'), {
    stage: 'lateral_movement',
  }),
  feature(
    'novelty',
    'rare_devices',
    'computers new to the person that hardly anybody used before',
    touch('device', 'rare'),
    {
      stage: 'lateral_movement',
    },
  ),
  feature('novelty', 'others_devices', "computers that so far were somebody else's", touch('device', 'others'), {
    stage: 'lateral_movement',
  }),
  feature('novelty', 'new_targets', 'hosts never reached before', touch('target', 'new'), { stage: 'discovery' }),
  feature(
    'novelty',
    'rare_targets',
    'hosts new to the person that hardly anybody reached before',
    touch('target', 'rare'),
    {
      stage: 'discovery',
    },
  ),
  feature('novelty', 'new_sources', 'source addresses never seen for the person', touch('source', 'new'), {
    stage: 'initial_access',
  }),
  feature('novelty', 'rare_sources', 'source addresses hardly anybody came from before', touch('source', 'rare'), {
    stage: 'initial_access',
  }),
  feature('novelty', 'new_scopes', 'folders, databases or services never touched before', touch('scope', 'new')),
  feature('novelty', 'rare_scopes', 'new folders or databases that hardly anybody touches', touch('scope', 'rare')),
  feature('novelty', 'new_web_hosts', 'web sites never visited before', touch('web_host', 'new'), { minimum: 3 }),
  feature('novelty', 'rare_web_hosts', 'new web sites that hardly anybody visits', touch('web_host', 'rare')),
  feature('novelty', 'new_programs', 'programs never run before', touch('program', 'new'), { stage: 'execution' }),
  feature('novelty', 'rare_programs', 'new programs that hardly anybody runs', touch('program', 'rare'), {
    stage: 'execution',
  }),
  feature('novelty', 'new_partners', 'accounts never acted for or on before', touch('partner', 'new'), {
    stage: 'credential_access',
  }),

  // Authentication.
  feature('authentication', 'logons', 'logons', count(ofClass('authentication'), doing('logon'), notFailed), {
    minimum: 3,
  }),
  feature('authentication', 'logon_failures', 'failed logons', count(ofClass('authentication'), failed), {
    minimum: 3,
    stage: 'credential_access',
  }),
  feature(
    'authentication',
    'remote_logons',
    'remote logons',
    count(ofClass('authentication'), doing('logon'), remote),
    {
      minimum: 3,
      stage: 'lateral_movement',
    },
  ),
  feature(
    'authentication',
    'explicit_logons',
    "logons with somebody else's or explicit credentials",
    count(ofClass('authentication'), doing('explicit_logon')),
    { stage: 'lateral_movement' },
  ),
  feature(
    'authentication',
    'service_tickets',
    'Kerberos service tickets',
    count(ofClass('authentication'), doing('service_ticket')),
    {
      minimum: 5,
      stage: 'credential_access',
    },
  ),
  feature(
    'authentication',
    'vpn_sessions',
    'VPN sessions',
    count(ofClass('tunnel'), doing('connect', 'open', 'logon')),
    {
      stage: 'initial_access',
    },
  ),

  // Breadth: how many different things.
  feature('breadth', 'distinct_devices', 'different computers', touch('device', 'distinct'), {
    minimum: 2,
    stage: 'lateral_movement',
  }),
  feature('breadth', 'distinct_targets', 'different hosts reached', touch('target', 'distinct'), {
    minimum: 3,
    stage: 'discovery',
  }),
  feature('breadth', 'distinct_scopes', 'different folders, databases or services', touch('scope', 'distinct'), {
    minimum: 5,
    stage: 'discovery',
  }),
  feature('breadth', 'distinct_web_hosts', 'different web sites', touch('web_host', 'distinct'), { minimum: 10 }),
  feature('breadth', 'distinct_programs', 'different programs', touch('program', 'distinct'), {
    minimum: 5,
    stage: 'execution',
  }),
  feature('breadth', 'distinct_partners', 'different accounts acted for or on', touch('partner', 'distinct'), {
    minimum: 2,
    stage: 'credential_access',
  }),

  // Bytes.
  feature('bytes', 'bytes_out', 'sent out in all', sum('bytes_out'), { stage: 'exfiltration', minimum: 10 * MEGABYTE }),
  feature('bytes', 'bytes_in', 'read or received in all', sum('bytes_in'), { minimum: 10 * MEGABYTE }),
  feature(
    'bytes',
    'file_bytes',
    'read from files and databases',
    sum('bytes_in', ofClass('file_system', 'datastore', 'file_hosting')),
    {
      minimum: 5 * MEGABYTE,
    },
  ),

  // Removable media.
  feature(
    'removable',
    'removable_connects',
    'removable devices connected',
    count(ofClass('peripheral'), doing('connect')),
    {
      stage: 'exfiltration',
    },
  ),
  feature(
    'removable',
    'removable_copies',
    'files copied to removable media',
    count(ofClass('file_system'), removable),
    {
      stage: 'exfiltration',
    },
  ),
  feature('removable', 'removable_bytes', 'copied to removable media', sum('bytes_out', removable), {
    stage: 'exfiltration',
  }),
  feature(
    'removable',
    'removable_programs',
    'programs or scripts carried on removable media',
    count(removable, { column: 'file_category', in: ['executable', 'script'] }),
    { stage: 'execution' },
  ),

  // Mail.
  feature('mail', 'mails_external', 'mails to outside', count(ofClass('email'), doing('send'), external), {
    minimum: 3,
    stage: 'exfiltration',
  }),
  feature(
    'mail',
    'mail_external_bytes',
    'mailed to outside',
    sum('bytes_out', ofClass('email'), doing('send'), external),
    {
      stage: 'exfiltration',
      minimum: 100_000,
    },
  ),
  feature(
    'mail',
    'mail_external_attachments',
    'attachments mailed to outside',
    sum('attachments', ofClass('email'), doing('send'), external),
    { stage: 'exfiltration' },
  ),
  feature(
    'mail',
    'mail_recipients_max',
    'recipients of one mail',
    { kind: 'max', column: 'recipients', where: [ofClass('email'), doing('send')] },
    { stage: 'impact', minimum: 10 },
  ),
  feature('mail', 'new_recipients', 'recipients never written to before', touch('recipient', 'new'), { minimum: 3 }),

  // Sensitive data.
  feature('sensitive', 'sensitive_reads', 'accesses to sensitive data', count(sensitive), { minimum: 2 }),
  feature('sensitive', 'sensitive_bytes', 'of sensitive data read', sum('bytes_in', sensitive)),
  feature(
    'sensitive',
    'credential_files',
    'accesses to key, password or credential files',
    count(ofClass('file_system'), { column: 'file_category', in: ['credential'] }),
    { stage: 'credential_access' },
  ),
  feature(
    'sensitive',
    'archives_made',
    'archives written',
    count(ofClass('file_system'), doing('create', 'update', 'copy'), { column: 'file_category', in: ['archive'] }),
  ),
  feature(
    'sensitive',
    'memory_access',
    'accesses to the memory of security processes',
    count(ofClass('memory'), sensitive),
    {
      stage: 'credential_access',
    },
  ),

  // Privilege use and changes to accounts, services and logs.
  feature(
    'privilege',
    'privileged_actions',
    'actions with administrative rights',
    count({ column: 'privileged', is: true }),
    {
      stage: 'privilege_escalation',
      minimum: 3,
    },
  ),
  feature(
    'privilege',
    'account_changes',
    'account or group changes',
    count(ofClass('account_change', 'group_management')),
    {
      stage: 'persistence',
    },
  ),
  feature(
    'privilege',
    'persistence_changes',
    'services or scheduled tasks created or changed',
    count(ofClass('service', 'scheduled_job'), doing('create', 'update', 'enable', 'disable', 'delete')),
    { stage: 'persistence' },
  ),
  feature(
    'privilege',
    'log_tampering',
    'audit logs cleared or stopped',
    count(ofClass('event_log'), doing('clear', 'stop', 'disable')),
    {
      stage: 'defense_evasion',
    },
  ),
  feature('privilege', 'detections', 'alerts of other security products', count(ofClass('detection_finding')), {
    stage: 'execution',
  }),

  // Execution.
  feature('execution', 'processes', 'programs started', count(ofClass('process'), doing('launch')), {
    minimum: 10,
    stage: 'execution',
  }),
  feature('execution', 'scripts', 'script or shell commands', count(ofClass('script')), {
    minimum: 5,
    stage: 'execution',
  }),
  feature('execution', 'injections', 'code injections into other processes', count(doing('inject')), {
    stage: 'defense_evasion',
  }),
  feature(
    'execution',
    'registry_changes',
    'registry changes',
    count(ofClass('registry'), doing('create', 'update', 'delete')),
    {
      minimum: 10,
      stage: 'persistence',
    },
  ),

  // Web.
  feature('web', 'job_search_visits', 'visits to job sites', count(ofClass('http'), web('job_search')), {
    stage: 'intent',
    minimum: 2,
  }),
  feature(
    'web',
    'leak_site_visits',
    'visits to leak or paste sites',
    count(ofClass('http'), web('leak_site', 'paste_site')),
    {
      stage: 'exfiltration',
    },
  ),
  feature(
    'web',
    'attack_tool_visits',
    'visits to sites for attack or surveillance tools',
    count(ofClass('http'), web('hacking_tools', 'surveillance_tools', 'anonymizer')),
    { stage: 'credential_access' },
  ),
  feature('web', 'web_downloads', 'web downloads', count(ofClass('http'), doing('download')), { minimum: 3 }),
  feature('web', 'web_uploads', 'web uploads', count(ofClass('http'), doing('upload')), { stage: 'exfiltration' }),
  feature('web', 'web_upload_bytes', 'uploaded to the web', sum('bytes_out', ofClass('http'), doing('upload')), {
    stage: 'exfiltration',
  }),
  feature('web', 'webmail_visits', 'visits to private webmail', count(ofClass('http'), web('webmail')), { minimum: 3 }),

  // Cloud.
  feature(
    'cloud',
    'cloud_storage_visits',
    'visits to cloud storage',
    count(ofClass('http'), web('cloud_storage', 'file_transfer')),
    {
      stage: 'exfiltration',
      minimum: 2,
    },
  ),
  feature(
    'cloud',
    'cloud_storage_bytes',
    'sent to cloud storage or file-transfer sites',
    sum('bytes_out', web('cloud_storage', 'file_transfer')),
    { stage: 'exfiltration' },
  ),
  feature(
    'cloud',
    'cloud_downloads',
    'downloads from company cloud services',
    count(ofClass('file_hosting'), doing('download', 'export')),
    {
      minimum: 3,
    },
  ),
  feature(
    'cloud',
    'cloud_shares',
    'files shared or uploaded in cloud services',
    count(ofClass('file_hosting'), doing('share', 'upload')),
    {
      stage: 'exfiltration',
    },
  ),
  feature('cloud', 'api_calls', 'cloud API calls', count(ofClass('api')), { minimum: 10, stage: 'discovery' }),
];

export const FEATURE_INDEX: ReadonlyMap<string, number> = new Map(FEATURES.map((item, index) => [item.name, index]));
