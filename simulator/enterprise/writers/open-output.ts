import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUFFER_BYTES = 4_194_304;

export interface Output {
  readonly path: string;
  append(text: string): void;
  /** Bytes written, after compression. */
  close(): number;
}

/** A text file written in large chunks; with `gzip`, each chunk is a member of its own, which every gzip reader joins. */
export function openOutput(path: string, gzip: boolean): Output {
  const target = gzip ? `${path}.gz` : path;
  const file = openSync(target, 'w');
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let used = 0;
  let bytes = 0;
  const writeOut = (plain: Buffer): void => {
    if (plain.length === 0) return;
    const chunk = gzip ? gzipSync(plain, { level: 4 }) : plain;
    for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
    bytes += chunk.length;
  };
  const flush = (): void => {
    writeOut(buffer.subarray(0, used));
    used = 0;
  };
  return {
    path: target,
    append(text) {
      // One UTF-16 unit is at most three bytes of UTF-8.
      if (used + text.length * 3 > BUFFER_BYTES) flush();
      if (text.length * 3 > BUFFER_BYTES) writeOut(Buffer.from(text, 'utf8'));
      else used += buffer.write(text, used, 'utf8');
    },
    close() {
      flush();
      closeSync(file);
      return bytes;
    },
  };
}
