import { wallToUtcMs } from '../domain/zone-offset.ts';
import type { ParseContext } from './options.ts';
import { civilMs, monthNumber, parseEpoch, parseIsoTime, yearlessMs } from './parse-time.ts';

/** What stands before the payload of a syslog record. Fields are `''`, numbers NaN, when absent. */
export interface SyslogHeader {
  /** 0-191, facility times 8 plus severity. */
  priority: number;
  timeMs: number;
  host: string;
  process: string;
  processId: string;
  messageId: string;
  /** Structured data of RFC 5424, as `id.name` to value. */
  structuredData: ReadonlyMap<string, string>;
  message: string;
}

/** Reads the header of a record when it is needed: most payloads carry time and host themselves. */
export type HeaderReader = () => SyslogHeader | undefined;

const NO_DATA: ReadonlyMap<string, string> = new Map();

/**
 * Syslog header in the forms found in the wild: RFC 5424 in full, RFC 5424's version and time with only a host after it,
 * RFC 3164 with and without priority, year, host and tag, ISO times in place of RFC 3164 ones, no header at all.
 * @param payloadAt where a structured payload (LEEF, CEF, JSON) begins, -1 when there is none
 */
export function parseSyslog(line: string, payloadAt: number, context: ParseContext): SyslogHeader {
  const header: SyslogHeader = {
    priority: Number.NaN,
    timeMs: Number.NaN,
    host: '',
    process: '',
    processId: '',
    messageId: '',
    structuredData: NO_DATA,
    message: '',
  };
  const end = payloadAt < 0 ? line.length : payloadAt;
  let at = 0;
  if (line.charCodeAt(0) === 60) {
    const close = line.indexOf('>', 1);
    const priority = close > 1 && close <= 4 ? Number(line.slice(1, close)) : Number.NaN;
    if (Number.isInteger(priority) && priority <= 191) {
      header.priority = priority;
      at = close + 1;
    }
  }
  // RFC 5424 puts a version, always 1, right behind the priority.
  const version = /^([1-9]\d?) /.exec(line.slice(at, at + 3));
  const isVersioned = version !== null && at > 0;
  if (isVersioned) at += version[0].length;
  at = skipSpaces(line, at, end);
  const afterTime = readTime(line, at, end, header, context);
  if (isVersioned) {
    if (readRfc5424(line, afterTime < 0 ? at : afterTime, end, header, afterTime < 0))
      return withMessage(header, line, payloadAt);
  }
  if (afterTime >= 0) at = skipSpaces(line, afterTime, end);
  readHostAndTag(line, at, end, header, payloadAt >= 0);
  return payloadAt < 0 ? header : withMessage(header, line, payloadAt);
}

function withMessage(header: SyslogHeader, line: string, payloadAt: number): SyslogHeader {
  if (payloadAt >= 0) header.message = line.slice(payloadAt);
  return header;
}

function skipSpaces(line: string, from: number, end: number): number {
  let at = from;
  while (at < end && line.charCodeAt(at) === 32) at++;
  return at;
}

const BSD_TIME =
  /^[*.]?([A-Z][a-z]{2})\s{1,2}(\d{1,2})(?:\s(\d{4}))?\s(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?:\s([A-Z]{3,4}|[+-]\d{4})(?=:|\s\S+\s))?:?(?=\s|$)/;

/** Reads the time at the position into the header; the position after it, or -1 when there is none. */
function readTime(line: string, at: number, end: number, header: SyslogHeader, context: ParseContext): number {
  const first = line.charCodeAt(at);
  if (first >= 48 && first <= 57) {
    const space = line.indexOf(' ', at);
    const stop = space < 0 || space > end ? end : space;
    let text = line.slice(at, Math.min(stop, at + 40));
    let time = parseIsoTime(text, context.timeZone);
    if (Number.isNaN(time) && text.length === 10 && stop + 9 <= end) {
      // Date and time of day as two words.
      const second = line.indexOf(' ', stop + 1);
      text = line.slice(at, second < 0 || second > end ? end : second);
      time = text.length <= 40 ? parseIsoTime(text, context.timeZone) : Number.NaN;
    }
    if (Number.isNaN(time)) time = parseEpoch(text);
    if (Number.isNaN(time)) return -1;
    header.timeMs = time;
    return at + text.length;
  }
  if (!((first >= 65 && first <= 90) || first === 42 || first === 46)) return -1;
  const match = BSD_TIME.exec(line.slice(at, Math.min(end, at + 48)));
  if (!match) return -1;
  const month = monthNumber(match[1]!);
  if (Number.isNaN(month)) return -1;
  const [day, hour, minute, second] = [Number(match[2]), Number(match[4]), Number(match[5]), Number(match[6])];
  const ms = match[7] === undefined ? 0 : Number(match[7].slice(0, 3).padEnd(3, '0'));
  header.timeMs =
    match[3] === undefined
      ? yearlessMs(context, month, day, hour, minute, second, ms)
      : wallToUtcMs(civilMs(Number(match[3]), month, day, hour, minute, second, ms), context.timeZone);
  return at + match[0].length;
}

