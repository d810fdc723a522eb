import type { ParseOutcome } from '../domain/ingest.ts';
import { isNativeJson, parseNativeJson } from './native-json.ts';
import type { ParseContext } from './options.ts';
import { deadLetter } from './outcome.ts';
import { isQradarJson, type PayloadParser, parseQradarJson } from './qradar-json.ts';
import { windowsActivity } from './windows-activity.ts';
import { windowsEventFromJson } from './windows-event.ts';

/**
 * One line of JSON in any layout known: the product's own, a Windows event, a QRadar forwarding profile.
 * @param parsePayload reads a record inside the record; absent, payloads are left alone
 */
export function parseJsonLine(line: string, context: ParseContext, parsePayload?: PayloadParser): ParseOutcome {
  const value = parseJson(line) ?? parseJson(withoutListMarks(line));
  if (value === undefined) return deadLetter('bad-json', 'not valid JSON');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return deadLetter('bad-json', 'JSON, but not an object');
  }
  return parseJsonObject(value as Record<string, unknown>, context, parsePayload);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One object of a JSON list written one to a line. */
const withoutListMarks = (line: string): string => {
  const text = line.trim();
  const start = text.startsWith('[') || text.startsWith(',') ? 1 : 0;
  const end = text.length > 1 && (text.endsWith(',') || text.endsWith(']')) ? text.length - 1 : text.length;
  return text.slice(start, end);
};

function parseJsonObject(
  record: Record<string, unknown>,
  context: ParseContext,
  parsePayload: PayloadParser | undefined,
): ParseOutcome {
  if (isNativeJson(record)) return parseNativeJson(record, context);
  const event = windowsEventFromJson(record, context);
  if (event) return windowsActivity(event, context);
  if (isQradarJson(record)) return parseQradarJson(record, context, parsePayload);
  return deadLetter(
    'unknown-format',
    `JSON of an unknown layout, keys ${Object.keys(record).slice(0, 6).join(' ').slice(0, 120)}`,
  );
}
