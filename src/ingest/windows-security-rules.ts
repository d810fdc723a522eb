import type { Activity } from '../domain/activity.ts';
import { accountName, countOf, plainAddress } from './field-reader.ts';
import { pick, type WindowsEvent } from './windows-event.ts';
import { accessOf, classifyDirectoryAccess, classifyObject } from './windows-objects.ts';
import { windowsRules } from './windows-rule.ts';

const ADDRESS = ['IpAddress', 'ClientAddress', 'SourceNetworkAddress', 'WorkstationName', 'Workstation'] as const;
const OBJECT = ['ObjectName', 'ObjectDN'] as const;
const PROCESS = ['ProcessName', 'CallerProcessName', 'Application'] as const;

/** Logon type 5: the service control manager starts a service under the account; the machine acts, not the person. */
const SERVICE_LOGON = 5;

function logon(activity: Activity, event: WindowsEvent): void {
  const { data } = event;
  const subject = accountName(pick(data, 'SubjectUserName'), pick(data, 'SubjectDomainName'));
  activity.privileged = pick(data, 'ElevatedToken') === '%%1842' && activity.logonType !== 3;
  if (activity.logonType === SERVICE_LOGON && subject !== '') {
    activity.targetAccount = activity.account;
    activity.account = subject;
    activity.accountSid = pick(data, 'SubjectUserSid');
  }
  const outbound = pick(data, 'TargetOutboundUserName');
  if (outbound !== '') activity.targetAccount = accountName(outbound, pick(data, 'TargetOutboundDomainName'));
}

/** An elevated token, or a high or system integrity label: the process runs with administrative rights. */
function processCreated(activity: Activity, event: WindowsEvent): void {
  const label = pick(event.data, 'MandatoryLabel');
  activity.privileged =
    pick(event.data, 'TokenElevationType') === '%%1937' || label === 'S-1-16-12288' || label === 'S-1-16-16384';
}

function shareFile(activity: Activity, event: WindowsEvent): void {
  const name = pick(event.data, 'RelativeTargetName');
  const share = pick(event.data, 'ShareName');
  activity.resource = name === '' || name === '\\' ? share : `${share}\\${name}`;
  activity.activity = name === '' || name === '\\' ? 'open' : accessOf(event, 'read');
}

/** A membership change: the member, and the group as what was acted on. */
function member(activity: Activity, event: WindowsEvent): void {
  const { data } = event;
  activity.targetAccount = commonName(pick(data, 'MemberName')) || pick(data, 'MemberSid');
  activity.resource = accountName(pick(data, 'TargetUserName'), pick(data, 'TargetDomainName'));
  if (ADMIN_GROUP.test(pick(data, 'TargetSid')) || ADMIN_GROUP_NAME.test(pick(data, 'TargetUserName'))) {
    activity.sensitivity = 3;
  }
}
const ADMIN_GROUP = /^S-1-5-32-(?:544|548|549|551)$|^S-1-5-21-.*-(?:512|518|519|520|526|527)$/;
const ADMIN_GROUP_NAME = /admin|backup operators|account operators|server operators/i;

/** Account name out of a distinguished name. */
const commonName = (name: string): string =>
  /^CN=((?:[^,\\]|\\.){1,200})/i.exec(name)?.[1]?.replace(/\\(.)/g, '$1') ?? name;

/** `%%14593` outbound, `%%14592` inbound; the source is where the connection comes from either way. */
function connection(activity: Activity, event: WindowsEvent): void {
  const { data } = event;
  const port = pick(data, 'DestPort');
  activity.resource = port === '' ? '' : `${pick(data, 'Protocol')}/${port}`;
  if (pick(data, 'Direction') === '%%14592') activity.activity = 'listen';
}

function groupQuery(activity: Activity, event: WindowsEvent): void {
  activity.resource = accountName(pick(event.data, 'TargetUserName'), pick(event.data, 'TargetDomainName'));
  activity.targetAccount = '';
}

