import type { Kysely } from 'kysely';
import type { RecordsDatabase } from './records-schema.ts';

/** Where reading of each source goes on, in a form that its reader knows. */
export interface CursorStore {
  /** `undefined` when nothing was written yet, or what was written is damaged. */
  read(source: string): Promise<unknown>;
  /** Durable when it resolves. */
  write(source: string, body: object, nowMs: number): Promise<void>;
}

export const createCursorStore = (records: Kysely<RecordsDatabase>): CursorStore => ({
  async read(source) {
    const row = await records
      .selectFrom('source_cursor')
      .select('body')
      .where('source', '=', source)
      .executeTakeFirst();
    try {
      return row === undefined ? undefined : (JSON.parse(row.body) as unknown);
    } catch {
      return undefined;
    }
  },
  async write(source, body, nowMs) {
    const values = { body: JSON.stringify(body), updated_ms: nowMs };
    await records
      .insertInto('source_cursor')
      .values({ source, ...values })
      .onConflict((conflict) => conflict.column('source').doUpdateSet(values))
      .execute();
  },
});
