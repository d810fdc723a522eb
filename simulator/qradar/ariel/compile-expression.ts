import type { Expression, Query } from './ast.ts';
import { DATABASES, FLOW_PROPERTIES, SYNONYMS } from './columns.ts';
import { type Compiled, plain, type Scope, type ValueType } from './compiled.ts';
import { compileProperty, findProperty } from './custom-properties.ts';
import { AGGREGATES, FUNCTIONS, NUMERIC_AGGREGATES } from './functions.ts';

/** How names and sub-selects are resolved where the expression stands. */
export interface Names {
  /** An output column of a sub-select in FROM, or an alias in HAVING. */
  resolve(name: string): Compiled | undefined;
  /** `false` where only names from `resolve` are known. */
  columns: boolean;
  subSelect(query: Query): string;
}

const NO_AGGREGATE = 'An aggregate function is not allowed here';

export function compileExpression(scope: Scope, names: Names, expression: Expression): Compiled {
  const compile = (inner: Expression): Compiled => compileExpression(scope, names, inner);
  switch (expression.kind) {
    case 'number': {
      const whole = Number.isSafeInteger(expression.value);
      const sql = scope.bind(whole ? BigInt(expression.value) : expression.value);
      return { ...plain(sql, 'number'), literal: expression.value };
    }
    case 'string':
      return { ...plain(`${scope.bind(expression.value)}::VARCHAR`, 'string'), literal: expression.value };
    case 'boolean':
      return plain(String(expression.value), 'boolean');
    case 'null':
      return plain('NULL', 'null');
    case 'column':
      return compileColumn(scope, names, expression);
    case 'call':
      return compileCall(scope, names, expression);
    case 'not': {
      const operand = needBoolean(scope, compile(expression.operand), expression.operand);
      return { ...operand, sql: `(NOT ${operand.sql})` };
    }
    case 'negate': {
      const operand = needNumber(scope, compile(expression.operand), expression.operand);
      return { sql: `(- CAST(${operand.sql} AS DOUBLE))`, type: 'number', aggregate: operand.aggregate };
    }
    case 'binary':
      return compileBinary(scope, compile, expression);
    case 'in':
      return compileIn(scope, names, expression);
    case 'between': {
      const operand = compile(expression.operand);
      const [low, high] = [expression.low, expression.high].map((one) => compile(one)) as [Compiled, Compiled];
      const from = pair(scope, operand, low, expression.low);
      const to = pair(scope, operand, high, expression.high);
      const sql = `(${from[0]} >= ${from[1]} AND ${to[0]} <= ${to[1]})`;
      return { sql: expression.negated ? `(NOT ${sql})` : sql, type: 'boolean', aggregate: operand.aggregate };
    }
    case 'match':
      return compileMatch(compile, expression);
    case 'isNull': {
      const operand = compile(expression.operand);
      const sql = `(${operand.sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`;
      return { sql, type: 'boolean', aggregate: operand.aggregate };
    }
    case 'case':
      return compileCase(scope, compile, expression);
    case 'textSearch':
      return compileTextSearch(scope, expression);
  }
}

function compileColumn(scope: Scope, names: Names, expression: Expression & { kind: 'column' }): Compiled {
  const known = names.resolve(expression.name);
  if (known) return known;
  const lower = expression.name.toLowerCase();
  const columns = names.columns ? DATABASES[scope.database] : undefined;
  const column = columns?.get(SYNONYMS[lower] ?? lower);
  if (column) return plain(column.name, column.type);
  if (columns && scope.database === 'flows' && FLOW_PROPERTIES.includes(lower))
    return plain('CAST(NULL AS VARCHAR)', 'string');
  // A custom property of one word needs no quotes: URL, Filename.
  if (columns && scope.database === 'events') {
    const property = findProperty(scope.state, expression.name);
    if (property) return compileProperty(scope, property);
  }
  return scope.fail(`Field '${expression.name}' does not exist in catalog '${scope.database}'`, expression);
}

