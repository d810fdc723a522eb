import type { RecordsFile } from './open-records.ts';

/** Whose an account is, by the links of the last identity resolution. */
export interface AccountOwners {
  /** Pseudonym; letter case is ignored. `undefined` when there is none or more than one. */
  personOf(domain: string, account: string): Promise<string | undefined>;
}

export function createAccountOwners(file: RecordsFile): AccountOwners {
  const owners = file
    .prepare<[string, string], string>(
      'SELECT DISTINCT person FROM account_link WHERE domain = ? AND account = ? COLLATE NOCASE LIMIT 2',
    )
    .pluck();
  return {
    async personOf(domain, account) {
      const [person, other] = owners.all(domain, account);
      return other === undefined ? person : undefined;
    },
  };
}
