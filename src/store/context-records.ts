import type { RecordsFile } from './open-records.ts';

export interface ContextItem {
  key: string;
  body: unknown;
  /** When this body was first seen. */
  updatedMs: number;
}

/** What was read last of each kind: a kind is replaced as a whole or not at all. */
export interface ContextRecords {
  /** By key. */
  read(kind: string): Promise<ContextItem[]>;
  /** In place of all items of the kind before, in one transaction. Equal keys: the last one stays. */
  replace(kind: string, items: Iterable<readonly [key: string, body: unknown]>, nowMs: number): Promise<void>;
}

interface Row {
  key: string;
  body: string;
  updated_ms: number;
}

export function createContextRecords(file: RecordsFile): ContextRecords {
  const all = file.prepare<[string], Row>('SELECT key, body, updated_ms FROM context_item WHERE kind = ? ORDER BY key');
  const keys = file.prepare<[string], string>('SELECT key FROM context_item WHERE kind = ?').pluck();
  // What is the same is not written again: most of it is, each time.
  const put = file.prepare<[string, string, string, number]>(
    `INSERT INTO context_item(kind, key, body, updated_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body, updated_ms = excluded.updated_ms WHERE body <> excluded.body`,
  );
  const remove = file.prepare<[string, string]>('DELETE FROM context_item WHERE kind = ? AND key = ?');
  const replaceAll = file.transaction(
    (kind: string, items: Iterable<readonly [key: string, body: unknown]>, nowMs: number) => {
      const gone = new Set(keys.all(kind));
      for (const [key, body] of items) {
        put.run(kind, key, JSON.stringify(body), nowMs);
        gone.delete(key);
      }
      for (const key of gone) remove.run(kind, key);
    },
  );
  return {
    async read(kind) {
      return all.all(kind).map((row) => ({
        key: row.key,
        body: JSON.parse(row.body) as unknown,
        updatedMs: row.updated_ms,
      }));
    },
    async replace(kind, items, nowMs) {
      replaceAll(kind, items, nowMs);
    },
  };
}
