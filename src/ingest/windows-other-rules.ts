import type { Activity } from '../domain/activity.ts';
import { accountName, plainAddress } from './field-reader.ts';
import { parseSqlAudit, parseSqlLogin } from './sql-audit.ts';
import { parseUnixMessage } from './unix-message.ts';
import { MAX_MESSAGE_CHARS, pick, type WindowsEvent } from './windows-event.ts';
import { type WindowsRules, windowsRules } from './windows-rule.ts';

const labels = new Map<string, RegExp>();

/** Value of `Label = text` or `Label=text`, at the start of a line and up to its end. */
function labelled(text: string, label: string): string {
  let pattern = labels.get(label);
  if (!pattern) {
    pattern = new RegExp(`(?:^|\\n)[ \\t]*${label}[ \\t]*=([^\\r\\n]{0,8192})`);
    labels.set(label, pattern);
  }
  return pattern.exec(text)?.[1]?.trim() ?? '';
}

/** PowerShell's own note of who runs the pipeline is nearer the truth than the account the log service noted. */
function powershellContext(activity: Activity, event: WindowsEvent): void {
  const context = pick(event.data, 'ContextInfo');
  const user = labelled(context, 'User');
  if (user.includes('\\')) activity.account = user;
  activity.process = imageOf(labelled(context, 'Host Application'));
  activity.resource =
    labelled(context, 'Command Name') || /CommandInvocation\(([^)]{1,200})\)/.exec(activity.command)?.[1] || '';
}

/** Windows PowerShell (classic): everything is text, in the message or in unnamed data. */
function classicPowershell(activity: Activity, event: WindowsEvent): void {
  const text = event.message === '' ? unnamedData(event) : event.message;
  const user = labelled(text, 'UserId');
  if (user !== '') activity.account = user;
  const host = labelled(text, 'HostApplication');
  activity.process = imageOf(host);
  const line = labelled(text, 'CommandLine') || /command line: ([^\n]{1,8192})/.exec(text)?.[1]?.trim() || '';
  // An engine that starts tells how it was started, a pipeline what it ran.
  activity.command = line || (event.eventId === 800 ? '' : host);
  activity.resource = labelled(text, 'CommandName');
}

/** Image path at the head of a command line. */
const imageOf = (commandLine: string): string =>
  /^"?([^"]{1,400}?\.exe)(?=["\s]|$)/i.exec(commandLine)?.[1] ?? commandLine.slice(0, 400).split(' ', 1)[0] ?? '';

const unnamedData = (event: WindowsEvent): string =>
  pick(event.data, 'Data0', 'Data', 'param1')
    .slice(0, MAX_MESSAGE_CHARS)
    .replaceAll(/<\/?string>/g, '\n');

const POWERSHELL: WindowsRules = windowsRules(
  [4103, { class: 'script', activity: 'execute', actor: 'logged', command: ['Payload'], adjust: powershellContext }],
  [4104, { class: 'script', activity: 'execute', actor: 'logged', command: ['ScriptBlockText'], resource: ['Path'] }],
  [[4105, 4106], { class: 'script', activity: 'execute', actor: 'logged' }],
  [[40961, 40962, 53504, 8193, 8194, 8195, 8196, 8197, 24577], { class: 'script', activity: 'launch', actor: 'logged' }],
); // biome-ignore format: a table

const CLASSIC_POWERSHELL: WindowsRules = windowsRules(
  [800, { class: 'script', activity: 'execute', actor: 'logged', adjust: classicPowershell }],
  [[400, 600], { class: 'script', activity: 'launch', actor: 'logged', adjust: classicPowershell }],
  [403, { class: 'script', activity: 'terminate', actor: 'logged', adjust: classicPowershell }],
);

function wmi(activity: Activity, event: WindowsEvent): void {
  const { data, message } = event;
  const user = pick(data, 'User') || /\bUser = ([^;]{1,256});/.exec(message)?.[1]?.trim() || '';
  if (user !== '') activity.account = user;
  activity.command =
    pick(data, 'Operation', 'Query', 'PossibleCause') ||
    /Operation = ([^;]{1,2048});/.exec(message)?.[1] ||
    activity.command;
  if (activity.resource === '') activity.resource = /^(\S{1,200}) provider started/.exec(message)?.[1] ?? '';
  activity.source = pick(data, 'ClientMachine') || /ClientMachine = ([^;]{1,256});/.exec(message)?.[1] || '';
}

const WMI: WindowsRules = windowsRules(
  [5857, { class: 'module', activity: 'load', actor: 'logged', resource: ['ProviderPath', 'ProviderName'], adjust: wmi }],
  [5858, { class: 'api', activity: 'query', actor: 'logged', outcome: 'failure', adjust: wmi }],
  [[5859, 5860, 5861], { class: 'scheduled_job', activity: 'create', actor: 'logged', privileged: true, resource: ['ESS', 'NotificationQuery'], adjust: wmi }],
); // biome-ignore format: a table

function task(activity: Activity, event: WindowsEvent): void {
  const user = pick(event.data, 'UserContext', 'UserName') || /User "([^"]{1,256})"/.exec(event.message)?.[1] || '';
  if (user !== '') activity.account = user;
  activity.resource = pick(event.data, 'TaskName') || /task "([^"]{1,512})"/i.exec(event.message)?.[1] || '';
}

