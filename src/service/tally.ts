import type { Sample } from '../api/status.ts';
import type { StoredBatch } from '../pipeline/import-ports.ts';

/** What became of records, by source, since the start. */
export interface Tally {
  add(source: string, batch: StoredBatch & { untracked?: number }): void;
  /** Grows whenever activities were stored. */
  readonly changes: number;
  /** Something other than a batch changed what is stored. */
  touch(): void;
  samples(): Sample[];
}

export function createTally(): Tally {
  const outcomes = new Map<string, number>();
  const reasons = new Map<string, number>();
  let changes = 0;
  const count = (counts: Map<string, number>, key: string, by: number) => counts.set(key, (counts.get(key) ?? 0) + by);
  const sample =
    (name: string, help: string, label: string) =>
    (entry: [string, number]): Sample => {
      const [source = '', kind = ''] = entry[0].split('\0');
      return { name, help, value: entry[1], labels: { source, [label]: kind } };
    };
  return {
    get changes() {
      return changes;
    },
    touch() {
      changes += 1;
    },
    add(source, batch) {
      changes += batch.activities;
      count(outcomes, `${source}\0activity`, batch.activities);
      count(outcomes, `${source}\0duplicate`, batch.duplicates);
      count(outcomes, `${source}\0dead_letter`, batch.deadLetters);
      count(outcomes, `${source}\0untracked`, batch.untracked ?? 0);
      for (const [reason, n] of Object.entries(batch.reasons)) count(reasons, `${source}\0${reason}`, n);
    },
    samples: () => [
      ...[...outcomes].map(sample('records_total', 'Records read, by what became of them.', 'outcome')),
      ...[...reasons].map(sample('dead_letters_total', 'Records kept as dead letters, by reason.', 'reason')),
    ],
  };
}
