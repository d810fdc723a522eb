import { describe, expect, it } from 'vitest';
import { composeAql, quoteName, quoteText, splitWindow } from './aql.ts';
import { parseRetryAfter } from './error-reply.ts';
import { hasMore, parseContentRange } from './paging.ts';
import { apiPath, encodeQuery } from './paths.ts';
import { backOffMs, DEFAULT_RETRY } from './retry.ts';
import { isUbaOffense, parseSenseEvent } from './sense.ts';
import { chooseVersion, compareVersions } from './versions.ts';

describe('Content-Range', () => {
  it.each([
    ['items 0-49/1234', { from: 0, to: 49, total: 1234 }],
    ['items 0--1/0', { from: 0, to: -1, total: 0 }],
    ['items 0-49/*', { from: 0, to: 49, total: undefined }],
    ['items 0-49', { from: 0, to: 49, total: undefined }],
    ['ITEMS=5-9/10', { from: 5, to: 9, total: 10 }],
    ['items 0-49/12x', { from: 0, to: 49, total: undefined }],
    ['bytes 0-1/2', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j', (header, expected) => {
    expect(parseContentRange(header)).toEqual(expected);
  });

  it('tells whether there is more', () => {
    expect(hasMore(0, 10, 10, 25)).toBe(true);
    expect(hasMore(20, 10, 5, 25)).toBe(false);
    expect(hasMore(0, 10, 4, 25)).toBe(true);
    expect(hasMore(0, 10, 10, undefined)).toBe(true);
    expect(hasMore(0, 10, 9, undefined)).toBe(false);
    expect(hasMore(0, 10, 25, 25)).toBe(false);
    expect(hasMore(20, 10, 0, 25)).toBe(false);
  });
});

describe('addresses', () => {
  it('encode names, blanks and plus signs', () => {
    expect(apiPath`/reference_data/sets/${'UBA : Users Not Tracked'}`).toBe(
      '/reference_data/sets/UBA%20%3A%20Users%20Not%20Tracked',
    );
    expect(encodeQuery({ sort: '+id', a: undefined, text: 'x & y', lone: '\ud800' })).toBe(
      'sort=%2Bid&text=x%20%26%20y&lone=%EF%BF%BD',
    );
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\nb'])('refuse the segment %j', (segment) => {
    expect(() => apiPath`/x/${segment}`).toThrow('address');
  });
});

describe('AQL', () => {
  const window = { fromMs: 1_790_000_010_500, toMs: 1_790_003_600_000 };

  it('states the window twice: whole minutes for the console, the exact one as conditions', () => {
    const aql = composeAql({
      select: ['username', 'COUNT(*) AS n'],
      from: 'events',
      where: ["username = 'a' OR qid = 1"],
      groupBy: ['username'],
      having: 'n > 1',
      orderBy: ['n DESC'],
      limit: 1000,
      window,
    });
    expect(aql).toBe(
      'SELECT username, COUNT(*) AS n FROM events WHERE starttime >= 1790000010500 AND starttime < 1790003600000 ' +
        "AND (username = 'a' OR qid = 1) GROUP BY username HAVING n > 1 ORDER BY n DESC LIMIT 1000 " +
        'START 1789999980000 STOP 1790003640000',
    );
  });

  it('lets flows arrive later than their last packet', () => {
    const aql = composeAql({
      select: ['sourceip'],
      from: 'flows',
      limit: 1,
      window: { fromMs: 60_000, toMs: 120_000 },
    });
    expect(aql).toContain('lastpackettime >= 60000 AND lastpackettime < 120000');
    expect(aql).toContain('START 60000 STOP 720000');
  });

  it('refuses a window without extent and a search without a limit', () => {
    const parts = { select: ['a'], from: 'events' as const, limit: 1 };
    expect(() => composeAql({ ...parts, window: { fromMs: 5, toMs: 5 } })).toThrow('window');
    expect(() => composeAql({ ...parts, limit: 0, window })).toThrow('limit');
  });

  it('quotes texts and names', () => {
    expect(quoteText("O'Brien")).toBe("'O''Brien'");
    expect(quoteName('Logon Type')).toBe('"Logon Type"');
    expect(() => quoteText('a\u0000')).toThrow('control');
    expect(() => quoteName('a"b')).toThrow('column');
  });

  it('splits a window at multiples of the step', () => {
    const hour = 3_600_000;
    const pieces = [...splitWindow({ fromMs: hour / 2, toMs: 2.25 * hour }, hour)];
    expect(pieces).toEqual([
      { fromMs: hour / 2, toMs: hour },
      { fromMs: hour, toMs: 2 * hour },
      { fromMs: 2 * hour, toMs: 2.25 * hour },
    ]);
  });
});

describe('waiting', () => {
  it('reads Retry-After in both forms', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
    expect(parseRetryAfter('Thu, 01 Jan 2020 00:01:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(undefined, now)).toBeUndefined();
  });

  it('doubles up to a bound, with jitter between a tenth and the whole', () => {
    expect(backOffMs(1, DEFAULT_RETRY, 0)).toBe(50);
    expect(backOffMs(1, DEFAULT_RETRY, 1)).toBe(500);
    expect(backOffMs(3, DEFAULT_RETRY, 1)).toBe(2000);
    expect(backOffMs(30, DEFAULT_RETRY, 1)).toBe(30_000);
  });
});

describe('versions', () => {
  it('order by number, not by text', () => {
    expect(['9.0', '26.0', '12.1', '12.0'].sort(compareVersions)).toEqual(['9.0', '12.0', '12.1', '26.0']);
  });

  it('auto takes the newest known one, also when it is deprecated, and none when there is none', () => {
    const offer = (version: string, more = {}) => ({ version, removed: false, deprecated: false, ...more });
    const offered = [
      offer('27.0'),
      offer('22.0', { deprecated: true }),
      offer('20.0'),
      offer('25.0', { removed: true }),
    ];
    expect(chooseVersion('auto', offered)).toEqual({ version: '22.0', deprecated: true });
    expect(chooseVersion('27.0', offered).version).toBe('27.0');
    expect(() => chooseVersion('auto', [offer('27.0')])).toThrow('up to 26.0');
  });
});

describe('UBA', () => {
  const offense = { type: 3, logSources: [{ id: 1, name: 'x', typeId: 2, typeName: 'Custom Rule Engine' }] };

  it('raises offenses about a user name, by its rules or from its log source', () => {
    expect(isUbaOffense(offense, ['UBA : Create Offense'])).toBe(true);
    expect(isUbaOffense(offense, ['Multiple Login Failures'])).toBe(false);
    expect(isUbaOffense({ ...offense, type: 0 }, ['UBA : Create Offense'])).toBe(false);
    const sense = [{ id: 1, name: 'x', typeId: 2, typeName: 'IBM Sense' }];
    expect(isUbaOffense({ ...offense, logSources: sense }, [])).toBe(true);
  });

  it('writes sense events', () => {
    const head = '<134>1 2026-01-05T10:00:00.000Z host - - - - LEEF:2.0|IBM|Sense|1.0|';
    expect(
      parseSenseEvent(
        `${head}new account use detected|usrName =jsmith\tsenseValue=5\tsenseScore=12.5\tcat=UBA\tstartTime=1790000000000`,
      ),
    ).toEqual({
      user: 'jsmith',
      senseValue: 5,
      senseScore: 12.5,
      eventId: 'new account use detected',
      category: 'UBA',
      timeMs: 1_790_000_000_000,
      kind: 'rule',
    });
    expect(parseSenseEvent(`${head}x|cat=UBA Machine Learning Anomaly\tusrName=a`)?.kind).toBe('machine-learning');
    expect(
      parseSenseEvent(`${head}UBA Offense - User crossed risk threshold|usrName=a\tsenseOffenseScore=90`),
    ).toMatchObject({ kind: 'threshold', senseScore: 90 });
    expect(parseSenseEvent('LEEF:1.0|Other|Product|1|x|usrName=a')).toBeUndefined();
    expect(parseSenseEvent(`${head}x|cat=UBA`)).toBeUndefined();
  });
});
