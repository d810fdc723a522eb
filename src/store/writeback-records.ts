import { randomUUID } from 'node:crypto';
import type { AuditRow } from '../governance/ports.ts';
import type { NotePhase, Writeback, WritebackState } from '../writeback/ports.ts';
import type { RecordsFile } from './open-records.ts';
import type { RecordsDatabase } from './records-schema.ts';

/** What was, or would have been, written to QRadar. */
export interface WritebackRecords {
  get(finding: string): Promise<Writeback | undefined>;
  inState(state: WritebackState): Promise<Writeback[]>;
  /**
   * Adds or replaces.
   * @param seal the audit entry that follows the last one; stored with the row, both or neither
   */
  save(row: Writeback, seal?: (last: AuditRow | undefined) => AuditRow): Promise<void>;
  /** How many stand in each state. */
  counts(): Promise<Record<WritebackState, number>>;
  /** Tells this data directory from others; made at the first call, random. */
  instanceId(): Promise<string>;
}

type Row = RecordsDatabase['writeback'];
type Body = Omit<Writeback, 'finding' | 'target' | 'state' | 'phase' | 'createdMs' | 'updatedMs'>;

function readRow({ finding, target, state, phase, created_ms, updated_ms, body }: Row): Writeback {
  const { offense, text, reason, attempts, notBeforeMs, lastError, noteIds } = JSON.parse(body) as Body;
  const times = { createdMs: created_ms, updatedMs: updated_ms };
  const fixed = { finding, target, state: state as WritebackState, phase: phase as NotePhase, ...times };
  return { ...fixed, offense, text, reason, attempts, notBeforeMs, lastError, noteIds };
}

export function createWritebackRecords(file: RecordsFile): WritebackRecords {
  const put = file.prepare<[Row]>(
    `INSERT INTO writeback(finding, target, state, phase, created_ms, updated_ms, body)
     VALUES (@finding, @target, @state, @phase, @created_ms, @updated_ms, @body)
     ON CONFLICT(finding) DO UPDATE SET state = excluded.state, phase = excluded.phase, updated_ms = excluded.updated_ms,
       body = excluded.body`,
  );
  const one = file.prepare<[string], Row>('SELECT * FROM writeback WHERE finding = ?');
  const ofState = file.prepare<[string], Row>('SELECT * FROM writeback WHERE state = ? ORDER BY finding');
  const count = file.prepare<[], { state: WritebackState; n: number }>(
    'SELECT state, count(*) AS n FROM writeback GROUP BY state',
  );
  const lastEntry = file.prepare<[], AuditRow>(
    'SELECT seq, time_ms AS timeMs, kind, body, previous_hash AS previousHash, hash FROM audit ORDER BY seq DESC LIMIT 1',
  );
  const addEntry = file.prepare<[AuditRow]>(
    `INSERT INTO audit(seq, time_ms, kind, body, previous_hash, hash)
     VALUES (@seq, @timeMs, @kind, @body, @previousHash, @hash)`,
  );
  const nameInstance = file.prepare<[string]>(
    "INSERT INTO meta(key, value) VALUES ('instance', ?) ON CONFLICT DO NOTHING",
  );
  const instance = file.prepare<[], string>("SELECT value FROM meta WHERE key = 'instance'").pluck();
  const save = file.transaction((row: Writeback, seal?: (last: AuditRow | undefined) => AuditRow) => {
    const { finding, target, state, phase, createdMs, updatedMs, ...body } = row;
    const times = { created_ms: createdMs, updated_ms: updatedMs };
    put.run({ finding, target, state, phase, ...times, body: JSON.stringify(body satisfies Body) });
    if (seal) addEntry.run(seal(lastEntry.get()));
  });
  return {
    async get(finding) {
      const row = one.get(finding);
      return row && readRow(row);
    },
    async inState(state) {
      return ofState.all(state).map(readRow);
    },
    async save(row, seal) {
      save(row, seal);
    },
    async counts() {
      const counts: Record<WritebackState, number> = { planned: 0, recorded: 0, posted: 0, failed: 0 };
      for (const { state, n } of count.all()) counts[state] = n;
      return counts;
    },
    async instanceId() {
      nameInstance.run(randomUUID());
      return instance.get()!;
    },
  };
}
