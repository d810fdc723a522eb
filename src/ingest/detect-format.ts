import type { ImportFormat } from '../domain/ingest.ts';
import { type CertKind, layoutByWidth, layoutFromHeader } from './cert-columns.ts';
import { splitCsvRow } from './csv-row.ts';
import { DEFAULT_INGEST_OPTIONS, parseContext } from './options.ts';
import { parseUsDateTime } from './parse-time.ts';
import { parseSyslog } from './syslog.ts';
import { findPayload } from './text-line.ts';
import { windowsEventFromJson } from './windows-event.ts';

const MAX_LINES = 50;

/** Format of a file from its first lines; `undefined` when nothing is recognised. Mixed text formats are `syslog`. */
export function detectFormat(head: string): Exclude<ImportFormat, 'auto'> | undefined {
  // The head may end inside a line, which then says nothing.
  const whole = head.slice(0, head.lastIndexOf('\n') + 1) || head;
  const lines = whole
    .split(/\r?\n/, MAX_LINES + 1)
    .filter((line) => line.trim() !== '')
    .slice(0, MAX_LINES);
  const first = lines[0];
  if (first === undefined || head.includes('\0')) return undefined;
  if (lines.some((line) => certKindOfRow(line) !== undefined)) return 'cert';
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

/** Kind by a CERT header, or by a row of the CERT shape without one; `undefined` when it is neither. */
export function certKindOfRow(line: string): CertKind | undefined {
  if (!line.includes(',') || line.startsWith('{"')) return undefined;
  const row = splitCsvRow(line);
  const header = layoutFromHeader(row, undefined);
  if (header) return header.kind === 'ldap' || header.columns.has('pc') ? header.kind : undefined;
  const layout = layoutByWidth(undefined, row);
  const dateAt = layout?.columns.get('date') ?? (/^\{[\w-]+\}$/.test(row[0] ?? '') ? 1 : -1);
  if (dateAt < 0 || Number.isNaN(parseUsDateTime(row[dateAt] ?? '', 'UTC'))) return undefined;
  return layout?.kind ?? 'logon';
}
