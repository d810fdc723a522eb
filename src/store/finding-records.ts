import type { Anomaly } from '../domain/findings.ts';
import type { RecordsFile } from './open-records.ts';
import type { RecordsDatabase } from './records-schema.ts';

/** Findings that were shown. Names are pseudonyms. */
export interface FindingRecords {
  /** Adds anomalies and brings known ones up to date, all or none. Returns how many were new or changed. */
  saveAnomalies(anomalies: readonly Anomaly[], nowMs: number): Promise<number>;
  /** Of one person, days inclusive (`YYYY-MM-DD`), the oldest first. */
  anomaliesOf(person: string, fromDay: string, toDay: string): Promise<Anomaly[]>;
  /** From a day on, the highest score first. */
  highest(fromDay: string, limit: number): Promise<Anomaly[]>;
}

type Row = RecordsDatabase['finding'];

/** JSON has no NaN: a median that could not be had is `null` there. */
function readBody({ body }: Pick<Row, 'body'>): Anomaly {
  const anomaly = JSON.parse(body) as Anomaly;
  for (const deviation of anomaly.deviations) {
    deviation.selfMedian ??= Number.NaN;
    deviation.peerMedian ??= Number.NaN;
  }
  return anomaly;
}

export function createFindingRecords(file: RecordsFile): FindingRecords {
  const put = file.prepare<[Row]>(
    `INSERT INTO finding(id, kind, person, day, score, is_alert, created_ms, updated_ms, body)
     VALUES (@id, @kind, @person, @day, @score, @is_alert, @created_ms, @updated_ms, @body)
     ON CONFLICT(id) DO UPDATE SET score = excluded.score, is_alert = excluded.is_alert, updated_ms = excluded.updated_ms,
       body = excluded.body
     WHERE body <> excluded.body`,
  );
  const ofPerson = file.prepare<[string, string, string], Row>(
    `SELECT body FROM finding WHERE kind = 'anomaly' AND person = ? AND day BETWEEN ? AND ? ORDER BY day, id`,
  );
  const highest = file.prepare<[string, number], Row>(
    `SELECT body FROM finding WHERE kind = 'anomaly' AND day >= ? ORDER BY score DESC, id LIMIT ?`,
  );
  const putAll = file.transaction((anomalies: readonly Anomaly[], nowMs: number) => {
    let written = 0;
    for (const anomaly of anomalies) {
      const { id, person, day, score, alert } = anomaly;
      const times = { created_ms: nowMs, updated_ms: nowMs };
      const fixed = { id, kind: 'anomaly', person, day, score, is_alert: alert ? 1 : 0, ...times };
      written += put.run({ ...fixed, body: JSON.stringify(anomaly) }).changes;
    }
    return written;
  });
  return {
    async saveAnomalies(anomalies, nowMs) {
      return putAll(anomalies, nowMs);
    },
    async anomaliesOf(person, fromDay, toDay) {
      return ofPerson.all(person, fromDay, toDay).map(readBody);
    },
    async highest(fromDay, limit) {
      return highest.all(fromDay, limit).map(readBody);
    },
  };
}
