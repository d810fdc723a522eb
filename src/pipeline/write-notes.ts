import { createHash } from 'node:crypto';
import type { OffenseFact } from '../domain/context.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { nextEntry } from '../governance/audit-chain.ts';
import type { JsonValue } from '../governance/canonical-json.ts';
import type { AuditRow } from '../governance/ports.ts';
import type { OffenseFacts } from '../narrative/offense-facts.ts';
import { composeOffenseNote } from '../narrative/offense-note.ts';
import { classifyFailure, pauseAfterMs } from '../writeback/failures.ts';
import { findingIdOf, targetOf } from '../writeback/finding-id.ts';
import type { GiveUpReason, NotePhase, NotePort, Writeback, WritebackState } from '../writeback/ports.ts';

export interface WriteNotesPorts {
  /** Open offenses of UBA. */
  offenses: { openUba(): Promise<OffenseFact[]> };
  writebacks: {
    get(finding: string): Promise<Writeback | undefined>;
    inState(state: WritebackState): Promise<Writeback[]>;
    /** Durable, together with the audit entry, before it resolves. */
    save(row: Writeback, seal?: (last: AuditRow | undefined) => AuditRow): Promise<void>;
  };
  /**
   * What is known about the user of an offense; `undefined` while no analysis covers the offense yet.
   * @param mustAnswer the wait is over: say what is known, be it nothing
   */
  factsFor(offense: OffenseFact, mustAnswer: boolean): Promise<OffenseFacts | undefined>;
  /** Used in phase `enrich` only. */
  notes: NotePort;
  /** While it is not known who is tracked, nothing is written about anybody. */
  tracking: { readonly isKnown: boolean; isTracked(domain: string, account: string): boolean };
  now(): number;
  signal?: AbortSignal;
}

export interface WriteNotesOptions {
  phase: NotePhase;
  /** From `consoleIdentity`: the same for all instances of one console. */
  console: string;
  /** How long an offense may wait for an analysis that covers it. */
  maxWaitMs?: number;
}

/** What became of each note that was looked at; those that were finished before are not counted. */
export interface WriteNotesResult {
  recorded: number;
  /** By this call. */
  posted: number;
  /** Stood on the console already: a crash after posting, or another instance. */
  found: number;
  /** For an analysis. */
  waiting: number;
  /** Failed and will be tried again, or another instance has it in hand. */
  postponed: number;
  givenUp: number;
  notTracked: number;
  /** Why no note can be written to this console at present. */
  blocked: ErrorCode | undefined;
}

type Outcome = Exclude<keyof WriteNotesResult, 'blocked'> | 'done' | { blocked: ErrorCode };

const MAX_WAIT_MS = 15 * 60_000;
/** Until somebody else's note is looked for again. */
const CLAIMED_PAUSE_MS = 60_000;

/**
 * One first note for every open offense of UBA: recorded in phase `assist`, put on the offense in phase `enrich`. The text
 * is stored before it is sent and never changes after that; the console is asked whether it is there before it is sent
 * again. So a crash at any moment, and another instance, end with one note.
 */
export async function writeNotes(ports: WriteNotesPorts, options: WriteNotesOptions): Promise<WriteNotesResult> {
  const result: WriteNotesResult = {
    recorded: 0,
    posted: 0,
    found: 0,
    waiting: 0,
    postponed: 0,
    givenUp: 0,
    notTracked: 0,
    blocked: undefined,
  };
  const count = (outcome: Outcome): void => {
    if (typeof outcome === 'object') {
      result.postponed += 1;
      result.blocked = outcome.blocked;
    } else if (outcome !== 'done') result[outcome] += 1;
  };
  const open = (await ports.offenses.openUba()).filter(({ status, isUba }) => status === 'OPEN' && isUba);
  if (!ports.tracking.isKnown) return { ...result, waiting: open.length };
  for (const offense of open) {
    ports.signal?.throwIfAborted();
    count(await writeOne(ports, options, offense));
    if (result.blocked) return result;
  }
  const openTargets = new Set(open.map(({ id }) => targetOf(options.console, id)));
  for (const row of await ports.writebacks.inState('planned')) {
    if (openTargets.has(row.target) || row.target !== targetOf(options.console, row.offense)) continue;
    ports.signal?.throwIfAborted();
    count(await endOne(ports, options, row));
    if (result.blocked) return result;
  }
  return result;
}

async function writeOne(ports: WriteNotesPorts, options: WriteNotesOptions, offense: OffenseFact): Promise<Outcome> {
  const { phase, console, maxWaitMs = MAX_WAIT_MS } = options;
  const now = ports.now();
  const finding = findingIdOf(console, offense.id);
  const known = await ports.writebacks.get(finding);
  if (!ports.tracking.isTracked(offense.domain, offense.account)) {
    if (known && known.reason !== 'not-tracked') await giveUp(ports, known, 'not-tracked');
    return 'notTracked';
  }
  if (known && isFinished(known, phase)) return 'done';
  const row: Writeback = { ...(known ?? newRow(finding, targetOf(console, offense.id), offense.id, now)), phase };
  if (known && now < known.notBeforeMs) return 'postponed';
  const text = row.text ?? (await composeText(ports, offense, row, now - row.createdMs >= maxWaitMs));
  if (typeof text === 'object') return postpone(ports, row, text.error);
  if (text === undefined) {
    if (!known) await ports.writebacks.save({ ...row, state: 'planned' });
    return 'waiting';
  }
  if (phase === 'assist') {
    await settle(ports, { ...row, text, state: 'recorded', reason: undefined }, 'note.recorded');
    return 'recorded';
  }
  const planned: Writeback = { ...row, text, state: 'planned', reason: undefined };
  if (known?.text === undefined || known.state !== 'planned') await ports.writebacks.save(touch(ports, planned));
  return post(ports, planned, text);
}