/** Security channel. Unlisted ids become `base_event` with their actor and device. */
// biome-ignore format: a table, one rule a line
export const SECURITY_RULES = windowsRules(
  // Logons, tickets, sessions
  [4624, { class: 'authentication', activity: 'logon', actor: 'target', outcome: 'success', source: ADDRESS, process: PROCESS, adjust: logon }],
  [4625, { class: 'authentication', activity: 'logon', actor: 'target', outcome: 'failure', source: ADDRESS, process: PROCESS }],
  [[4634, 4647], { class: 'authentication', activity: 'logoff', actor: 'target', outcome: 'success' }],
  [4648, { class: 'authentication', activity: 'explicit_logon', hasTarget: true, source: ADDRESS, target: ['TargetServerName'], resource: ['TargetInfo'], process: PROCESS }],
  [4649, { class: 'authentication', activity: 'service_ticket', outcome: 'failure' }],
  [[4768, 4772], { class: 'authentication', activity: 'authentication_ticket', actor: 'target', outcome: 'status', source: ADDRESS, resource: ['ServiceName'] }],
  [[4769, 4770, 4773], { class: 'authentication', activity: 'service_ticket', actor: 'target', outcome: 'status', source: ADDRESS, resource: ['ServiceName'] }],
  [4771, { class: 'authentication', activity: 'authentication_ticket', actor: 'target', outcome: 'failure', source: ADDRESS, resource: ['ServiceName'] }],
  [[4774, 4775, 4776, 4777], { class: 'authentication', activity: 'logon', actor: 'target', outcome: 'status', source: ADDRESS }],
  [4778, { class: 'authentication', activity: 'connect', actor: 'account', source: ['ClientAddress', 'ClientName'], resource: ['SessionName'] }],
  [4779, { class: 'authentication', activity: 'disconnect', actor: 'account', source: ['ClientAddress', 'ClientName'], resource: ['SessionName'] }],
  [[4800, 4802], { class: 'authentication', activity: 'lock', actor: 'target' }],
  [[4801, 4803], { class: 'authentication', activity: 'unlock', actor: 'target' }],
  [4825, { class: 'authentication', activity: 'logon', actor: 'account', outcome: 'failure', source: ['ClientAddress'] }],
  [[4610, 4611, 4614, 4622], { class: 'authentication', activity: 'load', resource: ['LogonProcessName', 'AuthenticationPackageName', 'SecurityPackageName'], privileged: true }],
  [[4626, 4627], { class: 'authorize_session', activity: 'other', actor: 'target' }],
  [[4672, 4964], { class: 'authorize_session', activity: 'assign_privileges', privileged: true, resource: ['PrivilegeList', 'SidList'] }],
  [[4673, 4674], { class: 'authorize_session', activity: 'privilege_use', privileged: true, resource: ['ObjectName', 'Service', 'PrivilegeList'], process: PROCESS }],
  [[4696, 4703], { class: 'authorize_session', activity: 'assign_privileges', hasTarget: true, resource: ['EnabledPrivilegeList'], process: PROCESS }],
  [[4675, 4868, 4870, 4886, 4887, 4888], { class: 'authentication', activity: 'other', resource: ['Requester', 'Attributes'] }],
  [[6272, 6278], { class: 'authentication', activity: 'logon', outcome: 'success', source: ['ClientIPAddress', 'CallingStationID'] }],
  [[6273, 6274, 6276], { class: 'authentication', activity: 'logon', outcome: 'failure', source: ['ClientIPAddress', 'CallingStationID'] }],
  // Processes, services, jobs
  [4688, { class: 'process', activity: 'launch', outcome: 'success', hasTarget: true, process: ['NewProcessName'], command: ['CommandLine'], resource: ['ParentProcessName'], adjust: processCreated }],
  [4689, { class: 'process', activity: 'terminate', outcome: 'success', process: PROCESS }],
  [4697, { class: 'service', activity: 'create', privileged: true, resource: ['ServiceName'], command: ['ServiceFileName'] }],
  [4698, { class: 'scheduled_job', activity: 'create', resource: ['TaskName'], command: ['TaskContent'], adjust: taskAction }],
  [4699, { class: 'scheduled_job', activity: 'delete', resource: ['TaskName'] }],
  [4700, { class: 'scheduled_job', activity: 'enable', resource: ['TaskName'] }],
  [4701, { class: 'scheduled_job', activity: 'disable', resource: ['TaskName'] }],
  [4702, { class: 'scheduled_job', activity: 'update', resource: ['TaskName'], command: ['TaskContentNew', 'TaskContent'], adjust: taskAction }],
  // Objects
  [4656, { class: 'kernel', activity: 'open', resource: OBJECT, process: PROCESS, adjust: classifyObject }],
  [4661, { class: 'datastore', activity: 'open', resource: OBJECT, process: PROCESS, sensitivity: 2 }],
  [4658, { class: 'kernel', activity: 'close', resource: OBJECT, process: PROCESS, adjust: classifyObject }],
  [4690, { class: 'kernel', activity: 'copy', outcome: 'success', process: PROCESS }],
  [4663, { class: 'kernel', activity: 'read', resource: OBJECT, process: PROCESS, adjust: (activity, event) => {
    classifyObject(activity, event);
    activity.activity = activity.class === 'memory' || activity.class === 'process' ? 'open' : accessOf(event, 'read', activity.class === 'registry' ? 0x6 : 0x156);
  } }],
  [4659, { class: 'kernel', activity: 'delete', resource: OBJECT, process: PROCESS, adjust: classifyObject }],
  [4660, { class: 'kernel', activity: 'delete', resource: OBJECT, process: PROCESS, adjust: classifyObject }],
  [4664, { class: 'file_system', activity: 'create', resource: ['FileName', 'LinkName'] }],
  [4670, { class: 'kernel', activity: 'attach_policy', resource: OBJECT, process: PROCESS, adjust: classifyObject }],
  [4657, { class: 'registry', activity: 'update', resource: OBJECT, process: PROCESS, command: ['NewValue'] }],
  [4662, { class: 'datastore', activity: 'read', resource: OBJECT, adjust: classifyDirectoryAccess }],
  [4985, { class: 'file_system', activity: 'other', process: PROCESS }],
  [5136, { class: 'datastore', activity: 'update', privileged: true, resource: OBJECT, command: ['AttributeLDAPDisplayName'] }],
  [[5137, 5138], { class: 'datastore', activity: 'create', privileged: true, resource: OBJECT }],
  [5139, { class: 'datastore', activity: 'rename', privileged: true, resource: ['NewObjectDN', 'OldObjectDN'] }],
  [5141, { class: 'datastore', activity: 'delete', privileged: true, resource: OBJECT }],
  [[5376, 5377], { class: 'datastore', activity: 'export', sensitivity: 3, resource: ['BackupFileName'] }],
  [[5379, 5381, 5382], { class: 'datastore', activity: 'read', sensitivity: 2, resource: ['TargetName', 'Resource', 'SchemaFriendlyName'] }],
  [[5058, 5059], { class: 'file_system', activity: 'open', resource: ['KeyFilePath', 'KeyName'] }],
  [5061, { class: 'kernel', activity: 'open', outcome: 'status', resource: ['KeyName'] }],
  // Shares
  [5140, { class: 'file_system', activity: 'open', source: ADDRESS, resource: ['ShareName'] }],
  [5145, { class: 'file_system', activity: 'read', source: ADDRESS, resource: ['ShareName'], adjust: shareFile }],
  [5142, { class: 'file_system', activity: 'share', privileged: true, resource: ['ShareName'] }],
  [5143, { class: 'file_system', activity: 'update', privileged: true, resource: ['ShareName'] }],
  [5144, { class: 'file_system', activity: 'delete', privileged: true, resource: ['ShareName'] }],
  [5168, { class: 'file_system', activity: 'open', outcome: 'failure', source: ADDRESS, resource: ['SpnName'] }],
  // Network
  [5156, { class: 'network', activity: 'connect', actor: 'none', outcome: 'success', source: ['SourceAddress'], target: ['DestAddress'], process: PROCESS, adjust: connection }],
  [[5152, 5153, 5155, 5157], { class: 'network', activity: 'connect', actor: 'none', outcome: 'failure', source: ['SourceAddress'], target: ['DestAddress'], process: PROCESS, adjust: connection }],
  [[5150, 5151, 5154, 5158, 5159], { class: 'network', activity: 'listen', actor: 'none', source: ['SourceAddress'], resource: ['SourcePort'], process: PROCESS }],
  [[4946, 4947, 4948, 4950, 4951, 4952, 4953, 4954, 4956, 4957, 4958, 5025, 5440, 5441, 5442, 5444, 5446, 5447, 5448, 5449, 5450], { class: 'network', activity: 'update', resource: ['RuleName', 'FilterName', 'ProviderContextName', 'SubLayerName'] }],
  // Accounts and groups
  [[4720, 4741], { class: 'account_change', activity: 'create', hasTarget: true, privileged: true }],
  [4722, { class: 'account_change', activity: 'enable', hasTarget: true, privileged: true }],
  [4723, { class: 'account_change', activity: 'password_change', hasTarget: true }],
  [[4724, 4794], { class: 'account_change', activity: 'password_reset', hasTarget: true, privileged: true, outcome: 'status' }],
  [4725, { class: 'account_change', activity: 'disable', hasTarget: true, privileged: true }],
  [[4726, 4743], { class: 'account_change', activity: 'delete', hasTarget: true, privileged: true }],
  [[4738, 4742], { class: 'account_change', activity: 'update', hasTarget: true, privileged: true }],
  [[4765, 4766], { class: 'account_change', activity: 'attach_policy', hasTarget: true, privileged: true, sensitivity: 3 }],
  [4740, { class: 'account_change', activity: 'lock', hasTarget: true, source: ['TargetDomainName'] }],
  [4767, { class: 'account_change', activity: 'unlock', hasTarget: true, privileged: true }],
  [4780, { class: 'account_change', activity: 'attach_policy', hasTarget: true, privileged: true }],
  [4781, { class: 'account_change', activity: 'rename', privileged: true, resource: ['NewTargetUserName'], adjust: (activity, event) => {
    activity.targetAccount = accountName(pick(event.data, 'OldTargetUserName'), pick(event.data, 'TargetDomainName'));
  } }],
  [[4782, 4793], { class: 'account_change', activity: 'read', hasTarget: true, privileged: true, sensitivity: 3 }],
  [4798, { class: 'account_change', activity: 'query', hasTarget: true, process: PROCESS }],
  [4799, { class: 'group_management', activity: 'query', process: PROCESS, adjust: groupQuery }],
  [[4728, 4732, 4746, 4751, 4756, 4761, 4785, 4787], { class: 'group_management', activity: 'add_member', privileged: true, adjust: member }],
  [[4729, 4733, 4747, 4752, 4757, 4762, 4786, 4788], { class: 'group_management', activity: 'remove_member', privileged: true, adjust: member }],
  [[4727, 4731, 4744, 4749, 4754, 4759, 4783, 4790], { class: 'group_management', activity: 'create', privileged: true, adjust: groupQuery }],
  [[4730, 4734, 4748, 4753, 4758, 4763, 4789, 4792], { class: 'group_management', activity: 'delete', privileged: true, adjust: groupQuery }],
  [[4735, 4737, 4745, 4750, 4755, 4760, 4764, 4784, 4791], { class: 'group_management', activity: 'update', privileged: true, adjust: groupQuery }],
  [[4704, 4717], { class: 'user_access', activity: 'assign_privileges', hasTarget: true, privileged: true, resource: ['PrivilegeList', 'AccessGranted'], adjust: rightsTarget }],
  [[4705, 4718], { class: 'user_access', activity: 'delete', hasTarget: true, privileged: true, resource: ['PrivilegeList', 'AccessRemoved'], adjust: rightsTarget }],
  [[4706, 4707, 4713, 4716, 4739, 4865, 4866, 4867], { class: 'account_change', activity: 'attach_policy', privileged: true, resource: ['DomainName', 'DomainPolicyChanged', 'ForestRoot'] }],
  // Audit and system
  [[1102, 517], { class: 'event_log', activity: 'clear', privileged: true, outcome: 'success' }],
  [[1100, 1101, 1104, 1108], { class: 'event_log', activity: 'stop' }],
  [[4719, 4817, 4902, 4904, 4905, 4906, 4907, 4908, 4912], { class: 'event_log', activity: 'update', privileged: true, resource: ['SubcategoryGuid', 'ObjectName', 'AuditSourceName'], process: PROCESS }],
  [[4616, 4608, 4609, 4621], { class: 'kernel', activity: 'update', process: PROCESS }],
  [[6416, 6419, 6420, 6421, 6422, 6423, 6424], { class: 'peripheral', activity: 'connect', resource: ['DeviceDescription', 'DeviceId'], adjust: externalDevice }],
);

