import type { Activity } from '../domain/activity.ts';
import { createFingerprint } from './keyed-hash.ts';

/** How far back, in records of one file, equal lines are counted. */
export const REPEAT_WINDOW = 65_536;

/**
 * What an equal line of the same time is. `number`: another event, as in a file, where a line stands as often as it
 * happened. `same`: the same event delivered again, as from a listener or a search whose rows may come twice.
 */
export type Repeats = 'number' | 'same';

/**
 * Identity of records, the same whenever and from whatever file they are read: the source's own event id within its log
 * source, else the raw text and time with its number among equal lines shortly before. A rotated, renamed or compressed log
 * is the same log; a line that a log repeats on purpose is kept as often as it stands there.
 */
export class RecordIds {
  readonly #fingerprint: (text: string, out: Int32Array) => void;
  readonly #repeats = new Map<number, number>();
  readonly #window: Float64Array;
  #records = 0;
  /** Low and high word of the id found last. */
  readonly id = new Int32Array(2);

  constructor(key: Uint8Array, repeats: Repeats = 'number') {
    this.#fingerprint = createFingerprint(key);
    this.#window = new Float64Array(repeats === 'number' ? REPEAT_WINDOW : 0);
  }

  /** Equal lines are counted within one file. */
  startFile(): void {
    this.#repeats.clear();
    this.#records = 0;
  }

  ofActivity(activity: Activity, raw: string): void {
    const { logSource, originId, timeMs, account } = activity;
    if (originId === '') this.#ofRaw(`r${timeMs}\0${raw}`);
    else this.#fingerprint(`o${logSource}\0${originId}\0${timeMs}\0${account}\0${activity.class}`, this.id);
  }

  ofDeadLetter(raw: string): void {
    this.#ofRaw(`d\0${raw}`);
  }

  #ofRaw(text: string): void {
    const { id } = this;
    this.#fingerprint(text, id);
    if (this.#window.length === 0) return;
    // 53 of the 64 bits: a clash would only number two different lines.
    const key = (id[1]! & 0x1fffff) * 4_294_967_296 + (id[0]! >>> 0);
    const at = this.#records % REPEAT_WINDOW;
    if (this.#records >= REPEAT_WINDOW) this.#leave(this.#window[at]!);
    this.#window[at] = key;
    this.#records += 1;
    const earlier = this.#repeats.get(key) ?? 0;
    this.#repeats.set(key, earlier + 1);
    if (earlier > 0) this.#fingerprint(`n${earlier}\0${id[0]}\0${id[1]}`, id);
  }

  #leave(key: number): void {
    const count = this.#repeats.get(key) ?? 0;
    if (count > 1) this.#repeats.set(key, count - 1);
    else this.#repeats.delete(key);
  }
}