/** Whether nothing is left to do about an offense that is open. */
function isFinished({ state, reason }: Writeback, phase: NotePhase): boolean {
  if (state === 'posted') return true;
  if (state === 'recorded') return phase === 'assist';
  // Wanted again: reopened, or tracked again.
  return state === 'failed' && reason !== 'offense-not-open' && reason !== 'not-tracked';
}

const newRow = (finding: string, target: string, offense: number, nowMs: number): Writeback => ({
  finding,
  target,
  offense,
  state: 'planned',
  phase: 'assist',
  createdMs: nowMs,
  updatedMs: nowMs,
  text: undefined,
  reason: undefined,
  attempts: 0,
  notBeforeMs: 0,
  lastError: undefined,
  noteIds: [],
});

/** The text, `undefined` while it has to wait, or why it could not be made. */
async function composeText(
  ports: WriteNotesPorts,
  offense: OffenseFact,
  row: Writeback,
  mustAnswer: boolean,
): Promise<string | undefined | { error: unknown }> {
  try {
    const facts = await ports.factsFor(offense, mustAnswer);
    return facts && composeOffenseNote({ ...facts, findingId: row.finding });
  } catch (error) {
    ports.signal?.throwIfAborted();
    return { error };
  }
}

async function post(ports: WriteNotesPorts, row: Writeback, text: string): Promise<Outcome> {
  try {
    const outcome = await ports.notes.post(row.offense, row.finding, text, ports.signal);
    if (outcome.kind === 'posted') return await settlePosted(ports, row, outcome.noteIds, outcome.isFound);
  } catch (error) {
    ports.signal?.throwIfAborted();
    const failure = classifyFailure(error);
    if (failure.kind === 'give-up') return giveUp(ports, row, failure.code);
    await postpone(ports, row, error);
    return failure.kind === 'console' ? { blocked: failure.code } : 'postponed';
  }
  await ports.writebacks.save({ ...touch(ports, row), notBeforeMs: ports.now() + CLAIMED_PAUSE_MS });
  return 'postponed';
}

/** Of an offense that is no longer open: what was begun is looked after, what was not begun is dropped. */
async function endOne(ports: WriteNotesPorts, options: WriteNotesOptions, row: Writeback): Promise<Outcome> {
  if (row.text !== undefined && options.phase === 'enrich') {
    try {
      const noteIds = await ports.notes.find(row.offense, ports.signal);
      if (noteIds) return await settlePosted(ports, row, noteIds, true);
    } catch (error) {
      ports.signal?.throwIfAborted();
      const failure = classifyFailure(error);
      if (failure.kind === 'console') return { blocked: failure.code };
      if (failure.kind === 'later') return 'postponed';
    }
  }
  return giveUp(ports, row, 'offense-not-open');
}

async function settlePosted(
  ports: WriteNotesPorts,
  row: Writeback,
  noteIds: number[],
  isFound: boolean,
): Promise<Outcome> {
  await settle(ports, { ...row, state: 'posted', noteIds, lastError: undefined }, 'note.posted', { found: isFound });
  return isFound ? 'found' : 'posted';
}

async function postpone(ports: WriteNotesPorts, row: Writeback, error: unknown): Promise<Outcome> {
  const { code, retryAfterMs } = classifyFailure(error);
  const attempts = row.attempts + 1;
  const notBeforeMs = ports.now() + pauseAfterMs(attempts, retryAfterMs);
  await ports.writebacks.save({ ...touch(ports, row), attempts, notBeforeMs, lastError: code });
  return 'postponed';
}

/** The text of somebody who is not tracked is not kept. */
async function giveUp(ports: WriteNotesPorts, row: Writeback, reason: GiveUpReason): Promise<Outcome> {
  const text = reason === 'not-tracked' ? undefined : row.text;
  // What stands on the console cannot be taken back.
  const state = row.state === 'posted' ? 'posted' : 'failed';
  await settle(ports, { ...row, state, reason, text }, 'note.given-up', { reason });
  return 'givenUp';
}

const touch = (ports: WriteNotesPorts, row: Writeback): Writeback => ({ ...row, updatedMs: ports.now() });

/** Stores a final state with its audit entry, which holds numbers and hashes only. */
async function settle(
  ports: WriteNotesPorts,
  row: Writeback,
  kind: string,
  more: { readonly [key: string]: JsonValue } = {},
): Promise<void> {
  const textHash = row.text === undefined ? '' : `sha256:${createHash('sha256').update(row.text).digest('hex')}`;
  const { finding, offense, phase, noteIds } = row;
  const body = { finding, offense, phase, textHash, noteIds, ...more };
  const timeMs = ports.now();
  await ports.writebacks.save({ ...row, updatedMs: timeMs }, (last) => nextEntry(last, kind, body, timeMs));
}
