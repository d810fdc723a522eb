import type { ReferenceRecord } from './records.ts';
import { hasExpired, sameValue, typedValue } from './reference-values.ts';

export interface RowChange {
  outer: string;
  /** Inner key of a table. */
  inner: string;
  value: string;
  source: string;
  domainId: number;
}

type Rows = ReferenceRecord['rows'];

/** Type of a cell: a table may name one for each inner key. */
export const cellType = (record: ReferenceRecord, inner: string): string =>
  record.key_name_types?.[inner] ?? record.element_type;

/** What makes two rows the same cell: key, inner key, and in a map of sets the value too. */
const cellKey = (record: ReferenceRecord, outer: string, inner: string, value: string): string => {
  const known = record.kind === 'map_of_sets' ? value : '';
  return JSON.stringify([outer, inner, sameValue(record.element_type, 'a', 'A') ? known.toLowerCase() : known]);
};

/** The rows after the changes: an existing cell takes the value and keeps when it was first seen. */
export function applyChanges(record: ReferenceRecord, changes: readonly RowChange[], nowMs: number): Rows {
  const rows: Rows = [...record.rows];
  const index = new Map(
    rows.map(([outer, inner, value], i) => [cellKey(record, outer, inner, String(value.value)), i]),
  );
  for (const change of changes) {
    const key = cellKey(record, change.outer, change.inner, change.value);
    const at = index.get(key);
    const first = at === undefined ? nowMs : rows[at]![2].first_seen;
    const value = typedValue(cellType(record, change.inner), change.value);
    const row: Rows[number] = [
      change.outer,
      change.inner,
      { value, source: change.source, first_seen: first, last_seen: nowMs, domain_id: change.domainId },
    ];
    if (at === undefined) index.set(key, rows.push(row) - 1);
    else rows[at] = row;
  }
  return rows;
}

/** The rows without the cell of that value; `undefined` when there is none. */
export function dropCell(record: ReferenceRecord, outer: string, inner: string, value: string): Rows | undefined {
  const rows = record.rows.filter(
    ([o, i, v]) => !(o === outer && i === inner && sameValue(record.element_type, String(v.value), value)),
  );
  return rows.length < record.rows.length ? rows : undefined;
}

export function liveRows(record: ReferenceRecord, nowMs: number): Rows {
  if (record.time_to_live <= 0) return record.rows;
  const ageing = { by: record.timeout_type, timeToLiveMs: record.time_to_live };
  return record.rows.filter(([, , value]) => !hasExpired(value, ageing, nowMs));
}
