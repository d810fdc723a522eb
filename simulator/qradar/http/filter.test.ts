import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FilterError, NOT_FILTERABLE, NOT_PARSABLE, parseFilter } from './filter.ts';
import { matchesLike } from './filter-values.ts';
import { shape } from './shape.ts';
import { parseSort, sortRows } from './sort.ts';

const known = shape({
  id: 'number FS',
  status: 'string F=',
  name: 'string FS',
  description: 'string',
  custom: 'boolean F',
  group_ids: 'number[] F',
  closing_user: 'string F',
  rules: ['F', { id: 'number', type: 'string' }],
  interfaces: ['F', { ip_addresses: ['', { value: 'string' }] }],
});
const rows = [
  {
    id: 1,
    status: 'OPEN',
    name: 'web-a',
    description: 'x',
    custom: true,
    group_ids: [7, 8],
    closing_user: null,
    rules: [{ id: 5, type: 'CRE_RULE' }],
    interfaces: [{ ip_addresses: [{ value: '10.0.0.1' }] }],
  },
  {
    id: 2,
    status: 'CLOSED',
    name: 'Web-b',
    description: 'y',
    custom: false,
    group_ids: [],
    closing_user: 'ann',
    rules: [],
    interfaces: [],
  },
  {
    id: 30,
    status: 'HIDDEN',
    name: 'mail',
    description: 'z',
    custom: true,
    group_ids: [9],
    closing_user: 'bob',
    rules: [{ id: 6, type: 'ADE_RULE' }],
    interfaces: [{ ip_addresses: [{ value: '10.0.0.2' }, { value: '10.0.0.3' }] }],
  },
];
const ids = (filter: string) => rows.filter(parseFilter(filter, known)).map((row) => row.id);

describe('filter', () => {
  it.each([
    ['id = 1', [1]],
    ['id>1 AND status="OPEN"', []],
    ['id>0 AND status=OPEN', [1]],
    ['status in ("OPEN","HIDDEN") and id >= 2', [30]],
    ['status not in (OPEN)', [2, 30]],
    ['custom=TRUE', [1, 30]],
    ['custom = false or id = 30', [2, 30]],
    ['name like "web%"', [1]],
    ['name ilike "web%"', [1, 2]],
    ['name like "web_a"', [1]],
    ['name between a and n', [30]],
    ['id not between 2 and 30', [1]],
    ['id != 1', [2, 30]],
    ['id <> 1', [2, 30]],
    ['id ^= 1', [2, 30]],
    ['closing_user is null', [1]],
    ['closing_user is not null', [2, 30]],
    ['closing_user != "ann"', [30]],
    ['group_ids contains (. = 7)', [1]],
    ['group_ids contains . >= 9', [30]],
    ['rules contains type="CRE_RULE"', [1]],
    ['rules contains (type="ADE_RULE" and id=6) and id = 30', [30]],
    ['rules(id) = 6', [30]],
    ['interfaces(ip_addresses(value))="10.0.0.3"', [30]],
    ['interfaces contains ip_addresses contains value = "10.0.0.1"', [1]],
    ['not (id = 1 or id = 2)', [30]],
    ['custom=true and not id in (1,2)', [30]],
    ['name = "say \\"hi\\""', []],
  ])('%s', (filter, expected) => expect(ids(filter)).toEqual(expected));

  it.each(['description = "x"', 'nothing = 1', 'status > "A"', 'status like "O%"'])('may not use: %s', (filter) => {
    expect(() => parseFilter(filter, known)).toThrow(NOT_FILTERABLE);
  });

  it.each([
    '',
    'id',
    'id =',
    'id = 1 and',
    'id = abc',
    '(id = 1',
    'id = 1)',
    'custom = 3',
    'id in ()',
    'id not = 1',
    '"',
    'id like',
    '!',
    'id is 1',
  ])('cannot read: %s', (filter) => expect(() => parseFilter(filter, known)).toThrow(NOT_PARSABLE));

  it('fails on nothing but its own error', () => {
    const words = fc.constantFrom(
      'id',
      'status',
      '(',
      ')',
      'and',
      'or',
      'not',
      'in',
      '=',
      '"a"',
      '1',
      ',',
      'contains',
      'is',
      'null',
      'between',
      '.',
      '\\',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 30 }).map((w) => w.join(' ')),
        ),
        (text) => {
          try {
            rows.filter(parseFilter(text, known));
          } catch (error) {
            expect(error).toBeInstanceOf(FilterError);
          }
        },
      ),
    );
    expect(() => parseFilter('('.repeat(5000), known)).toThrow(NOT_PARSABLE);
    expect(() => parseFilter('not '.repeat(3000), known)).toThrow(NOT_PARSABLE);
  });

  it('matches a hostile pattern in time', () => {
    expect(matchesLike('a'.repeat(5000), `${'%a'.repeat(200)}b`, false)).toBe(false);
  });
});

describe('sort', () => {
  it('orders by several keys, and refuses what cannot be sorted by', () => {
    expect(sortRows(rows, parseSort('-id', known)!).map((row) => row.id)).toEqual([30, 2, 1]);
    expect(parseSort('+name,-id', known)).toEqual([
      { name: 'name', descending: false },
      { name: 'id', descending: true },
    ]);
    expect(parseSort(' id', known)).toEqual([{ name: 'id', descending: false }]);
    for (const bad of ['id', '+status', '+nothing', '', '+id,', '++id']) expect(parseSort(bad, known)).toBeUndefined();
  });
});
