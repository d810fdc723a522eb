import { type Activity, makeActivity, type Sensitivity } from '../domain/activity.ts';
import type { ParseOutcome } from '../domain/ingest.ts';
import { deriveColumns, raise } from './derive-columns.ts';
import { accountName, countOf } from './field-reader.ts';
import { guessClass, isActivityClass, isActivityName, outcomeOfWords, severityOf } from './generic-event.ts';
import { parseJavaTime } from './java-date-format.ts';
import type { LeefEvent } from './leef.ts';
import { describeMail, splitAddresses } from './mail-fields.ts';
import type { ParseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import { parseAnyTime } from './parse-time.ts';
import type { HeaderReader } from './syslog.ts';
import { windowsActivity } from './windows-activity.ts';
import { windowsEventFromFields } from './windows-fields.ts';

/** A LEEF event to an activity. Without a usable `devTime` the time of the syslog header counts, as in QRadar. */
export function leefActivity(event: LeefEvent, readHeader: HeaderReader, context: ParseContext): ParseOutcome {
  const { attributes } = event;
  const get = (key: string): string => attributes.get(key) ?? '';
  const timeMs = timeOf(get('devTime'), get('devTimeFormat'), readHeader, context);
  if (Number.isNaN(timeMs)) return deadLetter('bad-time', 'no usable devTime and no syslog time');
  if (event.vendor === 'Microsoft' && /windows|sysmon|security/i.test(event.product)) {
    const windows = windowsEventFromFields(event.product, event.eventId, attributes, timeMs, readHeader()?.host ?? '');
    if (windows) return withSenderFields(windowsActivity(windows, context), get);
  }
  const activity = makeActivity({});
  activity.timeMs = timeMs;
  activity.originId = get('eventUid');
  activity.account = accountOf(get);
  activity.device = get('identHostName') || get('devname') || get('dvchost') || readHeader()?.host || '';
  activity.source = get('src');
  activity.target = get('dst');
  activity.severity = severityOf(get('sev') || get('severity'));
  activity.logSource = `${event.vendor} ${event.product}`.trim();
  activity.bytesOut = countOf(get('srcBytes') || get('bytesOut') || get('out'));
  activity.bytesIn = countOf(get('dstBytes') || get('bytesIn') || get('in'));
  activity.process = get('process') || get('processName');
  activity.command = get('command') || get('commandLine') || get('cmd');
  activity.resource = get('resource') || get('url') || get('fileName') || get('filePath') || get('object');
  activity.targetAccount = get('targetUser') || get('targetUserName');
  activity.domain = get('domainName');
  const category = get('cat');
  if (isActivityClass(category) && isActivityName(event.eventId))
    fillOwn(activity, event.eventId, category, get, context);
  else fillGuess(activity, event, category, get);
  return parsed(deriveColumns(activity, context));
}

/** What the sender says beside the Windows event itself. */
function withSenderFields(outcome: ParseOutcome, get: (key: string) => string): ParseOutcome {
  if (outcome.kind !== 'activity') return outcome;
  const { activity } = outcome;
  activity.source ||= get('src');
  activity.target ||= get('dst');
  if (activity.severity === 0) activity.severity = severityOf(get('sev'));
  raise(activity, sensitivityOf(get('sensitivity')));
  return outcome;
}

const sensitivityOf = (text: string): Sensitivity => (text === '1' ? 1 : text === '2' ? 2 : text === '3' ? 3 : 0);

function accountOf(get: (key: string) => string): string {
  const user =
    get('usrName') ||
    get('accountName') ||
    get('sAccountName') ||
    get('user') ||
    get('userName') ||
    get('suser') ||
    get('duser');
  return user === 'n/a' || user === '-' || user === 'N/A' || user === 'unknown' ? '' : user;
}

/** Events that already speak our names: `EventID` an activity, `cat` a class, and fields of `Activity` as attributes. */
function fillOwn(
  activity: Activity,
  name: Activity['activity'],
  category: Activity['class'],
  get: (key: string) => string,
  context: ParseContext,
): void {
  activity.class = category;
  activity.activity = name;
  activity.domain = get('domain') || activity.domain;
  const outcome = get('outcome');
  if (outcome === 'success' || outcome === 'failure') activity.outcome = outcome;
  activity.logonType = Math.min(countOf(get('logonType')), 255);
  activity.eventCode = countOf(get('eventCode'));
  activity.recipients = countOf(get('recipients'));
  activity.recipientsExternal = countOf(get('recipientsExternal'));
  activity.attachments = countOf(get('attachments'));
  activity.removable = get('removable') === 'true';
  activity.privileged = get('privileged') === 'true';
  raise(activity, sensitivityOf(get('sensitivity')));
  if (category === 'email' && activity.recipients === 0 && activity.resource !== '') {
    const recipients = splitAddresses(activity.resource);
    activity.recipients = recipients.length;
    activity.recipientsExternal = describeMail(get('sender') || activity.account, recipients, '', context).external;
  }
}

function fillGuess(activity: Activity, event: LeefEvent, category: string, get: (key: string) => string): void {
  guessClass(activity, `${event.eventId} ${category} ${get('name')} ${get('act')} ${get('action')}`);
  if (get('isLoginEvent') === 'true') [activity.class, activity.activity] = ['authentication', 'logon'];
  if (get('isLogoutEvent') === 'true') [activity.class, activity.activity] = ['authentication', 'logoff'];
  if (activity.class === 'base_event' && get('url') !== '') [activity.class, activity.activity] = ['http', 'visit'];
  const code = Number(event.eventId);
  if (Number.isInteger(code) && code > 0 && code < 2 ** 31) activity.eventCode = code;
  if (activity.outcome === 'unknown') {
    activity.outcome = outcomeOfWords(
      `${get('act')} ${get('action')} ${get('outcome')} ${get('result')} ${get('status')}`,
    );
  }
  activity.account = accountName(activity.account, get('accountDomain') || get('ntdomain'));
  if (get('removable') === 'true') activity.removable = true;
}

function timeOf(devTime: string, format: string, readHeader: HeaderReader, context: ParseContext): number {
  let time = Number.NaN;
  if (devTime !== '') {
    if (format !== '') time = parseJavaTime(devTime, format, context);
    if (Number.isNaN(time)) time = parseAnyTime(devTime, context);
  }
  if (Number.isNaN(time)) time = readHeader()?.timeMs ?? Number.NaN;
  return Number.isNaN(time) ? context.fallbackTimeMs : time;
}
