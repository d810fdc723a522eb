import { isOver, type SearchRecord } from '../ariel/searches.ts';
import type { Call } from '../http/endpoint.ts';
import { Reply } from '../http/endpoint.ts';
import { contentRange, parseRange } from '../http/range.ts';

type Row = Record<string, unknown>;
type Form = (names: readonly string[], rows: readonly Row[], database: string) => string;

/** Forms of results beside JSON. How tables and XML look in detail is printed nowhere. */
export const TEXT_FORMS: Readonly<Record<string, Form>> = {
  'application/csv': (names, rows) =>
    [names, ...rows.map((row) => names.map((name) => textOf(row[name])))]
      .map((cells) => `${cells.map(csvCell).join(',')}\n`)
      .join(''),
  'text/table': writeTable,
  'application/xml': writeXml,
};

/** The rows as JSON under the database's name, or in another form; 404/1003 while the search is not over. */
export async function readResults(call: Call, search: SearchRecord): Promise<Reply> {
  if (!isOver(search.status) || search.status === 'ERROR')
    throw call.error(404, 1003, `The results of search ${search.id} are not available: its status is ${search.status}`);
  const range = parseRange(call.headers.get('range'));
  const { first, last } = range ?? { first: 0, last: Number.MAX_SAFE_INTEGER };
  const rows = await call.world.searches.read(search, first, last);
  const headers = range ? { 'Content-Range': contentRange(first, rows.length, search.records) } : {};
  const form = TEXT_FORMS[call.media];
  if (!form) return new Reply(200, { [search.database]: rows }, headers);
  const names = search.columns.map((one) => one.name);
  return new Reply(200, form(names, rows, search.database), headers);
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? '' : Array.isArray(value) ? value.join(';') : String(value);

const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function writeTable(names: readonly string[], rows: readonly Row[]): string {
  const cells = [names, ...rows.map((row) => names.map((name) => textOf(row[name]).replace(/\s+/g, ' ')))];
  const widths = names.map((_, i) => cells.reduce((most, row) => Math.max(most, row[i]!.length), 0));
  return cells.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |\n`).join('');
}

function writeXml(names: readonly string[], rows: readonly Row[], database: string): string {
  const one = (row: Row): string =>
    names.map((name) => `<column name="${escapeXml(name)}">${escapeXml(textOf(row[name]))}</column>`).join('');
  return `<${database}>${rows.map((row) => `<row>${one(row)}</row>`).join('')}</${database}>\n`;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that XML cannot hold are left out. */
const escapeXml = (text: string): string =>
  text.replace(/[^\t\n\r\x20-\u{10ffff}]/gu, '').replace(/[&<>"]/g, (mark) => ESCAPES[mark]!);
