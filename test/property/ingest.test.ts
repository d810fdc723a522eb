import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIVITY_CLASSES, ACTIVITY_NAMES } from '../../src/domain/activity.ts';
import { DEAD_LETTER_REASONS, type ParseOutcome } from '../../src/domain/ingest.ts';
import { type CefEvent, parseCef } from '../../src/ingest/cef.ts';
import { CertReader } from '../../src/ingest/cert-reader.ts';
import { splitCsvRow } from '../../src/ingest/csv-row.ts';
import { DEFAULT_INGEST_OPTIONS, parseSyslogLine } from '../../src/ingest/index.ts';
import { parseJavaTime } from '../../src/ingest/java-date-format.ts';
import { type LeefEvent, parseLeef } from '../../src/ingest/leef.ts';
import { parseContext } from '../../src/ingest/options.ts';
import type { Chunk } from '../../src/ingest/record-reader.ts';

const OPTIONS = { ...DEFAULT_INGEST_OPTIONS, referenceYear: 2022 };
const context = parseContext(OPTIONS);
const CLASSES: readonly string[] = ACTIVITY_CLASSES;
const NAMES: readonly string[] = ACTIVITY_NAMES;

/** An outcome another part of the product can rely on: known words, finite numbers, text where text belongs. */
function expectSound(outcome: ParseOutcome): void {
  if (outcome.kind === 'dead-letter') {
    expect(outcome.reason in DEAD_LETTER_REASONS).toBe(true);
    expect(outcome.detail.length).toBeLessThan(300);
    return;
  }
  const { activity } = outcome;
  expect(CLASSES).toContain(activity.class);
  expect(NAMES).toContain(activity.activity);
  for (const value of Object.values(activity)) {
    if (typeof value === 'number') expect(Number.isFinite(value) && value >= 0).toBe(true);
    else expect(['string', 'boolean']).toContain(typeof value);
  }
  expect(Object.keys(activity).length).toBe(29);
}

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');
/** Pieces of the grammars, so that random records get past the first test of a parser. */
const PIECES = ['LEEF:2.0|', 'LEEF:1.0|A|B|1|e|', 'CEF:0|', 'a|b|c|d|e|f|', '|', '\\', '=', '\t', ' ', '"', '{', '}', '[', ']', ':', ',', '<13>', '<13>1 ', 'x5E|', '^', 'devTime=', 'devTimeFormat=yyyy', 'rt=', 'cat=http', 'Sep 03 14:54:59 ', '2026-01-05T10:00:00Z ', 'host ', 'sshd[1]: ', 'Failed password for ', ' from ', '"EventID":4624', '"Channel":"Security"', '"time":1767607200000', '"class":"http"', '__proto__', 'constructor', 'null', '-', '\u0000', '\ufeff', '\ud800', 'AgentDevice=WindowsLog\tEventID=4624\t']; // biome-ignore format: a list
const record = fc
  .array(
    fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 12 })),
    { maxLength: 30 },
  )
  .map((pieces) => oneLine(pieces.join('')));

