interface Stretch {
  /** Position where it ends. */
  end: number;
  /** Arrival of its oldest message. */
  receivedMs: number;
}

/** A backlog of more blocks is described by fewer, longer stretches. */
const MAX_STRETCHES = 1024;

/** How old the oldest message is that is not yet acknowledged. */
export class WaitingAges {
  readonly #stretches: Stretch[] = [];

  add(end: number, receivedMs: number): void {
    const last = this.#stretches.at(-1);
    if (last && this.#stretches.length >= MAX_STRETCHES) last.end = end;
    else this.#stretches.push({ end, receivedMs });
  }

  acknowledge(position: number): void {
    while (this.#stretches[0] && this.#stretches[0].end <= position) this.#stretches.shift();
  }

  /** Arrival, or `undefined` when nothing waits. */
  get oldestMs(): number | undefined {
    return this.#stretches[0]?.receivedMs;
  }
}
