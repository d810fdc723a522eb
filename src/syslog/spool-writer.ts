import { setTimeout as sleep } from 'node:timers/promises';
import { BlockBuilder, HEADER_BYTES } from './block.ts';
import type { BlockCipher } from './block-cipher.ts';
import { type Segment, segmentName } from './segments.ts';
import type { SpoolFile, SpoolFiles } from './spool-files.ts';

export interface SpoolWriterOptions {
  files: SpoolFiles;
  /** Left by an earlier listener, in order. */
  segments: Segment[];
  cipher: BlockCipher | undefined;
  /** Most bytes of all segments together. */
  limitBytes: number;
  flushMs: number;
  /** Pause between attempts to write to a disk that refuses. */
  retryMs: number;
  now(): number;
  /** A block is durable. */
  onSpooled(block: SpooledBlock): void;
  /** `blocked` has changed. */
  onBlocked(): void;
}

/** A durable block: where the segment and the block end, and what is in it. */
export interface SpooledBlock {
  segmentStart: number;
  end: number;
  messages: number;
  receivedMs: number;
}

export type Blocked = 'spool-full' | 'disk-failed' | 'busy';

/** Messages that wait for the disk take at most this, and one message more. */
const WAITING_BYTES = 4 << 20;
const SEGMENT_BYTES = 16 << 20;
/** A block this large is not made to wait for more. */
const BLOCK_BYTES = 1 << 20;

/** The largest message that a spool of the size can always take. */
export const largestMessage = (spoolBytes: number): number => Math.floor(spoolBytes / 4);

