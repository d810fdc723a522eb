import type { ParseOutcome } from '../domain/ingest.ts';
import { type IngestOptions, parseContext } from './options.ts';
import { deadLetter } from './outcome.ts';
import { isBlank } from './record-reader.ts';
import { parseTextLine } from './text-line.ts';

export { isTimeZone } from '../domain/zone-offset.ts';
export { DEFAULT_INGEST_OPTIONS, type IngestOptions, type SensitivePattern } from './options.ts';
export { type PlannedFile, planImport } from './plan-import.ts';
export { createEventReader, type QRadarEventReader, type QRadarRecord } from './qradar-event.ts';
export { readChunks } from './read-chunks.ts';
export type { Chunk } from './record-reader.ts';

/** One record from a listener: an optional syslog header, then LEEF, CEF, JSON, WinCollect pairs or plain text. */
export function parseSyslogLine(line: string, options: IngestOptions): ParseOutcome {
  if (Buffer.byteLength(line) > options.maxRecordBytes) {
    return deadLetter('too-long', 'longer than the configured limit');
  }
  return isBlank(line)
    ? deadLetter('empty-message', 'the record is blank')
    : parseTextLine(line, parseContext(options));
}
