import { createHash } from 'node:crypto';
import { nameKey, type OffenseFact } from '../domain/context.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Campaign } from '../domain/findings.ts';
import { DAY_MS } from '../domain/time.ts';
import { nextEntry } from '../governance/audit-chain.ts';
import type { JsonValue } from '../governance/canonical-json.ts';
import type { AuditRow } from '../governance/ports.ts';
import { composeCampaignNote } from '../narrative/campaign-note.ts';
import { type ChangedCampaign, findChanges } from '../writeback/campaign-changes.ts';
import { composeCampaignEvent, isUsableAccount } from '../writeback/campaign-event.ts';
import type { ArrivalPort, CampaignEvent, CampaignNotePort, SyslogPort } from '../writeback/campaign-ports.ts';
import { classifyFailure, pauseAfterMs } from '../writeback/failures.ts';
import type { NotePhase } from '../writeback/ports.ts';

export interface WriteCampaignsPorts {
  /** Campaigns of the last whole analysis; `undefined` before there is one. */
  campaigns(): readonly Campaign[] | undefined;
  /** Accounts of a person, the primary one, by which QRadar knows them, first. */
  accountsOf(person: string): Promise<readonly { domain: string; account: string }[]>;
  events: {
    latest(): Promise<CampaignEvent[]>;
    unfinished(): Promise<CampaignEvent[]>;
    offensesOf(campaign: string): Promise<number[]>;
    /** Durable, together with the audit entry, before it resolves. */
    save(row: CampaignEvent, seal?: (last: AuditRow | undefined) => AuditRow): Promise<void>;
  };
  offenses: {
    get(id: number): Promise<OffenseFact | undefined>;
    about(names: readonly string[], fromMs: number, toMs: number, limit: number): Promise<{ offenses: OffenseFact[] }>;
  };
  /** The next three are used in phase `enrich` only. */
  syslog: SyslogPort;
  arrivals: ArrivalPort;
  notes: CampaignNotePort;
  tracking: { readonly isKnown: boolean; isTracked(domain: string, account: string): boolean };
  now(): number;
  signal?: AbortSignal;
}

export interface WriteCampaignsOptions {
  phase: NotePhase;
  /** Of the log source. */
  identifier: string;
  /** Rule that raises the offense. */
  ruleName: string;
  /** Longest event in bytes. */
  maxBytes: number;
}

/** What became of events and notes in this round. */
export interface WriteCampaignsResult {
  /** New states. */
  changes: number;
  recorded: number;
  sent: number;
  /** Seen in QRadar. */
  arrived: number;
  /** Sent before, not there: to be sent again with the same id. */
  lost: number;
  failed: number;
  noted: number;
  notesGivenUp: number;
  /** Why nothing more can be done at present. */
  blocked: ErrorCode | undefined;
}

/** Events handed over at once. */
const BATCH = 50;
const MOST_ATTEMPTS = 3;
/** Whether an event arrived is asked so long after the attempt, and again after twice and four times that. */
const FIRST_LOOK_MS = 60_000;
const MOST_LOOKS = 3;
/** An event without an offense after so long raises none: the rule is missing or disabled. */
const OFFENSE_WAIT_MS = 7 * DAY_MS;
/** QRadar and we count time apart. */
const SLACK_MS = 10 * 60_000;

/**
 * Tells QRadar what changed about campaigns: one event for each state, and its note on the offense that the rule raises. The
 * event is stored before it is sent, an attempt is stored before a byte leaves, and an attempt of which it is not known
 * whether it arrived is looked up in QRadar before it is made again, with the same id.
 */
