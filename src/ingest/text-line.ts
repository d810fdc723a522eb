import { makeActivity } from '../domain/activity.ts';
import type { ParseOutcome } from '../domain/ingest.ts';
import { parseCef } from './cef.ts';
import { cefActivity } from './cef-activity.ts';
import { parseJsonLine } from './json-record.ts';
import { parseLeef } from './leef.ts';
import { leefActivity } from './leef-activity.ts';
import type { ParseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import type { PayloadParser } from './qradar-json.ts';
import { parseSyslog, type SyslogHeader } from './syslog.ts';
import { parseUnixMessage } from './unix-message.ts';
import { windowsActivity } from './windows-activity.ts';
import { windowsEventFromWinCollect } from './windows-fields.ts';

/** Payloads are looked for in the head of a record only: the words may also occur in a message. */
const MAX_HEADER = 1024;

/** Position of a payload mark that starts a word, within the head of the line; -1 when there is none. */
export function findPayload(line: string, mark: string): number {
  for (let at = line.indexOf(mark); at >= 0 && at <= MAX_HEADER; at = line.indexOf(mark, at + 1)) {
    const before = at === 0 ? 32 : line.charCodeAt(at - 1);
    const isWord = (before >= 97 && before <= 122) || (before >= 65 && before <= 90) || (before >= 48 && before <= 57);
    const digit = line.charCodeAt(at + mark.length) - 48;
    if (!isWord && digit >= 0 && digit <= 9) return at;
  }
  return -1;
}

/** One record of text: an optional syslog header, then LEEF, CEF, JSON, WinCollect pairs or plain text. */
export function parseTextLine(line: string, context: ParseContext): ParseOutcome {
  return parseRecord(line, context, parseInner);
}

/** A record inside a record is not opened a second time. */
const parseInner: PayloadParser = (payload, context) => parseRecord(payload, context, undefined);

function parseRecord(line: string, context: ParseContext, parsePayload: PayloadParser | undefined): ParseOutcome {
  if (/^\s*[[,]?\s*\{/.test(line)) return parseJsonLine(line, context, parsePayload);
  const leefAt = findPayload(line, 'LEEF:');
  const cefAt = leefAt >= 0 ? -1 : findPayload(line, 'CEF:');
  const markAt = Math.max(leefAt, cefAt);
  if (markAt >= 0 && !isInsideJson(line, markAt)) {
    const readHeader = () => (markAt === 0 ? undefined : parseSyslog(line, markAt, context));
    if (leefAt >= 0) {
      const event = parseLeef(line, leefAt);
      return 'error' in event ? deadLetter('bad-leef', event.error) : leefActivity(event, readHeader, context);
    }
    const event = parseCef(line, cefAt);
    return 'error' in event ? deadLetter('bad-cef', event.error) : cefActivity(event, readHeader, context);
  }
  const header = parseSyslog(line, -1, context);
  const message = header.message.trim();
  if (message.startsWith('{') && message.endsWith('}')) {
    const withTime = Number.isNaN(header.timeMs) ? context : { ...context, fallbackTimeMs: header.timeMs };
    const inner = parseJsonLine(message, withTime, parsePayload);
    if (inner.kind === 'activity' || inner.reason !== 'unknown-format') return inner;
  }
  const winCollectAt = line.indexOf('AgentDevice=');
  if (winCollectAt >= 0 && winCollectAt <= MAX_HEADER) {
    const event = windowsEventFromWinCollect(line.slice(winCollectAt), header.timeMs, context);
    if (event) return windowsActivity(event, context);
  }
  return plainActivity(header, context);
}

/** JSON behind a syslog header may carry another record as text. */
const isInsideJson = (line: string, markAt: number): boolean =>
  markAt > 0 && line.lastIndexOf('{', markAt) >= 0 && line.trimEnd().endsWith('}');

/** A syslog record with a text of its own. Text without any header is no record we know. */
function plainActivity(header: SyslogHeader, context: ParseContext): ParseOutcome {
  if (Number.isNaN(header.timeMs) && Number.isNaN(header.priority)) {
    return deadLetter('unknown-format', 'neither a syslog header nor a known payload');
  }
  const message = header.message.trim();
  if (message === '') return deadLetter('empty-message', 'nothing follows the syslog header');
  const activity = makeActivity({});
  activity.timeMs = Number.isNaN(header.timeMs) ? context.fallbackTimeMs : header.timeMs;
  if (Number.isNaN(activity.timeMs)) return deadLetter('bad-time', 'the syslog header has no usable time');
  activity.device = header.host;
  activity.severity = Number.isNaN(header.priority) ? 0 : SYSLOG_SEVERITY[header.priority & 7]!;
  // `sshd(pam_unix)` is sshd's own PAM text.
  const process = header.process.replace(/\(.*$/, '');
  parseUnixMessage(activity, process, message);
  activity.logSource = process === '' ? 'Syslog' : `Linux ${process}`.slice(0, 120);
  return parsed(activity);
}

/** Syslog 0 emergency ... 7 debug on a scale of 10 where 10 is worst. */
const SYSLOG_SEVERITY = [10, 9, 8, 6, 4, 3, 2, 1];
