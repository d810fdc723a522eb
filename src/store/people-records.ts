import type { Kysely } from 'kysely';
import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AccountLink, AccountSighting, Person } from '../domain/people.ts';
import type { DuckRunner } from './duck-runner.ts';
import type { RecordsFile } from './open-records.ts';
import type { RecordsDatabase } from './records-schema.ts';
import type { Tokenizer } from './tokenizer.ts';

/** One row of the event file's `account_link`. `kind`: 0 human, 1 service, 2 machine, 3 system. */
export interface AccountLinkRow {
  account: bigint;
  person: bigint;
  kind: number;
  zone: number;
}

/** What identity resolution reads and leaves behind. */
export interface PeopleRecords {
  /** Every acting account the logs named, by domain and account. `activities`: of all its spellings in letter case. */
  sightings(): Promise<AccountSighting[]>;
  /** By account and day. */
  directory(): Promise<DirectoryRecord[]>;
  /** In place of all people and links before. */
  savePeople(people: readonly Person[], links: readonly AccountLink[]): Promise<void>;
  /** In place of all links before, in one transaction. */
  replaceAccountLinks(rows: readonly AccountLinkRow[]): Promise<void>;
  accountToken(domain: string, account: string): bigint;
  pseudonym(text: string): string;
}

const INSERT_ROWS = 1000;

function* pages<T>(rows: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

export function createPeopleRecords(
  file: RecordsFile,
  records: Kysely<RecordsDatabase>,
  duck: DuckRunner,
  tokens: Tokenizer,
): PeopleRecords {
  const replacePeople = prepareReplacing(file);
  return {
    accountToken: (domain, account) => tokens.account(domain, account),
    pseudonym: (text) => tokens.pseudonym(text),
    async sightings() {
      const countOf = await countByAccount(duck);
      const rows = await records
        .selectFrom('account_sighting')
        .selectAll()
        .orderBy('domain')
        .orderBy('account')
        .orderBy('sid')
        .execute();
      return rows.map((row) => ({ ...row, activities: countOf.get(tokens.account(row.domain, row.account)) ?? 0 }));
    },
    async directory() {
      const rows = await records
        .selectFrom('directory_record')
        .select('body')
        .orderBy('account')
        .orderBy('from_day')
        .execute();
      return rows.map(({ body }) => JSON.parse(body) as DirectoryRecord);
    },
    async savePeople(people, links) {
      replacePeople(people, links);
    },
    replaceAccountLinks: (rows) =>
      duck.transaction(async () => {
        await duck.run('DELETE FROM account_link');
        for (const page of pages(rows, INSERT_ROWS)) {
          const values = page.map(({ account, person, kind, zone }) => `(${account}, ${person}, ${kind}, ${zone})`);
          await duck.run(`INSERT INTO account_link VALUES ${values.join(', ')}`);
        }
      }),
  };
}

/** At one go, without a pause in which another statement on the file could join the transaction. */
function prepareReplacing(file: RecordsFile): (people: readonly Person[], links: readonly AccountLink[]) => void {
  const clear = ['person', 'person_attributes', 'account_link'].map((table) => file.prepare(`DELETE FROM ${table}`));
  const addPerson = file.prepare<[string, string, string, string]>(
    'INSERT INTO person(id, key, kind, primary_account) VALUES (?, ?, ?, ?)',
  );
  const addAttributes = file.prepare<[string, string, string]>(
    'INSERT INTO person_attributes(person, from_day, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const addLink = file.prepare<[string, string, string, number, string]>(
    'INSERT INTO account_link(domain, account, person, confidence, reason) VALUES (?, ?, ?, ?, ?)',
  );
  return file.transaction((people: readonly Person[], links: readonly AccountLink[]) => {
    for (const statement of clear) statement.run();
    for (const { id, key, kind, primaryAccount, attributes } of people) {
      addPerson.run(id, key, kind, primaryAccount);
      for (const entry of attributes) addAttributes.run(id, entry.fromDay, JSON.stringify(entry));
    }
    for (const { domain, account, person, confidence, reason } of links)
      addLink.run(domain, account, person, confidence, reason);
  });
}

/** Activities by account, those included that QRadar counted: their table is there once any were taken. */
async function countByAccount(duck: DuckRunner): Promise<Map<bigint, number>> {
  const { tables } = await duck.columns(
    `SELECT count(*) AS tables FROM duckdb_tables() WHERE table_name = 'pushed_hour'`,
  );
  const pushed =
    Number(tables![0]) === 0 ? '' : 'UNION ALL SELECT account, sum(activities) FROM pushed_hour GROUP BY account';
  const { account, n } = await duck.columns(`SELECT account, CAST(sum(n) AS DOUBLE) AS n FROM (
      SELECT account, count(*) AS n FROM activity GROUP BY account ${pushed}
    ) GROUP BY account`);
  return new Map(Array.from(account as BigInt64Array, (token, row) => [token, Number(n![row])]));
}