export async function writeCampaigns(
  ports: WriteCampaignsPorts,
  options: WriteCampaignsOptions,
): Promise<WriteCampaignsResult> {
  const result: WriteCampaignsResult = {
    changes: 0,
    recorded: 0,
    sent: 0,
    arrived: 0,
    lost: 0,
    failed: 0,
    noted: 0,
    notesGivenUp: 0,
    blocked: undefined,
  };
  // Nothing is written about anybody while it is not known who must not be tracked.
  if (!ports.tracking.isKnown) return result;
  await planEvents(ports, options, result);
  if (options.phase !== 'enrich') return result;
  await promote(ports);
  for (const step of [lookUp, sendPlanned, writeNotes]) {
    ports.signal?.throwIfAborted();
    try {
      // Each step sees what the one before has stored.
      await step(ports, await ports.events.unfinished(), result, options);
    } catch (error) {
      ports.signal?.throwIfAborted();
      const { kind, code } = classifyFailure(error);
      if (kind !== 'console' && code === 'INTERNAL') throw error;
      result.blocked ??= code;
    }
  }
  return result;
}

async function planEvents(
  ports: WriteCampaignsPorts,
  options: WriteCampaignsOptions,
  result: WriteCampaignsResult,
): Promise<void> {
  const campaigns = ports.campaigns();
  if (!campaigns) return;
  for (const changed of findChanges(campaigns, await ports.events.latest())) {
    const accounts = await ports.accountsOf(changed.campaign.people[0] ?? '');
    const who = accounts[0];
    if (!who || !isUsableAccount(who.account)) continue;
    if (!accounts.every(({ domain, account }) => ports.tracking.isTracked(domain, account))) continue;
    const row = rowOf(changed, who, ports.now(), options);
    const kind = row.state === 'recorded' ? 'campaign.recorded' : 'campaign.planned';
    await settle(ports, row, kind, { change: row.change, event: hashOf(row.message) });
    result.changes += 1;
    if (row.state === 'recorded') result.recorded += 1;
  }
}

function rowOf(
  { change, number, campaign, before, told, mergedInto }: ChangedCampaign,
  { domain, account }: { domain: string; account: string },
  nowMs: number,
  { phase, identifier, maxBytes }: WriteCampaignsOptions,
): CampaignEvent {
  const id = `${campaign.id}.${number}`;
  const fields = { id, number, change, campaign, mergedInto, account };
  return {
    id,
    campaign: campaign.id,
    number,
    change,
    person: campaign.people[0]!,
    domain,
    account,
    state: phase === 'enrich' ? 'planned' : 'recorded',
    note: 'waiting',
    createdMs: nowMs,
    updatedMs: nowMs,
    snapshot: campaign,
    before,
    told,
    mergedInto,
    message: composeCampaignEvent({ ...fields, identifier, timeMs: nowMs, maxBytes }),
    attempts: 0,
    attemptMs: 0,
    isWritten: false,
    looks: 0,
    notBeforeMs: 0,
    offense: undefined,
    noteText: undefined,
    noteIds: [],
    noteAttempts: 0,
    lastError: undefined,
  };
}

/** What was only recorded is sent as it was recorded, of campaigns that still go on; nobody is told of others any more. */
async function promote(ports: WriteCampaignsPorts): Promise<void> {
  const recorded = (await ports.events.unfinished()).filter(({ state }) => state === 'recorded');
  if (recorded.length === 0) return;
  const latest = new Map((await ports.events.latest()).map((row) => [row.campaign, row]));
  for (const row of recorded) {
    const change = latest.get(row.campaign)?.change;
    const isOver = change === 'closed' || change === 'merged' || !isStillTracked(ports, row);
    await save(ports, row, isOver ? { state: 'failed', lastError: 'over before it was sent' } : { state: 'planned' });
  }
}

const isStillTracked = ({ tracking }: WriteCampaignsPorts, { domain, account }: CampaignEvent): boolean =>
  tracking.isTracked(domain, account);

