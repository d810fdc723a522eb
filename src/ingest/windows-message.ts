import { pick, type WindowsEvent } from './windows-event.ts';

/**
 * The rendered text of a Security event, where that is all a shipper passes on: sections (`Subject:`, `New Logon:`) of
 * labelled values, on lines of their own or flattened into one. English texts only.
 */
const SECTIONS: Readonly<Record<string, string>> = {
  Subject: 'Subject',
  'Creator Subject': 'Subject',
  'New Logon': 'Target',
  'Target Subject': 'Target',
  'Account For Which Logon Failed': 'Target',
  'Account Whose Credentials Were Used': 'Target',
  'Account Information': 'Target',
  'Target Account': 'Target',
  'New Account': 'Target',
  'Account That Was Locked Out': 'Target',
  Member: 'Member',
  Group: 'Target',
};

/** Labels with the same field name in every section. */
const PLAIN: Readonly<Record<string, string>> = {
  'Logon Type': 'LogonType',
  'Source Network Address': 'IpAddress',
  'Client Address': 'IpAddress',
  'Source Address': 'SourceAddress',
  'Destination Address': 'DestAddress',
  'Destination Port': 'DestPort',
  'Workstation Name': 'WorkstationName',
  'Source Workstation': 'Workstation',
  'Target Server Name': 'TargetServerName',
  'New Process Name': 'NewProcessName',
  'Process Command Line': 'CommandLine',
  'Process Name': 'ProcessName',
  'Creator Process Name': 'ParentProcessName',
  'Token Elevation Type': 'TokenElevationType',
  'Mandatory Label': 'MandatoryLabel',
  'Object Name': 'ObjectName',
  'Object Type': 'ObjectType',
  'Object Server': 'ObjectServer',
  'Access Mask': 'AccessMask',
  'Share Name': 'ShareName',
  'Relative Target Name': 'RelativeTargetName',
  'Service Name': 'ServiceName',
  'Service File Name': 'ServiceFileName',
  'Task Name': 'TaskName',
  'Failure Code': 'Status',
  'Result Code': 'Status',
  'Error Code': 'Status',
  'Logon Account': 'TargetUserName',
  Privileges: 'PrivilegeList',
};
const IN_SECTION: Readonly<Record<string, string>> = {
  'Security ID': 'Sid',
  'Account Name': 'UserName',
  'Account Domain': 'DomainName',
  'Domain Name': 'DomainName',
  'Group Name': 'UserName',
  'Group Domain': 'DomainName',
};

const NAMES = [...Object.keys(SECTIONS), ...Object.keys(PLAIN), ...Object.keys(IN_SECTION), 'Logon ID', 'Logon GUID', 'Process ID', 'Handle ID', 'Source Port', 'Linked Logon ID', 'Process Information', 'Network Information', 'Failure Information', 'Failure Reason', 'Sub Status', 'Detailed Authentication Information', 'Authentication Package', 'Logon Process', 'Additional Information', 'Ticket Options', 'Object', 'Service ID', 'Accesses', 'Protocol', 'Filter Information', 'Application Name', 'New Process ID', 'Creator Process ID', 'Impersonation Level', 'Restricted Admin Mode', 'Virtual Account', 'Elevated Token', 'Logon Information', 'Network Account Name', 'Network Account Domain', 'Service Information', 'Client Port', 'Ticket Encryption Type', 'This event is generated', 'Group Membership', 'Logon GUID', 'Status', 'Transited Services', 'Share Information', 'Share Path', 'Access Request Information', 'Attributes', 'Changed Attributes', 'Task Information', 'Task Content']; // biome-ignore format: a list
const LABEL = new RegExp(`(?<![\\w])(${NAMES.sort((a, b) => b.length - a.length).join('|')}):?(?=\\s|:)`, 'g');

const MAX_LENGTH = 16_384;

/** Adds to the event's data what its message says and its fields do not. */
export function fillFromMessage(event: WindowsEvent): void {
  const { data, message } = event;
  if (
    message === '' ||
    pick(data, 'SubjectUserName', 'SubjectUserSid', 'TargetUserName', 'AccountName', 'Application') !== ''
  )
    return;
  const text = message.length > MAX_LENGTH ? message.slice(0, MAX_LENGTH) : message;
  let section = 'Subject';
  let field = '';
  let valueStart = 0;
  const finish = (end: number): void => {
    if (field === '') return;
    const value = text.slice(valueStart, end).trim();
    if (value !== '' && value !== '-' && data[field] === undefined) data[field] = value;
    field = '';
  };
  for (const match of text.matchAll(LABEL)) {
    const label = match[1]!;
    // Only labels followed by a colon count; the words also occur in running text.
    if (text.charCodeAt(match.index + label.length) !== 58) continue;
    finish(match.index);
    const named = SECTIONS[label];
    if (named !== undefined && label !== 'Member' && label !== 'Group') section = named;
    else if (named !== undefined) section = named;
    const inSection = IN_SECTION[label];
    if (inSection !== undefined) {
      field = section === 'Member' && inSection === 'UserName' ? 'MemberName' : sectionField(section, inSection);
    } else field = PLAIN[label] ?? '';
    valueStart = match.index + label.length + 1;
  }
  finish(text.length);
}

/** `SubjectUserSid`, but `TargetUserSid` and `MemberSid`. */
function sectionField(section: string, name: string): string {
  if (name !== 'Sid') return section + name;
  return section === 'Member' ? 'MemberSid' : `${section}UserSid`;
}
