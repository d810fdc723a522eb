import type { Expression, OrderItem, Query, SelectItem, TimeClause } from './ast.ts';
import { Cursor } from './cursor.ts';
import { tokenize } from './lexer.ts';
import { RESERVED, readExpression } from './parse-expression.ts';

const UNITS = new Set(['minutes', 'hours', 'days']);
const MAX_ITEMS = 500;

/** Parses AQL; throws `AqlError`. */
export function parseAql(text: string): Query {
  const cursor = new Cursor(text, tokenize(text));
  const query = readQuery(cursor);
  if (cursor.token.kind !== 'end') cursor.fail(`Unexpected "${cursor.token.text}"`);
  return query;
}

function readQuery(cursor: Cursor): Query {
  cursor.needWord('select');
  const distinct = cursor.takeWord('distinct');
  const items = cursor.takeSymbol('*') ? undefined : readItems(cursor);
  cursor.needWord('from');
  const source = readSource(cursor);
  const into = cursor.takeWord('into') ? readName(cursor, 'a name for the cursor') : undefined;
  const where = cursor.takeWord('where') ? readExpression(cursor, readQuery) : undefined;
  const groupBy = takeBy(cursor, 'group') ? readExpressions(cursor) : [];
  const having = cursor.takeWord('having') ? readExpression(cursor, readQuery) : undefined;
  const orderBy = takeBy(cursor, 'order') ? readOrder(cursor) : [];
  const limit = cursor.takeWord('limit') ? readCount(cursor, 'LIMIT') : undefined;
  const time = readTime(cursor);
  const parameters = readParameters(cursor);
  return { distinct, items, source, into, where, groupBy, having, orderBy, limit, time, parameters };
}

function takeBy(cursor: Cursor, word: string): boolean {
  if (!cursor.takeWord(word)) return false;
  cursor.needWord('by');
  return true;
}

function readItems(cursor: Cursor): SelectItem[] {
  const items: SelectItem[] = [];
  do {
    const expression = readExpression(cursor, readQuery);
    const alias = cursor.takeWord('as') ? readName(cursor, 'an alias') : undefined;
    items.push({ expression, alias });
    if (items.length > MAX_ITEMS) cursor.fail(`More than ${MAX_ITEMS} columns are selected`);
  } while (cursor.takeSymbol(','));
  return items;
}

/** A bare word, or a name in single or double quotes. */
function readName(cursor: Cursor, what: string): string {
  const token = cursor.next();
  const bare = token.kind === 'word' && !RESERVED.has(token.text.toLowerCase());
  if (!bare && ((token.kind !== 'string' && token.kind !== 'quoted') || token.text === ''))
    cursor.fail(`Expected ${what} but found "${token.text}"`, token);
  return token.text;
}

function readSource(cursor: Cursor): Query['source'] {
  const token = cursor.next();
  if (cursor.isSymbol('(', token)) {
    const query = cursor.nested(() => readQuery(cursor));
    cursor.needSymbol(')');
    return { query, token };
  }
  if (token.kind !== 'word' || RESERVED.has(token.text.toLowerCase()))
    cursor.fail(`Expected the name of a database but found "${token.text}"`, token);
  return { name: token.text.toLowerCase(), token };
}

function readExpressions(cursor: Cursor): Expression[] {
  const list = [readExpression(cursor, readQuery)];
  while (cursor.takeSymbol(',')) list.push(readExpression(cursor, readQuery));
  return list;
}

function readOrder(cursor: Cursor): OrderItem[] {
  const items: OrderItem[] = [];
  do {
    const expression = readExpression(cursor, readQuery);
    const descending = cursor.takeWord('desc');
    if (!descending) cursor.takeWord('asc');
    items.push({ expression, descending });
  } while (cursor.takeSymbol(','));
  return items;
}

function readCount(cursor: Cursor, what: string): number {
  const token = cursor.next();
  if (token.kind !== 'number' || !/^\d{1,9}$/.test(token.text))
    cursor.fail(`Expected a whole number after ${what} but found "${token.text}"`, token);
  return Number(token.text);
}

function readTime(cursor: Cursor): TimeClause | undefined {
  const { token } = cursor;
  if (cursor.takeWord('last')) {
    const count = readCount(cursor, 'LAST');
    const unit = cursor.next();
    if (unit.kind !== 'word' || !UNITS.has(unit.text.toLowerCase()))
      cursor.fail(`Expected MINUTES, HOURS or DAYS but found "${unit.text}"`, unit);
    return { kind: 'last', count, unit: unit.text.toLowerCase(), token };
  }
  if (!cursor.takeWord('start')) return undefined;
  const start = readExpression(cursor, readQuery);
  const stop = cursor.takeWord('stop') ? readExpression(cursor, readQuery) : undefined;
  return { kind: 'range', start, stop, token };
}

function readParameters(cursor: Cursor): Map<string, string> {
  const parameters = new Map<string, string>();
  if (!cursor.takeWord('parameters')) return parameters;
  do {
    const name = readName(cursor, 'a parameter');
    cursor.needSymbol('=');
    const value = cursor.next();
    if (value.kind === 'end' || value.kind === 'symbol')
      cursor.fail(`Expected a value but found "${value.text}"`, value);
    // REMOTESERVERS=ARIELSERVERS4EPID(8): which processors are asked makes no difference here.
    if (cursor.takeSymbol('(')) {
      while (!cursor.isSymbol(')') && cursor.token.kind !== 'end') cursor.next();
      cursor.needSymbol(')');
    }
    parameters.set(name, value.text);
  } while (cursor.takeSymbol(','));
  return parameters;
}
