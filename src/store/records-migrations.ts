/**
 * The record file, version by version: entry n brings it from version n to n + 1 in one transaction. Append only. The
 * version is `PRAGMA user_version`.
 */
export const RECORDS_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE dictionary(token INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE TABLE account_sighting(
    domain TEXT NOT NULL, account TEXT NOT NULL, sid TEXT NOT NULL, PRIMARY KEY (domain, account, sid)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE directory_record(
    account TEXT NOT NULL, from_day TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, from_day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE person(
    id TEXT PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, primary_account TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE person_attributes(
    person TEXT NOT NULL, from_day TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (person, from_day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE account_link(
    domain TEXT NOT NULL, account TEXT NOT NULL, person TEXT NOT NULL, confidence REAL NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (domain, account)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX account_link_person ON account_link(person);
  CREATE TABLE dead_letter(
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
    raw TEXT NOT NULL, first_import INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE import_log(
    id INTEGER PRIMARY KEY AUTOINCREMENT, started_ms INTEGER NOT NULL, finished_ms INTEGER, format TEXT NOT NULL,
    totals TEXT
  ) STRICT;
  CREATE TABLE audit(
    seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    previous_hash TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE model(
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, created_ms INTEGER NOT NULL, header TEXT NOT NULL, state BLOB NOT NULL
  ) STRICT;
  `,
  // What live reading and write-back have to remember.
  `
  CREATE TABLE source_cursor(source TEXT PRIMARY KEY, body TEXT NOT NULL, updated_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE context_item(
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, updated_ms INTEGER NOT NULL, PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE offense(
    id INTEGER PRIMARY KEY, domain TEXT NOT NULL, account TEXT NOT NULL, is_uba INTEGER NOT NULL, status TEXT NOT NULL,
    start_ms INTEGER NOT NULL, persisted_ms INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX offense_account ON offense(account);
  CREATE TABLE sense_event(
    id TEXT PRIMARY KEY, time_ms INTEGER NOT NULL, account TEXT NOT NULL, event TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sense_event_account ON sense_event(account, time_ms);
  CREATE TABLE finding(
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, person TEXT NOT NULL, day TEXT NOT NULL, score REAL NOT NULL,
    is_alert INTEGER NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX finding_person ON finding(person, day);
  CREATE TABLE writeback(
    finding TEXT PRIMARY KEY, target TEXT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL, created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // States of campaigns on their way to QRadar.
  `
  CREATE TABLE campaign_event(
    id TEXT PRIMARY KEY, campaign TEXT NOT NULL, number INTEGER NOT NULL, change TEXT NOT NULL, person TEXT NOT NULL,
    state TEXT NOT NULL, note TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, body TEXT NOT NULL,
    UNIQUE (campaign, number)
  ) STRICT, WITHOUT ROWID;
  `,
];
