import { inspect } from 'node:util';

/** A secret that does not show itself: printing, logging or JSON gives `[secret]`; only `reveal` gives the text. */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [inspect.custom](): string {
    return '[secret]';
  }
}

/** Names of settings, environment variables or log fields whose values are never printed. */
export const SECRET_NAME =
  /pass(?:word|phrase|wd)?$|secret|token|credential|api[-_]?key|^key$|authori[sz]ation|cookie|private[-_]?key/i;