const TASKS: WindowsRules = windowsRules(
  [106, { class: 'scheduled_job', activity: 'create', actor: 'none', adjust: task }],
  [140, { class: 'scheduled_job', activity: 'update', actor: 'none', adjust: task }],
  [141, { class: 'scheduled_job', activity: 'delete', actor: 'none', adjust: task }],
  [142, { class: 'scheduled_job', activity: 'disable', actor: 'none', adjust: task }],
  [[100, 107, 108, 110, 119, 129, 200], { class: 'scheduled_job', activity: 'launch', actor: 'none', command: ['ActionName', 'Path'], adjust: task }],
  [[102, 111, 201], { class: 'scheduled_job', activity: 'terminate', actor: 'none', command: ['ActionName'], adjust: task }],
  [[101, 103, 202, 203], { class: 'scheduled_job', activity: 'launch', actor: 'none', outcome: 'failure', command: ['ActionName'], adjust: task }],
); // biome-ignore format: a table

function remoteDesktop(activity: Activity, event: WindowsEvent): void {
  const { data, message } = event;
  const user = pick(data, 'User', 'Param1') || /User: ([^\r\n]{1,256})/.exec(message)?.[1]?.trim() || '';
  if (user !== '')
    activity.account = accountName(
      user,
      pick(data, 'Param2') || /Domain: ([^\r\n]{1,256})/.exec(message)?.[1]?.trim() || '',
    );
  activity.source = pick(data, 'Address', 'Param3') || /Source Network Address: (\S{1,64})/.exec(message)?.[1] || '';
}

const REMOTE_DESKTOP: WindowsRules = windowsRules(
  [
    [21, 1149],
    { class: 'authentication', activity: 'logon', actor: 'none', outcome: 'success', adjust: remoteDesktop },
  ],
  [23, { class: 'authentication', activity: 'logoff', actor: 'none', adjust: remoteDesktop }],
  [[22, 25], { class: 'authentication', activity: 'connect', actor: 'none', adjust: remoteDesktop }],
  [[24, 39, 40], { class: 'authentication', activity: 'disconnect', actor: 'none', adjust: remoteDesktop }],
  [261, { class: 'network', activity: 'listen', actor: 'none' }],
);

const SERVICES: WindowsRules = windowsRules(
  [7045, { class: 'service', activity: 'create', actor: 'logged', outcome: 'success', privileged: true, resource: ['ServiceName'], command: ['ImagePath'] }],
  [7040, { class: 'service', activity: 'update', actor: 'logged', privileged: true, resource: ['param4', 'param1'], command: ['param3'] }],
  [[7034, 7031, 7024], { class: 'service', activity: 'terminate', actor: 'logged', outcome: 'failure', resource: ['param1'] }],
  [[7000, 7022, 7023, 7030], { class: 'service', activity: 'launch', actor: 'logged', outcome: 'failure', resource: ['param1'] }],
  [[7009, 7011], { class: 'service', activity: 'launch', actor: 'logged', outcome: 'failure', resource: ['param2'] }],
  [7035, { class: 'service', activity: 'launch', actor: 'logged', resource: ['param1'] }],
  [7036, { class: 'service', activity: 'launch', actor: 'logged', resource: ['param1'], adjust: (activity, event) => {
    if (/stopped/i.test(pick(event.data, 'param2'))) activity.activity = 'stop';
  } }],
  [104, { class: 'event_log', activity: 'clear', actor: 'subject', privileged: true, outcome: 'success', resource: ['Channel'] }],
  [[6005, 6006, 1074], { class: 'kernel', activity: 'update', actor: 'logged' }],
  [20001, { class: 'peripheral', activity: 'connect', actor: 'logged', resource: ['DriverName', 'DeviceInstanceID'] }],
); // biome-ignore format: a table

