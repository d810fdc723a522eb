import { describe, expect, it } from 'vitest';
import { parseArguments } from './parse-arguments.ts';

describe('the command line', () => {
  it('fills in defaults', () => {
    expect(parseArguments(['--out', 'logs'])).toEqual({
      enterprise: { people: 200, days: 60, seed: 1, startDay: '2026-01-05', scenarios: true, zones: [] },
      write: { format: 'jsonl', certRelease: '6.2', out: 'logs', gzip: false },
    });
    expect(parseArguments(['--help'])).toBe('help');
  });

  it.each([
    [[], /--out DIR is missing/],
    [['--out', 'x', '--people', 'many'], /--people must be a whole number from 5/],
    [['--out', 'x', '--days', '0'], /--days must be/],
    [['--out', 'x', '--start', '2026-02-30'], /--start must be a calendar day/],
    [['--out', 'x', '--format', 'xml'], /--format must be one of jsonl, leef, cert/],
    [['--out', 'x', '--scenarios', 'alien'], /knows no "alien"/],
    [['--out', 'x', '--scenarios', 'snooping', '--no-scenarios'], /exclude each other/],
    [['--out', 'x', '--truth', 'x/truth.jsonl'], /--truth must lie outside --out/],
    [['--out', 'x', '--zones', 'Mars/Base'], /knows no zone/],
    [['--out', 'x', '--colour'], /--colour/],
  ])('says in one line what is wrong with %j', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
    expect(() => parseArguments(argv)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
