import { textOf } from './field-reader.ts';
import type { ParseContext } from './options.ts';
import { parseAnyTime, parseIsoTime } from './parse-time.ts';

type JsonObject = Record<string, unknown>;

/** How much of a rendered message or of unnamed data is looked at. */
export const MAX_MESSAGE_CHARS = 32_768;

/** One Windows event, whatever shipped it: the system fields by name, everything else in `data`. */
export interface WindowsEvent {
  channel: string;
  provider: string;
  eventId: number;
  computer: string;
  recordId: string;
  timeMs: number;
  /** Account the event log service noted for the event: the writer of the event, not always who acted. */
  loggedUser: string;
  loggedSid: string;
  /** Audit result, when the shipper passes it on. */
  audit: 'success' | 'failure' | 'unknown';
  /** Windows level 1 critical ... 5 verbose, 0 unknown. */
  level: number;
  message: string;
  data: JsonObject;
}

const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** First of the fields that holds text. */
export function pick(data: JsonObject, ...names: readonly string[]): string {
  for (const name of names) {
    const text = textOf(data[name]);
    if (text !== '') return text;
  }
  return '';
}

/**
 * Recognises the JSON layouts Windows events travel in; `undefined` when the object is none of them:
 * flat (NXLog, Logstash), evtx dumps with `EventData`, XML as JSON (`Event.System`), the same inside an `event` wrapper,
 * and Winlogbeat (`winlog.*`, or its older top-level form).
 */
export function windowsEventFromJson(record: JsonObject, context: ParseContext): WindowsEvent | undefined {
  const wrapped = asObject(record.event) ?? record;
  const xml = asObject(wrapped.Event);
  if (xml && asObject(xml.System)) return fromXml(xml, context);
  if (asObject(wrapped.System)) return fromXml(wrapped, context);
  const winlog = asObject(record.winlog);
  if (winlog && winlog.event_id !== undefined) return fromWinlogbeat(record, winlog, context);
  if (record.event_id !== undefined && (record.log_name !== undefined || record.event_data !== undefined)) {
    return fromWinlogbeat(record, record, context);
  }
  const hasId = record.EventID !== undefined || record.EventId !== undefined;
  const named = record.Channel ?? record.SourceName ?? record.Provider ?? record.ProviderName;
  return hasId && named !== undefined ? fromFlat(record, context) : undefined;
}

/** Value of an element that may carry attributes: `{"#text": v}`, `{"$": v}` or `v` itself. */
function elementText(value: unknown): string {
  const object = asObject(value);
  return object ? textOf(object['#text'] ?? object._ ?? object.value) : textOf(value);
}

/** Attribute of an XML element as JSON writers put it: `#attributes.Name`, `@Name`, `Name`. */
function attribute(value: unknown, name: string): string {
  const object = asObject(value);
  if (!object) return '';
  const attributes = asObject(object['#attributes']) ?? asObject(object['@attributes']) ?? asObject(object.$);
  return textOf(attributes?.[name] ?? object[`@${name}`] ?? object[name]);
}

function fromXml(event: JsonObject, context: ParseContext): WindowsEvent | undefined {
  const system = asObject(event.System);
  if (!system) return undefined;
  const time = attribute(system.TimeCreated, 'SystemTime') || elementText(system.TimeCreated);
  return {
    channel: elementText(system.Channel),
    provider: attribute(system.Provider, 'Name') || elementText(system.Provider),
    eventId: idOf(elementText(system.EventID)),
    computer: elementText(system.Computer),
    recordId: elementText(system.EventRecordID),
    timeMs: timeOf([time], context),
    loggedUser: '',
    loggedSid: attribute(system.Security, 'UserID'),
    audit: auditOf(elementText(system.Keywords)),
    level: Number(elementText(system.Level)) || 0,
    message: '',
    data: eventData(event.EventData ?? event.UserData),
  };
}

/** Named data of an event: `{Name: value}`, `{Data: [{@Name, #text}]}`, or one element deep inside `UserData`. */
function eventData(value: unknown): JsonObject {
  const object = asObject(value);
  if (!object) return {};
  const list = object.Data;
  if (Array.isArray(list)) {
    const data: JsonObject = {};
    list.forEach((item, index) => {
      data[attribute(item, 'Name') || `Data${index}`] = elementText(item);
    });
    return data;
  }
  const keys = Object.keys(object).filter((key) => !key.startsWith('#') && !key.startsWith('@'));
  const only = keys.length === 1 ? asObject(object[keys[0]!]) : undefined;
  return only ?? object;
}

