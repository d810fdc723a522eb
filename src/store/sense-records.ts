import { nameKey, type SenseRecord } from '../domain/context.ts';
import type { RecordsFile } from './open-records.ts';

export interface FoundSense {
  /** Newest first. */
  events: SenseRecord[];
  /** How many there are in all. */
  total: number;
}

/** IBM Sense events. */
export interface SenseRecords {
  /** All or none; one that is there already changes nothing. Returns how many were new. */
  add(events: readonly SenseRecord[]): Promise<number>;
  /**
   * Events about user names within `[fromMs, toMs)`.
   * @param names see `nameKey`
   */
  about(names: readonly string[], fromMs: number, toMs: number, limit: number): Promise<FoundSense>;
  deleteBefore(timeMs: number): Promise<number>;
}

interface Row {
  body: string;
}

export function createSenseRecords(file: RecordsFile): SenseRecords {
  const put = file.prepare<[string, number, string, string, string]>(
    'INSERT INTO sense_event(id, time_ms, account, event, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const where = 'account IN (SELECT value FROM json_each(?)) AND time_ms >= ? AND time_ms < ?';
  const count = file
    .prepare<[string, number, number], number>(`SELECT count(*) FROM sense_event WHERE ${where}`)
    .pluck();
  const newest = file.prepare<[string, number, number, number], Row>(
    `SELECT body FROM sense_event WHERE ${where} ORDER BY time_ms DESC, id DESC LIMIT ?`,
  );
  const remove = file.prepare<[number]>('DELETE FROM sense_event WHERE time_ms < ?');
  const putAll = file.transaction((events: readonly SenseRecord[]) => {
    let added = 0;
    for (const one of events)
      added += put.run(one.id, one.timeMs, nameKey(one.account), one.event, JSON.stringify(one)).changes;
    return added;
  });
  return {
    async add(events) {
      return putAll(events);
    },
    async about(names, fromMs, toMs, limit) {
      const list = JSON.stringify(names);
      return {
        events: newest.all(list, fromMs, toMs, limit).map(({ body }) => JSON.parse(body) as SenseRecord),
        total: count.get(list, fromMs, toMs) ?? 0,
      };
    },
    async deleteBefore(timeMs) {
      return remove.run(timeMs).changes;
    },
  };
}
