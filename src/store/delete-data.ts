import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS } from '../domain/time.ts';
import { createDuckRunner, runTransaction } from './duck-runner.ts';
import { EVENTS_CATALOG } from './open-events.ts';
import type { RecordsFile } from './open-records.ts';
import { deleteAccounts, deleteTexts, findOwnTexts, pruneDictionary, withoutText } from './prune-dictionary.ts';
import { deleteRows, findTokenTables, type TokenTable } from './token-tables.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface Deleted {
  activities: number;
  deadLetters: number;
  /** Dictionary rows. */
  texts: number;
}

interface DeleteContext {
  file: RecordsFile;
  connection: DuckDBConnection;
  tokens: Tokenizer;
}

/**
 * Deletes activities and hours computed in QRadar before a UTC day, dead letters of imports before it, and the texts and accounts that nothing refers to
 * after that. The days become dirty, so that the next analysis drops their feature rows too. Findings and audit chain stay.
 */
export async function deleteBefore(context: DeleteContext, utcDay: number): Promise<Deleted> {
  const { file, connection, tokens } = context;
  const beforeMs = Math.trunc(utcDay) * DAY_MS;
  const runner = createDuckRunner(connection);
  const activities = await runTransaction(connection, async () => {
    const { n } = await runner.columns(`SELECT count(*) AS n FROM activity WHERE time_ms < ${beforeMs}`);
    for (const table of await findTokenTables(connection))
      if (table.timeMs !== undefined) await deleteRows(connection, table, `${table.timeMs} < ${beforeMs}`);
    return Number(n![0]);
  });
  await connection.run(`CHECKPOINT ${EVENTS_CATALOG}`);
  const { changes: deadLetters } = file
    .prepare<[number]>('DELETE FROM dead_letter WHERE first_import IN (SELECT id FROM import_log WHERE started_ms < ?)')
    .run(beforeMs);
  const texts = await pruneDictionary(file, connection);
  deleteAccounts(file, withoutText(file, tokens));
  shrink(file);
  return { activities, deadLetters, texts };
}

/**
 * Makes an account unreadable: its name, and every text that only its activities refer to, leave the dictionary; dead letters
 * that name it, its directory entry and the person it stands for go too. The activities stay as numbers without a name.
 */
export async function eraseAccount(context: DeleteContext, domain: string, account: string): Promise<Deleted> {
  const { file, connection, tokens } = context;
  const token = tokens.account(domain, account);
  const own = ({ tokens }: TokenTable) =>
    `(account = ${token}${tokens.includes('target_account') ? ` OR target_account = ${token}` : ''})`;
  const only = await findOwnTexts(connection, own);
  const isSame = (otherDomain: string, other: string) => tokens.account(otherDomain, other) === token;
  const texts = deleteTexts(file, new Set([token, ...only]));
  deleteAccounts(file, isSame);
  const deadLetters = deleteDeadLettersNaming(file, account);
  const directory = file.prepare<[], string>('SELECT DISTINCT account FROM directory_record').pluck();
  const removeDirectory = file.prepare<[string]>('DELETE FROM directory_record WHERE account = ?');
  for (const name of directory.all()) if (isSame(domain, name)) removeDirectory.run(name);
  shrink(file);
  return { activities: 0, deadLetters, texts };
}

function deleteDeadLettersNaming(file: RecordsFile, account: string): number {
  const name = account.toLowerCase();
  const rows = file
    .prepare<[], { id: bigint; raw: string; detail: string }>('SELECT id, raw, detail FROM dead_letter')
    .safeIntegers();
  const ids: bigint[] = [];
  for (const { id, raw, detail } of rows.iterate()) if (`${raw}\n${detail}`.toLowerCase().includes(name)) ids.push(id);
  const remove = file.prepare<[bigint]>('DELETE FROM dead_letter WHERE id = ?');
  file.transaction(() => {
    for (const id of ids) remove.run(id);
  })();
  return ids.length;
}

/** Deleted text must not stay behind in the write-ahead log. */
const shrink = (file: RecordsFile): void => {
  file.pragma('wal_checkpoint(TRUNCATE)');
};
