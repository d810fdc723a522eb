import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const CHUNK_CHARACTERS = 4_000_000;

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
  let parts: string[] = [];
  let characters = 0;
  let bytes = 0;
  const flush = (): void => {
    if (characters === 0) return;
    const plain = Buffer.from(parts.join(''), 'utf8');
    const chunk = gzip ? gzipSync(plain, { level: 4 }) : plain;
    for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
    bytes += chunk.length;
    parts = [];
    characters = 0;
  };
  return {
    path: target,
    append(text) {
      parts.push(text);
      characters += text.length;
      if (characters >= CHUNK_CHARACTERS) flush();
    },
    close() {
      flush();
      closeSync(file);
      return bytes;
    },
  };
}