/** What a task runs, out of its XML definition; the whole definition when it runs no command. */
function taskAction(activity: Activity): void {
  const xml = activity.command.slice(0, 65_536).replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  const command = /<Command>([^<]{1,2048})<\/Command>/.exec(xml)?.[1]?.trim();
  if (command === undefined) return;
  const parameters = /<Arguments>([^<]{1,8192})<\/Arguments>/.exec(xml)?.[1]?.trim() ?? '';
  activity.command = `${command} ${parameters}`.trim();
}

function rightsTarget(activity: Activity, event: WindowsEvent): void {
  if (activity.targetAccount === '') activity.targetAccount = pick(event.data, 'TargetSid');
}

/** Disk, portable (WPD) and USB storage classes take data away; other devices do not. */
function externalDevice(activity: Activity, event: WindowsEvent): void {
  const kind = `${pick(event.data, 'ClassName')} ${pick(event.data, 'DeviceId')}`;
  activity.removable = /diskdrive|wpd|usbstor|cdrom|volume|sdhost/i.test(kind);
}

/** Fields every Security rule may carry beside its own. */
export function fillSecurityFields(activity: Activity, event: WindowsEvent): void {
  activity.logonType = Math.min(countOf(pick(event.data, 'LogonType')), 255);
  activity.source = plainAddress(activity.source);
}
