import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

export type Key = string | number;
interface Line {
  c: string;
  k: Key;
  /** Absent when the record was removed. */
  v?: unknown;
}

/** Records by collection, kept in memory and as JSON lines on disk; a torn last line, left by a crash, is dropped. */
export class Journal {
  readonly #path: string | undefined;
  #file: number | undefined;
  #pending: string[] = [];
  readonly loaded = new Map<string, Map<Key, unknown>>();

  /** Without a path nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
    if (path === undefined) return;
    if (existsSync(path)) this.#load(readFileSync(path, 'utf8'));
    this.#compact(path);
    this.#file = openSync(path, 'a', 0o600);
  }

  get isEmpty(): boolean {
    return this.loaded.size === 0;
  }

  #load(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      let entry: Line;
      try {
        entry = JSON.parse(line) as Line;
      } catch {
        continue;
      }
      const records = this.loaded.get(entry.c) ?? new Map<Key, unknown>();
      this.loaded.set(entry.c, records);
      if (entry.v === undefined) records.delete(entry.k);
      else records.set(entry.k, entry.v);
    }
  }

  /** One line a record, in a new file that takes the old one's place in one step. */
  #compact(path: string): void {
    const file = openSync(`${path}.new`, 'w', 0o600);
    for (const [c, records] of this.loaded)
      for (const [k, v] of records) writeSync(file, `${JSON.stringify({ c, k, v })}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.new`, path);
  }

  record(collection: string, key: Key, value: unknown): void {
    if (this.#path !== undefined) this.#pending.push(JSON.stringify({ c: collection, k: key, v: value }));
  }

  /** Writes what is pending; called before a reply leaves, so that an acknowledged change is on disk. */
  flush(): void {
    if (this.#pending.length === 0 || this.#file === undefined) return;
    writeSync(this.#file, `${this.#pending.join('\n')}\n`);
    this.#pending = [];
  }

  close(): void {
    this.flush();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
