import { setTimeout as sleep } from 'node:timers/promises';
import type { ParseOutcome, SourceRecord } from '../domain/ingest.ts';
import { leaveOut } from '../identity/leave-out.ts';
import type { Tracking } from '../identity/tracking.ts';
import type { IngestOptions } from '../ingest/index.ts';
import { breathe } from '../numeric/threads.ts';
import type { StoredBatch } from './import-ports.ts';
import { addBatch, type LiveWriter, noBatch } from './live-writer.ts';

/** A message as a listener took it in. */
export interface ReceivedMessage {
  text: string;
  origin: string;
  /** Arrival, UTC epoch milliseconds; the same whenever the message is read. */
  receivedMs: number;
  /** Only its start is here. */
  isTooLong: boolean;
  /** Bytes that are not UTF-8 are U+FFFD in the text. */
  isBadUtf8: boolean;
}

/** Messages that were taken in and are kept until they are acknowledged, in order. */
export interface MessageSource {
  /** Waits up to `waitMs` for the first; empty then, and when the signal aborts. */
  read(
    maxRecords: number,
    signal: AbortSignal,
    waitMs: number,
  ): Promise<{ records: readonly ReceivedMessage[]; position: number }>;
  /** Everything up to the position is stored. */
  acknowledge(position: number): void;
  /** Reads again from the last acknowledged position. */
  rewind(): void;
}

export interface StoreSyslogPorts {
  source: MessageSource;
  writer: LiveWriter;
  parse(line: string, options: IngestOptions): ParseOutcome;
  options: IngestOptions;
  /** Who is tracked now. While that is not known nothing is read: the messages wait in the spool. */
  tracking(): Pick<Tracking, 'isKnown' | 'isTracked' | 'isNamedIn'>;
  /** UTC epoch milliseconds. */
  now(): number;
  /** Told after each batch, when it is stored. */
  onStored?(batch: SyslogStored): void;
}

/** `records` = activities + duplicates + deadLetters + untracked. */
export interface SyslogStored extends StoredBatch {
  records: number;
  /** Of people who are not tracked: nothing of them is kept. */
  untracked: number;
}

/** How long records gather before they are stored; a commit costs the same for one as for thousands. */
const GATHER_MS = 2000;
/** Records read and parsed at a stretch, between looks at signals and timers. */
const STRETCH = 1000;

export interface StoreSyslogOptions {
  gatherMs?: number;
  /** Longest wait for a first message in one step. */
  waitMs?: number;
}

/**
 * One step: waits for messages, gathers for a short while, stores what was gathered, and only then acknowledges it. A crash
 * or an error in between reads the same messages again, which are the same activities: nothing is lost or stored twice.
 * When the signal aborts, what was gathered is stored all the same.
 */
export async function storeSyslogStep(
  ports: StoreSyslogPorts,
  signal: AbortSignal,
  { gatherMs = GATHER_MS, waitMs = GATHER_MS }: StoreSyslogOptions = {},
): Promise<SyslogStored> {
  const { source, writer, now } = ports;
  const stored: SyslogStored = { ...noBatch(), records: 0, untracked: 0 };
  const commit = async () => addBatch(stored, await writer.commit());
  try {
    await writer.open(now());
    if (!ports.tracking().isKnown) await sleep(waitMs, undefined, { signal }).catch(() => {});
    const keep = createKeeper(ports);
    let endMs = now() + waitMs;
    let position: number | undefined;
    while (ports.tracking().isKnown && !writer.isFull) {
      const batch = await source.read(STRETCH, signal, Math.max(0, endMs - now()));
      position = batch.position;
      if (batch.records.length === 0) break;
      if (stored.records === 0) endMs = now() + gatherMs;
      for (const [index, message] of batch.records.entries()) {
        if (writer.isFull) await commit();
        const record = keep(message, index + 1);
        if (record) writer.add(record);
        else stored.untracked += 1;
        if (index % STRETCH === STRETCH - 1) await breathe();
      }
      stored.records += batch.records.length;
      if (now() >= endMs) break;
    }
    if (stored.records > 0) await commit();
    if (position !== undefined) source.acknowledge(position);
    if (stored.records === 0) return stored;
  } catch (error) {
    source.rewind();
    throw error;
  }
  ports.onStored?.(stored);
  return stored;
}

/** Steps until the signal aborts. Throws the error of a step; call it again then. */
export async function storeSyslog(
  ports: StoreSyslogPorts,
  signal: AbortSignal,
  options: StoreSyslogOptions = {},
): Promise<SyslogStored> {
  const total: SyslogStored = { ...noBatch(), records: 0, untracked: 0 };
  while (!signal.aborted) {
    const step = await storeSyslogStep(ports, signal, options);
    addBatch(total, step);
    total.records += step.records;
    total.untracked += step.untracked;
  }
  return total;
}

/** From a message to what may be stored of it. */
function createKeeper({ parse, options, tracking }: StoreSyslogPorts) {
  const who = tracking();
  let arrival: IngestOptions = options;
  let arrivalMs = Number.NaN;
  return (message: ReceivedMessage, line: number): SourceRecord | undefined => {
    if (message.receivedMs !== arrivalMs) {
      arrivalMs = message.receivedMs;
      arrival = { ...options, latestMs: arrivalMs, fallbackTimeMs: arrivalMs };
    }
    const record = { origin: message.origin, line, raw: message.text, outcome: outcomeOf(message, parse, arrival) };
    return leaveOut(record, who);
  };
}

function outcomeOf(message: ReceivedMessage, parse: StoreSyslogPorts['parse'], options: IngestOptions): ParseOutcome {
  if (message.isTooLong)
    return { kind: 'dead-letter', reason: 'too-long', detail: 'longer than the configured limit; the start is kept' };
  const outcome = parse(message.text, options);
  if (message.isBadUtf8 && outcome.kind === 'dead-letter')
    return { kind: 'dead-letter', reason: 'bad-encoding', detail: `not UTF-8; ${outcome.detail}` };
  return outcome;
}
