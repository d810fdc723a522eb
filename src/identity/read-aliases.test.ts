import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAliases } from './read-aliases.ts';

describe('readAliases', () => {
  it('reads rows with and without notes, quotes, comments and a byte order mark', () => {
    const text = '\ufeffaccount,alias,note\n# people\nCORP\\jdoe,jd,short name\n\n"CORP\\o\'neil, p",poneil\r\n';
    expect(readAliases(text)).toEqual({
      rows: [
        { account: 'CORP\\jdoe', alias: 'jd' },
        { account: "CORP\\o'neil, p", alias: 'poneil' },
      ],
      problems: [],
    });
  });

  it('names the line of every bad row and keeps the good ones', () => {
    const text = `account,alias\njdoe,\n,jd\njdoe,jd\na,b,c,d\n${'x'.repeat(600)},y\n`;
    expect(readAliases(text)).toEqual({
      rows: [{ account: 'jdoe', alias: 'jd' }],
      problems: [
        { line: 2, reason: 'the alias is empty' },
        { line: 3, reason: 'the account is empty' },
        { line: 5, reason: '4 columns, at most 3 are expected' },
        { line: 6, reason: 'longer than 512 characters' },
      ],
    });
  });

  it('refuses a file without the header, and broken quotes', () => {
    expect(readAliases('jdoe,jd\n').problems).toHaveLength(1);
    expect(readAliases('account,alias\n"jdoe,jd\n').problems[0]).toMatchObject({ line: expect.any(Number) });
    expect(readAliases('')).toEqual({ rows: [], problems: [] });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readAliases(`account,alias\n${text}`)));
  });
});
