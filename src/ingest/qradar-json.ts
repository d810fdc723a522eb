import { makeActivity } from '../domain/activity.ts';
import type { ParseOutcome } from '../domain/ingest.ts';
import { deriveColumns } from './derive-columns.ts';
import { countOf, textOf } from './field-reader.ts';
import { guessClass, outcomeOfWords, severityOf } from './generic-event.ts';
import type { ParseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import { epochToMs, parseAnyTime } from './parse-time.ts';

type JsonObject = Record<string, unknown>;

/** Parses a record carried inside another one. */
export type PayloadParser = (payload: string, context: ParseContext) => ParseOutcome;

/** Keys of a QRadar JSON forwarding profile; two of them make an object one. */
const KEYS = ['logSourceType', 'logSource', 'eventName', 'lowLevelCategory', 'highLevelCategory', 'devTimeEpoch', 'startTimeEpoch', 'logSourceIdentifier', 'storageTimeEpoch', 'relevance', 'credibility']; // biome-ignore format: a list

export const isQradarJson = (record: JsonObject): boolean => {
  let found = 0;
  for (const key of KEYS) if (key in record && ++found === 2) return true;
  return false;
};

/**
 * An event as QRadar forwards it. The payload says most and is parsed first; QRadar's own columns give the time, the
 * domain and what the payload leaves open.
 */
export function parseQradarJson(
  record: JsonObject,
  context: ParseContext,
  parsePayload: PayloadParser | undefined,
): ParseOutcome {
  const text = (key: string): string => textOf(record[key]);
  const time = [
    epochOf(text('devTimeEpoch')),
    epochOf(text('startTimeEpoch')),
    parseAnyTime(text('startTimeISO'), context),
    epochOf(text('storageTimeEpoch')),
  ].find((value) => !Number.isNaN(value));
  const payload = text('payload') || text('utf8_payload');
  const inner = payload === '' ? undefined : parsePayload?.(payload, withTime(context, time));
  const known = inner?.kind === 'activity' && inner.activity.class !== 'base_event' ? inner.activity : undefined;
  const activity = known ?? makeActivity({});
  const timeMs = time ?? (known ? known.timeMs : context.fallbackTimeMs);
  if (Number.isNaN(timeMs)) return deadLetter('bad-time', 'no devTimeEpoch, startTimeEpoch or startTimeISO');
  activity.timeMs = timeMs;
  activity.domain = text('domainName');
  if (activity.domain.toLowerCase() === 'default domain') activity.domain = '';
  activity.account ||= text('usrName');
  activity.source ||= zeroless(text('src'));
  activity.target ||= zeroless(text('dst'));
  activity.device ||= text('Computer') || text('logSourceIdentifier');
  if (known) return parsed(activity);
  activity.logSource = text('logSourceType') || text('logSource');
  activity.severity = severityOf(text('sev'));
  activity.command = text('Command') || text('CommandLine');
  activity.process = text('Process Path') || text('Process Name');
  activity.resource = text('URL') || text('url') || text('Filename') || text('File Path') || text('Share Name');
  activity.bytesOut = countOf(text('srcBytes') || text('BytesSent'));
  activity.bytesIn = countOf(text('dstBytes') || text('BytesReceived'));
  activity.eventCode = Math.min(countOf(text('EventID') || text('Event ID')), 2 ** 31);
  guessClass(activity, `${text('eventName')} ${text('lowLevelCategory')}`);
  if (activity.class === 'base_event') guessClass(activity, `${text('highLevelCategory')} ${text('eventDescription')}`);
  if (activity.outcome === 'unknown')
    activity.outcome = outcomeOfWords(`${text('lowLevelCategory')} ${text('eventName')}`);
  return parsed(deriveColumns(activity, context));
}

const withTime = (context: ParseContext, time: number | undefined): ParseContext =>
  time === undefined ? context : { ...context, fallbackTimeMs: time };

const zeroless = (address: string): string => (address === '0.0.0.0' ? '' : address);

const epochOf = (text: string): number => (text === '' ? Number.NaN : epochToMs(Number(text)));
