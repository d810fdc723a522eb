import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AccountLink } from '../domain/people.ts';
import type { RecordsFile } from './open-records.ts';

/** Who the store knows, for reading context and for leaving people out. */
export interface TrackingRecords {
  /** Acting accounts that logs named, and users that offenses are about. */
  knownAccounts(): Promise<{ domain: string; account: string }[]>;
  /** As the last identity resolution left them. */
  links(): Promise<AccountLink[]>;
  directory(): Promise<DirectoryRecord[]>;
  /** Adds or replaces entries by account and day, all or none. */
  addDirectory(records: readonly DirectoryRecord[]): Promise<void>;
}

export function createTrackingRecords(file: RecordsFile): TrackingRecords {
  const sightings = file.prepare<[], { domain: string; account: string }>(
    `SELECT domain, account FROM account_sighting
     UNION SELECT domain, json_extract(body, '$.account') FROM offense WHERE account <> '' ORDER BY 1, 2`,
  );
  const links = file.prepare<[], AccountLink>(
    'SELECT domain, account, person, confidence, reason FROM account_link ORDER BY domain, account',
  );
  const directory = file.prepare<[], string>('SELECT body FROM directory_record ORDER BY account, from_day').pluck();
  const put = file.prepare<[string, string, string]>(
    `INSERT INTO directory_record(account, from_day, body) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body`,
  );
  const putAll = file.transaction((records: readonly DirectoryRecord[]) => {
    for (const record of records) put.run(record.account, record.fromDay, JSON.stringify(record));
  });
  return {
    async knownAccounts() {
      return sightings.all();
    },
    async links() {
      return links.all();
    },
    async directory() {
      return directory.all().map((body) => JSON.parse(body) as DirectoryRecord);
    },
    async addDirectory(records) {
      putAll(records);
    },
  };
}
