import type { ParseOutcome, SourceRecord } from '../domain/ingest.ts';
import { type CertKind, type CertLayout, layoutByWidth, layoutFromHeader } from './cert-columns.ts';
import { parseCertRow } from './cert-row.ts';
import { endsInQuotes, splitCsvRow } from './csv-row.ts';
import { parseLdapRow } from './ldap-row.ts';
import type { SourceLine } from './line-source.ts';
import type { ParseContext } from './options.ts';
import { deadLetter } from './outcome.ts';
import { type Chunk, isBlank, outcomeOfLine, type RecordReader } from './record-reader.ts';

/** A quoted field may run over lines; beyond these bounds its quote is taken for a stray one. */
const MAX_JOINED_LINES = 500;
const MAX_JOINED_CHARS = 256 * 1024;

interface NumberedLine {
  source: SourceLine;
  line: number;
}

/**
 * Records of one CERT file. A record whose quoted field goes on in the next lines is put together first; when no closing
 * quote comes within bounds, each of the lines is a record of its own, so that one stray quote costs one record.
 */
export class CertReader implements RecordReader {
  readonly #origin: string;
  readonly #kind: CertKind | undefined;
  readonly #month: string;
  readonly #context: ParseContext;
  #layout: CertLayout | undefined;
  #isFirst = true;
  #header: string | undefined;
  #open: NumberedLine[] = [];
  #openChars = 0;

  constructor(origin: string, kind: CertKind | undefined, month: string, context: ParseContext) {
    this.#origin = origin;
    this.#kind = kind;
    this.#month = month;
    this.#context = context;
  }

  take(source: SourceLine, line: number, chunk: Chunk): void {
    if (this.#open.length > 0) {
      this.#continueRecord(source, line, chunk);
      return;
    }
    if (isBlank(source.text)) return;
    if (!source.isTooLong && source.text.includes('"') && endsInQuotes(source.text)) {
      this.#open = [{ source, line }];
      this.#openChars = source.text.length;
      return;
    }
    this.#emit(source, line, chunk);
  }

  finish(chunk: Chunk): void {
    if (this.#open.length > 0) this.#giveUpJoining(chunk);
  }

  #continueRecord(source: SourceLine, line: number, chunk: Chunk): void {
    this.#open.push({ source, line });
    this.#openChars += source.text.length + 1;
    const isWithin = this.#open.length <= MAX_JOINED_LINES && this.#openChars <= MAX_JOINED_CHARS && !source.isTooLong;
    if (!isWithin) {
      this.#giveUpJoining(chunk);
      return;
    }
    // Inside quotes only a quote can end the field, and only this line is new.
    if (!source.text.includes('"') || endsInQuotes(`"${source.text}`)) return;
    const lines = this.#open;
    this.#open = [];
    const text = lines.map((open) => open.source.text).join('\n');
    const isBadUtf8 = lines.some((open) => open.source.isBadUtf8);
    this.#emit({ text, isTooLong: false, isBadUtf8 }, lines[0]!.line, chunk);
  }

  #giveUpJoining(chunk: Chunk): void {
    const lines = this.#open;
    this.#open = [];
    for (const { source, line } of lines) if (!isBlank(source.text)) this.#emit(source, line, chunk);
  }

  #emit(source: SourceLine, line: number, chunk: Chunk): void {
    const record: SourceRecord = {
      origin: this.#origin,
      line,
      raw: source.text,
      outcome: deadLetter('bad-csv', 'a quoted field is not closed'),
    };
    if (source.isTooLong || !endsInOpenQuotes(source.text)) {
      const outcome = this.#parse(source, chunk);
      if (outcome === undefined) return;
      record.outcome = outcome;
    }
    chunk.records.push(record);
  }

  /** `undefined` for a header and for a person put into the chunk's directory. */
  #parse(source: SourceLine, chunk: Chunk): ParseOutcome | undefined {
    let taken = false;
    const outcome = outcomeOfLine(source, (text) => {
      // Files put together from several repeat the header.
      if (text === this.#header) {
        taken = true;
        return deadLetter('bad-csv', 'header');
      }
      const row = splitCsvRow(text);
      if (this.#isFirst) {
        this.#isFirst = false;
        // A header is one line: a stray quote in it must not take records with it.
        if (!text.includes('\n')) this.#layout = layoutFromHeader(row, this.#kind);
        if (this.#layout) {
          this.#header = text;
          taken = true;
          return deadLetter('bad-csv', 'header');
        }
      }
      const layout = this.#layout ?? layoutByWidth(this.#kind, row) ?? layoutByWidth('logon', row);
      if (!layout) return deadLetter('bad-csv', `${row.length} columns, and no header says what they are`);
      if (layout.kind !== 'ldap') return parseCertRow(row, layout, this.#context);
      const person = parseLdapRow(row, layout, this.#month);
      if (person.kind === 'dead-letter') return person;
      chunk.directory.push(person.record);
      taken = true;
      return deadLetter('bad-csv', 'directory');
    });
    return taken ? undefined : outcome;
  }
}

const endsInOpenQuotes = (text: string): boolean => text.includes('"') && endsInQuotes(text);
