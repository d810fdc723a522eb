import { isOver, type SearchRecord } from '../ariel/searches.ts';
import type { Call } from '../http/endpoint.ts';
import { Reply } from '../http/endpoint.ts';
import { contentRange, parseRange } from '../http/range.ts';

export const CSV = 'application/csv';

/** The rows as JSON under the database's name, or as CSV; 404/1003 while the search is not over. */
export async function readResults(call: Call, search: SearchRecord): Promise<Reply> {
  if (!isOver(search.status) || search.status === 'ERROR')
    throw call.error(404, 1003, `The results of search ${search.id} are not available: its status is ${search.status}`);
  const range = parseRange(call.headers.get('range'));
  const { first, last } = range ?? { first: 0, last: Number.MAX_SAFE_INTEGER };
  const rows = await call.world.searches.read(search, first, last);
  const headers = range ? { 'Content-Range': contentRange(first, rows.length, search.records) } : {};
  if (call.media !== CSV) return new Reply(200, { [search.database]: rows }, headers);
  const names = search.columns.map((one) => one.name);
  const lines = [names.map(csvCell), ...rows.map((row) => names.map((name) => csvCell(row[name])))];
  return new Reply(200, `${lines.map((line) => line.join(',')).join('\n')}\n`, headers);
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value) ? value.join(';') : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
