import type { DuckDBValue } from '@duckdb/node-api';
import type { State } from '../state/state.ts';
import type { Expression } from './ast.ts';
import type { ColumnType } from './columns.ts';

export type ValueType = ColumnType | 'null';

/** SQL of an expression. Values of the query travel as parameters `$1`, `$2`, ... */
export interface Compiled {
  sql: string;
  type: ValueType;
  /** Holds an aggregate function. */
  aggregate: boolean;
  literal?: string | number;
}

/** What compiling a query needs to know and collects. */
export interface Scope {
  state: State;
  nowMs: number;
  query: string;
  /** Database whose columns are meant. */
  database: string;
  params: DuckDBValue[];
  bind(value: DuckDBValue): string;
  fail(reason: string, at: Expression): never;
}

export const plain = (sql: string, type: ValueType): Compiled => ({ sql, type, aggregate: false });
