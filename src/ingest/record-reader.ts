import type { DirectoryRecord, ParseOutcome, SourceRecord } from '../domain/ingest.ts';
import type { SourceLine } from './line-source.ts';
import { deadLetter } from './outcome.ts';

/** A batch of records in file order. */
export interface Chunk {
  records: SourceRecord[];
  directory: DirectoryRecord[];
  /** Bytes of the file (on disk) read so far, from its start. */
  bytesRead: number;
}

/** Takes lines one by one and puts what becomes of them into the chunk. */
export interface RecordReader {
  take(source: SourceLine, line: number, chunk: Chunk): void;
  finish(chunk: Chunk): void;
}

/** The outcome of a line, with the faults of its bytes put before those of its text. */
export function outcomeOfLine(source: SourceLine, parse: (text: string) => ParseOutcome): ParseOutcome {
  if (source.isTooLong) return deadLetter('too-long', 'longer than the configured limit; the start is kept');
  const outcome = parse(source.text);
  if (source.isBadUtf8 && outcome.kind === 'dead-letter')
    return deadLetter('bad-encoding', `not UTF-8; ${outcome.detail}`);
  return outcome;
}

export function isBlank(text: string): boolean {
  return text.charCodeAt(0) <= 32 ? text.trim() === '' : text === '';
}
