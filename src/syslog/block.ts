import { isAscii, isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { BlockCipher } from './block-cipher.ts';
import type { SyslogRecord } from './types.ts';

/**
 * A block holds the messages that become durable together. Header, little-endian: magic, bytes of the body, CRC-32 of what
 * follows it, messages (top bit: the body is encrypted), arrival of the first message (float64, epoch ms). Body: entries of
 * a word (2 bits kind, 30 bits length) and as many bytes. An `origin` entry holds for the messages behind it.
 */
export const HEADER_BYTES = 24;
/** What encryption adds. */
export const SEAL_BYTES = 28;
const MAGIC = 0x31_6b_62_75;
const SEALED = 0x8000_0000;
const KIND = { message: 0, cut: 1, origin: 2 } as const;
const LENGTH_MASK = 0x3fff_ffff;
const START_BYTES = 1 << 18;
/** A larger buffer, grown for one large message, is given back. */
const LARGE_BYTES = 16 << 20;

/** Gathers messages in memory; the buffer is used again. */
export class BlockBuilder {
  #buffer = Buffer.allocUnsafeSlow(START_BYTES);
  #origin: Buffer | undefined;
  bytes = 0;
  messages = 0;
  /** Bytes of the messages alone. */
  messageBytes = 0;
  firstMs = 0;

  /** @param origin compared by identity: one buffer a sender */
  add(origin: Buffer, bytes: Buffer, from: number, to: number, isCut: boolean, nowMs: number): void {
    if (this.messages === 0) this.firstMs = nowMs;
    if (origin !== this.#origin) this.#append(KIND.origin, origin, 0, origin.length);
    this.#origin = origin;
    this.#append(isCut ? KIND.cut : KIND.message, bytes, from, to);
    this.messages += 1;
    this.messageBytes += to - from;
  }

  /** Header and body, valid until the next `add` or `clear`. */
  encode(cipher: BlockCipher | undefined): [header: Buffer, body: Buffer] {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE((cipher ? SEALED : 0) + this.messages, 12);
    header.writeDoubleLE(this.firstMs, 16);
    const plain = this.#buffer.subarray(0, this.bytes);
    const body = cipher ? cipher.seal(plain, header.subarray(12)) : plain;
    header.writeUInt32LE(body.length, 4);
    header.writeUInt32LE(crc32(body, crc32(header.subarray(12))), 8);
    return [header, body];
  }

  clear(): void {
    this.bytes = 0;
    this.messages = 0;
    this.messageBytes = 0;
    this.#origin = undefined;
    if (this.#buffer.length > LARGE_BYTES) this.#buffer = Buffer.allocUnsafeSlow(START_BYTES);
  }

  #append(kind: number, bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    const size = this.bytes + 4 + length;
    if (size > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(size * 2);
      this.#buffer.copy(grown, 0, 0, this.bytes);
      this.#buffer = grown;
    }
    this.#buffer.writeUInt32LE(kind * (LENGTH_MASK + 1) + length, this.bytes);
    bytes.copy(this.#buffer, this.bytes + 4, from, to);
    this.bytes = size;
  }
}

export interface BlockHeader {
  bodyBytes: number;
  messages: number;
  receivedMs: number;
}

/** `undefined` when this is no header. */
export function readHeader(header: Buffer): BlockHeader | undefined {
  if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== MAGIC) return undefined;
  const messages = header.readUInt32LE(12) & ~SEALED;
  return { bodyBytes: header.readUInt32LE(4), messages, receivedMs: header.readDoubleLE(16) };
}

export const isIntact = (header: Buffer, body: Buffer): boolean =>
  crc32(body, crc32(header.subarray(12, HEADER_BYTES))) === header.readUInt32LE(8);

/** The messages of an intact block; `undefined` when it cannot be decrypted or is not in the form above. */
export function readMessages(
  header: Buffer,
  body: Buffer,
  cipher: BlockCipher | undefined,
): SyslogRecord[] | undefined {
  let plain = body;
  if ((header.readUInt32LE(12) & SEALED) !== 0) {
    if (!cipher) return undefined;
    try {
      plain = cipher.open(body, header.subarray(12, HEADER_BYTES));
    } catch {
      return undefined;
    }
  }
  const receivedMs = header.readDoubleLE(16);
  const encoding = isAscii(plain) ? 'latin1' : 'utf8';
  const isClean = encoding === 'latin1' || isUtf8(plain);
  const records: SyslogRecord[] = [];
  let origin = 'syslog';
  for (let at = 0; at < plain.length; ) {
    if (at + 4 > plain.length) return undefined;
    const word = plain.readUInt32LE(at);
    const kind = word >>> 30;
    const from = at + 4;
    at = from + (word & LENGTH_MASK);
    if (at > plain.length || kind > KIND.origin) return undefined;
    if (kind === KIND.origin) origin = `syslog ${plain.toString('latin1', from, at)}`;
    else {
      const isTooLong = kind === KIND.cut;
      // A cut may go through the middle of a character.
      const isBadUtf8 = !isClean && !isTooLong && !isUtf8(plain.subarray(from, at));
      records.push({ text: plain.toString(encoding, from, at), origin, receivedMs, isTooLong, isBadUtf8 });
    }
  }
  return records;
}