describe('parsers', () => {
  it('never throw and always come to a sound outcome', () => {
    fc.assert(
      fc.property(record, (line) => expectSound(parseSyslogLine(line, OPTIONS))),
      { numRuns: 3000 },
    );
  });

  it('take any JSON object, with any value in the fields they look at', () => {
    const keys = ['EventID', 'Channel', 'Hostname', '@timestamp', 'Event', 'System', 'EventData', 'UserData', 'winlog', 'event_id', 'event_data', 'event', 'Message', 'time', 'class', 'activity', 'account', 'bytesOut', 'logSourceType', 'eventName', 'payload', 'devTimeEpoch', 'SubjectUserName', 'ObjectType', 'TargetUserName', 'Data', '__proto__', 'Keywords', 'Provider', 'TimeCreated']; // biome-ignore format: a list
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        4624,
        4688,
        4663,
        4728,
        33205,
        1,
        10,
        'Security',
        'Application',
        '2026-01-05T10:00:00Z',
        'http',
        'constructor',
        '__proto__',
      ),
    );
    const object = fc.letrec((tie) => ({
      node: fc.dictionary(fc.constantFrom(...keys), fc.oneof({ maxDepth: 3 }, value, tie('node')), { maxKeys: 12 }),
    })).node;
    fc.assert(
      fc.property(object, (item) => expectSound(parseSyslogLine(JSON.stringify(item), OPTIONS))),
      { numRuns: 600 },
    );
  });

  it('read back LEEF attributes of any value without the delimiter', () => {
    const delimiter = fc.constantFrom(
      ['1.0', '\t', ''],
      ['2.0', '\t', '|'],
      ['2.0', '\t', ''],
      ['2.0', '^', '^|'],
      ['2.0', '^', '0x5E|'],
      ['2.0', '\u00a6', 'xa6|'],
      ['2.0', ';', ';|'],
    );
    const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/);
    const values = fc.uniqueArray(fc.tuple(key, fc.string({ maxLength: 30 })), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(delimiter, values, ([version, mark, field], pairs) => {
        const clean = pairs.map(
          ([name, value]) => [name, oneLine(value).replaceAll(mark!, ' ').replaceAll('\t', ' ').trim()] as const,
        );
        // Without tabs a LEEF 1.0 or tab-separated record may be one whose tabs were replaced: two attributes rule that out.
        fc.pre(
          mark !== '\t' || (clean.length > 1 && !/^(?:0?x[0-9a-f]{1,4}|.)?\|/i.test(`${clean[0]![0]}=${clean[0]![1]}`)),
        );
        const line = `LEEF:${version}|V|P|1|e|${field}${clean.map(([name, value]) => `${name}=${value}`).join(mark)}`;
        const event = parseLeef(line, 0) as LeefEvent;
        expect(Object.fromEntries(event.attributes)).toEqual(Object.fromEntries(clean));
      }),
      { numRuns: 1000 },
    );
  });

  it('read back CEF header fields and extensions, escaped as the format says', () => {
    const text = fc.string({ maxLength: 30 }).map((value) => oneLine(value).replaceAll('\t', ' ').trim());
    const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/);
    const values = fc.uniqueArray(fc.tuple(key, text), { selector: ([name]) => name, maxLength: 8 });
    const header = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
    const extension = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('=', '\\=');
    fc.assert(
      fc.property(text, text, values, (vendor, name, pairs) => {
        const line = `CEF:0|${header(vendor)}|P|1|s|${header(name)}|3|${pairs.map(([k, v]) => `${k}=${extension(v)}`).join(' ')}`;
        const event = parseCef(line, 0) as CefEvent;
        expect([event.vendor, event.name]).toEqual([vendor, name]);
        expect(Object.fromEntries(event.extension)).toEqual(Object.fromEntries(pairs));
      }),
      { numRuns: 1000 },
    );
  });

  it('split CSV rows as csv-parse does', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', ' ', ';'), maxLength: 8 });
    const write = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    fc.assert(
      fc.property(fc.array(field, { minLength: 2, maxLength: 6 }), (row) => {
        const line = row.map(write).join(',');
        expect(splitCsvRow(line)).toEqual(row);
        expect(splitCsvRow(line)).toEqual((parseCsv(line, { relax_column_count: true }) as string[][])[0]);
      }),
      { numRuns: 1000 },
    );
  });

  it('account for every line of a CERT file, quoted fields over lines included', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' '), maxLength: 10 });
    const row = fc.record({ content: cell, isBroken: fc.boolean() });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const text = rows.map(
          ({ content, isBroken }, i) =>
            `{${i}},${isBroken ? 'x' : '01/02/2010'} 07:21:06,U1,PC,http://a.com/,"${content.replaceAll('"', '""')}"`,
        );
        const lines = ['id,date,user,pc,url,content', ...text].join('\n').split('\n');
        const reader = new CertReader('http.csv', 'http', '', context);
        const chunk: Chunk = { records: [], directory: [], bytesRead: 0 };
        lines.forEach((line, i) => {
          reader.take({ text: line, isTooLong: false, isBadUtf8: false }, i + 1, chunk);
        });
        reader.finish(chunk);
        expect(chunk.records.map((item) => item.outcome.kind)).toEqual(
          rows.map(({ isBroken }) => (isBroken ? 'dead-letter' : 'activity')),
        );
        expect(chunk.records.map((item) => item.raw)).toEqual(text);
      }),
      { numRuns: 300 },
    );
  });

  it('read any format as a date format without trouble', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."yMdHhmsSaEzZX'-: /.Q"), maxLength: 40 }),
        fc.string({ maxLength: 40 }),
        (format, text) => {
          const time = parseJavaTime(text, format, context);
          expect(Number.isNaN(time) || Number.isFinite(time)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
