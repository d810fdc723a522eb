import type { ImportFormat } from '../domain/ingest.ts';
import { layoutByWidth, layoutFromHeader } from './cert-columns.ts';
import { splitCsvRow } from './csv-row.ts';
import { DEFAULT_INGEST_OPTIONS, parseContext } from './options.ts';
import { parseUsDateTime } from './parse-time.ts';
import { parseSyslog } from './syslog.ts';
import { findPayload } from './text-line.ts';
import { windowsEventFromJson } from './windows-event.ts';

const MAX_LINES = 50;

/** Format of a file from its first lines; `undefined` when nothing is recognised. Mixed text formats are `syslog`. */
export function detectFormat(head: string): Exclude<ImportFormat, 'auto'> | undefined {
  const lines = head
    .split(/\r?\n/, MAX_LINES + 1)
    .filter((line) => line.trim() !== '')
    .slice(0, MAX_LINES);
  const first = lines[0];
  if (first === undefined || head.includes('\0')) return undefined;
  if (isCert(first)) return 'cert';
  const context = parseContext({ ...DEFAULT_INGEST_OPTIONS, referenceYear: 2000 });
  const found = new Set<Exclude<ImportFormat, 'auto'>>();
  for (const line of lines) {
    if (findPayload(line, 'LEEF:') >= 0) found.add('leef');
    else if (findPayload(line, 'CEF:') >= 0) found.add('cef');
    else if (line.trimStart().startsWith('{')) found.add(jsonKind(line));
    else {
      const header = parseSyslog(line, -1, context);
      if (!Number.isNaN(header.timeMs) || !Number.isNaN(header.priority)) found.add('syslog');
    }
  }
  if (found.size === 1) return [...found][0];
  if (found.size === 0) return undefined;
  return [...found].every((format) => format === 'jsonl' || format === 'windows') ? 'jsonl' : 'syslog';
}

function jsonKind(line: string): 'jsonl' | 'windows' {
  try {
    const value: unknown = JSON.parse(line);
    const context = parseContext(DEFAULT_INGEST_OPTIONS);
    return windowsEventFromJson(value as Record<string, unknown>, context) ? 'windows' : 'jsonl';
  } catch {
    // The head may end inside a long line.
    return /"EventID"|"event_id"/.test(line) ? 'windows' : 'jsonl';
  }
}

/** A CERT header, or a row of the CERT shape without one. */
function isCert(first: string): boolean {
  if (!first.includes(',') || first.startsWith('{"')) return false;
  const row = splitCsvRow(first);
  const header = layoutFromHeader(row, undefined);
  if (header) return header.kind === 'ldap' || (header.columns.has('pc') && header.kind !== undefined);
  const layout = layoutByWidth(undefined, row);
  const dateAt = layout?.columns.get('date') ?? (/^\{[\w-]+\}$/.test(row[0] ?? '') ? 1 : -1);
  return dateAt >= 0 && !Number.isNaN(parseUsDateTime(row[dateAt] ?? '', 'UTC'));
}