/** HOST APP PROCID MSGID SD [MSG]. False when the words are not there: a sender that stops after the host. */
function readRfc5424(line: string, from: number, end: number, header: SyslogHeader, nilTime: boolean): boolean {
  let at = skipSpaces(line, from, end);
  const words: string[] = [];
  for (let i = 0; i < (nilTime ? 5 : 4); i++) {
    const space = line.indexOf(' ', at);
    if (space < 0 || space >= end) return false;
    words.push(line.slice(at, space));
    at = space + 1;
  }
  if (nilTime && words.shift() !== '-') return false;
  const mark = line.charCodeAt(at);
  if (mark === 91) {
    const after = readStructuredData(line, at, end, header);
    if (after < 0) return false;
    at = after;
  } else if (mark === 45) at++;
  else return false;
  const [host, app, processId, messageId] = words.map((word) => (word === '-' ? '' : word));
  header.host = host ?? '';
  header.process = app ?? '';
  header.processId = processId ?? '';
  header.messageId = messageId ?? '';
  at = skipSpaces(line, at, end);
  header.message = line.slice(line.charCodeAt(at) === 0xfeff ? at + 1 : at, end);
  return true;
}

/** `[id name="value" ...][...]`, where `\"`, `\\` and `\]` are escapes. The position after it, or -1 when malformed. */
function readStructuredData(line: string, from: number, end: number, header: SyslogHeader): number {
  const data = new Map<string, string>();
  let at = from;
  while (at < end && line.charCodeAt(at) === 91) {
    const element = /^\[([^\s=\]"]{1,64})/.exec(line.slice(at, at + 66));
    if (!element) return -1;
    at += element[0].length;
    for (;;) {
      at = skipSpaces(line, at, end);
      if (line.charCodeAt(at) === 93) break;
      const name = /^([^\s=\]"]{1,64})="/.exec(line.slice(at, at + 67));
      if (!name) return -1;
      at += name[0].length;
      let value = '';
      for (;;) {
        const code = line.charCodeAt(at);
        if (at >= end) return -1;
        if (code === 34) break;
        if (code === 92 && /["\\\]]/.test(line.charAt(at + 1))) at++;
        value += line.charAt(at);
        at++;
      }
      at++;
      data.set(`${element[1]}.${name[1]}`, value);
    }
    at++;
  }
  header.structuredData = data;
  return at;
}

const TAG = /^([^\s:[\]]{1,128}?)(?:\[(\d{1,12}|[\w-]{1,40})\])?: ?/;
const HOST = /^[A-Za-z0-9_.:-]{1,255}$/;

/** What RFC 3164 writes between time and text: a host and a tag `name[pid]:`, either of which may be missing. */
function readHostAndTag(line: string, from: number, end: number, header: SyslogHeader, hasPayload: boolean): void {
  let at = from;
  let tag = TAG.exec(line.slice(at, Math.min(end, at + 300)));
  const space = line.indexOf(' ', at);
  const wordEnd = space < 0 || space > end ? end : space;
  const word = line.slice(at, Math.min(wordEnd, at + 256));
  // A time makes the next word a host, unless that word is itself a tag with text after it.
  const hasHead = !Number.isNaN(header.timeMs) || !Number.isNaN(header.priority);
  if (word !== '' && hasHead && !tag && HOST.test(word) && !Number.isNaN(header.timeMs)) {
    header.host = word;
    at = skipSpaces(line, wordEnd, end);
    tag = TAG.exec(line.slice(at, Math.min(end, at + 300)));
  } else if (tag && hasPayload && !Number.isNaN(header.timeMs) && line.slice(at + tag[0].length, end).trim() === '') {
    // `host-a1: CEF:...`: the last word before a payload is the host, with a colon put behind it.
    header.host = tag[1] ?? '';
    return;
  }
  if (tag && hasHead) {
    header.process = tag[1] ?? '';
    header.processId = tag[2] ?? '';
    at += tag[0].length;
  }
  header.message = line.slice(at, end);
}
