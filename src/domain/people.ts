import type { DirectoryRecord } from './ingest.ts';

export type PersonKind = 'human' | 'service' | 'machine' | 'system';

/** HR attributes as they hold from `fromDay` (`YYYY-MM-DD`, inclusive) until the next entry; `1970-01-01` = from the start. */
export type PersonAttributes = Omit<DirectoryRecord, 'account' | 'aliases'>;

/** The identity several accounts resolve to. */
export interface Person {
  /** Keyed pseudonym of `key`: the only name models, vectors and findings carry. */
  id: string;
  /** Canonical text behind the pseudonym. Personal data: belongs in the encrypted dictionary only. */
  key: string;
  kind: PersonKind;
  /** The person's most active account of human form, as written. Personal data. */
  primaryAccount: string;
  /** Oldest first, one entry per `fromDay`. */
  attributes: PersonAttributes[];
}

/** One account as the logs write it, and the person it stands for. Every sighting has exactly one. */
export interface AccountLink {
  /** QRadar domain or tenant, as in `Activity.domain`. */
  domain: string;
  /** Account text as written, as in `Activity.account`. */
  account: string;
  /** `Person.id`. */
  person: string;
  /** 0-1. 1 = the same account; below 0.8 = inferred from the name, worth a look. */
  confidence: number;
  /** Why, for people: one short sentence without personal data. */
  reason: string;
}

/** An account text as seen in the logs, with how often; the input of identity resolution. */
export interface AccountSighting {
  /** QRadar domain or tenant; `''` is the default domain. */
  domain: string;
  /** Account text as written. */
  account: string;
  /** Security identifier seen beside it, `''` when none. */
  sid: string;
  /** Of the account, whatever identifier stood beside it: rows that differ in `sid` alone repeat it. */
  activities: number;
}

/** One row of the aliases file: two accounts that belong to one person. */
export interface AliasRow {
  account: string;
  alias: string;
}
