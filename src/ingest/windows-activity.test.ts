import { describe, expect, it } from 'vitest';
import { activityOf, TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import type { Activity } from '../domain/activity.ts';
import { parseSyslogLine } from './index.ts';

const parse = (record: unknown): Activity => activityOf(parseSyslogLine(JSON.stringify(record), TEST_OPTIONS));
const security = (EventID: number, data: Record<string, unknown>) =>
  parse({
    EventID,
    Channel: 'Security',
    Hostname: 'WS1',
    '@timestamp': '2026-01-05T10:00:00Z',
    RecordNumber: 7,
    ...data,
  });
const sysmon = (EventID: number, data: Record<string, unknown>) =>
  parse({
    EventID,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Hostname: 'WS1',
    '@timestamp': '2026-01-05T10:00:00Z',
    ...data,
  });
const SUBJECT = { SubjectUserName: 'alice', SubjectDomainName: 'CORP', SubjectUserSid: 'S-1-5-21-1-2-3-1104' };

describe('layouts of Windows events', () => {
  const data = {
    TargetUserName: 'alice',
    TargetDomainName: 'CORP',
    TargetUserSid: 'S-1-5-21-1',
    LogonType: '10',
    IpAddress: '::ffff:10.0.0.7',
    SubjectUserName: 'WS1$',
    SubjectDomainName: 'CORP',
  };
  const time = '2026-01-05T10:00:00.000Z';
  const system = {
    Provider: { '#attributes': { Name: 'Microsoft-Windows-Security-Auditing' } },
    EventID: 4624,
    TimeCreated: { '#attributes': { SystemTime: time } },
    EventRecordID: 7,
    Channel: 'Security',
    Computer: 'WS1',
  };
  const message =
    'An account was successfully logged on.  Subject:  Security ID:  S-1-5-18  Account Name:  WS1$  Account Domain:  CORP  Logon ID:  0x3E7  Logon Information:  Logon Type:  10  New Logon:  Security ID:  S-1-5-21-1  Account Name:  alice  Account Domain:  CORP  Logon ID:  0x8  Network Information:  Workstation Name: WS1  Source Network Address: 10.0.0.7  Source Port: 5';
  it.each<[string, string]>([
    ['flat', JSON.stringify({ EventID: 4624, Channel: 'Security', Hostname: 'WS1', RecordNumber: 7, '@timestamp': time, EventTime: '2026-01-05 05:00:00', ...data })],
    ['flat, channel in lower case, local time only', JSON.stringify({ EventID: '4624', Channel: 'Security', Hostname: 'WS1', RecordNumber: 7, EventTime: '2026-01-05 10:00:00', ...data })],
    ['evtx dump', JSON.stringify({ Channel: 'Security', EventID: 4624, Computer: 'WS1', TimeCreated: '2026-01-05 10:00:00.000000', EventRecordID: '7', EventData: data })],
    ['XML as JSON', JSON.stringify({ Event: { System: system, EventData: data } })],
    ['XML as JSON in an envelope', JSON.stringify({ rule_id: 'x', event: { Event: { System: system, EventData: data } } })],
    ['XML with a list of Data', JSON.stringify({ Event: { System: system, EventData: { Data: Object.entries(data).map(([Name, text]) => ({ '@Name': Name, '#text': text })) } } })],
    ['Winlogbeat', JSON.stringify({ '@timestamp': time, host: { name: 'WS1' }, winlog: { channel: 'Security', event_id: 4624, computer_name: 'WS1', record_id: 7, event_data: data } })],
    ['Winlogbeat 6', JSON.stringify({ '@timestamp': time, log_name: 'Security', event_id: 4624, computer_name: 'WS1', record_number: '7', event_data: data })],
    ['WinCollect', `<13>Jan 05 10:00:00 WS1 AgentDevice=WindowsLog\tAgentLogFile=Security\tSource=Microsoft-Windows-Security-Auditing\tComputer=WS1\tUser=\tDomain=\tEventID=4624\tEventIDCode=4624\tEventType=8\tRecordNumber=7\tTimeGenerated=1767607200\tMessage=${message}`],
    ['message only', JSON.stringify({ EventID: 4624, Channel: 'Security', Hostname: 'WS1', RecordNumber: 7, '@timestamp': time, Message: message })],
    ['behind a syslog header', `<13>1 2026-01-05T10:00:01Z collector nxlog - - - ${JSON.stringify({ EventID: 4624, Channel: 'Security', Hostname: 'WS1', RecordNumber: 7, EventTime: '2026-01-05 10:00:00', ...data })}`],
  ])('%s', (_name, line) => {
    expect(activityOf(parseSyslogLine(line, TEST_OPTIONS))).toMatchObject({
      class: 'authentication', activity: 'logon', outcome: 'success', account: 'CORP\\alice', accountSid: 'S-1-5-21-1', source: '10.0.0.7', device: 'WS1',
      logonType: 10, eventCode: 4624, timeMs: Date.UTC(2026, 0, 5, 10), originId: 'WS1/Security/7', logSource: 'Microsoft Windows Security Event Log',
    });
  }); // biome-ignore format: fields of one record
});

describe('Windows events', () => {
  it('a service start is the machine acting, not the account', () => {
    const activity = security(4624, { TargetUserName: 'svc', TargetDomainName: 'CORP', LogonType: 5, SubjectUserName: 'WS1$', SubjectDomainName: 'CORP' });
    expect(activity).toMatchObject({ account: 'CORP\\WS1$', targetAccount: 'CORP\\svc' });
  });
  it('a logon with other credentials names both accounts', () => {
    expect(security(4648, { ...SUBJECT, TargetUserName: 'admin', TargetDomainName: 'CORP', TargetServerName: 'dc1' })).toMatchObject({
      account: 'CORP\\alice', targetAccount: 'CORP\\admin', target: 'dc1', activity: 'explicit_logon',
    });
    expect(security(4624, { TargetUserName: 'alice', TargetDomainName: 'CORP', LogonType: 9, TargetOutboundUserName: 'admin', TargetOutboundDomainName: 'x' })).toMatchObject({
      account: 'CORP\\alice', targetAccount: 'x\\admin',
    });
  });
  it('drops what stands for nothing', () => {
    expect(security(4625, { TargetUserName: '-', TargetDomainName: '-', TargetUserSid: 'S-1-0-0', IpAddress: '-', WorkstationName: 'WS9' })).toMatchObject({
      account: '', accountSid: '', source: 'WS9', outcome: 'failure',
    });
  });
  it.each<[number, Record<string, unknown>, Partial<Activity>]>([
    [4634, { TargetUserName: 'alice', TargetDomainName: 'CORP' }, { class: 'authentication', activity: 'logoff', account: 'CORP\\alice' }],
    [4672, { ...SUBJECT, PrivilegeList: 'SeDebugPrivilege\n\t\tSeTcbPrivilege' }, { class: 'authorize_session', activity: 'assign_privileges', privileged: true, resource: 'SeDebugPrivilege SeTcbPrivilege' }],
    [4688, { ...SUBJECT, NewProcessName: 'C:\\a.exe', CommandLine: 'a /x', TokenElevationType: '%%1937' }, { class: 'process', activity: 'launch', process: 'C:\\a.exe', command: 'a /x', privileged: true }],
    [4663, { ...SUBJECT, ObjectType: 'File', ObjectName: 'D:\\HR\\pay.xlsx', AccessMask: '0x2' }, { class: 'file_system', activity: 'update', resource: 'D:\\HR\\pay.xlsx', sensitivity: 2, fileCategory: 'spreadsheet' }],
    [4663, { ...SUBJECT, ObjectType: 'File', ObjectName: 'D:\\x.txt', AccessMask: '0x10000' }, { class: 'file_system', activity: 'delete' }],
    [4663, { ...SUBJECT, ObjectType: 'Process', ObjectName: '\\Device\\HarddiskVolume2\\Windows\\System32\\lsass.exe', AccessMask: '0x10' }, { class: 'memory', activity: 'open', sensitivity: 3 }],
    [4656, { ...SUBJECT, ObjectType: 'Key', ObjectName: '\\REGISTRY\\MACHINE\\SAM' }, { class: 'registry', activity: 'open' }],
    [4662, { ...SUBJECT, ObjectServer: 'DS', AccessMask: '0x100', Properties: '%%7688 {1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}' }, { class: 'datastore', activity: 'export', sensitivity: 3, privileged: true }],
    [4697, { ...SUBJECT, ServiceName: 'X', ServiceFileName: 'cmd /c' }, { class: 'service', activity: 'create', command: 'cmd /c', privileged: true }],
    [4698, { ...SUBJECT, TaskName: '\\T', TaskContent: '<Exec><Command>powershell</Command><Arguments>-enc A</Arguments></Exec>' }, { class: 'scheduled_job', activity: 'create', resource: '\\T', command: 'powershell -enc A' }],
    [4720, { ...SUBJECT, TargetUserName: 'new', TargetDomainName: 'CORP' }, { class: 'account_change', activity: 'create', targetAccount: 'CORP\\new', privileged: true }],
    [4728, { ...SUBJECT, MemberName: 'CN=Bob\\, B,OU=x', TargetUserName: 'Domain Admins', TargetDomainName: 'CORP', TargetSid: 'S-1-5-21-1-2-3-512' }, { class: 'group_management', activity: 'add_member', targetAccount: 'Bob, B', resource: 'CORP\\Domain Admins', sensitivity: 3 }],
    [4768, { TargetUserName: 'alice', TargetDomainName: 'CORP', Status: '0x6', IpAddress: '::ffff:10.0.0.7' }, { class: 'authentication', activity: 'authentication_ticket', outcome: 'failure', source: '10.0.0.7' }],
    [4769, { TargetUserName: 'alice@CORP', ServiceName: 'FS1$', Status: '0x0' }, { class: 'authentication', activity: 'service_ticket', outcome: 'success', account: 'alice@CORP', resource: 'FS1$' }],
    [5140, { ...SUBJECT, ShareName: '\\\\*\\C$', IpAddress: '10.0.0.7' }, { class: 'file_system', activity: 'open', resource: '\\\\*\\C$', sensitivity: 2 }],
    [5145, { ...SUBJECT, ShareName: '\\\\*\\ADMIN$', RelativeTargetName: 'Temp\\x.exe', AccessMask: '0x2' }, { class: 'file_system', activity: 'update', resource: '\\\\*\\ADMIN$\\Temp\\x.exe', fileCategory: 'executable' }],
    [5156, { SourceAddress: '10.0.0.1', DestAddress: '10.0.0.2', DestPort: '445', Protocol: '6', Application: 'x' }, { class: 'network', activity: 'connect', source: '10.0.0.1', target: '10.0.0.2', resource: '6/445' }],
    [1102, { ...SUBJECT }, { class: 'event_log', activity: 'clear', privileged: true, account: 'CORP\\alice' }],
    [9999, { ...SUBJECT }, { class: 'base_event', activity: 'other', account: 'CORP\\alice', device: 'WS1', eventCode: 9999 }],
  ])('Security %i %j', (id, data, expected) => expect(security(id, data)).toMatchObject(expected));

  it.each<[number, Record<string, unknown>, Partial<Activity>]>([
    [1, { User: 'CORP\\alice', Image: 'C:\\a.exe', CommandLine: 'a', ParentImage: 'C:\\b.exe', IntegrityLevel: 'High' }, { class: 'process', activity: 'launch', account: 'CORP\\alice', privileged: true, resource: 'C:\\b.exe' }],
    [3, { User: 'CORP\\alice', SourceIp: '10.0.0.1', DestinationIp: '10.0.0.2', DestinationHostname: '-', DestinationPort: 443, Protocol: 'tcp', Initiated: 'true' }, { class: 'network', activity: 'connect', target: '10.0.0.2', resource: 'tcp/443' }],
    [10, { SourceImage: 'C:\\m.exe', TargetImage: 'C:\\Windows\\System32\\lsass.exe', UserID: 'S-1-5-18', AccountName: 'SYSTEM', Domain: 'NT AUTHORITY' }, { class: 'memory', activity: 'open', sensitivity: 3, account: '' }],
    [10, { SourceImage: 'C:\\m.exe', TargetImage: 'C:\\x.exe' }, { class: 'process', activity: 'open', sensitivity: 0 }],
    [12, { EventType: 'DeleteKey', TargetObject: 'HKLM\\x' }, { class: 'registry', activity: 'delete' }],
    [22, { QueryName: 'x.com', QueryStatus: '9003' }, { class: 'dns', activity: 'query', resource: 'x.com', outcome: 'failure' }],
    [23, { User: 'CORP\\alice', TargetFilename: 'C:\\x.docx' }, { class: 'file_system', activity: 'delete', fileCategory: 'document' }],
  ])('Sysmon %i %j', (id, data, expected) => expect(sysmon(id, data)).toMatchObject(expected));

  it('PowerShell names who ran the pipeline, not who the service noted', () => {
    const context = '        Host Application = C:\\Windows\\powershell.exe -File C:\\Users\\x.ps1\r\n        Command Name = Get-Item\r\n        User = CORP\\alice\r\n';
    expect(parse({ EventID: 4103, Channel: 'Microsoft-Windows-PowerShell/Operational', Hostname: 'WS1', '@timestamp': '2026-01-05T10:00:00Z', AccountName: 'SYSTEM', Domain: 'NT AUTHORITY', UserID: 'S-1-5-18', ContextInfo: context, Payload: 'p' })).toMatchObject({
      class: 'script', activity: 'execute', account: 'CORP\\alice', process: 'C:\\Windows\\powershell.exe', command: 'p', resource: 'Get-Item',
    });
    expect(parse({ EventID: 800, Channel: 'Windows PowerShell', Hostname: 'WS1', '@timestamp': '2026-01-05T10:00:00Z', Message: 'Pipeline execution details for command line: whoami\r\n. \r\n\tUserId=CORP\\alice\r\n\tHostApplication=powershell.exe -x\r\n' })).toMatchObject({
      class: 'script', account: 'CORP\\alice', command: 'whoami', process: 'powershell.exe',
    });
  });
  it('SQL Server audit text', () => {
    const text = '<string>audit_schema_version:1\naction_id:SL\nsucceeded:true\nserver_principal_name:CORP\\alice\ndatabase_name:HR\nschema_name:dbo\nobject_name:Salary\nstatement:SELECT *\nFROM x\nadditional_information:</string>';
    expect(parse({ EventID: 33205, Channel: 'Application', Computer: 'SQL1', TimeCreated: '2026-01-05 10:00:00', EventData: { Data0: text } })).toMatchObject({
      class: 'datastore', activity: 'read', account: 'CORP\\alice', resource: 'HR.dbo.Salary', command: 'SELECT *\nFROM x', outcome: 'success', sensitivity: 2,
    });
  });
  it.each([
    [{ EventID: 'x', Channel: 'Security', '@timestamp': '2026-01-05T10:00:00Z' }, 'missing-field'],
    [{ EventID: 4624, Channel: 'Security' }, 'bad-time'],
    [{ hello: 1 }, 'unknown-format'],
    [[1], 'unknown-format'],
    ['text', 'unknown-format'],
  ])('%j is a dead letter: %s', (record, reason) => {
    expect(parseSyslogLine(JSON.stringify(record), TEST_OPTIONS)).toMatchObject({ kind: 'dead-letter', reason });
  });
}); // biome-ignore format: records and what they become
