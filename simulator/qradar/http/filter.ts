import { compareScalar, matchesLike } from './filter-values.ts';
import type { Field, Shape } from './shape.ts';

export const NOT_FILTERABLE = 'The filter parameter is not valid.';
export const NOT_PARSABLE =
  'A filter parameter was invalid. Please make sure that the syntax is correct: Error Parsing filter';

/** Thrown with one of the two texts above; the endpoint says under which code. */
export class FilterError extends Error {}

export type Predicate = (value: unknown) => boolean;

type Token = { kind: 'word' | 'string' | 'symbol'; text: string };
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(!=|<>|\^=|<=|>=|[=<>(),])|([^\s"'=<>!^(),]+))/y;
const MAX_LENGTH = 16_000;
const MAX_DEPTH = 50;

function readTokens(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw new FilterError(NOT_PARSABLE);
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new FilterError(NOT_PARSABLE);
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) tokens.push({ kind: 'string', text: quoted.replace(/\\(.)/g, '$1') });
    else if (match[3] !== undefined) tokens.push({ kind: 'symbol', text: match[3] });
    else tokens.push({ kind: 'word', text: match[4]! });
  }
  return tokens;
}

/** Compiles a filter against the rows' shape. Throws `FilterError`. */
export function parseFilter(text: string, known: Shape): Predicate {
  const parser = new Parser(readTokens(text), known);
  const predicate = parser.either(known, 0);
  parser.expectEnd();
  return predicate;
}

const SCALAR: Field = {
  type: 'any',
  array: false,
  filterable: true,
  sortable: false,
  equalityOnly: false,
  since: undefined,
  of: undefined,
};

class Parser {
  readonly #tokens: readonly Token[];
  readonly #top: Shape;
  #at = 0;
  constructor(tokens: readonly Token[], top: Shape) {
    this.#tokens = tokens;
    this.#top = top;
  }

  #fail(): never {
    throw new FilterError(NOT_PARSABLE);
  }
  #symbol(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' || token.text !== text) return false;
    this.#at++;
    return true;
  }
  #keyword(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }
  expectEnd(): void {
    if (this.#at < this.#tokens.length) this.#fail();
  }

  either(shape: Shape | undefined, depth: number): Predicate {
    if (depth > MAX_DEPTH) this.#fail();
    const parts = [this.#both(shape, depth)];
    while (this.#keyword('or')) parts.push(this.#both(shape, depth));
    return parts.length === 1 ? parts[0]! : (value) => parts.some((part) => part(value));
  }
  #both(shape: Shape | undefined, depth: number): Predicate {
    const parts = [this.#one(shape, depth)];
    while (this.#keyword('and')) parts.push(this.#one(shape, depth));
    return parts.length === 1 ? parts[0]! : (value) => parts.every((part) => part(value));
  }
  #one(shape: Shape | undefined, depth: number): Predicate {
    if (depth > MAX_DEPTH) this.#fail();
    if (this.#keyword('not')) {
      const inner = this.#one(shape, depth + 1);
      return (value) => !inner(value);
    }
    if (this.#symbol('(')) {
      const inner = this.either(shape, depth + 1);
      if (!this.#symbol(')')) this.#fail();
      return inner;
    }
    return this.#comparison(shape);
  }

  /** `name`, `name(sub(sub))`, or `.` for the element of an array of plain values. */
  #path(shape: Shape | undefined): { field: Field; read: (value: unknown) => unknown[] } {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word') this.#fail();
    this.#at++;
    if (token.text === '.') return { field: SCALAR, read: (value) => [value] };
    const field = shape?.get(token.text);
    // Below the top level a page prints no marks: what the outer field allows, its parts allow.
    if (!field || (shape === this.#top && !field.filterable)) throw new FilterError(NOT_FILTERABLE);
    const read = (value: unknown): unknown[] => {
      const inner = (value as Record<string, unknown> | null)?.[token.text];
      return Array.isArray(inner) ? inner : [inner];
    };
    if (!this.#symbol('(')) return { field, read };
    const below = this.#path(field.of);
    if (!this.#symbol(')')) this.#fail();
    return { field: below.field, read: (value) => read(value).flatMap(below.read) };
  }

  #comparison(shape: Shape | undefined): Predicate {
    const { field, read } = this.#path(shape);
    if (this.#keyword('contains')) {
      const grouped = this.#symbol('(');
      const inner = grouped ? this.either(field.of, 1) : this.#comparison(field.of);
      if (grouped && !this.#symbol(')')) this.#fail();
      return (value) => read(value).some(inner);
    }
    if (this.#keyword('is')) {
      const negated = this.#keyword('not');
      if (!this.#keyword('null')) this.#fail();
      const isNull = (value: unknown): boolean => read(value).every((one) => one === null || one === undefined);
      return negated ? (value) => !isNull(value) : isNull;
    }
    const negated = this.#keyword('not');
    const test = this.#test(field, negated);
    return negated ? (value) => !read(value).some(test) : (value) => read(value).some(test);
  }

  #test(field: Field, afterNot: boolean): Predicate {
    if (this.#keyword('in')) {
      if (!this.#symbol('(')) this.#fail();
      const values = [this.#value(field)];
      while (this.#symbol(',')) values.push(this.#value(field));
      if (!this.#symbol(')')) this.#fail();
      return (value) => values.some((one) => compareScalar(value, one) === 0);
    }
    const ranged = (): void => {
      if (field.equalityOnly) throw new FilterError(NOT_FILTERABLE);
    };
    if (this.#keyword('between')) {
      ranged();
      const low = this.#value(field);
      if (!this.#keyword('and')) this.#fail();
      const high = this.#value(field);
      return (value) => compareScalar(value, low) >= 0 && compareScalar(value, high) <= 0;
    }
    for (const [word, ignoreCase] of [
      ['like', false],
      ['ilike', true],
    ] as const)
      if (this.#keyword(word)) {
        ranged();
        const pattern = String(this.#value({ ...field, type: 'string' }));
        return (value) => typeof value === 'string' && matchesLike(value, pattern, ignoreCase);
      }
    if (afterNot) this.#fail();
    const operator = this.#tokens[this.#at++];
    if (operator?.kind !== 'symbol') this.#fail();
    if (!['=', '!=', '<>', '^='].includes(operator.text)) ranged();
    const wanted = this.#value(field);
    switch (operator.text) {
      case '=':
        return (value) => compareScalar(value, wanted) === 0;
      case '!=':
      case '<>':
      case '^=':
        return (value) => value !== null && value !== undefined && compareScalar(value, wanted) !== 0;
      case '>':
        return (value) => compareScalar(value, wanted) > 0;
      case '>=':
        return (value) => compareScalar(value, wanted) >= 0;
      case '<':
        return (value) => compareScalar(value, wanted) < 0;
      case '<=':
        return (value) => compareScalar(value, wanted) <= 0;
      default:
        return this.#fail();
    }
  }

  /** A quoted or bare value, as the field's type. */
  #value(field: Field): string | number | boolean | null {
    const token = this.#tokens[this.#at];
    if (!token || token.kind === 'symbol') this.#fail();
    this.#at++;
    const lower = token.text.toLowerCase();
    if (token.kind === 'word' && lower === 'null') return null;
    if (field.type === 'boolean') return lower === 'true' ? true : lower === 'false' ? false : this.#fail();
    if (field.type === 'number')
      return token.text !== '' && Number.isFinite(Number(token.text)) ? Number(token.text) : this.#fail();
    return token.text;
  }
}
