/** Takes whole messages out of a framer: `bytes[from, to)`, valid only during the call. */
export type MessageSink = (bytes: Buffer, from: number, to: number, isCut: boolean) => void;

/** Bytes of unfinished messages, shared by all streams. */
export interface HeldBytes {
  used: number;
  readonly limit: number;
}

/** How much of a message that is too long is kept. */
export const KEPT_BYTES = 4096;
const [LINE_FEED, RETURN, SPACE, LESS, ZERO, NINE] = [10, 13, 32, 60, 48, 57] as const;
/** Digits of a message length; RFC 6587 sets no limit. */
const MAX_DIGITS = 9;

/**
 * Cuts one byte stream into syslog messages, whatever the chunks. Each message says how it is framed (RFC 6587): a length, a
 * space and `<` begin an octet-counted one, everything else ends with a line feed. Ends of line and NULs at the end of a
 * message are not part of it; empty messages are nothing. A message above `maxBytes` comes out as its start, marked, as
 * does one for which the shared memory has no room.
 */
export class MessageFramer {
  readonly #maxBytes: number;
  readonly #shared: HeldBytes;
  readonly #sink: MessageSink;
  /** Start of a message, or of its length, of which the rest has not come. */
  #held: Buffer = Buffer.alloc(0);
  #heldBytes = 0;
  /** Bytes to come of an octet-counted message; -1 = ends with a line feed; `undefined` = not decided. */
  #toCome: number | undefined;
  #isCut = false;

  constructor(maxBytes: number, shared: HeldBytes, sink: MessageSink) {
    this.#maxBytes = maxBytes;
    this.#shared = shared;
    this.#sink = sink;
  }

  /** A message has begun and not ended. */
  get isInside(): boolean {
    return this.#toCome !== undefined || this.#heldBytes > 0;
  }

  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#toCome === undefined && this.#heldBytes > 0) {
      bytes = Buffer.concat([this.#held.subarray(0, this.#heldBytes), chunk]);
      this.#letGo();
    }
    for (let at = 0; at < bytes.length; ) {
      if (this.#toCome === undefined) {
        const begin = this.#decide(bytes, at);
        if (begin < 0) {
          this.#hold(bytes, at, bytes.length);
          return;
        }
        at = begin;
      }
      at = this.#toCome === -1 ? this.#takeLine(bytes, at) : this.#takeCounted(bytes, at);
    }
  }

  /** The stream has ended in order: a last line counts without its line feed. False when a message is incomplete. */
  finish(): boolean {
    const isIncomplete = this.#toCome !== undefined && this.#toCome >= 0;
    if (!isIncomplete && this.#heldBytes > 0) this.#emit(this.#held, 0, this.#heldBytes);
    this.discard();
    return !isIncomplete;
  }

  /** Forgets an unfinished message. False when there was one. */
  discard(): boolean {
    const wasInside = this.isInside;
    this.#heldBytes = 0;
    this.#free();
    this.#toCome = undefined;
    this.#isCut = false;
    return !wasInside;
  }

  /** Sets the framing of the message at the position; where its text begins, or -1 when more bytes are needed. */
  #decide(bytes: Buffer, from: number): number {
    let at = from;
    let length = 0;
    for (; at < bytes.length && at - from < MAX_DIGITS; at++) {
      const byte = bytes[at]!;
      if (byte < ZERO || byte > NINE || (byte === ZERO && at === from)) break;
      length = length * 10 + byte - ZERO;
    }
    if (at > from) {
      if (at === bytes.length) return -1;
      if (bytes[at] === SPACE) {
        if (at + 1 === bytes.length) return -1;
        if (bytes[at + 1] === LESS) {
          this.#toCome = length;
          this.#isCut = length > this.#maxBytes;
          return at + 1;
        }
      }
    }
    this.#toCome = -1;
    return from;
  }

  #takeLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LINE_FEED, from);
    this.#take(bytes, from, end < 0 ? bytes.length : end, end >= 0);
    return end < 0 ? bytes.length : end + 1;
  }

  #takeCounted(bytes: Buffer, from: number): number {
    const end = Math.min(bytes.length, from + this.#toCome!);
    this.#toCome! -= end - from;
    this.#take(bytes, from, end, this.#toCome === 0);
    return end;
  }

  #take(bytes: Buffer, from: number, to: number, isWhole: boolean): void {
    if (isWhole && this.#heldBytes === 0 && !this.#isCut) this.#emit(bytes, from, to);
    else {
      this.#hold(bytes, from, to);
      if (isWhole) this.#emit(this.#held, 0, this.#heldBytes);
    }
    if (!isWhole) return;
    this.#letGo();
    this.#toCome = undefined;
    this.#isCut = false;
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const wanted = this.#heldBytes + to - from;
    if (!this.#isCut && (wanted > this.#maxBytes || !this.#hasRoom(wanted))) {
      this.#isCut = true;
      this.#heldBytes = Math.min(this.#heldBytes, KEPT_BYTES);
    }
    const end = this.#isCut ? Math.min(to, from + KEPT_BYTES - this.#heldBytes) : to;
    if (end === from) return;
    const size = this.#heldBytes + end - from;
    if (size > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(grow(size));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#shared.used += grown.length - this.#held.length;
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldBytes, from, end);
    this.#heldBytes = size;
  }

  #hasRoom(size: number): boolean {
    const more = size > this.#held.length ? grow(size) - this.#held.length : 0;
    return this.#shared.used + more <= this.#shared.limit;
  }

  #letGo(): void {
    this.#heldBytes = 0;
    if (this.#held.length > KEPT_BYTES * 2) this.#free();
  }

  #free(): void {
    this.#shared.used -= this.#held.length;
    this.#held = Buffer.alloc(0);
  }

  #emit(bytes: Buffer, from: number, to: number): void {
    const isCut = this.#isCut || to - from > this.#maxBytes;
    let end = isCut ? Math.min(to, from + KEPT_BYTES) : to;
    while (end > from && isTrailing(bytes[end - 1]!)) end--;
    if (end > from) this.#sink(bytes, from, end, isCut);
  }
}

const grow = (size: number): number => Math.max(256, size + (size >> 1));
const isTrailing = (byte: number): boolean => byte === LINE_FEED || byte === RETURN || byte === 0;
