import { AqlError } from './aql-error.ts';

export interface Token {
  kind: 'word' | 'number' | 'string' | 'quoted' | 'symbol' | 'end';
  /** As typed; without the quotes for strings and quoted names. */
  text: string;
  /** Offset in the query. */
  at: number;
  /** Offset behind the token. */
  end: number;
}

const MAX_LENGTH = 65_536;
const PATTERN =
  /(?<space>(?:\s+|\/\*[\s\S]*?\*\/|--[^\n]*)+)|(?<word>[A-Za-z_][\w.]*(?:::[A-Za-z_]\w*)?)|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|'(?<string>(?:[^'\\]|''|\\[\s\S])*)'|"(?<quoted>[^"]*)"|(?<symbol><=|>=|<>|!=|\|\||[-+*/%=<>(),])/y;

/** Splits a query; throws `AqlError` at the first character that begins nothing. */
export function tokenize(query: string): Token[] {
  if (query.length > MAX_LENGTH) throw new AqlError(`The query is longer than ${MAX_LENGTH} characters`, query, 0, '');
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(query);
    const groups = match?.groups;
    if (!match || !groups) {
      const open = query[at] === "'" || query[at] === '"';
      throw new AqlError(open ? 'A string is not closed' : 'Unexpected character', query, at, query[at]!);
    }
    const end = at + match[0].length;
    if (groups.word !== undefined) tokens.push({ kind: 'word', text: groups.word, at, end });
    else if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number, at, end });
    else if (groups.string !== undefined)
      // Only an escaped quote is special: a backslash is part of DOMAIN\user and of patterns.
      tokens.push({ kind: 'string', text: groups.string.replace(/''|\\'/g, "'"), at, end });
    else if (groups.quoted !== undefined) tokens.push({ kind: 'quoted', text: groups.quoted, at, end });
    else if (groups.symbol !== undefined) tokens.push({ kind: 'symbol', text: groups.symbol, at, end });
    at = end;
  }
  tokens.push({ kind: 'end', text: '<end of query>', at: query.length, end: query.length });
  return tokens;
}
