import type { DuckDBConnection } from '@duckdb/node-api';
import { appendColumns } from './append-columns.ts';
import { createDuckRunner, runTransaction } from './duck-runner.ts';
import type { RecordsFile } from './open-records.ts';
import { deleteAccounts, deleteTexts, findOwnTexts } from './prune-dictionary.ts';
import { deleteRows, findTokenTables } from './token-tables.ts';
import { TOKEN_KINDS, type Tokenizer } from './tokenizer.ts';

/** Who has to go. */
export interface Forgettable {
  isGone(domain: string, account: string): boolean;
  /** The text names such a person; asked for text that nobody could read as an event. */
  isNamedIn(text: string): boolean;
}

export interface Forgotten {
  /** Acting accounts. */
  accounts: number;
  activities: number;
  /** Dictionary rows. */
  texts: number;
  deadLetters: number;
  /** Directory entries, Sense events, offenses and findings. */
  records: number;
}

interface ForgetContext {
  file: RecordsFile;
  connection: DuckDBConnection;
  tokens: Tokenizer;
}

const GONE = 'gone_account';

/**
 * Removes people altogether: their activities, the texts only those referred to, their names wherever others acted on them,
 * directory entries, Sense events, offenses, findings and dead letters. The days become dirty, so that the next analysis
 * drops their feature rows too. Accounts are taken out last: after a crash the same call finds the rest. The audit chain
 * and the log of what was written to QRadar stay.
 */
export async function forgetPeople(context: ForgetContext, who: Forgettable): Promise<Forgotten> {
  const { file, connection, tokens } = context;
  const accounts = file
    .prepare<[], { domain: string; account: string }>(
      'SELECT domain, account FROM account_sighting UNION SELECT domain, account FROM account_link',
    )
    .all()
    .filter(({ domain, account }) => who.isGone(domain, account));
  const goneTokens = new Set(accounts.map(({ domain, account }) => tokens.account(domain, account)));
  if (goneTokens.size > 0) await listTokens(connection, goneTokens);
  const texts = goneTokens.size === 0 ? [] : await findOwnTexts(connection, () => OWN);
  const deleted = { texts: deleteTexts(file, [...texts, ...goneTokens, ...findNames(context, who)]) };
  const activities = goneTokens.size === 0 ? 0 : await deleteActivities(connection);
  const deadLetters = deleteDeadLetters(file, who);
  const records = deleteRecords(file, who);
  deleteAccounts(file, who.isGone);
  // Deleted text must not stay behind in the write-ahead log.
  file.pragma('wal_checkpoint(TRUNCATE)');
  return { accounts: goneTokens.size, activities, ...deleted, deadLetters, records };
}

/** Rows of the people whose tokens are in the temporary table. */
const OWN = `account IN (SELECT token FROM ${GONE})`;

async function listTokens(connection: DuckDBConnection, gone: ReadonlySet<bigint>): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${GONE}(token BIGINT)`);
  const column = BigInt64Array.from(gone);
  await appendColumns(connection, { catalog: 'temp', name: GONE }, [column], column.length);
}

/** Texts of accounts that others acted on. The dictionary does not say the domain; the token does. */
function findNames({ file, tokens }: ForgetContext, who: Forgettable): bigint[] {
  const domains = file
    .prepare<[], string>("SELECT DISTINCT domain FROM account_sighting UNION SELECT ''")
    .pluck()
    .all();
  const rows = file
    .prepare<[number], { token: bigint; text: string }>('SELECT token, text FROM dictionary WHERE kind = ?')
    .safeIntegers();
  const found: bigint[] = [];
  for (const { token, text } of rows.iterate(TOKEN_KINDS.indexOf('account')))
    if (domains.some((domain) => who.isGone(domain, text) && tokens.account(domain, text) === token)) found.push(token);
  return found;
}

/** Activities, and hours computed in QRadar. Returns how many activities there were. */
async function deleteActivities(connection: DuckDBConnection): Promise<number> {
  return runTransaction(connection, async () => {
    const { n } = await createDuckRunner(connection).columns(`SELECT count(*) AS n FROM activity WHERE ${OWN}`);
    for (const table of await findTokenTables(connection)) await deleteRows(connection, table, OWN);
    return Number(n![0]);
  });
}

function deleteDeadLetters(file: RecordsFile, who: Forgettable): number {
  const rows = file
    .prepare<[], { id: bigint; raw: string; detail: string }>('SELECT id, raw, detail FROM dead_letter')
    .safeIntegers();
  const ids: bigint[] = [];
  for (const { id, raw, detail } of rows.iterate()) if (who.isNamedIn(`${raw}\n${detail}`)) ids.push(id);
  const remove = file.prepare<[bigint]>('DELETE FROM dead_letter WHERE id = ?');
  file.transaction(() => {
    for (const id of ids) remove.run(id);
  })();
  return ids.length;
}

function deleteRecords(file: RecordsFile, who: Forgettable): number {
  return file.transaction(() => {
    let deleted = 0;
    const findings = file.prepare<[string, string]>(
      'DELETE FROM finding WHERE person IN (SELECT person FROM account_link WHERE domain = ? AND account = ?)',
    );
    const events = file.prepare<[string, string]>(
      'DELETE FROM campaign_event WHERE person IN (SELECT person FROM account_link WHERE domain = ? AND account = ?)',
    );
    const links = file.prepare<[], { domain: string; account: string }>('SELECT domain, account FROM account_link');
    for (const { domain, account } of links.all())
      if (who.isGone(domain, account)) {
        deleted += findings.run(domain, account).changes;
        events.run(domain, account);
      }
    // The directory applies to every domain.
    const removeEntry = file.prepare<[string]>('DELETE FROM directory_record WHERE account = ?');
    const entries = file.prepare<[], string>('SELECT DISTINCT account FROM directory_record').pluck();
    for (const account of entries.all()) if (who.isGone('', account)) deleted += removeEntry.run(account).changes;
    // The column holds the name alone.
    const named = <T extends string | number>(table: 'sense_event' | 'offense') =>
      file
        .prepare<[], { id: T; domain: string; account: string }>(
          `SELECT id, json_extract(body, '$.domain') AS domain, json_extract(body, '$.account') AS account FROM ${table}
           WHERE account <> ''`,
        )
        .all()
        .filter(({ domain, account }) => who.isGone(domain, account));
    const removeEvent = file.prepare<[string]>('DELETE FROM sense_event WHERE id = ?');
    for (const { id } of named<string>('sense_event')) deleted += removeEvent.run(id).changes;
    // What was written about them says their name; that it was written stays.
    const removeText = file.prepare<[number]>(
      "UPDATE writeback SET body = json_remove(body, '$.text') WHERE json_extract(body, '$.offense') = ?",
    );
    const removeOffense = file.prepare<[number]>('DELETE FROM offense WHERE id = ?');
    for (const { id } of named<number>('offense')) {
      removeText.run(id);
      deleted += removeOffense.run(id).changes;
    }
    return deleted;
  })();
}
