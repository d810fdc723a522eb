/** Parallel columns of 32-bit floats that grow together. */
export class GrowingColumns {
  readonly width: number;
  #data: Float32Array;
  #rows = 0;

  constructor(width: number) {
    this.width = width;
    this.#data = new Float32Array(width * 64);
  }

  get rows(): number {
    return this.#rows;
  }

  push(...values: number[]): void {
    const offset = this.#rows * this.width;
    if (offset === this.#data.length) {
      const larger = new Float32Array(this.#data.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    for (let i = 0; i < this.width; i++) this.#data[offset + i] = values[i]!;
    this.#rows += 1;
  }

  column(index: number): Float32Array {
    const out = new Float32Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) out[row] = this.#data[row * this.width + index]!;
    return out;
  }
}
