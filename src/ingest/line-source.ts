import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { isGzip } from './file-head.ts';

/** One line without its end. `text` is cut to `KEPT_BYTES` when the line is longer than allowed. */
export interface SourceLine {
  text: string;
  isTooLong: boolean;
  /** The bytes were not UTF-8: each bad sequence is U+FFFD in the text. */
  isBadUtf8: boolean;
}

/** A block of lines and how much of the file (bytes on disk) has been read so far. */
export interface LineBlock {
  lines: SourceLine[];
  bytesRead: number;
  /** Why reading ended early, in the last block of a damaged file. */
  damage?: string;
}

const BLOCK_BYTES = 256 * 1024;
/** How much of a record that is too long is kept for its dead letter. */
export const KEPT_BYTES = 4096;
const LINE_FEED = 10;

/** Cuts a byte stream into lines; holds at most one line of the allowed length plus one block. */
export class LineCutter {
  readonly #maxBytes: number;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #isSkipping = false;
  #isFirst = true;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Lines that end in the block. The block must not be written to afterwards. */
  push(block: Buffer): SourceLine[] {
    const lines: SourceLine[] = [];
    const isPlain = isAscii(block);
    let at = 0;
    let end = block.indexOf(LINE_FEED);
    while (end >= 0) {
      if (this.#restBytes > 0 || this.#isSkipping) this.#finishRest(block.subarray(at, end), lines);
      else lines.push(this.#line(block, at, end, isPlain));
      at = end + 1;
      end = block.indexOf(LINE_FEED, at);
    }
    if (at < block.length) this.#keep(block.subarray(at));
    return lines;
  }

  /** The last line, when the file does not end with a line feed. */
  finish(): SourceLine[] {
    const lines: SourceLine[] = [];
    if (this.#restBytes > 0 || this.#isSkipping) this.#finishRest(Buffer.alloc(0), lines);
    return lines;
  }

  #keep(bytes: Buffer): void {
    if (this.#isSkipping) {
      if (this.#restBytes < KEPT_BYTES) this.#append(bytes.subarray(0, KEPT_BYTES - this.#restBytes));
      return;
    }
    this.#append(bytes);
    if (this.#restBytes <= this.#maxBytes) return;
    const kept = Buffer.concat(this.#rest).subarray(0, KEPT_BYTES);
    this.#rest = [Buffer.from(kept)];
    this.#restBytes = kept.length;
    this.#isSkipping = true;
  }

  #append(bytes: Buffer): void {
    // Copied: the stream's buffer is larger than the piece kept.
    this.#rest.push(Buffer.from(bytes));
    this.#restBytes += bytes.length;
  }

  #finishRest(bytes: Buffer, lines: SourceLine[]): void {
    this.#keep(bytes);
    const whole = this.#rest.length === 1 ? this.#rest[0]! : Buffer.concat(this.#rest);
    const isTooLong = this.#isSkipping;
    this.#rest = [];
    this.#restBytes = 0;
    this.#isSkipping = false;
    const line = this.#line(whole, 0, whole.length, isAscii(whole));
    lines.push(isTooLong ? { ...line, isTooLong: true } : line);
  }

  #line(buffer: Buffer, from: number, to: number, isPlain: boolean): SourceLine {
    let start = from;
    let end = to;
    if (end > start && buffer[end - 1] === 13) end--;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (buffer[start] === 0xef && buffer[start + 1] === 0xbb && buffer[start + 2] === 0xbf) start += 3;
    }
    const isTooLong = end - start > this.#maxBytes;
    if (isTooLong) end = start + KEPT_BYTES;
    // Each line is a string of its own: a slice of the block would keep the whole block alive.
    if (isPlain) return { text: buffer.toString('latin1', start, end), isTooLong, isBadUtf8: false };
    const bytes = buffer.subarray(start, end);
    return { text: buffer.toString('utf8', start, end), isTooLong, isBadUtf8: !isTooLong && !isUtf8(bytes) };
  }
}

/** Lines of a file, inflated when it is gzip. A damaged or truncated gzip ends the file with `damage`; I/O errors throw. */
export async function* readLineBlocks(path: string, maxBytes: number, signal?: AbortSignal): AsyncGenerator<LineBlock> {
  const head = await firstBytes(path);
  const raw = createReadStream(path, { highWaterMark: BLOCK_BYTES, ...(signal ? { signal } : {}) });
  const cutter = new LineCutter(maxBytes);
  let bytesRead = 0;
  if (!isGzip(head)) {
    const decode = head[0] === 0xff && head[1] === 0xfe ? utf16Decoder() : undefined;
    for await (const block of raw as AsyncIterable<Buffer>) {
      bytesRead += block.length;
      yield { lines: cutter.push(decode ? decode(block) : block), bytesRead };
    }
    yield { lines: cutter.finish(), bytesRead };
    return;
  }
  const inflated = createGunzip({ chunkSize: BLOCK_BYTES });
  raw.on('data', (block) => {
    bytesRead += block.length;
  });
  raw.on('error', (error) => inflated.destroy(error));
  raw.pipe(inflated);
  let damage: string | undefined;
  try {
    for await (const block of inflated as AsyncIterable<Buffer>) yield { lines: cutter.push(block), bytesRead };
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? '');
    if (!code.startsWith('Z_')) throw error;
    damage = `the gzip data is damaged or cut off (${code})`;
  } finally {
    raw.destroy();
    inflated.destroy();
  }
  yield { lines: cutter.finish(), bytesRead, ...(damage === undefined ? {} : { damage }) };
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    // A pipe cannot be looked into without losing what is read.
    if (!(await file.stat()).isFile()) return new Uint8Array(0);
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Windows tools export UTF-16 with a byte order mark. */
function utf16Decoder(): (block: Buffer) => Buffer {
  const decoder = new TextDecoder('utf-16le');
  return (block) => Buffer.from(decoder.decode(block, { stream: true }), 'utf8');
}
