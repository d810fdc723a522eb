import { type Activity, makeActivity } from '../domain/activity.ts';
import type { ParseOutcome } from '../domain/ingest.ts';
import type { CefEvent } from './cef.ts';
import { hostOf } from './classify-web.ts';
import { deriveColumns } from './derive-columns.ts';
import { accountName, countOf, plainAddress } from './field-reader.ts';
import { guessClass, isActivityClass, isActivityName, outcomeOfWords, severityOf } from './generic-event.ts';
import { describeMail, splitAddresses } from './mail-fields.ts';
import type { ParseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import { parseAnyTime } from './parse-time.ts';
import type { HeaderReader } from './syslog.ts';
import { windowsActivity } from './windows-activity.ts';
import { windowsEventFromFields } from './windows-fields.ts';

/** Extension keys that hold the event's time, nearest to the event first. */
const TIME_KEYS = [
  'rt',
  'deviceReceiptTime',
  'end',
  'endTime',
  'start',
  'startTime',
  'art',
  'mrt',
  'deviceCustomDate1',
];

/** Short keys and the long names some senders write instead. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  src: ['src', 'sourceAddress', 'c6a2'],
  dst: ['dst', 'destinationAddress', 'c6a3'],
  suser: ['suser', 'sourceUserName'],
  duser: ['duser', 'destinationUserName'],
  sntdom: ['sntdom', 'sourceNtDomain'],
  dntdom: ['dntdom', 'destinationNtDomain'],
  shost: ['shost', 'sourceHostName'],
  dhost: ['dhost', 'destinationHostName'],
  device: ['dvchost', 'deviceHostName', 'dvc', 'deviceAddress'],
  action: ['act', 'deviceAction', 'outcome', 'eventOutcome', 'categoryOutcome'],
  request: ['request', 'requestUrl', 'requestURL'],
  file: ['filePath', 'fname', 'fileName', 'oldFilePath'],
  process: ['sproc', 'sourceProcessName', 'dproc', 'destinationProcessName', 'deviceProcessName'],
  out: ['out', 'bytesOut'],
  in: ['in', 'bytesIn'],
};

/** A CEF event to an activity. Without a usable time of its own the time of the syslog header counts. */
export function cefActivity(event: CefEvent, readHeader: HeaderReader, context: ParseContext): ParseOutcome {
  const { extension } = event;
  const raw = (key: string): string => unquote(extension.get(key) ?? '');
  const get = (name: string): string => {
    for (const key of ALIASES[name] ?? [name]) {
      const value = raw(key);
      if (value !== '' && !PLACEHOLDER.test(value)) return value;
    }
    return '';
  };
  const timeMs = timeOf(raw, readHeader, context);
  if (Number.isNaN(timeMs)) return deadLetter('bad-time', 'no usable time in the extension and no syslog time');
  const code = windowsCode(event, get('externalId'));
  if (code !== '') {
    const windows = windowsEventFromFields(event.product, code, extension, timeMs, readHeader()?.host ?? '');
    if (windows) {
      const outcome = windowsActivity(windows, context);
      if (outcome.kind === 'activity') {
        outcome.activity.source ||= plainAddress(get('src'));
        outcome.activity.target ||= plainAddress(get('dst'));
      }
      return outcome;
    }
  }
  const activity = makeActivity({});
  activity.timeMs = timeMs;
  // externalId names a rule or an incident in some products, so that only ids known to be unique are taken.
  activity.originId = get('eventUid');
  activity.logSource = `${event.vendor} ${event.product}`.trim();
  activity.severity = severityOf(event.severity);
  activity.device = get('device') || readHeader()?.host || '';
  activity.source = plainAddress(get('src') || get('shost'));
  activity.target = plainAddress(get('dst') || get('dhost'));
  activity.bytesOut = countOf(get('out'));
  activity.bytesIn = countOf(get('in'));
  activity.process = get('process');
  activity.resource =
    get('request') ||
    get('file') ||
    labelled(extension, /(?:url|urlpath|file ?name|file ?path|objects?|resource)\.?$/i);
  activity.command = labelled(extension, /sql|statement|command|query/i);
  const suser = accountName(get('suser'), get('sntdom'));
  const duser = accountName(get('duser'), get('dntdom'));
  activity.account = suser || duser;
  if (suser !== '' && duser !== suser) activity.targetAccount = duser;
  classify(activity, event, get);
  if (activity.class === 'email') fillMail(activity, get, context);
  else if (activity.class === 'http' && activity.resource !== '') activity.target ||= hostOf(activity.resource);
  return parsed(deriveColumns(activity, context));
}

/** Values that say "no value": placeholders, and templates a product failed to fill in. */
const PLACEHOLDER = /^(?:-|n\/a|none|null|unknown|\(no user\)|multiple|\$\w+)$/i;

const unquote = (text: string): string =>
  text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;

function timeOf(raw: (key: string) => string, readHeader: HeaderReader, context: ParseContext): number {
  for (const key of TIME_KEYS) {
    const text = raw(key);
    if (text === '') continue;
    const time = parseAnyTime(text, context);
    if (!Number.isNaN(time)) return time;
  }
  const stated = readHeader()?.timeMs ?? Number.NaN;
  return Number.isNaN(stated) ? context.fallbackTimeMs : stated;
}

/** Event id when the event is a Windows one: Microsoft's product, or the id behind the audit provider's name. */
function windowsCode(event: CefEvent, externalId: string): string {
  const named = /Microsoft-Windows-(?:Security-Auditing|Sysmon):(\d{1,5})$/.exec(event.signatureId)?.[1];
  if (named) return named;
  if (event.vendor !== 'Microsoft' || !/windows|sysmon|security/i.test(event.product)) return '';
  return /^\d{1,5}$/.test(event.signatureId) ? event.signatureId : /^\d{1,5}$/.test(externalId) ? externalId : '';
}

/** Value of the custom field (`cs1` with its `cs1Label`) whose label fits. */
function labelled(extension: ReadonlyMap<string, string>, label: RegExp): string {
  for (const [key, text] of extension) {
    if (!/^(?:cs|cfp|cn|flexString)\d{1,2}Label$/.test(key) || !label.test(text)) continue;
    const value = unquote(extension.get(key.slice(0, -5)) ?? '');
    if (value !== '' && !PLACEHOLDER.test(value)) return value;
  }
  return '';
}

function classify(activity: Activity, event: CefEvent, get: (name: string) => string): void {
  const category = get('cat');
  if (isActivityClass(category) && isActivityName(event.signatureId)) {
    activity.class = category;
    activity.activity = event.signatureId;
  } else {
    guessClass(activity, `${event.name} ${event.signatureId}`);
    if (activity.class === 'base_event') guessClass(activity, `${category} ${get('act')}`);
    if (activity.class === 'base_event') guessClass(activity, `${event.product} ${get('app')}`);
    // A product that names what it detected, or says in words what happened.
    if (
      activity.class === 'base_event' &&
      [...event.extension.keys()].some((key) => /malware|virus|threat/i.test(key))
    ) {
      [activity.class, activity.activity] = ['detection_finding', 'alert'];
    }
    if (activity.class === 'base_event')
      guessClass(activity, `${labelled(event.extension, /description/i)} ${get('msg')}`);
    if (activity.class === 'base_event' && activity.resource.includes('://')) {
      [activity.class, activity.activity] = ['http', 'visit'];
    }
  }
  if (/^\d{1,9}$/.test(event.signatureId)) activity.eventCode = Number(event.signatureId);
  if (activity.outcome === 'unknown')
    activity.outcome = outcomeOfWords(`${get('action')} ${get('outcome')} ${get('reason')}`);
  if (activity.outcome === 'unknown' && activity.class === 'authentication')
    activity.outcome = outcomeOfWords(event.name);
}

/** Mail products name sender and recipients as users. */
function fillMail(activity: Activity, get: (name: string) => string, context: ParseContext): void {
  const recipients = splitAddresses(get('duser'));
  const mail = describeMail(get('suser'), recipients, '', context);
  activity.source ||= get('suser');
  activity.targetAccount = '';
  activity.resource = recipients.join(';');
  activity.recipients = recipients.length;
  activity.recipientsExternal = mail.external;
  activity.target = mail.target || activity.target;
}
