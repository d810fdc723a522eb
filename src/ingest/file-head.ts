import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';

const HEAD_BYTES = 65_536;

/** Text of the first 64 KiB of a file, decompressed when it is gzip, whatever its name. */
export async function readHead(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    return decodeHead(isGzip(head) ? inflateHead(head) : head);
  } finally {
    await file.close();
  }
}

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The head is cut off, so the stream has no proper end; what can be inflated is returned. */
function inflateHead(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * HEAD_BYTES }).subarray(
      0,
      HEAD_BYTES,
    );
  } catch {
    return Buffer.alloc(0);
  }
}

function decodeHead(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return head.subarray(2).toString('utf16le');
  return head.toString('utf8').replace(/^\ufeff/, '');
}
