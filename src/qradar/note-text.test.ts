import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_NOTE_CHARACTERS, noteMarker, readMarker, splitNote } from './note-text.ts';

const bodies = (notes: string[]) => notes.map((note) => note.replace(/^\[undercurrent [^\]]*\] /, ''));

describe('note text', () => {
  it('begins with the finding', () => {
    expect(splitNote('  text\r\nmore\u0007 ', 'f-1')).toEqual(['[undercurrent f-1 1/1] text\nmore']);
  });

  it('is split at lines, then at blanks, and nothing is lost', () => {
    const lines = Array.from({ length: 120 }, (_, i) => `line ${i} with some words in it`).join('\n');
    const notes = splitNote(lines, 'f-1');
    expect(notes.length).toBeGreaterThan(1);
    expect(bodies(notes).join('\n')).toBe(lines);
    const words = Array.from({ length: 900 }, (_, i) => `word${i}`).join(' ');
    expect(bodies(splitNote(words, 'f-1')).join(' ')).toBe(words);
  });

  it('fits into an address whatever the script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 9000 }), (text) => {
        if (text.replace(/[\p{Cc}\p{Cf}\s]/gu, '') === '') return;
        for (const note of splitNote(text, 'f-1')) {
          expect(note.length).toBeLessThanOrEqual(MAX_NOTE_CHARACTERS);
          expect(encodeURIComponent(note).length).toBeLessThanOrEqual(5500);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps characters whole', () => {
    const text = '😀'.repeat(3000);
    expect(bodies(splitNote(text, 'f-1')).join('')).toBe(text);
  });

  it('is cut after twenty parts, and says so', () => {
    const notes = splitNote('x'.repeat(100_000), 'f-1');
    expect(notes).toHaveLength(20);
    expect(notes[19]).toMatch(/ \(cut\)$/);
    for (const note of notes) expect(note.length).toBeLessThanOrEqual(MAX_NOTE_CHARACTERS);
  });

  it('is found by its marker, not by one that was written into the text', () => {
    expect(readMarker('[undercurrent f-1 2/3] x', 'f-1')).toEqual({ part: 2, parts: 3 });
    expect(readMarker('[undercurrent f-1 2/3] x', 'f-')).toBeUndefined();
    expect(readMarker('[undercurrent f-11 2/3] x', 'f-1')).toBeUndefined();
    expect(readMarker(splitNote('see [undercurrent f-2 1/1]', 'f-1')[0]!, 'f-2')).toBeUndefined();
  });

  it('refuses a finding id that could be mistaken', () => {
    for (const id of ['', 'a b', 'a]', 'x'.repeat(101)]) expect(() => noteMarker(id, 1, 1)).toThrow('finding id');
  });
});