function compileCall(scope: Scope, names: Names, call: Expression & { kind: 'call' }): Compiled {
  const aggregate = AGGREGATES[call.name];
  if (aggregate) {
    if (call.star && call.name !== 'COUNT') scope.fail(`${call.name} needs an argument`, call);
    if (call.star) return { sql: 'count(*)', type: 'number', aggregate: true };
    if (call.args.length !== 1) scope.fail(`${call.name} takes one argument`, call);
    const arg = compileExpression(scope, names, call.args[0]!);
    if (arg.aggregate) scope.fail(NO_AGGREGATE, call.args[0]!);
    if (NUMERIC_AGGREGATES.has(call.name)) needNumber(scope, arg, call.args[0]!);
    const type = aggregate.returns === 'same' ? arg.type : 'number';
    return { sql: aggregate.sql(arg.sql, names.columns ? 'id' : 'rowid'), type, aggregate: true };
  }
  const known = FUNCTIONS.get(call.name);
  if (!known) return scope.fail(`Function '${call.name}' does not exist`, call);
  if (call.star || call.args.length < known.required || call.args.length > known.args.length)
    scope.fail(`Function '${call.name}' was given ${call.args.length} arguments, which does not fit`, call);
  const args = call.args.map((arg) => compileExpression(scope, names, arg));
  return known.emit(scope, args, call);
}

type Compile = (inner: Expression) => Compiled;

function compileBinary(scope: Scope, compile: Compile, expression: Expression & { kind: 'binary' }): Compiled {
  const { operator } = expression;
  const [left, right] = [compile(expression.left), compile(expression.right)];
  const aggregate = left.aggregate || right.aggregate;
  if (operator === 'and' || operator === 'or') {
    needBoolean(scope, left, expression.left);
    needBoolean(scope, right, expression.right);
    return { sql: `(${left.sql} ${operator.toUpperCase()} ${right.sql})`, type: 'boolean', aggregate };
  }
  if (operator === '||') {
    const parts = [left, right].map((one) => `CAST(${one.sql} AS VARCHAR)`);
    return { sql: `(${parts.join(' || ')})`, type: 'string', aggregate };
  }
  if (['+', '-', '*', '/', '%'].includes(operator)) {
    needNumber(scope, left, expression.left);
    needNumber(scope, right, expression.right);
    return { sql: `(CAST(${left.sql} AS DOUBLE) ${operator} CAST(${right.sql} AS DOUBLE))`, type: 'number', aggregate };
  }
  const [a, b] = pair(scope, left, right, expression.right);
  return { sql: `(${a} ${operator === '!=' ? '<>' : operator} ${b})`, type: 'boolean', aggregate };
}

/** Both sides as one type: a literal takes the type of the other side, otherwise text is what both can be. */
function pair(scope: Scope, left: Compiled, right: Compiled, at: Expression): [string, string] {
  if (left.type === right.type || left.type === 'null' || right.type === 'null') return [left.sql, right.sql];
  const asType = (one: Compiled, type: ValueType): string | undefined => {
    if (one.literal === undefined) return undefined;
    if (type === 'number') {
      const number = Number(one.literal);
      return Number.isNaN(number) || one.literal === ''
        ? scope.fail(`'${one.literal}' is not a number`, at)
        : `${scope.bind(number)}::DOUBLE`;
    }
    if (type === 'boolean') {
      const word = String(one.literal).toLowerCase();
      return word === 'true' || word === 'false' ? word : scope.fail(`'${one.literal}' is neither true nor false`, at);
    }
    return type === 'string' ? `${scope.bind(String(one.literal))}::VARCHAR` : undefined;
  };
  const fitted = asType(right, left.type);
  if (fitted !== undefined) return [left.sql, fitted];
  const turned = asType(left, right.type);
  if (turned !== undefined) return [turned, right.sql];
  return [`CAST(${left.sql} AS VARCHAR)`, `CAST(${right.sql} AS VARCHAR)`];
}

