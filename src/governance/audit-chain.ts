import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../domain/errors.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import type { AuditLog, AuditRow } from './ports.ts';

/**
 * A chain of entries, each holding the hash of the one before: an entry that was changed, removed, inserted or moved
 * breaks every hash after it. What the chain alone cannot show is a missing tail; compare the head (seq and hash) with one
 * noted earlier for that. With a key the hashes are HMACs, so that nobody without the key can build a chain anew.
 */
export interface ChainHead {
  seq: number;
  hash: string;
}

export interface ChainOptions {
  /** Key of the hashes; without it plain SHA-256. */
  key?: Uint8Array;
}

export interface VerifyOptions extends ChainOptions {
  /** An entry noted earlier that the chain must still contain. */
  head?: ChainHead;
}

export type ChainVerdict =
  | { ok: true; entries: number; head: ChainHead | undefined }
  | { ok: false; entries: number; firstBroken: number; reason: string };

const KIND = /^[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*$/;
const MAX_BODY_LENGTH = 65_536;
const MAX_ATTEMPTS = 100;

export function hashEntry(entry: Omit<AuditRow, 'hash'>, options: ChainOptions = {}): string {
  const text = canonicalJson([entry.seq, entry.timeMs, entry.kind, entry.body, entry.previousHash]);
  return options.key
    ? `hmac-sha256:${createHmac('sha256', options.key).update(text).digest('hex')}`
    : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The entry that follows `last`, for writers that append it together with something else. Throws INTERNAL and RangeError. */
export function nextEntry(
  last: AuditRow | undefined,
  kind: string,
  body: { readonly [key: string]: JsonValue },
  timeMs: number,
  options: ChainOptions = {},
): AuditRow {
  if (!KIND.test(kind) || kind.length > 64) throw new AppError('INTERNAL', `"${kind}" is not a kind of audit entry`);
  const text = canonicalJson(body);
  if (text.length > MAX_BODY_LENGTH) throw new AppError('INTERNAL', `audit entry "${kind}" is too long`);
  const entry = { seq: (last?.seq ?? 0) + 1, timeMs, kind, body: text, previousHash: last?.hash ?? '' };
  return { ...entry, hash: hashEntry(entry, options) };
}

/** Appends one entry; waits its turn when another writer takes the same place. Returns the stored entry. */
export async function appendEntry(
  log: AuditLog,
  kind: string,
  body: { readonly [key: string]: JsonValue },
  timeMs: number,
  options: ChainOptions = {},
): Promise<AuditRow> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const row = nextEntry(await log.last(), kind, body, timeMs, options);
    if (await log.append(row)) return row;
  }
  throw new AppError('DATA_BUSY', 'the audit chain is written by too many at once');
}

/** Reads the chain once, O(1) memory. `firstBroken` is the seq at which it stops being believable. */
export async function verifyChain(
  entries: AsyncIterable<AuditRow> | Iterable<AuditRow>,
  options: VerifyOptions = {},
): Promise<ChainVerdict> {
  let count = 0;
  let previous: ChainHead | undefined;
  const { head } = options;
  for await (const row of entries) {
    const seq = count + 1;
    const reason = findFault(row, seq, previous?.hash ?? '', options);
    if (reason) return { ok: false, entries: count, firstBroken: seq, reason };
    if (head?.seq === seq && head.hash !== row.hash)
      return { ok: false, entries: count, firstBroken: seq, reason: 'the entry is not the one noted earlier' };
    count = seq;
    previous = { seq, hash: row.hash };
  }
  if (head && head.seq > count)
    return { ok: false, entries: count, firstBroken: count + 1, reason: `entries up to ${head.seq} are missing` };
  return { ok: true, entries: count, head: previous };
}

function findFault(row: AuditRow, seq: number, previousHash: string, options: ChainOptions): string | undefined {
  if (row.seq !== seq) return `expected entry ${seq}, found ${row.seq}`;
  if (row.previousHash !== previousHash) return 'the entry does not follow from the one before';
  const expected = Buffer.from(hashEntry(row, options));
  const actual = Buffer.from(row.hash);
  if (expected.length === actual.length && timingSafeEqual(expected, actual)) return undefined;
  return options.key && row.hash.startsWith('sha256:')
    ? 'the entry is not sealed with the key'
    : 'the content of the entry was changed';
}
