import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HeldBytes, KEPT_BYTES, MessageFramer } from './framer.ts';

interface Framed {
  messages: string[];
  cut: boolean[];
  isWhole: boolean;
  held: HeldBytes;
}

function frame(chunks: readonly Buffer[], maxBytes = 100_000, limit = 1 << 20): Framed {
  const framed: Framed = { messages: [], cut: [], isWhole: true, held: { used: 0, limit } };
  const framer = new MessageFramer(maxBytes, framed.held, (bytes, from, to, isCut) => {
    framed.messages.push(bytes.toString('latin1', from, to));
    framed.cut.push(isCut);
  });
  for (const chunk of chunks) framer.push(chunk);
  framed.isWhole = framer.finish();
  return framed;
}

const messagesOf = (text: string) => frame([Buffer.from(text, 'latin1')]).messages;
const counted = (text: string) => `${Buffer.byteLength(text, 'latin1')} ${text}`;

describe('framing', () => {
  it.each([
    ['line feeds', '<1>a\n<2>b\n', ['<1>a', '<2>b']],
    ['a last line without one', '<1>a\n<2>b', ['<1>a', '<2>b']],
    ['CR LF, NUL and empty lines', '<1>a\r\n\n\r\n<2>b\0\n', ['<1>a', '<2>b']],
    ['octet counting', `${counted('<1>a\nb')}${counted('<2>c')}`, ['<1>a\nb', '<2>c']],
    [
      'both in one stream',
      `${counted('<1>a')}<2>b\n${counted('<3>c')}\n${counted('<4>d\n')}`,
      ['<1>a', '<2>b', '<3>c', '<4>d'],
    ],
    [
      'a length that belongs to a line',
      '12 angry men\n2026-01-05 x\n1767600000 <1>x\n007 <1>x\n',
      ['12 angry men', '2026-01-05 x', '1767600000 <1>x', '007 <1>x'],
    ],
    ['digits at the end', '<1>a\n123', ['<1>a', '123']],
  ])('knows %s', (_, text, expected) => expect(messagesOf(text)).toEqual(expected));

  it('says that an octet-counted message did not come to its end', () => {
    const framed = frame([Buffer.from('4 <1>a20 <1>begun')]);
    expect(framed).toMatchObject({ messages: ['<1>a'], isWhole: false, held: { used: 0 } });
  });

  it('keeps the start of what is too long and goes on behind it', () => {
    const long = `<1>${'x'.repeat(20_000)}`;
    for (const text of [`${long}\n<2>b\n`, `${counted(long)}<2>b\n`]) {
      const framed = frame([Buffer.from(text)], 10_000);
      expect(framed.messages).toEqual([long.slice(0, KEPT_BYTES), '<2>b']);
      expect(framed.cut).toEqual([true, false]);
    }
  });

  it('cuts a message for which all streams together have no room', () => {
    const framed = frame([Buffer.alloc(9000, 'a'), Buffer.alloc(9000, 'b'), Buffer.from('\nc\n')], 100_000, 20_000);
    expect(framed.cut).toEqual([true, false]);
    expect(framed.messages.map(({ length }) => length)).toEqual([KEPT_BYTES, 1]);
    expect(framed.held.used).toBe(0);
  });

  it('gives the same messages whatever the chunks', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        '\r\n',
        '\0',
        ' ',
        '<',
        '<13>',
        '5 <1>ab',
        '12 <',
        '9',
        '0',
        '10 <1>x\n',
        'x'.repeat(70),
        'y'.repeat(5000),
      ),
      fc.string({ maxLength: 12 }).map((text) => counted(`<${text}`)),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.nat(200), { maxLength: 60 }),
        fc.constantFrom(64, 5000),
        (pieces, sizes, maxBytes) => {
          const whole = Buffer.from(pieces.join(''), 'latin1');
          const chunks: Buffer[] = [];
          let at = 0;
          for (const size of [...sizes, whole.length]) {
            chunks.push(whole.subarray(at, at + size));
            at += size;
          }
          expect(frame(chunks, maxBytes)).toEqual(frame([whole], maxBytes));
        },
      ),
      { numRuns: 1000, seed: 20_261_124 },
    );
  });
});