/** Finds out about attempts. One search for all of them. */
async function lookUp(
  ports: WriteCampaignsPorts,
  rows: readonly CampaignEvent[],
  result: WriteCampaignsResult,
): Promise<void> {
  const now = ports.now();
  const due = rows.filter((row) => row.state === 'sending' && now >= row.attemptMs + FIRST_LOOK_MS * 2 ** row.looks);
  if (due.length === 0) return;
  const since = Math.min(...due.map(({ attemptMs }) => attemptMs));
  const arrived = await ports.arrivals.arrivedSince(since, ports.signal);
  for (const row of due) {
    if (arrived?.has(row.id)) {
      await settle(ports, { ...row, state: 'arrived', lastError: undefined }, 'campaign.arrived', {});
      result.arrived += 1;
    } else if (arrived === undefined) {
      // No way to look: what was handed over counts as sent, what was cut off is sent again.
      await save(ports, row, row.isWritten ? { state: 'sent' } : { state: 'planned' });
      if (!row.isWritten) result.lost += 1;
    } else if (row.looks + 1 < MOST_LOOKS) await save(ports, row, { looks: row.looks + 1 });
    else if (row.attempts < MOST_ATTEMPTS) {
      await save(ports, row, { state: 'planned', looks: 0 });
      result.lost += 1;
    } else {
      const lastError = 'not seen in QRadar: is the log source there?';
      await settle(ports, { ...row, state: 'failed', lastError }, 'campaign.failed', { reason: 'not-seen' });
      result.failed += 1;
    }
  }
}

/** In the order the states came about; the later states of a campaign wait for the earlier ones to leave. */
async function sendPlanned(
  ports: WriteCampaignsPorts,
  rows: readonly CampaignEvent[],
  result: WriteCampaignsResult,
  options: WriteCampaignsOptions,
): Promise<void> {
  const now = ports.now();
  const batch: CampaignEvent[] = [];
  for (const row of rows) {
    if (row.state !== 'planned' || row.notBeforeMs > now || batch.length >= BATCH) continue;
    if (!isStillTracked(ports, row)) await giveUp(ports, row, 'not-tracked');
    // Made for another protocol.
    else if (Buffer.byteLength(row.message) > options.maxBytes) await giveUp(ports, row, 'too-long');
    else batch.push(row);
  }
  if (batch.length === 0) return;
  const begun = batch.map((row): CampaignEvent => {
    return { ...row, state: 'sending', attempts: row.attempts + 1, attemptMs: now, isWritten: false, looks: 0 };
  });
  for (const row of begun) await save(ports, row, {});
  try {
    await ports.syslog.send(
      begun.map(({ message }) => message),
      ports.signal,
    );
  } catch (error) {
    const hasLeft = (error as { outcome?: unknown }).outcome !== 'none';
    const { code } = classifyFailure(error);
    for (const [index, row] of begun.entries()) {
      const notBeforeMs = now + pauseAfterMs(row.attempts);
      // Nothing left: the attempt does not count.
      const before = { state: 'planned', attempts: batch[index]!.attempts, notBeforeMs } as const;
      await save(ports, row, { ...(hasLeft ? {} : before), lastError: code });
    }
    throw error;
  }
  for (const row of begun) {
    await settle(ports, { ...row, isWritten: true, lastError: undefined }, 'campaign.sent', { attempt: row.attempts });
    result.sent += 1;
  }
}

async function writeNotes(
  ports: WriteCampaignsPorts,
  rows: readonly CampaignEvent[],
  result: WriteCampaignsResult,
  options: WriteCampaignsOptions,
): Promise<void> {
  const now = ports.now();
  const held = new Set<string>();
  for (const row of rows) {
    if (row.note !== 'waiting') continue;
    // One after the other: a timeline that jumps is hard to read.
    const isSent = row.state === 'sending' || row.state === 'arrived' || row.state === 'sent';
    if (!isSent || row.attemptMs === 0 || row.notBeforeMs > now || held.has(row.campaign)) {
      held.add(row.campaign);
      continue;
    }
    ports.signal?.throwIfAborted();
    const outcome = await noteOne(ports, options, row);
    if (outcome === 'posted') result.noted += 1;
    else if (outcome === 'given-up') result.notesGivenUp += 1;
    else held.add(row.campaign);
    if (typeof outcome === 'object') throw outcome.error;
  }
}

type NoteOutcome = 'posted' | 'given-up' | 'waiting' | { error: unknown };