function compileIn(scope: Scope, names: Names, expression: Expression & { kind: 'in' }): Compiled {
  const operand = compileExpression(scope, names, expression.operand);
  const not = expression.negated ? 'NOT ' : '';
  if (!Array.isArray(expression.items)) {
    const sql = `(CAST(${operand.sql} AS VARCHAR) ${not}IN (${names.subSelect(expression.items)}))`;
    return { sql, type: 'boolean', aggregate: operand.aggregate };
  }
  const tests = expression.items.map((item) => pair(scope, operand, compileExpression(scope, names, item), item));
  const sql = `(${operand.sql} ${not}IN (${tests.map(([, value]) => value).join(', ')}))`;
  return { sql, type: 'boolean', aggregate: operand.aggregate };
}

function compileMatch(compile: Compile, expression: Expression & { kind: 'match' }): Compiled {
  const [operand, pattern] = [compile(expression.operand), compile(expression.pattern)];
  const text = operand.type === 'string' ? operand.sql : `CAST(${operand.sql} AS VARCHAR)`;
  const sql = {
    like: `(${text} LIKE ${pattern.sql})`,
    ilike: `(${text} ILIKE ${pattern.sql})`,
    matches: `regexp_matches(${text}, ${pattern.sql})`,
    imatches: `regexp_matches(${text}, ${pattern.sql}, 'i')`,
  }[expression.operator];
  return { sql: expression.negated ? `(NOT ${sql})` : sql, type: 'boolean', aggregate: operand.aggregate };
}

function compileCase(scope: Scope, compile: Compile, expression: Expression & { kind: 'case' }): Compiled {
  const branches = expression.branches.map(([when, then]) => ({
    when: needBoolean(scope, compile(when), when),
    result: compile(then),
  }));
  const otherwise = expression.otherwise ? compile(expression.otherwise) : plain('NULL', 'null');
  const results = [...branches.map((one) => one.result), otherwise];
  const types = new Set(results.map((one) => one.type).filter((type) => type !== 'null'));
  const type = types.size === 1 ? [...types][0]! : 'string';
  const cast = (one: Compiled): string => (types.size > 1 ? `CAST(${one.sql} AS VARCHAR)` : one.sql);
  const cases = branches.map((one) => `WHEN ${one.when.sql} THEN ${cast(one.result)}`);
  const aggregate = [...branches.map((one) => one.when), ...results].some((one) => one.aggregate);
  return { sql: `(CASE ${cases.join(' ')} ELSE ${cast(otherwise)} END)`, type, aggregate };
}

/** Words must be in the payload in any letter case: all that follow each other or stand beside AND, one side of OR. */
function compileTextSearch(scope: Scope, expression: Expression & { kind: 'textSearch' }): Compiled {
  if (scope.database !== 'events') scope.fail('TEXT SEARCH is about payloads of events', expression);
  const sides = expression.words
    .split(/\sOR\s/)
    .map((side) => side.split(/\s+/).filter((word) => word !== '' && word !== 'AND'));
  if (sides.some((words) => words.length === 0)) scope.fail('TEXT SEARCH needs words', expression);
  const test = (word: string): string => `contains(lower(payload), ${scope.bind(word.toLowerCase())}::VARCHAR)`;
  return plain(`(${sides.map((words) => `(${words.map(test).join(' AND ')})`).join(' OR ')})`, 'boolean');
}

export function needBoolean(scope: Scope, compiled: Compiled, at: Expression): Compiled {
  return compiled.type === 'boolean' || compiled.type === 'null' ? compiled : scope.fail('Expected a condition', at);
}

function needNumber(scope: Scope, compiled: Compiled, at: Expression): Compiled {
  return compiled.type === 'number' || compiled.type === 'null' ? compiled : scope.fail('Expected a number', at);
}
