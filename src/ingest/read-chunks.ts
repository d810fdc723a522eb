import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, messageOf } from '../domain/errors.ts';
import type { ImportFormat, ParseOutcome } from '../domain/ingest.ts';
import { certKindOfPath, monthOfPath } from './cert-columns.ts';
import { CertReader } from './cert-reader.ts';
import { readLineBlocks } from './line-source.ts';
import { type IngestOptions, type ParseContext, parseContext } from './options.ts';
import { deadLetter } from './outcome.ts';
import type { PlannedFile } from './plan-import.ts';
import { type Chunk, isBlank, outcomeOfLine, type RecordReader } from './record-reader.ts';
import { findPayload, parseTextLine } from './text-line.ts';

const CHUNK_RECORDS = 5000;

/**
 * Parses a planned file. Every record that is not blank (and no header row) comes out exactly once: in `records` with its
 * outcome, or, from a directory file, in `directory`. Content never throws; a file that cannot be read throws
 * INPUT_NOT_FOUND. Bytes that are not UTF-8 become U+FFFD and the record is parsed all the same, so that one bad byte
 * cannot hide an event; only a record that then still makes no sense is a `bad-encoding` dead letter.
 */
export async function* readChunks(
  file: PlannedFile,
  options: IngestOptions,
  signal?: AbortSignal,
): AsyncGenerator<Chunk> {
  if (file.role === 'skipped') return;
  const context = parseContext(await withLatest(file, options));
  const reader = file.format === 'cert' ? certReader(file, context) : lineReader(file, context);
  let chunk: Chunk = { records: [], directory: [], bytesRead: 0 };
  let line = 0;
  const isFull = () => chunk.records.length >= CHUNK_RECORDS || chunk.directory.length >= CHUNK_RECORDS;
  try {
    for await (const block of readLineBlocks(file.path, options.maxRecordBytes, signal)) {
      for (const source of block.lines) {
        reader.take(source, ++line, chunk);
        if (isFull()) {
          yield { ...chunk, bytesRead: block.bytesRead };
          signal?.throwIfAborted();
          chunk = { records: [], directory: [], bytesRead: 0 };
        }
      }
      chunk.bytesRead = block.bytesRead;
      if (block.damage !== undefined) {
        reader.finish(chunk);
        chunk.records.push({
          origin: basename(file.path),
          line: line + 1,
          raw: '',
          outcome: deadLetter('bad-encoding', block.damage),
        });
      }
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new AppError('INPUT_NOT_FOUND', `${file.path}: ${messageOf(error)}`, { cause: error });
  }
  reader.finish(chunk);
  yield chunk;
}

async function withLatest(file: PlannedFile, options: IngestOptions): Promise<IngestOptions> {
  if (options.referenceYear !== undefined || options.latestMs !== undefined) return options;
  const found = await stat(file.path).catch(() => undefined);
  return found ? { ...options, latestMs: found.mtimeMs } : options;
}

function certReader(file: PlannedFile, context: ParseContext): RecordReader {
  return new CertReader(basename(file.path), certKindOfPath(file.path), monthOfPath(file.path), context);
}

function lineReader(file: PlannedFile, context: ParseContext): RecordReader {
  const origin = basename(file.path);
  const parse = parserOf(file.format);
  return {
    take(source, line, chunk) {
      const { text } = source;
      if (isBlank(text)) return;
      chunk.records.push({ origin, line, raw: text, outcome: outcomeOfLine(source, (line) => parse(line, context)) });
    },
    finish() {},
  };
}

/** A format named by the user is held to; `syslog`, which `auto` gives to mixed files, takes any text. */
function parserOf(format: ImportFormat): (line: string, context: ParseContext) => ParseOutcome {
  const strict =
    (reason: 'bad-leef' | 'bad-cef', mark: string) =>
    (line: string, context: ParseContext): ParseOutcome =>
      findPayload(line, 'LEEF:') >= 0 || findPayload(line, 'CEF:') >= 0
        ? parseTextLine(line, context)
        : deadLetter(reason, `no ${mark} header in the record`);
  if (format === 'leef') return strict('bad-leef', 'LEEF');
  if (format === 'cef') return strict('bad-cef', 'CEF');
  if (format === 'jsonl') {
    return (line, context) =>
      line.includes('{') ? parseTextLine(line, context) : deadLetter('bad-json', 'not a JSON object');
  }
  return parseTextLine;
}
