import type { ParseContext } from './options.ts';
import { parseAnyTime } from './parse-time.ts';
import { auditOf, MAX_MESSAGE_CHARS, type WindowsEvent } from './windows-event.ts';

/** Names that LEEF and CEF senders use for Windows event data, beside the original ones. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  TargetUserName: ['usrName', 'duser', 'accountName', 'destinationUserName'],
  TargetDomainName: ['accountDomain', 'dntdom', 'destinationNtDomain', 'domain'],
  SubjectUserName: ['suser', 'sourceUserName', 'usrName', 'accountName', 'duser'],
  SubjectDomainName: ['sntdom', 'sourceNtDomain', 'accountDomain', 'domain', 'dntdom'],
  SubjectUserSid: ['suid', 'sourceUserId'],
  TargetUserSid: ['duid'],
  IpAddress: ['src', 'sourceAddress', 'identSrc'],
  WorkstationName: ['shost', 'sourceHostName'],
  LogonType: ['logonType', 'Logon Type', 'cn1'],
  NewProcessName: ['processName', 'process', 'dproc', 'destinationProcessName', 'filePath'],
  ProcessName: ['processName', 'process', 'sproc', 'dproc'],
  Image: ['processName', 'process', 'sproc', 'dproc'],
  CommandLine: ['command', 'commandLine', 'processCommandLine'],
  ObjectName: ['resource', 'filePath', 'fname', 'objectName'],
  ShareName: ['shareName', 'resource'],
  ServiceName: ['serviceName', 'dpriv'],
  User: ['usrName', 'suser'],
  DestAddress: ['dst'],
  DestinationIp: ['dst'],
  SourceAddress: ['src'],
  SourceIp: ['src'],
};

/**
 * A Windows event out of LEEF or CEF fields; `undefined` when the id is not numeric.
 * @param product tells the channel where the sender names none
 */
export function windowsEventFromFields(
  product: string,
  id: string,
  fields: ReadonlyMap<string, string>,
  timeMs: number,
  host: string,
): WindowsEvent | undefined {
  const number = /(?:^|[^\d])(\d{1,5})$/.exec(id.trim())?.[1];
  if (number === undefined) return undefined;
  const get = (...names: string[]): string => {
    for (const name of names) {
      const value = fields.get(name);
      if (value !== undefined && value !== '') return value;
    }
    return '';
  };
  const data: Record<string, unknown> = Object.fromEntries(fields);
  for (const [name, others] of Object.entries(SYNONYMS)) {
    if (data[name] === undefined) {
      const value = get(...others);
      if (value !== '') data[name] = value;
    }
  }
  return {
    channel:
      get('Channel', 'channel', 'AgentLogFile') ||
      (/sysmon/i.test(product) ? 'Microsoft-Windows-Sysmon/Operational' : 'Security'),
    provider: '',
    eventId: Number(number),
    computer: get('Computer', 'identHostName', 'dvchost', 'deviceHostName', 'dhost') || host,
    recordId: get('eventUid', 'RecordNumber', 'EventRecordID'),
    timeMs,
    loggedUser: '',
    loggedSid: '',
    audit: auditOf(get('EventType', 'outcome', 'Keywords', 'categoryOutcome')),
    level: 0,
    message: get('Message', 'msg').slice(0, MAX_MESSAGE_CHARS),
    data,
  };
}

const MAX_HEAD_CHARS = 8192;

/** WinCollect: `AgentDevice=WindowsLog`, then tab-separated pairs, the message last. `undefined` when there is no event id. */
export function windowsEventFromWinCollect(
  payload: string,
  headerTimeMs: number,
  context: ParseContext,
): WindowsEvent | undefined {
  const fields = new Map<string, string>();
  const messageAt = payload.search(/(?:^|\s)Message=/);
  const head = payload.slice(0, messageAt < 0 ? MAX_HEAD_CHARS : Math.min(messageAt, MAX_HEAD_CHARS));
  if (head.includes('\t')) {
    for (const pair of head.split('\t', 200)) {
      const equals = pair.indexOf('=');
      if (equals > 0) fields.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
    }
  } else {
    const keys = [...head.matchAll(/(?:^|\s)(\w{1,40})=/g)];
    keys.forEach((match, i) => {
      const value = head.slice(match.index + match[0].length, keys[i + 1]?.index ?? head.length);
      fields.set(match[1]!, value.trim());
    });
  }
  const id = Number(fields.get('EventIDCode') ?? fields.get('EventID'));
  if (!Number.isInteger(id) || id < 0) return undefined;
  const stated = parseAnyTime(fields.get('TimeGenerated') ?? '', context);
  return {
    channel: fields.get('AgentLogFile') ?? '',
    provider: fields.get('Source') ?? '',
    eventId: id & 0xffff,
    computer: fields.get('OriginatingComputer') || fields.get('Computer') || '',
    recordId: fields.get('RecordNumber') ?? '',
    timeMs: Number.isNaN(stated) ? headerTimeMs : stated,
    loggedUser: joinDomain(fields.get('Domain') ?? '', fields.get('User') ?? ''),
    loggedSid: '',
    audit: auditOf(fields.get('EventType') ?? ''),
    level: 0,
    message: messageAt < 0 ? '' : payload.slice(payload.indexOf('Message=', messageAt) + 8).slice(0, MAX_MESSAGE_CHARS),
    data: {},
  };
}

const joinDomain = (domain: string, user: string): string =>
  user === '' || domain === '' ? user : `${domain}\\${user}`;
