import type { Journal, Key } from './journal.ts';

/** Records of one kind by key, in the order of their making. Change a record only through `put` or `update`. */
export class Collection<K extends Key, T extends object> {
  readonly #name: string;
  readonly #journal: Journal;
  readonly #records: Map<K, T>;
  #highest = 0;

  constructor(journal: Journal, name: string) {
    this.#name = name;
    this.#journal = journal;
    this.#records = new Map((journal.loaded.get(name) ?? new Map()) as Map<K, T>);
    for (const key of this.#records.keys()) if (typeof key === 'number') this.#highest = Math.max(this.#highest, key);
  }

  get size(): number {
    return this.#records.size;
  }
  get(key: K | undefined): T | undefined {
    return key === undefined ? undefined : this.#records.get(key);
  }
  values(): T[] {
    return [...this.#records.values()];
  }
  find(test: (record: T) => boolean): T | undefined {
    for (const record of this.#records.values()) if (test(record)) return record;
    return undefined;
  }
  put(key: K, record: T): T {
    this.#records.set(key, record);
    if (typeof key === 'number') this.#highest = Math.max(this.#highest, key);
    this.#journal.record(this.#name, key, record);
    return record;
  }
  update(key: K, change: Partial<T>): T {
    return this.put(key, { ...this.#records.get(key)!, ...change });
  }
  remove(key: K): boolean {
    if (!this.#records.delete(key)) return false;
    this.#journal.record(this.#name, key, undefined);
    return true;
  }
  /** A number never used before, also not by a removed record of this run. */
  nextId(first = 1): number {
    this.#highest = Math.max(this.#highest + 1, first);
    return this.#highest;
  }
}
