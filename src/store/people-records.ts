import type { Kysely } from 'kysely';
import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AccountLink, AccountSighting, Person } from '../domain/people.ts';
import type { DuckRunner } from './duck-runner.ts';
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
  records: Kysely<RecordsDatabase>,
  duck: DuckRunner,
  tokens: Tokenizer,
): PeopleRecords {
  return {
    accountToken: (domain, account) => tokens.account(domain, account),
    pseudonym: (text) => tokens.pseudonym(text),
    async sightings() {
      const counts = await duck.columns('SELECT account, count(*) AS n FROM activity GROUP BY account');
      const countOf = new Map<bigint, number>();
      const counted = counts.n!;
      for (const [row, account] of (counts.account as BigInt64Array).entries())
        countOf.set(account, Number(counted[row]));
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
    savePeople: (people, links) =>
      records.transaction().execute(async (transaction) => {
        for (const table of ['person', 'person_attributes', 'account_link'] as const)
          await transaction.deleteFrom(table).execute();
        for (const page of pages(people, INSERT_ROWS))
          await transaction
            .insertInto('person')
            .values(
              page.map(({ id, key, kind, primaryAccount }) => ({ id, key, kind, primary_account: primaryAccount })),
            )
            .execute();
        const attributes = people.flatMap(({ id, attributes }) =>
          attributes.map((entry) => ({ person: id, from_day: entry.fromDay, body: JSON.stringify(entry) })),
        );
        for (const page of pages(attributes, INSERT_ROWS))
          await transaction
            .insertInto('person_attributes')
            .values(page)
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        for (const page of pages(links, INSERT_ROWS))
          await transaction.insertInto('account_link').values(page).execute();
      }),
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
