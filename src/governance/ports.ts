/** One entry of the audit chain as stored. */
export interface AuditRow {
  /** 1, 2, 3, ... without gaps. */
  seq: number;
  /** UTC epoch milliseconds. */
  timeMs: number;
  /** What happened: lower-case words joined by `-` or `.`, such as `import` or `person-revealed`. */
  kind: string;
  /** Canonical JSON object. Holds no secret and no plain person, host or file name. */
  body: string;
  /** `hash` of the entry before; `''` for the first. */
  previousHash: string;
  /** `sha256:HEX` or `hmac-sha256:HEX` over the other fields. */
  hash: string;
}

/** Append-only storage of the chain. */
export interface AuditLog {
  /** The entry with the highest seq. */
  last(): Promise<AuditRow | undefined>;
  /** Stores durably before it resolves. Resolves `false`, and stores nothing, when `row.seq` is taken already. */
  append(row: AuditRow): Promise<boolean>;
  /** Every entry, by ascending seq. */
  entries(): AsyncIterable<AuditRow>;
}
