import {
  ACTIVITY_CLASSES,
  ACTIVITY_NAMES,
  type Activity,
  FILE_CATEGORIES,
  makeActivity,
  OUTCOMES,
  WEB_CATEGORIES,
} from '../domain/activity.ts';
import type { ParseOutcome } from '../domain/ingest.ts';
import { deriveColumns } from './derive-columns.ts';
import type { ParseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import { epochToMs, parseAnyTime } from './parse-time.ts';

type JsonObject = Record<string, unknown>;

const CLASS_SET: ReadonlySet<string> = new Set(ACTIVITY_CLASSES);
const NAME_SET: ReadonlySet<string> = new Set(ACTIVITY_NAMES);
const OUTCOME_SET: ReadonlySet<string> = new Set(OUTCOMES);
const FILE_SET: ReadonlySet<string> = new Set(FILE_CATEGORIES);
const WEB_SET: ReadonlySet<string> = new Set(WEB_CATEGORIES);

/** Whether the object is an activity in the product's own JSON form: a time and an activity class by our names. */
export const isNativeJson = (record: JsonObject): boolean =>
  (record.time !== undefined || record.timeMs !== undefined) &&
  typeof record.class === 'string' &&
  CLASS_SET.has(record.class);

/** The product's own JSON form: field names of `Activity`, `time` as ISO 8601 or epoch. Fields of a wrong type are left out. */
export function parseNativeJson(record: JsonObject, context: ParseContext): ParseOutcome {
  const timeMs = timeOf(record.time ?? record.timeMs, context);
  if (Number.isNaN(timeMs)) return deadLetter('bad-time', 'time is neither ISO 8601 nor an epoch');
  const activity = makeActivity({});
  activity.timeMs = timeMs;
  activity.class = record.class as Activity['class'];
  const name = record.activity;
  if (typeof name === 'string' && NAME_SET.has(name)) activity.activity = name as Activity['activity'];
  const outcome = record.outcome;
  if (typeof outcome === 'string' && OUTCOME_SET.has(outcome)) activity.outcome = outcome as Activity['outcome'];
  activity.originId = text(record.originId);
  activity.account = text(record.account);
  activity.accountSid = text(record.accountSid);
  activity.targetAccount = text(record.targetAccount);
  activity.device = text(record.device);
  activity.source = text(record.source);
  activity.target = text(record.target);
  activity.resource = text(record.resource);
  activity.process = text(record.process);
  activity.command = text(record.command);
  activity.domain = text(record.domain);
  activity.logSource = text(record.logSource);
  activity.bytesOut = count(record.bytesOut);
  activity.bytesIn = count(record.bytesIn);
  activity.logonType = count(record.logonType);
  activity.eventCode = count(record.eventCode);
  activity.recipients = count(record.recipients);
  activity.recipientsExternal = count(record.recipientsExternal);
  activity.attachments = count(record.attachments);
  activity.severity = Math.min(count(record.severity), 10);
  activity.removable = record.removable === true;
  activity.privileged = record.privileged === true;
  const sensitivity = record.sensitivity;
  if (sensitivity === 1 || sensitivity === 2 || sensitivity === 3) activity.sensitivity = sensitivity;
  const file = record.fileCategory;
  if (typeof file === 'string' && FILE_SET.has(file)) activity.fileCategory = file as Activity['fileCategory'];
  const web = record.webCategory;
  if (typeof web === 'string' && WEB_SET.has(web)) activity.webCategory = web as Activity['webCategory'];
  return parsed(deriveColumns(activity, context));
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;

function timeOf(value: unknown, context: ParseContext): number {
  if (typeof value === 'number') return epochToMs(value);
  return typeof value === 'string' ? parseAnyTime(value, context) : Number.NaN;
}