/**
 * Group commit to the segments of the spool: messages gather in memory for `flushMs`, or while the block before is written;
 * then they are written and synced as one block. A write that fails is made again, in a new segment, until it succeeds; a
 * full spool waits for `release`. Meanwhile `blocked` says that no more should come.
 */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #segments: Segment[];
  readonly #waitingBytes: number;
  readonly #blockBytes: number;
  readonly #segmentBytes: number;
  #filling = new BlockBuilder();
  #writing = new BlockBuilder();
  #file: SpoolFile | undefined;
  #position: number;
  #released = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #mustLookAgain = false;
  #isFull = false;
  #isClosing = false;
  #blocked: Blocked | undefined;
  accepted = 0;
  acceptedBytes = 0;
  pauses = 0;
  failures = 0;
  /** System code of the last failure, until a write succeeds. */
  problem: string | undefined;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
    this.#segments = options.segments.map((segment) => ({ ...segment }));
    this.#position = this.#segments.at(-1)?.end ?? 0;
    this.#waitingBytes = Math.min(WAITING_BYTES, options.limitBytes >> 2);
    this.#blockBytes = Math.min(BLOCK_BYTES, this.#waitingBytes);
    this.#segmentBytes = Math.min(SEGMENT_BYTES, options.limitBytes >> 4);
  }

  get blocked(): Blocked | undefined {
    return this.#blocked;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** Messages in memory, not durable yet. */
  get waiting(): number {
    return this.#filling.messages + this.#writing.messages;
  }

  /** There is room for a message that cannot be made to wait. */
  get hasRoom(): boolean {
    return this.#filling.bytes < this.#waitingBytes;
  }

  add(origin: Buffer, bytes: Buffer, from: number, to: number, isCut: boolean): void {
    this.#filling.add(origin, bytes, from, to, isCut, this.#options.now());
    if (this.#running || this.#isFull) {
      if (!this.hasRoom) this.#setBlocked();
    } else if (this.#filling.bytes >= this.#blockBytes) this.#start();
    else this.#startSoon();
  }

  #startSoon(): void {
    this.#timer ??= setTimeout(() => this.#start(), this.#options.flushMs);
  }

  /** Segments that end at or before the position are deleted. */
  release(position: number): void {
    this.#released = Math.max(this.#released, position);
    // A run that is about to end may have looked already.
    if (this.#running) this.#mustLookAgain = true;
    else this.#start();
  }

  /** Resolves when all that was added is durable; false when the disk is full or refuses. Nothing may be added after. */
  async close(): Promise<boolean> {
    this.#isClosing = true;
    this.#start();
    while (this.#running) await this.#running;
    await this.#closeFile();
    return this.waiting === 0;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#running) return;
    this.#mustLookAgain = false;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#setBlocked();
      if (this.#mustLookAgain) this.#start();
      else if (this.#filling.messages > 0 && this.#writing.messages === 0 && !this.#isClosing) this.#startSoon();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#removeReleased();
      if (this.#writing.messages === 0) {
        if (this.#filling.messages === 0) return;
        [this.#filling, this.#writing] = [this.#writing, this.#filling];
      }
      const outcome = await this.#write();
      this.#setBlocked();
      if (outcome === 'full') return;
      if (outcome === 'failed') {
        if (this.#isClosing) return;
        await sleep(this.#options.retryMs);
      } else if (this.#filling.bytes < this.#blockBytes && !this.#isClosing) return;
    }
  }

  async #write(): Promise<'written' | 'full' | 'failed'> {
    const { files, cipher, limitBytes, onSpooled } = this.#options;
    const block = this.#writing;
    const parts = block.encode(cipher);
    const size = HEADER_BYTES + parts[1].length;
    // At the end there is no waiting: what is in memory goes to disk, a little above the limit.
    const most = limitBytes + (this.#isClosing ? this.#waitingBytes * 2 : 0);
    this.#isFull = this.bytes + size > most;
    if (this.#isFull) return 'full';
    try {
      let segment = this.#segments.at(-1);
      if (!this.#file || !segment || segment.end - segment.start >= this.#segmentBytes) {
        await this.#closeFile();
        this.#file = await files.create(segmentName(this.#position));
        segment = { start: this.#position, end: this.#position };
        this.#segments.push(segment);
      }
      await this.#file.write(parts, segment.end - segment.start);
      await this.#file.sync();
      segment.end += size;
      this.#position = segment.end;
      this.accepted += block.messages;
      this.acceptedBytes += block.messageBytes;
      this.problem = undefined;
      onSpooled({
        segmentStart: segment.start,
        end: segment.end,
        messages: block.messages,
        receivedMs: block.firstMs,
      });
      block.clear();
      return 'written';
    } catch (error) {
      await this.#abandonFile(error);
      return 'failed';
    }
  }

  /** What a failed write left behind is cut off; if even that fails, the next segment's name says where it ends. */
  async #abandonFile(error: unknown): Promise<void> {
    this.failures += 1;
    this.problem = String((error as { code?: unknown }).code ?? 'UNKNOWN');
    const segment = this.#segments.at(-1);
    if (this.#file && segment) {
      await this.#file.truncate(segment.end - segment.start).catch(() => {});
      if (segment.end === segment.start) this.#segments.pop();
    }
    await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }

  async #removeReleased(): Promise<void> {
    for (let first = this.#segments[0]; first && first.end <= this.#released; first = this.#segments[0]) {
      if (this.#segments.length === 1) await this.#closeFile();
      try {
        await this.#options.files.remove(segmentName(first.start));
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOENT') {
          this.failures += 1;
          return;
        }
      }
      this.#segments.shift();
    }
  }

  #setBlocked(): void {
    const isWaiting = this.#writing.messages > 0 && this.problem !== undefined;
    let blocked: Blocked | undefined;
    if (this.#isFull) blocked = 'spool-full';
    else if (isWaiting) blocked = 'disk-failed';
    else if (!this.hasRoom) blocked = 'busy';
    if (blocked === this.#blocked) return;
    if (blocked !== undefined && blocked !== 'busy') this.pauses += 1;
    this.#blocked = blocked;
    this.#options.onBlocked();
  }
}
