import type { CampaignChange } from '../domain/campaign-events.ts';
import type { AuditRow } from '../governance/ports.ts';
import type { CampaignEvent, CampaignNoteState, EventState } from '../writeback/campaign-ports.ts';
import type { RecordsFile } from './open-records.ts';
import type { RecordsDatabase } from './records-schema.ts';

/** States of campaigns on their way to QRadar, see `CampaignEvent`. */
export interface CampaignEventRecords {
  get(id: string): Promise<CampaignEvent | undefined>;
  /** The last state of every campaign that was ever told. */
  latest(): Promise<CampaignEvent[]>;
  /** Events not yet there, and notes not yet written, in the order they were made. */
  unfinished(): Promise<CampaignEvent[]>;
  /** Offenses that earlier states of a campaign are on, the newest first. */
  offensesOf(campaign: string): Promise<number[]>;
  /**
   * Adds or replaces.
   * @param seal the audit entry that follows the last one; stored with the row, both or neither
   */
  save(row: CampaignEvent, seal?: (last: AuditRow | undefined) => AuditRow): Promise<void>;
  counts(): Promise<{ state: EventState; note: CampaignNoteState; n: number }[]>;
}

type Row = RecordsDatabase['campaign_event'];
type Columns = 'id' | 'campaign' | 'number' | 'change' | 'person' | 'state' | 'note' | 'createdMs' | 'updatedMs';
type Body = Omit<CampaignEvent, Columns>;

function readRow({ id, campaign, number, change, person, state, note, created_ms, updated_ms, body }: Row) {
  const fixed = { id, campaign, number, person, createdMs: created_ms, updatedMs: updated_ms };
  const words = { change: change as CampaignChange, state: state as EventState, note: note as CampaignNoteState };
  return { ...fixed, ...words, ...(JSON.parse(body) as Body) };
}

export function createCampaignEventRecords(file: RecordsFile): CampaignEventRecords {
  const put = file.prepare<[Row]>(
    `INSERT INTO campaign_event(id, campaign, number, change, person, state, note, created_ms, updated_ms, body)
     VALUES (@id, @campaign, @number, @change, @person, @state, @note, @created_ms, @updated_ms, @body)
     ON CONFLICT(id) DO UPDATE SET state = excluded.state, note = excluded.note, updated_ms = excluded.updated_ms,
       body = excluded.body`,
  );
  const one = file.prepare<[string], Row>('SELECT * FROM campaign_event WHERE id = ?');
  const last = file.prepare<[], Row>(
    `SELECT * FROM campaign_event AS event
     WHERE number = (SELECT max(number) FROM campaign_event WHERE campaign = event.campaign) ORDER BY campaign`,
  );
  const open = file.prepare<[], Row>(
    `SELECT * FROM campaign_event
     WHERE state IN ('recorded', 'planned', 'sending') OR (note = 'waiting' AND state <> 'failed')
     ORDER BY created_ms, campaign, number`,
  );
  const offenses = file
    .prepare<[string], number>(
      `SELECT DISTINCT json_extract(body, '$.offense') FROM campaign_event
       WHERE campaign = ? AND json_extract(body, '$.offense') IS NOT NULL ORDER BY number DESC`,
    )
    .pluck();
  const count = file.prepare<[], { state: EventState; note: CampaignNoteState; n: number }>(
    'SELECT state, note, count(*) AS n FROM campaign_event GROUP BY state, note ORDER BY state, note',
  );
  const lastEntry = file.prepare<[], AuditRow>(
    'SELECT seq, time_ms AS timeMs, kind, body, previous_hash AS previousHash, hash FROM audit ORDER BY seq DESC LIMIT 1',
  );
  const addEntry = file.prepare<[AuditRow]>(
    `INSERT INTO audit(seq, time_ms, kind, body, previous_hash, hash)
     VALUES (@seq, @timeMs, @kind, @body, @previousHash, @hash)`,
  );
  const save = file.transaction((row: CampaignEvent, seal?: (last: AuditRow | undefined) => AuditRow) => {
    const { id, campaign, number, change, person, state, note, createdMs, updatedMs, ...body } = row;
    const times = { created_ms: createdMs, updated_ms: updatedMs };
    const text = JSON.stringify(body satisfies Body);
    put.run({ id, campaign, number, change, person, state, note, ...times, body: text });
    if (seal) addEntry.run(seal(lastEntry.get()));
  });
  return {
    async get(id) {
      const row = one.get(id);
      return row && readRow(row);
    },
    latest: async () => last.all().map(readRow),
    unfinished: async () => open.all().map(readRow),
    offensesOf: async (campaign) => [...new Set(offenses.all(campaign))],
    async save(row, seal) {
      save(row, seal);
    },
    counts: async () => count.all(),
  };
}
