import type { DuckDBValue } from '@duckdb/node-api';
import type { State } from '../state/state.ts';
import { AqlError } from './aql-error.ts';
import type { Expression, Query, SelectItem } from './ast.ts';
import { DATABASES, STAR_COLUMNS } from './columns.ts';
import { compileExpression, type Names, needBoolean } from './compile-expression.ts';
import { type Compiled, plain, type Scope, type ValueType } from './compiled.ts';
import { resolveWindow, type Window } from './time-window.ts';

export interface ResultColumn {
  name: string;
  type: ValueType;
}

export interface CompiledQuery {
  sql: string;
  params: DuckDBValue[];
  columns: ResultColumn[];
  database: string;
  into: string | undefined;
  sorted: boolean;
  window: Window;
}

export interface CompileContext {
  state: State;
  nowMs: number;
  /** Domains whose events may be seen; empty is all. */
  domainIds: readonly number[];
}

/** Turns a parsed query into SQL for DuckDB; throws `AqlError`. */
export function compileAql(query: Query, text: string, context: CompileContext): CompiledQuery {
  const params: DuckDBValue[] = [];
  const compiler = new Compiler(text, context, params);
  const window = resolveWindow(query.time, context.nowMs, text);
  const select = compiler.select(query, window);
  return { ...select, ...keepUsed(select.sql, params), into: query.into, sorted: query.orderBy.length > 0, window };
}

/** Some values were bound and then replaced by a better typed one; DuckDB takes only what the statement uses. */
function keepUsed(sql: string, params: readonly DuckDBValue[]): { sql: string; params: DuckDBValue[] } {
  const places = new Map<string, number>();
  const used: DuckDBValue[] = [];
  const renumbered = sql.replace(/\$(\d+)/g, (_, number: string) => {
    const place = places.get(number) ?? used.push(params[Number(number) - 1]!);
    places.set(number, place);
    return `$${place}`;
  });
  return { sql: renumbered, params: used };
}

interface CompiledSelect {
  sql: string;
  columns: ResultColumn[];
  database: string;
}

interface OutputItem extends ResultColumn {
  compiled: Compiled;
  /** Canonical text, to find the item again in GROUP BY and ORDER BY. */
  key: string;
}

class Compiler {
  readonly #text: string;
  readonly #context: CompileContext;
  readonly #params: DuckDBValue[];
  #textSearches = 0;
  constructor(text: string, context: CompileContext, params: DuckDBValue[]) {
    this.#text = text;
    this.#context = context;
    this.#params = params;
  }

  #scope(database: string): Scope {
    return {
      state: this.#context.state,
      nowMs: this.#context.nowMs,
      query: this.#text,
      database,
      params: this.#params,
      bind: (value) => `$${this.#params.push(value)}`,
      fail: (reason, at) => {
        throw new AqlError(reason, this.#text, at.token.at, at.token.text);
      },
    };
  }

