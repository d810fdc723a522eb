import type { RecordsFile } from './open-records.ts';

/** Whose an account is, by the links of the last identity resolution. */
export interface AccountOwners {
  /** Pseudonym; letter case is ignored. `undefined` when there is none or more than one. */
  personOf(domain: string, account: string): Promise<string | undefined>;
  /** Accounts of a person by pseudonym, the primary one first; none when there is no such person any more. */
  accountsOf(person: string): Promise<{ domain: string; account: string }[]>;
}

export function createAccountOwners(file: RecordsFile): AccountOwners {
  const owners = file
    .prepare<[string, string], string>(
      'SELECT DISTINCT person FROM account_link WHERE domain = ? AND account = ? COLLATE NOCASE LIMIT 2',
    )
    .pluck();
  const accounts = file.prepare<[string], { domain: string; account: string }>(
    `SELECT link.domain, link.account FROM account_link AS link JOIN person ON person.id = link.person
     WHERE person.id = ? ORDER BY link.account <> person.primary_account, link.domain, link.account`,
  );
  return {
    accountsOf: async (person) => accounts.all(person),
    async personOf(domain, account) {
      const [person, other] = owners.all(domain, account);
      return other === undefined ? person : undefined;
    },
  };
}
