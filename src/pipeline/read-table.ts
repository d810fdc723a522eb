import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { AppError } from '../domain/errors.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { MISSING, parseNumber, splitFields } from './table-fields.ts';

export interface LabelledTable {
  /** Every column but the label, in file order, in shared memory. Missing values are NaN. */
  matrix: Matrix;
  names: string[];
  /** 1 = anomaly; rows. */
  labels: Uint8Array;
}

const MOST_COLUMNS = 10_000;
const LONGEST_LINE = 16 * 1024 * 1024;
const MOST_VALUES = 512 * 1024 * 1024;
const LINE_FEED = 10;

/**
 * Reads a comma-separated table with a header line, plain or gzip (told by its content). Empty fields and NA, NaN, null
 * and ? are missing values.
 * @throws AppError INPUT_NOT_FOUND, INPUT_INVALID naming line and column
 */
export async function readTable(file: string, label: string, signal?: AbortSignal): Promise<LabelledTable> {
  const builder = new TableBuilder(label);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of openBytes(file, signal)) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        builder.line(bytes, start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > LONGEST_LINE)
        throw new AppError('INPUT_INVALID', `line ${builder.lines + 1} is longer than ${LONGEST_LINE} bytes`);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw asInputError(error);
  }
  if (rest.length > 0) builder.line(rest, 0, rest.length);
  return builder.finish();
}

async function* openBytes(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  })();
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  const feeding = (async () => {
    for await (const chunk of all)
      if (!gunzip.write(chunk)) await new Promise<void>((resolve) => gunzip.once('drain', resolve));
    gunzip.end();
  })().catch((error) => void gunzip.destroy(error));
  yield* gunzip as AsyncIterable<Buffer>;
  await feeding;
}

function asInputError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || !('code' in error)) return error;
  if (error.code === 'EISDIR') return new AppError('INPUT_INVALID', 'it is a folder, not a file');
  if (typeof error.code === 'string' && error.code.startsWith('Z_'))
    return new AppError('INPUT_INVALID', `the compressed data is damaged or cut off (${error.message})`);
  if (typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code))
    return new AppError('INPUT_NOT_FOUND', `it cannot be read (${error.code})`);
  return error;
}

class TableBuilder {
  lines = 0;
  readonly #label: string;
  #names: string[] | undefined;
  #labelAt = -1;
  #separator = ',';
  #values = new Float64Array(1 << 16);
  #labels = new Uint8Array(1 << 12);
  #rows = 0;

  constructor(label: string) {
    this.#label = label;
  }

  /** One line without its line feed. */
  line(bytes: Buffer, start: number, end: number): void {
    this.lines += 1;
    const stop = end > start && bytes[end - 1] === 13 ? end - 1 : end;
    if (stop === start) return;
    if (this.#names) this.#row(bytes, start, stop, this.#names);
    else this.#header(bytes.toString('utf8', start, stop));
  }

  #header(line: string): void {
    const text = line.replace(/^\ufeff/, '');
    this.#separator = [',', ';', '\t'].find((char) => text.includes(char)) ?? ',';
    const names = splitFields(text, this.#separator).map((name) => name.trim());
    if (names.length > MOST_COLUMNS)
      throw new AppError('INPUT_INVALID', `the header has ${names.length} columns, at most ${MOST_COLUMNS} are read`);
    const found = names.filter((name) => name === this.#label).length;
    if (found === 0)
      throw new AppError('INPUT_INVALID', `no column is named "${this.#label}"; the columns are ${listNames(names)}`);
    if (found > 1) throw new AppError('INPUT_INVALID', `${found} columns are named "${this.#label}"`);
    if (names.length === 1) throw new AppError('INPUT_INVALID', 'there is no column beside the label');
    this.#labelAt = names.indexOf(this.#label);
    this.#names = names;
  }

  #row(bytes: Buffer, start: number, end: number, names: string[]): void {
    const columns = names.length - 1;
    this.#grow(columns);
    const separator = this.#separator.charCodeAt(0);
    const quote = bytes.indexOf(34, start);
    if (quote >= 0 && quote < end) {
      const fields = splitFields(bytes.toString('utf8', start, end), this.#separator).map((text) => Buffer.from(text));
      this.#requireFields(fields.length, names);
      for (let at = 0; at < fields.length; at++) this.#put(at, fields[at]!, 0, fields[at]!.length, names);
    } else {
      let at = 0;
      for (let from = start; from <= end; at++) {
        let to = from;
        while (to < end && bytes[to] !== separator) to++;
        if (at < names.length) this.#put(at, bytes, from, to, names);
        from = to + 1;
      }
      this.#requireFields(at, names);
    }
    this.#rows += 1;
  }

  #put(at: number, bytes: Buffer, from: number, to: number, names: string[]): void {
    const value = parseNumber(bytes, from, to);
    if (at === this.#labelAt) {
      if (value !== 0 && value !== 1) this.#refuse(bytes, from, to, names[at]!, 'a label is 0 or 1');
      this.#labels[this.#rows] = value;
      return;
    }
    if (Number.isNaN(value) && !MISSING.has(bytes.toString('utf8', from, to).trim().toLowerCase()))
      this.#refuse(bytes, from, to, names[at]!, 'a number is expected');
    this.#values[this.#rows * (names.length - 1) + (at < this.#labelAt ? at : at - 1)] = value;
  }

  #refuse(bytes: Buffer, from: number, to: number, name: string, expected: string): never {
    const text = bytes.toString('utf8', from, Math.min(to, from + 40));
    throw new AppError(
      'INPUT_INVALID',
      `line ${this.lines}, column "${name.slice(0, 60)}": "${text}", but ${expected}`,
    );
  }

  #requireFields(found: number, names: string[]): void {
    if (found !== names.length)
      throw new AppError(
        'INPUT_INVALID',
        `line ${this.lines} has ${found} fields, but the header has ${names.length} columns`,
      );
  }

  #grow(columns: number): void {
    if (this.#rows === this.#labels.length) {
      const labels = new Uint8Array(this.#labels.length * 2);
      labels.set(this.#labels);
      this.#labels = labels;
    }
    const needed = (this.#rows + 1) * columns;
    if (needed <= this.#values.length) return;
    if (needed > MOST_VALUES) throw new AppError('INPUT_INVALID', `more than ${MOST_VALUES} values`);
    const values = new Float64Array(Math.min(MOST_VALUES, Math.max(needed, this.#values.length * 2)));
    values.set(this.#values);
    this.#values = values;
  }

  finish(): LabelledTable {
    if (!this.#names) throw new AppError('INPUT_INVALID', 'the file is empty');
    if (this.#rows === 0) throw new AppError('INPUT_INVALID', 'there is no row below the header');
    const labels = this.#labels.slice(0, this.#rows);
    if (!labels.includes(0) || !labels.includes(1))
      throw new AppError(
        'INPUT_INVALID',
        `every label in "${this.#label}" is ${labels[0]}; both 0 and 1 are needed to measure a ranking`,
      );
    const columns = this.#names.length - 1;
    const data = new Float64Array(new SharedArrayBuffer(this.#rows * columns * 8));
    data.set(this.#values.subarray(0, data.length));
    return { matrix: { rows: this.#rows, columns, data }, names: this.#names.toSpliced(this.#labelAt, 1), labels };
  }
}

const listNames = (names: string[]): string =>
  names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