function fromWinlogbeat(record: JsonObject, winlog: JsonObject, context: ParseContext): WindowsEvent {
  const user = asObject(winlog.user);
  const eventField = asObject(record.event);
  const host = asObject(record.host);
  return {
    channel: pick(winlog, 'channel', 'log_name'),
    provider: pick(winlog, 'provider_name', 'source_name'),
    eventId: idOf(textOf(winlog.event_id)),
    computer: pick(winlog, 'computer_name') || pick(host ?? {}, 'name', 'hostname'),
    recordId: pick(winlog, 'record_id', 'record_number'),
    timeMs: timeOf([textOf(record['@timestamp']), textOf(winlog.time_created)], context),
    loggedUser: user ? qualified(pick(user, 'domain'), pick(user, 'name')) : '',
    loggedSid: user ? pick(user, 'identifier') : '',
    audit: auditOf(
      [textOf(eventField?.outcome), ...(Array.isArray(winlog.keywords) ? winlog.keywords.map(textOf) : [])].join(' '),
    ),
    level: levelOf(textOf(asObject(record.log)?.level ?? record.level)),
    message: textOf(record.message).slice(0, MAX_MESSAGE_CHARS),
    data: asObject(winlog.event_data) ?? asObject(winlog.user_data) ?? {},
  };
}

function fromFlat(record: JsonObject, context: ParseContext): WindowsEvent {
  const nested = asObject(record.EventData) ?? asObject(record.UserData);
  const hasLoggedUser = record.UserID !== undefined || record.AccountType !== undefined;
  return {
    channel: pick(record, 'Channel', 'LogName'),
    provider: pick(record, 'SourceName', 'Provider', 'ProviderName') || attribute(record.Provider, 'Name'),
    eventId: idOf(elementText(record.EventID ?? record.EventId)),
    computer: pick(record, 'Hostname', 'Computer', 'ComputerName', 'MachineName'),
    recordId: pick(record, 'RecordNumber', 'EventRecordID', 'RecordId'),
    timeMs: timeOf(
      [
        textOf(record['@timestamp']),
        textOf(record.TimeCreated) || attribute(record.TimeCreated, 'SystemTime'),
        textOf(record.EventTime),
        textOf(record.UtcTime),
        textOf(record.TimeGenerated),
        textOf(record.EventReceivedTime),
      ],
      context,
    ),
    loggedUser: hasLoggedUser ? qualified(pick(record, 'Domain'), pick(record, 'AccountName')) : '',
    loggedSid: pick(record, 'UserID', 'UserId'),
    audit: auditOf(textOf(record.EventType) || textOf(record.Keywords)),
    level: severityLevel(record),
    message: textOf(record.Message).slice(0, MAX_MESSAGE_CHARS),
    data: nested ? eventData(nested) : record,
  };
}

const qualified = (domain: string, user: string): string =>
  user === '' || domain === '' ? user : `${domain}\\${user}`;

const idOf = (text: string): number => {
  const id = Number(text);
  return Number.isInteger(id) && id >= 0 && id <= 0xffff_ffff ? id & 0xffff : -1;
};

function timeOf(candidates: readonly string[], context: ParseContext): number {
  for (const text of candidates) {
    if (text === '') continue;
    const iso = parseIsoTime(text, context.timeZone);
    const time = Number.isNaN(iso) ? parseAnyTime(text, context) : iso;
    if (!Number.isNaN(time)) return time;
  }
  return Number.NaN;
}

/** Audit result from an event type (`AUDIT_FAILURE`, 16), an outcome word or the keyword mask (bit 52 failure, 53 success). */
export function auditOf(text: string): WindowsEvent['audit'] {
  if (text === '') return 'unknown';
  const lower = text.toLowerCase();
  if (lower.includes('fail') || lower === '16' || lower.startsWith('0x8010')) return 'failure';
  if (lower.includes('success') || lower === '8' || lower.startsWith('0x8020')) return 'success';
  return lower === '-9218868437227405312' ? 'failure' : lower === '-9214364837600034816' ? 'success' : 'unknown';
}

function levelOf(text: string): number {
  const lower = text.toLowerCase();
  if (lower.startsWith('crit')) return 1;
  if (lower.startsWith('err')) return 2;
  if (lower.startsWith('warn')) return 3;
  return lower.startsWith('info') ? 4 : lower.startsWith('verb') ? 5 : Number(text) || 0;
}

/** NXLog counts severity the other way (1 debug ... 5 critical). */
function severityLevel(record: JsonObject): number {
  const value = Number(textOf(record.SeverityValue));
  if (value >= 1 && value <= 5) return 6 - value;
  return levelOf(textOf(record.Level));
}
