import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../config/secrets.ts';
import { escapeText, textWidth } from './escape-text.ts';
import { createLogger } from './logger.ts';
import { createJsonLines, createOutput, formatJsonLine } from './output.ts';
import { createProgress, formatDuration, formatProgress } from './progress.ts';
import { formatTable } from './table.ts';

/** Characters a terminal may act on, or a reader cannot see. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('escapeText', () => {
  it('leaves no control, bidirectional or invisible character', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !UNSAFE.test(escapeText(text))));
    expect(escapeText('a\u001b[2Jb\u202egpj.exe\u0007')).toBe('a\\u{1b}[2Jb\\u{202e}gpj.exe\\u{7}');
    expect(escapeText('Zoë 用户')).toBe('Zoë 用户');
    expect(escapeText('x'.repeat(600)).length).toBe(500);
  });
});

describe('formatTable', () => {
  it('aligns cells, wide characters included, and escapes and cuts them', () => {
    const table = formatTable(
      [{ title: 'person', maxWidth: 8 }, { title: 'events', align: 'right' }, { title: 'note' }],
      [
        ['pgustavo', 12, 'ok'],
        ['用户', 3, undefined],
        ['a very long name', Number.NaN, 'x\ny'],
      ],
    );
    expect(table.split('\n')).toEqual([
      'person    events  note',
      'pgustavo      12  ok',
      '用户           3  -',
      'a very …       -  x\\u{a}y',
      '',
    ]);
  });
  it('keeps every line of a column at the same width', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { minLength: 1, maxLength: 5 }), (names) => {
        const lines = formatTable(
          [{ title: 'a' }, { title: 'b' }],
          names.map((name) => [name, 'end']),
        ).split('\n');
        expect(new Set(lines.slice(1, -1).map(textWidth)).size).toBe(1);
      }),
    );
  });
});

describe('JSON lines', () => {
  it('are one line each, safe on a terminal, and read back the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = formatJsonLine({ text });
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(line.slice(0, -1))).toBe(false);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
    expect(formatJsonLine({ value: Number.NaN })).toBe('{"value":null}\n');
  });

  it('wait for a slow reader, so that little is held in memory', async () => {
    let _held = 0;
    let most = 0;
    const slow = new Writable({
      highWaterMark: 16_384,
      write(chunk, _encoding, done) {
        setImmediate(done);
        _held -= chunk.length;
      },
    });
    const lines = createJsonLines(createOutput(slow));
    for (let i = 0; i < 5000; i++) {
      _held += 120;
      await lines.write({ i, text: 'x'.repeat(100) });
      most = Math.max(most, slow.writableLength);
    }
    await lines.end();
    expect(most).toBeLessThan(200_000);
  });

  it('stop with STOPPED when the reader has gone', async () => {
    let told = 0;
    const gone = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const output = createOutput(gone, () => told++);
    const write = async () => {
      for (let i = 0; i < 10; i++) {
        await output.write('x'.repeat(100_000));
        await new Promise(setImmediate);
      }
    };
    await expect(write()).rejects.toMatchObject({ code: 'STOPPED' });
    expect(output.closed).toBe(true);
    expect(told).toBe(1);
  });
});

describe('progress', () => {
  it('shows share, rate and time left, and fits the terminal', () => {
    const state = { label: 'import', unit: 'events', done: 250_000, total: 1_000_000, elapsedMs: 5000 };
    expect(formatProgress(state, 120)).toBe(
      'import  [======                  ] 25%  250,000 of 1,000,000 events  50,000/s  15 s left',
    );
    for (const columns of [20, 40, 60]) expect(formatProgress(state, columns).length).toBeLessThan(columns);
    expect(formatProgress({ ...state, total: undefined }, 120)).toBe('import  250,000 events  50,000/s');
    expect([59, 60, 3700].map(formatDuration)).toEqual(['59 s', '1 min 0 s', '1 h 1 min']);
  });

  it('draws at most ten times a second on a terminal and nothing elsewhere', () => {
    const drawn: string[] = [];
    let ms = 0;
    const stderr = { write: (text: string) => void drawn.push(text), isTTY: true, columns: 80 };
    const progress = createProgress({ stderr, now: () => ms }, { label: 'x', unit: 'rows', total: 1000 });
    for (let i = 0; i < 1000; i++) {
      ms += 1;
      progress.update(i);
    }
    progress.end();
    progress.end();
    expect(drawn.length).toBeLessThanOrEqual(12);
    expect(drawn.at(-1)).toBe('\r\u001b[2K');
    const quiet = createProgress({ stderr: { ...stderr, isTTY: false }, now: () => ms }, { label: 'x', unit: 'rows' });
    drawn.length = 0;
    quiet.update(5);
    quiet.end();
    expect(drawn).toEqual([]);
  });
});

describe('log', () => {
  const TOKEN = 'f00dfeed-1234-4321-"quoted"';
  it('never holds a secret, in any field, at any depth', () => {
    let text = '';
    const log = createLogger({
      level: 'debug',
      write: (line) => {
        text += line;
      },
      now: () => 0,
      secrets: [new Secret(TOKEN)],
    });
    const circle: Record<string, unknown> = { count: 3n };
    circle.self = circle;
    log.info({ token: TOKEN, password: TOKEN, nested: { apiKey: TOKEN, list: [{ Authorization: TOKEN }] } }, 'named');
    log.warn({ url: `https://x/?t=${TOKEN}`, error: new Error(`bad token ${TOKEN}`) }, `free text ${TOKEN}`);
    log.error({ secret: new Secret(TOKEN), holder: { any: new Secret(TOKEN) } }, 'wrapped');
    log.debug({ circle, bytes: Buffer.from(TOKEN) }, 'odd values');
    expect(text.trim().split('\n')).toHaveLength(4);
    expect(text).not.toContain('f00dfeed');
    expect(text).not.toContain(Buffer.from(TOKEN).toJSON().data.join(','));
    for (const line of text.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ time: '1970-01-01T00:00:00.000Z' });
  });

  it('keeps to its level', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'warn', write: (line) => void lines.push(line), now: () => 0, secrets: [] });
    log.info({}, 'no');
    log.warn({ files: 2 }, 'yes');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ files: 2, msg: 'yes' }]);
  });
});
