import type { BinaryOperator, Expression, MatchOperator, Query } from './ast.ts';
import type { Cursor } from './cursor.ts';
import type { Token } from './lexer.ts';

/** Words that name no column. */
export const RESERVED = new Set(
  'select from where group by having order limit into last start stop parameters and or not in between like ilike matches imatches is null case when then else end as asc desc distinct if text search'.split(
    ' ',
  ),
);
const COMPARISONS = ['=', '!=', '<>', '<', '>', '<=', '>='];
const MATCHES: readonly MatchOperator[] = ['like', 'ilike', 'matches', 'imatches'];

export type ReadQuery = (cursor: Cursor) => Query;

/** Expression grammar, loosest first: or, and, not, comparison, additive, multiplicative, sign, primary. */
export function readExpression(cursor: Cursor, readQuery: ReadQuery): Expression {
  return cursor.nested(() => {
    let left = readAnd(cursor, readQuery);
    while (cursor.takeWord('or')) left = binary(cursor, 'or', left, readAnd(cursor, readQuery));
    return left;
  });
}

const binary = (cursor: Cursor, operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
  token: left.token,
  end: cursor.behind,
});

function readAnd(cursor: Cursor, readQuery: ReadQuery): Expression {
  let left = readNot(cursor, readQuery);
  while (cursor.takeWord('and')) left = binary(cursor, 'and', left, readNot(cursor, readQuery));
  return left;
}

function readNot(cursor: Cursor, readQuery: ReadQuery): Expression {
  const { token } = cursor;
  if (!cursor.takeWord('not')) return readComparison(cursor, readQuery);
  const operand = cursor.nested(() => readNot(cursor, readQuery));
  return { kind: 'not', operand, token, end: cursor.behind };
}

function readComparison(cursor: Cursor, readQuery: ReadQuery): Expression {
  const left = readSum(cursor, readQuery);
  const { token } = left;
  if (cursor.token.kind === 'symbol' && COMPARISONS.includes(cursor.token.text)) {
    const { text } = cursor.next();
    const right = readSum(cursor, readQuery);
    return binary(cursor, (text === '<>' ? '!=' : text) as BinaryOperator, left, right);
  }
  if (cursor.takeWord('is')) {
    const negated = cursor.takeWord('not');
    cursor.needWord('null');
    return { kind: 'isNull', operand: left, negated, token, end: cursor.behind };
  }
  const negated = cursor.takeWord('not');
  if (cursor.takeWord('in')) {
    const items = readMembers(cursor, readQuery);
    return { kind: 'in', operand: left, items, negated, token, end: cursor.behind };
  }
  if (cursor.takeWord('between')) {
    const low = readSum(cursor, readQuery);
    cursor.needWord('and');
    const high = readSum(cursor, readQuery);
    return { kind: 'between', operand: left, low, high, negated, token, end: cursor.behind };
  }
  const operator = MATCHES.find((word) => cursor.takeWord(word));
  if (operator) {
    const pattern = readSum(cursor, readQuery);
    return { kind: 'match', operator, operand: left, pattern, negated, token, end: cursor.behind };
  }
  if (negated) cursor.fail(`Expected IN, BETWEEN, LIKE, ILIKE, MATCHES or IMATCHES but found "${cursor.token.text}"`);
  return left;
}

function readMembers(cursor: Cursor, readQuery: ReadQuery): Expression[] | Query {
  cursor.needSymbol('(');
  const members = cursor.isWord('select') ? cursor.nested(() => readQuery(cursor)) : readList(cursor, readQuery);
  cursor.needSymbol(')');
  return members;
}

function readList(cursor: Cursor, readQuery: ReadQuery): Expression[] {
  const items = [readExpression(cursor, readQuery)];
  while (cursor.takeSymbol(',')) items.push(readExpression(cursor, readQuery));
  return items;
}

function readSum(cursor: Cursor, readQuery: ReadQuery): Expression {
  let left = readProduct(cursor, readQuery);
  while (cursor.isSymbol('+') || cursor.isSymbol('-') || cursor.isSymbol('||')) {
    const operator = cursor.next().text as BinaryOperator;
    left = binary(cursor, operator, left, readProduct(cursor, readQuery));
  }
  return left;
}

