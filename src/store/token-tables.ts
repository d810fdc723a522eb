import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { TOKEN_COLUMNS } from './activity-columns.ts';
import { EVENTS_CATALOG } from './open-events.ts';

/** A table of the event file whose rows are about an acting account and hold tokens of the dictionary. */
export interface TokenTable {
  name: string;
  tokens: readonly string[];
  /** UTC epoch milliseconds of a row, as SQL; `undefined` when its rows have no time. */
  timeMs: string | undefined;
}

const ACTIVITY: TokenTable = { name: 'activity', tokens: TOKEN_COLUMNS, timeMs: 'time_ms' };
/** Made anew from the record file; their tokens are those of activities and of what QRadar computed. */
const LINKS = ['account_link', 'feature_link'];

/** `activity` first, then what QRadar computed by account and hour, as far as the features stage has made such tables. */
export async function findTokenTables(connection: DuckDBConnection): Promise<TokenTable[]> {
  const result = await connection.runAndReadAll(
    `SELECT table_name, bool_or(column_name = 'token'), bool_or(column_name = 'hour') FROM duckdb_columns()
     WHERE database_name = '${EVENTS_CATALOG}' AND table_name NOT IN ('activity', ${LINKS.map((name) => `'${name}'`)})
     GROUP BY table_name HAVING bool_or(column_name = 'account' AND data_type = 'BIGINT') ORDER BY table_name`,
  );
  const others = result.getRows().map(
    ([name, hasToken, hasHour]): TokenTable => ({
      name: `"${String(name)}"`,
      tokens: hasToken === true ? ['account', 'token'] : ['account'],
      timeMs: hasHour === true ? `CAST(hour AS BIGINT) * ${HOUR_MS}` : undefined,
    }),
  );
  return [ACTIVITY, ...others];
}

/** Every token that rows with the condition hold, as a query. */
export const tokensWhere = (tables: readonly TokenTable[], condition: (table: TokenTable) => string): string =>
  tables
    .flatMap((table) =>
      table.tokens.map((column) => `SELECT ${column} AS token FROM ${table.name} WHERE ${condition(table)}`),
    )
    .join(' UNION ');

/** Deletes rows and marks their days, within the caller's transaction. */
export async function deleteRows(connection: DuckDBConnection, table: TokenTable, condition: string): Promise<void> {
  const { name, timeMs } = table;
  if (timeMs !== undefined)
    await connection.run(`INSERT INTO dirty_day SELECT day FROM (
      SELECT DISTINCT CAST(floor(${timeMs} / ${DAY_MS}) AS INTEGER) AS day FROM ${name} WHERE ${condition}
    ) WHERE day NOT IN (SELECT utc_day FROM dirty_day)`);
  await connection.run(`DELETE FROM ${name} WHERE ${condition}`);
}
