import { AppError, messageOf } from '../domain/errors.ts';
import { HEADER_BYTES, isIntact, readHeader, readMessages } from './block.ts';
import type { BlockCipher } from './block-cipher.ts';
import { type Segment, segmentName } from './segments.ts';
import type { SpoolFiles, SpoolReadFile } from './spool-files.ts';
import type { SpooledBlock } from './spool-writer.ts';
import type { SyslogBatch, SyslogRecord } from './types.ts';

/** Follows the writer through the segments. Knows only what is durable. */
export class SpoolReader {
  readonly #files: SpoolFiles;
  readonly #cipher: BlockCipher | undefined;
  readonly #segments: Segment[];
  #file: { start: number; handle: SpoolReadFile } | undefined;
  #at = 0;
  #acknowledged = 0;
  corruptBytes = 0;

  constructor(files: SpoolFiles, segments: readonly Segment[], cipher: BlockCipher | undefined) {
    this.#files = files;
    this.#cipher = cipher;
    this.#segments = segments.map((segment) => ({ ...segment }));
  }

  get hasMore(): boolean {
    return (this.#segments.at(-1)?.end ?? 0) > this.#at;
  }

  /** From the last acknowledged position to the end. */
  get unstoredBytes(): number {
    const first = this.#segments[0];
    return first ? this.#segments.at(-1)!.end - Math.max(first.start, this.#acknowledged) : 0;
  }

  extend({ segmentStart, end }: SpooledBlock): void {
    const last = this.#segments.at(-1);
    if (last?.start === segmentStart) last.end = end;
    else this.#segments.push({ start: segmentStart, end });
  }

  acknowledge(position: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, position);
    while (this.#segments[0] && this.#segments[0].end <= this.#acknowledged) this.#segments.shift();
  }

  rewind(): void {
    this.#at = this.#acknowledged;
  }

  /** Whole blocks, until there are `maxRecords`. Throws SYSLOG_SPOOL_FAILED; the next call reads the same again. */
  async read(maxRecords: number): Promise<SyslogBatch> {
    const records: SyslogRecord[] = [];
    while (records.length < maxRecords) {
      const segment = this.#segments.find(({ end }) => end > this.#at);
      if (!segment) break;
      const at = Math.max(this.#at, segment.start);
      try {
        const block = await this.#readBlock(segment, at);
        for (const record of block?.records ?? []) records.push(record);
        // Where one block cannot be read, nothing says where the next begins.
        if (!block) this.corruptBytes += segment.end - at;
        this.#at = block ? at + block.bytes : segment.end;
      } catch (error) {
        if (records.length > 0) break;
        throw new AppError('SYSLOG_SPOOL_FAILED', `cannot read the syslog spool: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
    return { records, position: this.#at };
  }

  /** Arrival of the first message that waits; `undefined` when there is none or its block cannot be read. */
  async firstMs(): Promise<number | undefined> {
    const first = this.#segments[0];
    if (!first) return undefined;
    const header = Buffer.alloc(HEADER_BYTES);
    try {
      await (await this.#open(first)).read(header, 0);
    } catch {
      return undefined;
    }
    return readHeader(header)?.receivedMs;
  }

  async close(): Promise<void> {
    await this.#file?.handle.close().catch(() => {});
    this.#file = undefined;
  }

  /** `undefined`: what stands there is no block of ours. */
  async #readBlock(segment: Segment, at: number): Promise<{ records: SyslogRecord[]; bytes: number } | undefined> {
    const handle = await this.#open(segment);
    const offset = at - segment.start;
    const header = Buffer.alloc(HEADER_BYTES);
    await handle.read(header, offset);
    const bodyBytes = readHeader(header)?.bodyBytes;
    if (bodyBytes === undefined || at + HEADER_BYTES + bodyBytes > segment.end) return undefined;
    const body = Buffer.allocUnsafe(bodyBytes);
    if ((await handle.read(body, offset + HEADER_BYTES)) < bodyBytes || !isIntact(header, body)) return undefined;
    const records = readMessages(header, body, this.#cipher);
    return records && { records, bytes: HEADER_BYTES + bodyBytes };
  }

  async #open({ start }: Segment): Promise<SpoolReadFile> {
    if (this.#file?.start !== start) {
      await this.close();
      this.#file = { start, handle: await this.#files.read(segmentName(start)) };
    }
    return this.#file.handle;
  }
}
