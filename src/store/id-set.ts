/** Set of 64-bit ids in open addressing; `capacity` is the most it may hold. */
export class IdSet {
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** Words of the ids, low then high. */
  readonly #words: Int32Array;
  size = 0;

  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
    this.#words = new Int32Array(capacity * 2);
  }

  /** `false` when it was there already. Ids are hashes: their low bits spread by themselves. */
  add(low: number, high: number): boolean {
    let slot = low & this.#mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#words[entry * 2 - 2] === low && this.#words[entry * 2 - 1] === high) return false;
      slot = (slot + 1) & this.#mask;
    }
    this.#words[this.size * 2] = low;
    this.#words[this.size * 2 + 1] = high;
    this.size += 1;
    this.#slots[slot] = this.size;
    return true;
  }

  clear(): void {
    this.#slots.fill(0);
    this.size = 0;
  }
}
