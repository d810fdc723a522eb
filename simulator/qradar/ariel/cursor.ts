import { AqlError } from './aql-error.ts';
import type { Token } from './lexer.ts';

const MAX_DEPTH = 60;

/** Reads tokens one after another, and knows where an error is. */
export class Cursor {
  readonly query: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  constructor(query: string, tokens: readonly Token[]) {
    this.query = query;
    this.#tokens = tokens;
  }

  get token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
  }
  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)]!;
  }
  /** End of the token that was read last. */
  get behind(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }
  next(): Token {
    const { token } = this;
    this.#at++;
    return token;
  }
  isWord(word: string, token: Token = this.token): boolean {
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }
  isSymbol(text: string, token: Token = this.token): boolean {
    return token.kind === 'symbol' && token.text === text;
  }
  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at++;
    return true;
  }
  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.#at++;
    return true;
  }
  needWord(word: string): void {
    if (!this.takeWord(word)) this.fail(`Expected ${word.toUpperCase()} but found "${this.token.text}"`);
  }
  needSymbol(text: string): void {
    if (!this.takeSymbol(text)) this.fail(`Expected "${text}" but found "${this.token.text}"`);
  }
  fail(reason: string, token: Token = this.token): never {
    throw new AqlError(reason, this.query, token.at, token.text);
  }
  /** Bounds recursion, so that a hostile query cannot exhaust the stack. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.fail('The query is nested too deeply');
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }
}
