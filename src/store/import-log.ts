import type { Kysely } from 'kysely';
import type { RecordsDatabase } from './records-schema.ts';

/** What was imported when, and with what result. */
export interface ImportLog {
  /** Returns the number of the import. */
  begin(startedMs: number, format: string): Promise<number>;
  finish(id: number, finishedMs: number, totals: object): Promise<void>;
}

export const createImportLog = (records: Kysely<RecordsDatabase>): ImportLog => ({
  async begin(startedMs, format) {
    const { insertId } = await records
      .insertInto('import_log')
      .values({ started_ms: startedMs, finished_ms: null, format, totals: null })
      .executeTakeFirstOrThrow();
    return Number(insertId);
  },
  async finish(id, finishedMs, totals) {
    await records
      .updateTable('import_log')
      .set({ finished_ms: finishedMs, totals: JSON.stringify(totals) })
      .where('id', '=', id)
      .execute();
  },
});
