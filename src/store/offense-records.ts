import { nameKey, type OffenseFact } from '../domain/context.ts';
import type { RecordsFile } from './open-records.ts';

export interface FoundOffenses {
  /** Newest first. */
  offenses: OffenseFact[];
  /** How many there are in all. */
  total: number;
}

/** Offenses as last seen. */
export interface OffenseRecords {
  /** Adds or replaces, all or none; a state older than the stored one changes nothing. */
  upsert(offenses: OffenseFact | readonly OffenseFact[]): Promise<void>;
  get(id: number): Promise<OffenseFact | undefined>;
  /** Open offenses of UBA, the oldest first. */
  openUba(): Promise<OffenseFact[]>;
  /**
   * Offenses about user names that were alive within `[fromMs, toMs)`.
   * @param names see `nameKey`
   */
  about(names: readonly string[], fromMs: number, toMs: number, limit: number): Promise<FoundOffenses>;
}

interface Row {
  body: string;
}

export function createOffenseRecords(file: RecordsFile): OffenseRecords {
  const put = file.prepare<[number, string, string, number, string, number, number, string]>(
    `INSERT INTO offense(id, domain, account, is_uba, status, start_ms, persisted_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT(id) DO UPDATE SET domain = excluded.domain, account = excluded.account, is_uba = excluded.is_uba,
       status = excluded.status, start_ms = excluded.start_ms, persisted_ms = excluded.persisted_ms, body = excluded.body
     WHERE excluded.persisted_ms >= offense.persisted_ms`,
  );
  const one = file.prepare<[number], Row>('SELECT body FROM offense WHERE id = ?');
  const open = file.prepare<[], Row>(
    `SELECT body FROM offense WHERE is_uba = 1 AND status = 'OPEN' ORDER BY start_ms, id`,
  );
  // An offense is persisted at or after its last event.
  const named = file.prepare<[string, number, number], Row>(
    `SELECT body FROM offense WHERE account IN (SELECT value FROM json_each(?)) AND start_ms < ? AND persisted_ms >= ?
     ORDER BY coalesce(json_extract(body, '$.lastEventMs'), start_ms) DESC, id DESC`,
  );
  const putAll = file.transaction((offenses: readonly OffenseFact[]) => {
    for (const o of offenses) {
      const account = nameKey(o.account);
      put.run(o.id, o.domain, account, o.isUba ? 1 : 0, o.status, o.startMs, o.persistedMs, JSON.stringify(o));
    }
  });
  return {
    async upsert(offenses) {
      putAll(Array.isArray(offenses) ? offenses : [offenses]);
    },
    async get(id) {
      const row = one.get(id);
      return row && parse(row);
    },
    async openUba() {
      return open.all().map(parse);
    },
    async about(names, fromMs, toMs, limit) {
      const found: FoundOffenses = { offenses: [], total: 0 };
      for (const row of named.iterate(JSON.stringify(names), toMs, fromMs)) {
        const offense = parse(row);
        if ((offense.lastEventMs ?? offense.persistedMs) < fromMs) continue;
        found.total += 1;
        if (found.offenses.length < limit) found.offenses.push(offense);
      }
      return found;
    },
  };
}

const parse = ({ body }: Row): OffenseFact => JSON.parse(body) as OffenseFact;