function readProduct(cursor: Cursor, readQuery: ReadQuery): Expression {
  let left = readSigned(cursor, readQuery);
  while (cursor.isSymbol('*') || cursor.isSymbol('/') || cursor.isSymbol('%')) {
    const operator = cursor.next().text as BinaryOperator;
    left = binary(cursor, operator, left, readSigned(cursor, readQuery));
  }
  return left;
}

function readSigned(cursor: Cursor, readQuery: ReadQuery): Expression {
  const { token } = cursor;
  if (!cursor.takeSymbol('-')) return readPrimary(cursor, readQuery);
  const operand = cursor.nested(() => readSigned(cursor, readQuery));
  return { kind: 'negate', operand, token, end: cursor.behind };
}

function readPrimary(cursor: Cursor, readQuery: ReadQuery): Expression {
  const token = cursor.next();
  const end = token.end;
  switch (token.kind) {
    case 'number':
      return { kind: 'number', value: Number(token.text), token, end };
    case 'string':
      return { kind: 'string', value: token.text, token, end };
    case 'quoted':
      return { kind: 'column', name: token.text, quoted: true, token, end };
    case 'symbol':
      if (token.text === '(') {
        const inner = readExpression(cursor, readQuery);
        cursor.needSymbol(')');
        return inner;
      }
      break;
    case 'word':
      return readNamed(cursor, token, readQuery);
  }
  return cursor.fail(`Unexpected "${token.text}"`, token);
}

function readNamed(cursor: Cursor, token: Token, readQuery: ReadQuery): Expression {
  const word = token.text.toLowerCase();
  if (cursor.isSymbol('(') && (!RESERVED.has(word) || word === 'last')) return readCall(cursor, token, readQuery);
  if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true', token, end: token.end };
  if (word === 'null') return { kind: 'null', token, end: token.end };
  if (word === 'case') return readCase(cursor, token, readQuery);
  if (word === 'if') return readIf(cursor, token, readQuery);
  if (word === 'text' && cursor.takeWord('search')) {
    const words = cursor.next();
    if (words.kind !== 'string') cursor.fail('Expected the words to search for', words);
    return { kind: 'textSearch', words: words.text, token, end: cursor.behind };
  }
  if (RESERVED.has(word)) cursor.fail(`Unexpected "${token.text}"`, token);
  return { kind: 'column', name: token.text, quoted: false, token, end: token.end };
}

function readCall(cursor: Cursor, token: Token, readQuery: ReadQuery): Expression {
  cursor.needSymbol('(');
  const star = cursor.takeSymbol('*');
  const args = star || cursor.isSymbol(')') ? [] : readList(cursor, readQuery);
  cursor.needSymbol(')');
  return { kind: 'call', name: token.text.toUpperCase(), args, star, token, end: cursor.behind };
}

function readCase(cursor: Cursor, token: Token, readQuery: ReadQuery): Expression {
  const branches: [Expression, Expression][] = [];
  while (cursor.takeWord('when')) {
    const when = readExpression(cursor, readQuery);
    cursor.needWord('then');
    branches.push([when, readExpression(cursor, readQuery)]);
  }
  if (branches.length === 0) cursor.fail(`Expected WHEN but found "${cursor.token.text}"`);
  const otherwise = cursor.takeWord('else') ? readExpression(cursor, readQuery) : undefined;
  cursor.needWord('end');
  return { kind: 'case', branches, otherwise, token, end: cursor.behind };
}

function readIf(cursor: Cursor, token: Token, readQuery: ReadQuery): Expression {
  const when = readExpression(cursor, readQuery);
  cursor.needWord('then');
  const then = readExpression(cursor, readQuery);
  cursor.needWord('else');
  const otherwise = readExpression(cursor, readQuery);
  return { kind: 'case', branches: [[when, then]], otherwise, token, end: cursor.behind };
}
