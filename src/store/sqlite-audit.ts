import type { Kysely } from 'kysely';
import type { AuditLog, AuditRow } from '../governance/ports.ts';
import type { RecordsDatabase } from './records-schema.ts';

const PAGE_ROWS = 1000;
const COLUMNS = ['seq', 'time_ms as timeMs', 'kind', 'body', 'previous_hash as previousHash', 'hash'] as const;

/** The audit chain in the record file. */
export function createAuditLog(records: Kysely<RecordsDatabase>): AuditLog {
  return {
    last: () => records.selectFrom('audit').select(COLUMNS).orderBy('seq', 'desc').limit(1).executeTakeFirst(),
    async append(row) {
      const { numInsertedOrUpdatedRows } = await records
        .insertInto('audit')
        .values({
          seq: row.seq,
          time_ms: row.timeMs,
          kind: row.kind,
          body: row.body,
          previous_hash: row.previousHash,
          hash: row.hash,
        })
        .onConflict((conflict) => conflict.column('seq').doNothing())
        .executeTakeFirst();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    async *entries(): AsyncGenerator<AuditRow> {
      let after = Number.MIN_SAFE_INTEGER;
      for (;;) {
        const page = await records
          .selectFrom('audit')
          .select(COLUMNS)
          .where('seq', '>', after)
          .orderBy('seq')
          .limit(PAGE_ROWS)
          .execute();
        yield* page;
        if (page.length < PAGE_ROWS) return;
        after = page.at(-1)!.seq;
      }
    },
  };
}
