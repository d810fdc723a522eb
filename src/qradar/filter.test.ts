import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QRadarError } from './errors.ts';
import { allOf, anyOf, compare, containsItem, equals, isNull, not, quoteValue, within } from './filter.ts';

describe('filters', () => {
  it('write the forms of the grammar', () => {
    expect(compare('last_persisted_time', '>=', 1_790_000_000_000).text).toBe('last_persisted_time >= 1790000000000');
    expect(equals('assigned_to', 'analyst1').text).toBe('assigned_to = "analyst1"');
    expect(equals('interfaces(ip_addresses(value))', '10.0.0.1').text).toBe(
      'interfaces(ip_addresses(value)) = "10.0.0.1"',
    );
    expect(within('status', ['OPEN', 'HIDDEN']).text).toBe('status in ("OPEN", "HIDDEN")');
    expect(containsItem('group_ids', 7).text).toBe('group_ids contains (. = 7)');
    expect(containsItem('rules', 'CRE_RULE', 'type').text).toBe('rules contains (type = "CRE_RULE")');
    expect(isNull('assigned_to').text).toBe('assigned_to is null');
    expect(equals('follow_up', true).text).toBe('follow_up = true');
  });

  it('keep the order of and, or, not by parentheses', () => {
    const [a, b, c] = [equals('a', 1), equals('b', 2), equals('c', 3)];
    expect(allOf(anyOf(a, b), not(c)).text).toBe('(a = 1 or b = 2) and not (c = 3)');
    expect(anyOf(allOf(a), b).text).toBe('a = 1 or b = 2');
  });

  it('keep a backslash of a domain account', () => {
    expect(equals('offense_source', 'CORP\\jdoe').text).toBe('offense_source = "CORP\\jdoe"');
  });

  it('let no value out of its quotes: every accepted text stands between two quotes without another', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        let quoted: string;
        try {
          quoted = quoteValue(text);
        } catch (error) {
          expect(error).toBeInstanceOf(QRadarError);
          return;
        }
        expect(quoted).toBe(`"${text}"`);
        expect(text).not.toMatch(/"|\\$|\p{Cc}/u);
      }),
    );
  });

  it.each(['a" or id>0 or "', 'x\\', 'a\nb', 'x'.repeat(2000)])('refuse the value %j', (value) => {
    expect(() => equals('name', value)).toThrow(QRadarError);
  });

  it('refuse odd fields, empty lists and numbers that are none', () => {
    expect(() => equals('id or 1', 1)).toThrow('field');
    expect(() => within('id', [])).toThrow('at least one');
    expect(() => allOf()).toThrow('at least one');
    expect(() => equals('id', Number.NaN)).toThrow('finite');
  });
});
