import { type Activity, makeActivity } from '../domain/activity.ts';
import type { ParseOutcome } from '../domain/ingest.ts';
import { deriveColumns } from './derive-columns.ts';
import { accountName, countOf } from './field-reader.ts';
import type { ParseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import { pick, type WindowsEvent } from './windows-event.ts';
import { fillFromMessage } from './windows-message.ts';
import { otherRules } from './windows-other-rules.ts';
import type { WindowsActor, WindowsRule, WindowsRules } from './windows-rule.ts';
import { fillSecurityFields, SECURITY_RULES } from './windows-security-rules.ts';
import { SYSMON_RULES } from './windows-sysmon-rules.ts';

interface Channel {
  rules: WindowsRules | undefined;
  logSource: string;
  isSecurity: boolean;
  isSysmon: boolean;
}
const channels = new Map<string, Channel>();

/** Rules and log source name of a channel, told by the provider where the shipper leaves the channel out. */
function channelOf(event: WindowsEvent): Channel {
  const key = event.channel === '' ? event.provider : event.channel;
  const known = channels.get(key);
  if (known) return known;
  const name = key.toLowerCase();
  const isSecurity = name === 'security' || name === 'microsoft-windows-security-auditing';
  const isSysmon = name.includes('sysmon');
  const channel: Channel = {
    isSecurity,
    isSysmon,
    rules: isSecurity ? SECURITY_RULES : isSysmon ? SYSMON_RULES : otherRules(name),
    logSource: isSecurity
      ? 'Microsoft Windows Security Event Log'
      : isSysmon
        ? 'Microsoft Windows Sysmon'
        : `Microsoft Windows ${key.replace(/^Microsoft-Windows-/, '').slice(0, 120)}`,
  };
  if (channels.size < 10_000) channels.set(key, channel);
  return channel;
}

/** One Windows event to an activity: by its rule, or a `base_event` with who and where when no rule knows it. */
export function windowsActivity(event: WindowsEvent, context: ParseContext): ParseOutcome {
  if (event.eventId < 0) return deadLetter('missing-field', 'EventID is not a number');
  if (Number.isNaN(event.timeMs)) event.timeMs = context.fallbackTimeMs;
  if (Number.isNaN(event.timeMs)) return deadLetter('bad-time', 'the event has no usable time');
  const channel = channelOf(event);
  if (channel.isSecurity) fillFromMessage(event);
  const rule = channel.rules?.get(event.eventId);
  const activity = makeActivity({});
  activity.timeMs = event.timeMs;
  activity.eventCode = event.eventId;
  activity.device = event.computer;
  activity.logSource = channel.logSource;
  activity.originId = event.recordId === '' ? '' : `${event.computer}/${event.channel}/${event.recordId}`;
  activity.severity = SEVERITY_BY_LEVEL[event.level] ?? 0;
  if (rule) applyRule(activity, event, rule, channel);
  else fillActor(activity, event, channel.isSecurity ? 'subject' : channel.isSysmon ? 'user' : 'logged');
  if (activity.account === '' && !channel.isSysmon && rule?.actor !== 'none') fillActor(activity, event, 'logged');
  if (channel.isSecurity) fillSecurityFields(activity, event);
  return parsed(deriveColumns(activity, context));
}

/** Windows levels (1 critical ... 5 verbose) on a scale of 10. */
const SEVERITY_BY_LEVEL = [0, 9, 7, 5, 2, 1];

function applyRule(activity: Activity, event: WindowsEvent, rule: WindowsRule, channel: Channel): void {
  const { data } = event;
  activity.class = rule.class;
  activity.activity = rule.activity;
  activity.privileged = rule.privileged === true;
  activity.sensitivity = rule.sensitivity ?? 0;
  if (rule.resource) activity.resource = pick(data, ...rule.resource);
  if (rule.process) activity.process = pick(data, ...rule.process);
  if (rule.command) activity.command = pick(data, ...rule.command);
  if (rule.source) activity.source = pick(data, ...rule.source);
  if (rule.target) activity.target = pick(data, ...rule.target);
  fillActor(activity, event, rule.actor ?? (channel.isSysmon ? 'user' : 'subject'));
  if (rule.hasTarget) {
    activity.targetAccount = accountName(pick(data, 'TargetUserName'), pick(data, 'TargetDomainName'));
  }
  activity.outcome = outcomeOf(event, rule);
  activity.logonType = Math.min(countOf(pick(data, 'LogonType')), 255);
  rule.adjust?.(activity, event);
  // Lists of privileges come one to a line.
  if (activity.resource.includes('\n')) activity.resource = activity.resource.replace(/\s+/g, ' ');
}

function outcomeOf(event: WindowsEvent, rule: WindowsRule): Activity['outcome'] {
  if (rule.outcome === 'status') {
    const status = pick(event.data, 'Status', 'ReturnCode', 'FailureCode', 'ErrorCode');
    if (status !== '') return Number(status) === 0 ? 'success' : 'failure';
  } else if (rule.outcome !== undefined) return rule.outcome;
  // Nearly every id is written for successes; failures are marked as such.
  return event.audit === 'failure' ? 'failure' : 'success';
}

function fillActor(activity: Activity, event: WindowsEvent, actor: WindowsActor): void {
  const { data } = event;
  switch (actor) {
    case 'subject':
      activity.account = accountName(pick(data, 'SubjectUserName'), pick(data, 'SubjectDomainName'));
      activity.accountSid = pick(data, 'SubjectUserSid');
      break;
    case 'target':
      activity.account = accountName(pick(data, 'TargetUserName'), pick(data, 'TargetDomainName'));
      activity.accountSid = pick(data, 'TargetUserSid', 'TargetSid');
      break;
    case 'user':
      activity.account = pick(data, 'User', 'SourceUser');
      break;
    case 'account':
      activity.account = accountName(pick(data, 'AccountName'), pick(data, 'AccountDomain'));
      break;
    case 'logged':
      activity.account = event.loggedUser;
      activity.accountSid = event.loggedSid;
      break;
    default:
  }
  // S-1-0-0 is "nobody", written where no account is known.
  if (activity.accountSid === 'S-1-0-0') activity.accountSid = '';
}
