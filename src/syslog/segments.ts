import { HEADER_BYTES, isIntact, readHeader } from './block.ts';
import type { SpoolFiles } from './spool-files.ts';

/**
 * The spool is one stream of bytes; a segment is a file with a piece of it, named by the position where it begins. Positions
 * never go back while a listener lives.
 */
export interface Segment {
  start: number;
  end: number;
}

export const segmentName = (start: number): string => `${start.toString(16).padStart(14, '0')}.spool`;

/** What an earlier listener left, in order. The last file is cut behind its last whole block. */
export async function recoverSegments(files: SpoolFiles): Promise<Segment[]> {
  const found = (await files.list()).flatMap(({ name, bytes }) => {
    const match = /^([0-9a-f]{14})\.spool$/.exec(name);
    return match ? [{ start: Number.parseInt(match[1]!, 16), bytes }] : [];
  });
  found.sort((a, b) => a.start - b.start);
  const segments: Segment[] = [];
  for (const [index, { start, bytes }] of found.entries()) {
    const next = found[index + 1];
    let kept = bytes;
    // A write that failed may have left more than was counted: the next file begins where the counted part ends.
    if (next) kept = Math.min(bytes, next.start - start);
    else {
      kept = await wholeBytes(files, segmentName(start), bytes);
      if (kept > 0 && kept < bytes) await files.truncate(segmentName(start), kept);
    }
    if (kept > 0) segments.push({ start, end: start + kept });
    else await files.remove(segmentName(start));
  }
  return segments;
}

/** Bytes of the whole blocks at the start of a file. */
async function wholeBytes(files: SpoolFiles, name: string, bytes: number): Promise<number> {
  const file = await files.read(name);
  const header = Buffer.alloc(HEADER_BYTES);
  let at = 0;
  try {
    for (;;) {
      if ((await file.read(header, at)) < HEADER_BYTES) return at;
      const bodyBytes = readHeader(header)?.bodyBytes;
      if (bodyBytes === undefined || at + HEADER_BYTES + bodyBytes > bytes) return at;
      const body = Buffer.allocUnsafe(bodyBytes);
      if ((await file.read(body, at + HEADER_BYTES)) < bodyBytes || !isIntact(header, body)) return at;
      at += HEADER_BYTES + bodyBytes;
    }
  } finally {
    await file.close();
  }
}
