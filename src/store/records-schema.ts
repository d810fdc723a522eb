import type { ColumnType, Generated } from 'kysely';

/** 64 bits do not fit a JavaScript number: written as bigint, read only through statements that ask for bigints. */
type Int64 = ColumnType<never, bigint, never>;

/** Tables of the record file, as Kysely sees them. */
export interface RecordsDatabase {
  meta: { key: string; value: string };
  /** Text behind a token; `kind` is a position in TOKEN_KINDS. */
  dictionary: { token: Int64; kind: number; text: string };
  /** Acting accounts the logs named; a set, so that reading a log twice changes nothing. */
  account_sighting: { domain: string; account: string; sid: string };
  /** `body`: a DirectoryRecord as JSON. */
  directory_record: { account: string; from_day: string; body: string };
  person: { id: string; key: string; kind: string; primary_account: string };
  /** `body`: PersonAttributes as JSON. */
  person_attributes: { person: string; from_day: string; body: string };
  account_link: { domain: string; account: string; person: string; confidence: number; reason: string };
  dead_letter: {
    id: Int64;
    origin: string;
    line: number;
    reason: string;
    detail: string;
    /** At most 4 KiB. */
    raw: string;
    first_import: number;
  };
  import_log: {
    id: Generated<number>;
    started_ms: number;
    /** `null` while it runs, and for ever when it was cut off. */
    finished_ms: number | null;
    format: string;
    /** JSON of files, lines, activities, duplicates, deadLetters, reasons; `null` until it is finished. */
    totals: string | null;
  };
  audit: { seq: number; time_ms: number; kind: string; body: string; previous_hash: string; hash: string };
  /** Saved states of models. `header`: JSON; `state`: typed arrays. */
  model: { id: string; kind: string; created_ms: number; header: string; state: Uint8Array };
  /** Where reading of a source goes on; `body`: JSON of the reader. */
  source_cursor: { source: string; body: string; updated_ms: number };
  /** What QRadar knows about people, assets, domains, log sources; `body`: JSON. */
  context_item: { kind: string; key: string; body: string; updated_ms: number };
  /** Offenses as last seen; `account`: the user name of offenses of type Username, else ''. `body`: JSON. */
  offense: {
    id: number;
    domain: string;
    account: string;
    is_uba: number;
    status: string;
    start_ms: number;
    persisted_ms: number;
    body: string;
  };
  /** IBM Sense events; `body`: SenseEvent as JSON. */
  sense_event: { id: string; time_ms: number; account: string; event: string; body: string };
  /** Anomalies that were shown; `body`: the finding as JSON, names as pseudonyms. */
  finding: {
    id: string;
    kind: string;
    person: string;
    day: string;
    score: number;
    is_alert: number;
    created_ms: number;
    updated_ms: number;
    body: string;
  };
  /** What was, or would have been, written to QRadar: once a finding. `state`: planned, recorded, posted, failed. */
  writeback: {
    finding: string;
    target: string;
    state: string;
    phase: string;
    created_ms: number;
    updated_ms: number;
    body: string;
  };
  /** States of campaigns that were, or would have been, told to QRadar. `body`: the rest of a CampaignEvent as JSON. */
  campaign_event: {
    id: string;
    campaign: string;
    number: number;
    change: string;
    person: string;
    state: string;
    note: string;
    created_ms: number;
    updated_ms: number;
    body: string;
  };
}