async function noteOne(
  ports: WriteCampaignsPorts,
  { ruleName }: WriteCampaignsOptions,
  row: CampaignEvent,
): Promise<NoteOutcome> {
  const now = ports.now();
  if (!isStillTracked(ports, row)) return giveUpNote(ports, row, 'not-tracked');
  const offense = await findOffense(ports, row, ruleName);
  if (!offense) {
    const isEnd = row.change === 'merged' || row.change === 'closed';
    if (isEnd) return giveUpNote(ports, row, 'offense-not-open');
    return now - row.createdMs > OFFENSE_WAIT_MS ? giveUpNote(ports, row, 'no-offense') : 'waiting';
  }
  const text = row.noteText ?? noteTextOf(row, offense);
  const planned: CampaignEvent = { ...row, offense: offense.id, noteText: text };
  if (row.noteText === undefined || row.offense !== offense.id) await save(ports, planned, {});
  try {
    const { noteIds, found } = await ports.notes.post(offense.id, row.id, text, ports.signal);
    const posted: CampaignEvent = { ...planned, note: 'posted', noteIds, lastError: undefined };
    const more = { offense: offense.id, noteIds, textHash: hashOf(text), found: found === noteIds.length };
    await settle(ports, posted, 'campaign.noted', more);
    return 'posted';
  } catch (error) {
    ports.signal?.throwIfAborted();
    const failure = classifyFailure(error);
    if (failure.kind === 'give-up') return giveUpNote(ports, planned, failure.code);
    const noteAttempts = row.noteAttempts + 1;
    const notBeforeMs = now + pauseAfterMs(noteAttempts, failure.retryAfterMs);
    await save(ports, planned, { noteAttempts, notBeforeMs, lastError: failure.code });
    return failure.kind === 'console' ? { error } : 'waiting';
  }
}

/** The offense that earlier states are on while it is open; else the newest open one that the rule has part in. */
async function findOffense(
  { offenses, events, now }: WriteCampaignsPorts,
  row: CampaignEvent,
  ruleName: string,
): Promise<OffenseFact | undefined> {
  for (const id of await events.offensesOf(row.campaign)) {
    const known = await offenses.get(id);
    if (known?.status === 'OPEN') return known;
  }
  if (row.change === 'merged' || row.change === 'closed') return undefined;
  const about = await offenses.about([nameKey(row.account)], row.attemptMs - SLACK_MS, now() + SLACK_MS, 20);
  return about.offenses.find(
    ({ status, account, rules, description }) =>
      status === 'OPEN' &&
      account.toLowerCase() === row.account.toLowerCase() &&
      // Without the right to read rules their names are not known.
      (rules.some(({ name }) => name === ruleName) || description.includes(ruleName)),
  );
}

function noteTextOf(row: CampaignEvent, offense: OffenseFact): string {
  const { id, number, change, snapshot: campaign, mergedInto, createdMs: timeMs, before } = row;
  const { stages: knownStages, anomalies: knownAnomalies } = before;
  const { account } = offense;
  return composeCampaignNote({
    id,
    number,
    change,
    campaign,
    knownStages,
    knownAnomalies,
    mergedInto,
    account,
    timeMs,
  });
}

async function giveUpNote(ports: WriteCampaignsPorts, row: CampaignEvent, reason: string): Promise<'given-up'> {
  const kept = reason === 'not-tracked' ? { ...row, noteText: undefined } : row;
  await settle(ports, { ...kept, note: 'given-up', lastError: reason }, 'campaign.note-given-up', { reason });
  return 'given-up';
}

async function giveUp(ports: WriteCampaignsPorts, row: CampaignEvent, reason: string): Promise<void> {
  const empty = { message: '', noteText: undefined };
  await settle(ports, { ...row, ...empty, state: 'failed', lastError: reason }, 'campaign.failed', { reason });
}

const hashOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const save = (ports: WriteCampaignsPorts, row: CampaignEvent, change: Partial<CampaignEvent>): Promise<void> =>
  ports.events.save({ ...row, ...change, updatedMs: ports.now() });

/** Stores a state with its audit entry, which holds numbers and hashes only. */
async function settle(
  ports: WriteCampaignsPorts,
  row: CampaignEvent,
  kind: string,
  more: { readonly [key: string]: JsonValue },
): Promise<void> {
  const timeMs = ports.now();
  const body = { id: row.id, ...more };
  await ports.events.save({ ...row, updatedMs: timeMs }, (last) => nextEntry(last, kind, body, timeMs));
}
