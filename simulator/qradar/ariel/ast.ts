import type { Token } from './lexer.ts';

export type BinaryOperator = '=' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%' | '||' | 'and' | 'or';
export type MatchOperator = 'like' | 'ilike' | 'matches' | 'imatches';

/** Every node keeps the token it begins with, for errors, and where its text ends. */
export type Expression = { token: Token; end: number } & (
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'column'; name: string; quoted: boolean }
  | { kind: 'call'; name: string; args: Expression[]; star: boolean }
  | { kind: 'not'; operand: Expression }
  | { kind: 'negate'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'in'; operand: Expression; items: Expression[] | Query; negated: boolean }
  | { kind: 'between'; operand: Expression; low: Expression; high: Expression; negated: boolean }
  | { kind: 'match'; operator: MatchOperator; operand: Expression; pattern: Expression; negated: boolean }
  | { kind: 'isNull'; operand: Expression; negated: boolean }
  | { kind: 'case'; branches: [when: Expression, then: Expression][]; otherwise: Expression | undefined }
  | { kind: 'textSearch'; words: string }
);

export interface SelectItem {
  expression: Expression;
  alias: string | undefined;
}

export type TimeClause =
  | { kind: 'last'; count: number; unit: string; token: Token }
  | { kind: 'range'; start: Expression; stop: Expression | undefined; token: Token };

export interface OrderItem {
  expression: Expression;
  descending: boolean;
}

export interface Query {
  distinct: boolean;
  /** `undefined` for `SELECT *`. */
  items: SelectItem[] | undefined;
  source: { name: string; token: Token } | { query: Query; token: Token };
  into: string | undefined;
  where: Expression | undefined;
  groupBy: Expression[];
  having: Expression | undefined;
  orderBy: OrderItem[];
  limit: number | undefined;
  time: TimeClause | undefined;
  parameters: Map<string, string>;
}
