import type { DuckDBConnection } from '@duckdb/node-api';
import { appendColumns } from './append-columns.ts';
import { createDuckRunner } from './duck-runner.ts';
import type { RecordsFile } from './open-records.ts';
import { findTokenTables, type TokenTable, tokensWhere } from './token-tables.ts';
import type { Tokenizer } from './tokenizer.ts';

const PAGE_ROWS = 500_000;

/** Deletes the texts that nothing in the event file refers to any more. Returns how many. */
export async function pruneDictionary(file: RecordsFile, connection: DuckDBConnection): Promise<number> {
  await connection.run('CREATE OR REPLACE TEMP TABLE dictionary_token(token BIGINT)');
  const page = file
    .prepare<[bigint, number], bigint>('SELECT token FROM dictionary WHERE token > ? ORDER BY token LIMIT ?')
    .pluck()
    .safeIntegers();
  let after = -(2n ** 63n);
  for (;;) {
    const tokens = BigInt64Array.from(page.all(after, PAGE_ROWS));
    if (tokens.length === 0) break;
    await appendColumns(connection, { catalog: 'temp', name: 'dictionary_token' }, [tokens], tokens.length);
    after = tokens.at(-1)!;
  }
  const tables = await findTokenTables(connection);
  const { token } = await createDuckRunner(connection).columns(
    `SELECT token FROM dictionary_token ANTI JOIN (${tokensWhere(tables, () => 'true')}) USING (token)`,
  );
  await connection.run('DROP TABLE dictionary_token');
  return deleteTexts(file, token as BigInt64Array);
}

/** Tokens that only rows with the condition hold. */
export async function findOwnTexts(
  connection: DuckDBConnection,
  condition: (table: TokenTable) => string,
): Promise<BigInt64Array> {
  const tables = await findTokenTables(connection);
  const { token } = await createDuckRunner(connection).columns(
    `SELECT token FROM (${tokensWhere(tables, condition)})
     ANTI JOIN (${tokensWhere(tables, (table) => `NOT (${condition(table)})`)}) USING (token)`,
  );
  return token as BigInt64Array;
}

/** Returns how many there were. */
export function deleteTexts(file: RecordsFile, tokens: Iterable<bigint>): number {
  const remove = file.prepare<[bigint]>('DELETE FROM dictionary WHERE token = ?');
  let deleted = 0;
  file.transaction(() => {
    for (const token of tokens) deleted += remove.run(token).changes;
  })();
  return deleted;
}

/** Forgets accounts that `isGone` names, and people nobody is left of; identity resolution makes the rest anew. */
export function deleteAccounts(file: RecordsFile, isGone: (domain: string, account: string) => boolean): void {
  const sightings = file.prepare<[], { domain: string; account: string }>(
    'SELECT DISTINCT domain, account FROM account_sighting UNION SELECT domain, account FROM account_link',
  );
  const removeSighting = file.prepare<[string, string]>(
    'DELETE FROM account_sighting WHERE domain = ? AND account = ?',
  );
  const removePerson = file.prepare<[string, string]>(
    'DELETE FROM person WHERE id IN (SELECT person FROM account_link WHERE domain = ? AND account = ?)',
  );
  file.transaction(() => {
    for (const { domain, account } of sightings.all()) {
      if (!isGone(domain, account)) continue;
      removeSighting.run(domain, account);
      removePerson.run(domain, account);
    }
    file.exec(`DELETE FROM account_link WHERE person NOT IN (SELECT id FROM person);
      DELETE FROM person_attributes WHERE person NOT IN (SELECT id FROM person)`);
  })();
}

/** Accounts without a text in the dictionary. */
export function withoutText(file: RecordsFile, tokens: Tokenizer): (domain: string, account: string) => boolean {
  const known = file.prepare<[bigint], number>('SELECT 1 FROM dictionary WHERE token = ?').pluck();
  return (domain, account) => known.get(tokens.account(domain, account)) === undefined;
}