const DEFENDER: WindowsRules = windowsRules(
  [[1006, 1015, 1116, 1119, 1121, 1122, 1123, 1125, 1126], { class: 'detection_finding', activity: 'alert', actor: 'none', resource: ['Path', 'Threat Name', 'ThreatName'], process: ['Process Name'] }],
  [[1007, 1008, 1117, 1118], { class: 'detection_finding', activity: 'alert', actor: 'none', resource: ['Path', 'Threat Name', 'ThreatName'], process: ['Process Name'] }],
  [[5001, 5010, 5012, 5101], { class: 'service', activity: 'disable', actor: 'logged', privileged: true }],
  [[5004, 5007, 5013], { class: 'service', activity: 'update', actor: 'logged', privileged: true, resource: ['New Value', 'NewValue'] }],
); // biome-ignore format: a table

/** ESENT notes database files it creates, copies, attaches: `ntds.dit` outside its place is the domain's password store. */
function esent(activity: Activity, event: WindowsEvent): void {
  const path =
    /(?:[A-Za-z]:|\\\\)\\?[^<>\n]{1,500}\.(?:dit|edb|mdb)/i.exec(unnamedData(event) || event.message)?.[0] ?? '';
  activity.resource = path;
  if (/ntds\.dit$/i.test(path)) activity.sensitivity = 3;
}

const APPLICATION: WindowsRules = windowsRules(
  [33205, { class: 'datastore', activity: 'query', actor: 'none', adjust: (activity, event) => parseSqlAudit(activity, unnamedData(event) || event.message) }],
  [[18453, 18454, 18455], { class: 'authentication', activity: 'logon', actor: 'none', outcome: 'success', adjust: (activity, event) => parseSqlLogin(activity, unnamedData(event) || event.message) }],
  [[18452, 18456, 18470, 18486], { class: 'authentication', activity: 'logon', actor: 'none', outcome: 'failure', adjust: (activity, event) => parseSqlLogin(activity, unnamedData(event) || event.message) }],
  [[216, 325], { class: 'file_system', activity: 'create', actor: 'none', adjust: esent }],
  [[326, 327], { class: 'file_system', activity: 'open', actor: 'none', adjust: esent }],
  [[1033, 1034, 11707, 11724], { class: 'process', activity: 'launch', actor: 'logged', command: ['Data0', 'param1'] }],
); // biome-ignore format: a table

const PRINT: WindowsRules = windowsRules([
  307,
  { class: 'peripheral', activity: 'export', actor: 'none', adjust: (activity, event) => {
    activity.account = pick(event.data, 'Param3', 'User');
    activity.resource = pick(event.data, 'Param2', 'DocumentName');
    activity.source = plainAddress(pick(event.data, 'Param4').replace(/^\\\\/, ''));
    activity.target = pick(event.data, 'Param5', 'PrinterName');
    activity.bytesOut = Number(pick(event.data, 'Param7')) || 0;
  } },
]); // biome-ignore format: a table

const FIREWALL: WindowsRules = windowsRules([
  [2002, 2003, 2004, 2005, 2006, 2033, 2052, 2071, 2097],
  { class: 'network', activity: 'update', actor: 'logged', privileged: true, resource: ['RuleName', 'RuleId'] },
]);

const BITS: WindowsRules = windowsRules([
  [3, 16403, 59, 60, 61],
  { class: 'http', activity: 'download', actor: 'logged', resource: ['url', 'RemoteName', 'jobTitle', 'name'] },
]);

const OPENSSH: WindowsRules = windowsRules([
  4,
  { class: 'base_event', activity: 'other', actor: 'none', process: ['process'], adjust: (activity, event) => parseUnixMessage(activity, 'sshd', pick(event.data, 'payload')) },
]); // biome-ignore format: a table

/** Rules of the channels other than Security and Sysmon, by the end of the channel's lower-case name. */
const BY_CHANNEL: readonly (readonly [channel: RegExp, rules: WindowsRules])[] = [
  [/^microsoft-windows-powershell\/|^powershellcore\//, POWERSHELL],
  [/^windows powershell$/, CLASSIC_POWERSHELL],
  [/wmi-activity/, WMI],
  [/taskscheduler/, TASKS],
  [/terminalservices/, REMOTE_DESKTOP],
  [/windows defender/, DEFENDER],
  [/openssh/, OPENSSH],
  [/printservice/, PRINT],
  [/windows firewall/, FIREWALL],
  [/bits-client/, BITS],
  [/^system$/, SERVICES],
  [/^application$/, APPLICATION],
];

export const otherRules = (channel: string): WindowsRules | undefined =>
  BY_CHANNEL.find(([pattern]) => pattern.test(channel))?.[1];