  select(query: Query, window: Window): CompiledSelect {
    const from = this.#from(query, window);
    const { scope, names } = from;
    const items = this.#items(query, scope, names, from.inner);
    const grouped = query.groupBy.length > 0 || items.some((item) => item.compiled.aggregate);
    const positions = query.groupBy.map((expression) => this.#position(scope, items, expression, 'GROUP BY'));
    for (const position of positions)
      if (items[position]!.compiled.aggregate)
        scope.fail('An aggregate function is not allowed here', query.groupBy[0]!);
    const order = names.columns ? 'id' : 'rowid';
    const outputs = items.map((item, index) => {
      const single = grouped && !item.compiled.aggregate && !positions.includes(index);
      return `${single ? `arg_min(${item.compiled.sql}, ${order})` : item.compiled.sql} AS "c${index}"`;
    });
    let sql = `SELECT ${query.distinct ? 'DISTINCT ' : ''}${outputs.join(', ')} FROM ${from.sql}`;
    const conditions = [...from.conditions, ...this.#where(query, scope, names)];
    if (conditions.length > 0) sql += ` WHERE ${conditions.join(' AND ')}`;
    if (positions.length > 0) sql += ` GROUP BY ${positions.map((one) => one + 1).join(', ')}`;
    if (query.having) sql += ` HAVING ${this.#having(query.having, scope, names, items, grouped)}`;
    const sorting = query.orderBy.map(({ expression, descending }) => {
      const position = this.#position(scope, items, expression, 'ORDER BY') + 1;
      return `${position} ${descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`;
    });
    sql += ` ORDER BY ${[...sorting, ...tieBreak(grouped || query.distinct, positions, order, items.length)].join(', ')}`;
    if (query.limit !== undefined) sql += ` LIMIT ${query.limit}`;
    return { sql, columns: items.map(({ name, type }) => ({ name, type })), database: from.database };
  }

  #from(query: Query, window: Window) {
    const subSelect = (inner: Query): string => {
      const own = inner.time ? resolveWindow(inner.time, this.#context.nowMs, this.#text) : window;
      const { sql, columns } = this.select(inner, own);
      if (columns.length !== 1) this.#fail('A sub-select after IN must select one column', inner);
      return `SELECT CAST("c0" AS VARCHAR) FROM (${sql})`;
    };
    if ('query' in query.source) {
      const inner = this.select(
        query.source.query,
        query.source.query.time ? resolveWindow(query.source.query.time, this.#context.nowMs, this.#text) : window,
      );
      const scope = this.#scope(inner.database);
      const resolve = (name: string): Compiled | undefined => {
        const index = inner.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
        return index < 0 ? undefined : plain(`"c${index}"`, inner.columns[index]!.type);
      };
      const names: Names = { resolve, columns: false, subSelect };
      const sql = `(SELECT row_number() OVER () AS "rowid", * FROM (${inner.sql}))`;
      return { sql, scope, names, conditions: [] as string[], database: inner.database, inner };
    }
    const database = query.source.name;
    if (!DATABASES[database])
      throw new AqlError(
        `Database '${database}' does not exist`,
        this.#text,
        query.source.token.at,
        query.source.token.text,
      );
    const scope = this.#scope(database);
    const names: Names = { resolve: () => undefined, columns: true, subSelect };
    const conditions = [
      `starttime >= ${scope.bind(BigInt(Math.round(window.from)))}`,
      `starttime < ${scope.bind(BigInt(Math.round(window.to)))}`,
    ];
    const { domainIds } = this.#context;
    if (domainIds.length > 0)
      conditions.push(`domainid IN (${domainIds.map((id) => scope.bind(BigInt(id))).join(', ')})`);
    return { sql: database, scope, names, conditions, database, inner: undefined };
  }

  #items(query: Query, scope: Scope, names: Names, inner: CompiledSelect | undefined): OutputItem[] {
    const items = query.items
      ? query.items.map((item) => this.#item(scope, names, item))
      : (inner?.columns.map(({ name }) => name) ?? STAR_COLUMNS[scope.database]!).map((name) => {
          const compiled = names.resolve(name) ?? plain(name, DATABASES[scope.database]!.get(name)!.type);
          return { name, type: compiled.type, compiled, key: name.toLowerCase() };
        });
    const taken = new Map<string, number>();
    for (const item of items) {
      const count = taken.get(item.name) ?? 0;
      taken.set(item.name, count + 1);
      if (count > 0) item.name = `${item.name}_${count}`;
    }
    return items;
  }

  #item(scope: Scope, names: Names, { expression, alias }: SelectItem): OutputItem {
    const compiled = compileExpression(scope, names, expression);
    return {
      name: alias ?? outputName(expression, this.#text),
      type: compiled.type,
      compiled,
      key: this.#key(expression),
    };
  }

  #key(expression: Expression): string {
    if (expression.kind === 'column') return expression.name.toLowerCase();
    return this.#text.slice(expression.token.at, expression.end).replace(/\s+/g, '').toLowerCase();
  }

  /** Where in the SELECT list the expression stands: by alias, as typed, or by position of the same column. */
  #position(scope: Scope, items: readonly OutputItem[], expression: Expression, clause: string): number {
    const alias =
      expression.kind === 'column' || expression.kind === 'string'
        ? (expression.kind === 'column' ? expression.name : expression.value).toLowerCase()
        : undefined;
    const named = alias === undefined ? -1 : items.findIndex((item) => item.name.toLowerCase() === alias);
    const found = named >= 0 ? named : items.findIndex((item) => item.key === this.#key(expression));
    return found >= 0 ? found : scope.fail(`${clause} may only name what is selected`, expression);
  }

  #where(query: Query, scope: Scope, names: Names): string[] {
    if (!query.where) return [];
    countTextSearches(query.where, () => {
      if (++this.#textSearches > 1) scope.fail('Only one TEXT SEARCH is allowed in a query', query.where!);
    });
    const where = needBoolean(scope, compileExpression(scope, names, query.where), query.where);
    if (where.aggregate) scope.fail('An aggregate function is not allowed in WHERE', query.where);
    return [where.sql];
  }

  #having(having: Expression, scope: Scope, names: Names, items: readonly OutputItem[], grouped: boolean): string {
    if (!grouped) scope.fail('HAVING needs GROUP BY or an aggregate function', having);
    const byAlias: Names = {
      ...names,
      resolve: (name) =>
        items.find((item) => item.name.toLowerCase() === name.toLowerCase())?.compiled ?? names.resolve(name),
    };
    return needBoolean(scope, compileExpression(scope, byAlias, having), having).sql;
  }

  #fail(reason: string, query: Query): never {
    throw new AqlError(reason, this.#text, query.source.token.at, query.source.token.text);
  }
}

/** Rows come in a fixed order: newest first, groups by their keys. */
function tieBreak(grouped: boolean, positions: readonly number[], order: string, columns: number): string[] {
  if (!grouped) return [`${order} DESC`];
  const keys = positions.length > 0 ? positions : Array.from({ length: columns }, (_, index) => index);
  return keys.map((position) => `${position + 1} ASC NULLS FIRST`);
}

/** Alias-less output: the column as typed, `<function>_<column>` for functions, otherwise the text. */
function outputName(expression: Expression, text: string): string {
  if (expression.kind === 'column') return expression.name;
  if (expression.kind === 'call') {
    const first = expression.args.find((arg) => arg.kind === 'column' || arg.kind === 'call');
    const lower = expression.name.toLowerCase();
    return first ? `${lower}_${outputName(first, text)}` : lower;
  }
  return text.slice(expression.token.at, expression.end);
}

function countTextSearches(expression: Expression, found: () => void): void {
  if (expression.kind === 'textSearch') found();
  else if (expression.kind === 'binary') {
    countTextSearches(expression.left, found);
    countTextSearches(expression.right, found);
  } else if (expression.kind === 'not') countTextSearches(expression.operand, found);
}
