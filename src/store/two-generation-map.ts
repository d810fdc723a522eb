/** Longer keys are not worth their memory. */
export const MAX_CACHED_LENGTH = 4096;

/**
 * A bounded map that forgets what was not asked for lately: when the young generation is full it becomes the old one, and
 * what is found there is moved back. Holds at most twice `maxEntries` keys and twice `maxCharacters` characters.
 */
export class TwoGenerationMap<V> {
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #characters = 0;

  constructor(maxEntries = 65_536, maxCharacters = 8_388_608) {
    this.#maxEntries = maxEntries;
    this.#maxCharacters = maxCharacters;
  }

  get(key: string): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old !== undefined) this.#put(key, old);
    return old;
  }

  /** The key is copied: text cut from a larger one would keep all of that in memory. */
  set(key: string, value: V): void {
    if (key.length <= MAX_CACHED_LENGTH) this.#put(copyText(key), value);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#characters = 0;
  }

  #put(key: string, value: V): void {
    if (this.#young.size >= this.#maxEntries || this.#characters >= this.#maxCharacters) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = 0;
    }
    this.#young.set(key, value);
    this.#characters += key.length;
  }
}

/** The same text in memory of its own. Lone surrogates stay as they are. */
export const copyText = (text: string): string =>
  text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
