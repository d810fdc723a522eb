import { type Activity, makeActivity } from '../domain/activity.ts';
import type { ParseOutcome, SourceRecord } from '../domain/ingest.ts';
import { deriveColumns } from './derive-columns.ts';
import { plainAddress } from './field-reader.ts';
import { type IngestOptions, type ParseContext, parseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import { classifyByCategory } from './qradar-categories.ts';
import { type QRadarEventRow, readEventRow } from './qradar-row.ts';
import { isBlank } from './record-reader.ts';
import { parseTextLine } from './text-line.ts';

/** What one row of an event search comes to. */
export interface QRadarRecord {
  record: SourceRecord;
  /** QRadar domain, `''` for the default one. */
  domain: string;
  /** Who acted, as QRadar and the payload write it; empty when neither says. */
  accounts: string[];
  logSourceType: string;
  /** Arrival, UTC epoch milliseconds; NaN when the row does not say. */
  arrivalMs: number;
  /** Events that QRadar made one row of. */
  eventCount: number;
}

export type QRadarEventReader = (row: Readonly<Record<string, unknown>>, line: number) => QRadarRecord;

const MAX_KEPT = 4096;

/**
 * Reads rows of event searches, whose keys are the names of `QRadarEventRow`. A payload that a parser knows comes to the
 * very activity, with the very id, that the line would come to out of a file or by syslog; else QRadar's own columns say
 * what happened. Domains are always QRadar's: a payload can claim any. Never throws.
 */
export function createEventReader(options: IngestOptions): QRadarEventReader {
  const context = parseContext(options);
  return (row, line) => {
    const checked = readEventRow(row);
    if ('fault' in checked) return badRow(row, checked.fault, line);
    const payload = checked.payload.replace(/^\ufeff/, '').replace(/[\r\n]+$/, '');
    const domain = checked.domainId === 0 ? '' : checked.domainName || `domain ${checked.domainId}`;
    const raw = isBlank(payload) ? describeRow(checked) : payload;
    const rowContext = { ...context, fallbackTimeMs: checked.deviceMs, latestMs: checked.arrivalMs };
    const outcome = isBlank(payload)
      ? byColumns(undefined, checked, context, 'no payload')
      : Buffer.byteLength(payload) > options.maxRecordBytes
        ? deadLetter('too-long', 'longer than the configured limit')
        : byPayload(parseTextLine(payload, rowContext), checked, context);
    if (outcome.kind === 'activity') outcome.activity.domain = domain;
    const said = outcome.kind === 'activity' ? outcome.activity.account : '';
    return {
      record: { origin: checked.logSource || 'QRadar', line, raw, outcome },
      domain,
      accounts: [...new Set([checked.username, said])].filter((account) => account !== ''),
      logSourceType: checked.logSourceType,
      arrivalMs: checked.arrivalMs,
      eventCount: checked.eventCount,
    };
  };
}

function byPayload(outcome: ParseOutcome, row: QRadarEventRow, context: ParseContext): ParseOutcome {
  if (outcome.kind === 'dead-letter') return byColumns(undefined, row, context, outcome.detail);
  const { activity } = outcome;
  // With an id of its own, account and class are part of the identity: left as every other way of delivery has them.
  if (activity.originId !== '') return outcome;
  activity.account ||= row.username;
  return activity.class === 'base_event' ? byColumns(activity, row, context, '') : outcome;
}

/** @param known what the payload told, when it told something */
function byColumns(
  known: Activity | undefined,
  row: QRadarEventRow,
  context: ParseContext,
  reason: string,
): ParseOutcome {
  const activity = known ?? makeActivity({ timeMs: row.deviceMs });
  const isClassified = classifyByCategory(activity, row);
  if (!known && !isClassified && row.username === '')
    return deadLetter('unknown-format', `${reason.slice(0, 200)}; QRadar names neither a user nor a category`);
  activity.account ||= row.username;
  activity.source ||= addressOf(row.sourceIp);
  activity.target ||= addressOf(row.destinationIp);
  activity.device ||= hostOf(row.logSource);
  activity.logSource = row.logSourceType || activity.logSource || 'QRadar';
  activity.severity ||= row.severity;
  if (activity.class === 'detection_finding') activity.resource ||= row.eventName;
  return parsed(deriveColumns(activity, context));
}

const addressOf = (address: string): string =>
  address === '0.0.0.0' || /^[0:]+$/.test(address) ? '' : plainAddress(address);

/** `WindowsAuthServer @ dc1.corp.example`, as discovered log sources are called: the host behind the sign. */
function hostOf(logSource: string): string {
  const at = logSource.lastIndexOf(' @ ');
  return at < 0 ? '' : logSource.slice(at + 3).trim();
}

/**
 * Text that identifies an event without payload: what cannot be renamed, with its arrival, so that two equal ones of a
 * second stay two.
 */
function describeRow(row: QRadarEventRow): string {
  const { logSourceId, qid, deviceMs, arrivalMs, username, domainId, eventCount } = row;
  const ends = [row.sourceIp, row.sourcePort, row.destinationIp, row.destinationPort];
  return JSON.stringify(['qradar', logSourceId, qid, deviceMs, arrivalMs, username, domainId, eventCount, ...ends]);
}

function badRow(row: Readonly<Record<string, unknown>>, fault: string, line: number): QRadarRecord {
  const raw = (safeJson(row) ?? 'a row that is no JSON').slice(0, MAX_KEPT);
  const [username, domainId, domainName] = [row.username, row.domainId, row.domainName];
  const outcome = deadLetter('missing-field', `the column ${fault} is absent or not as documented`);
  return {
    record: { origin: 'QRadar', line, raw, outcome },
    domain: domainId === 0 || typeof domainName !== 'string' ? '' : domainName,
    accounts: typeof username === 'string' && username !== '' ? [username] : [],
    logSourceType: typeof row.logSourceType === 'string' ? row.logSourceType : '',
    arrivalMs: Number.NaN,
    eventCount: 1,
  };
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
