import { describe, expect, it } from 'vitest';
import { makeActivity } from '../domain/activity.ts';
import type { SourceRecord } from '../domain/ingest.ts';
import type { AccountLink } from '../domain/people.ts';
import { leaveOut } from './leave-out.ts';
import { createTracking, LEAST_CONFIDENCE, trackEveryone } from './tracking.ts';

const link = (account: string, person: string, confidence = 1, domain = ''): AccountLink => ({
  domain,
  account,
  person,
  confidence,
  reason: '',
});
const entries = (...accounts: string[]) => accounts.map((account) => ({ account }));

describe('an entry', () => {
  it.each([
    ['jdoe', 'jdoe', false],
    ['JDoe', 'CORP\\jdoe', false],
    ['jdoe', 'jdoe@corp.example', false],
    ['jdoe', 'CORP\\JDOE', false],
    [' jdoe ', '.\\jdoe', false],
    ['jdoe', 'jdoes', true],
    ['jdoe', 'adm-jdoe', true],
    ['CORP\\jdoe', 'jdoe', false],
    ['CORP\\jdoe', 'corp\\JDoe', false],
    ['CORP\\jdoe', 'OTHER\\jdoe', true],
    ['CORP\\jdoe', 'jdoe@corp.example', false],
    // The suffix of a user principal name need not resemble the domain.
    ['CORP\\jdoe', 'jdoe@example.com', false],
    ['jdoe@corp.example', 'CORP\\jdoe', false],
    ['jdoe@example.com', 'jdoe@ad.example.com', false],
    ['jdoe@example.com', 'jdoe@example.org', true],
    ['ｊｄｏｅ', 'jdoe', false],
    ['', 'jdoe', true],
    ['S-1-5-21-1-2-3-1104', 's-1-5-21-1-2-3-1104', false],
  ])('%j beside the account %j: tracked %s', (entry, account, isTracked) => {
    expect(createTracking(entries(entry)).isTracked('', account)).toBe(isTracked);
  });

  it('counts in every domain, unless it names one', () => {
    const tracking = createTracking([{ account: 'anna' }, { domain: 'Branch', account: 'bert' }]);
    expect(tracking.isTracked('Branch', 'anna')).toBe(false);
    expect(tracking.isTracked('branch', 'bert')).toBe(false);
    expect(tracking.isTracked('', 'bert')).toBe(true);
  });
});

describe('accounts of the same person', () => {
  const links = [
    link('CORP\\jdoe', 'p-1'),
    link('jd4711', 'p-1', 0.98),
    link('adm-jdoe', 'p-1', 0.7),
    link('guess', 'p-1', LEAST_CONFIDENCE - 0.01),
    link('CORP\\anna', 'p-2'),
  ];

  it('are left out too, guesses are not', () => {
    const tracking = createTracking(entries('jdoe'), links);
    for (const account of ['CORP\\jdoe', 'jd4711', 'CORP\\jd4711', 'adm-jdoe'])
      expect([account, tracking.isTracked('', account)]).toEqual([account, false]);
    for (const account of ['guess', 'CORP\\anna']) expect(tracking.isTracked('', account)).toBe(true);
  });

  it('stay out once no link says so any more, and come back with the entry gone', () => {
    const { linked: remembered } = createTracking(entries('jdoe'), links);
    expect(createTracking(entries('jdoe'), [], { remembered }).isTracked('', 'jd4711')).toBe(false);
    expect(createTracking(entries('jdoe'), [], { remembered }).linked).toHaveLength(remembered.length);
    const without = createTracking(entries('anna'), [], { remembered });
    expect(without.isTracked('', 'jd4711')).toBe(true);
    expect(without.linked).toEqual([]);
  });

  it('are known from directory and aliases before any log names them', () => {
    const sameNames = [
      ['jdoe', 'jane.doe@corp.example', 'jd4711'],
      ['jd4711', 'x-jane'],
      ['root', 'jdoe'],
      ['anna', 'anna@corp.example'],
    ];
    const tracking = createTracking(entries('CORP\\jdoe'), [link('x-jane', 'p-9'), link('y-jane', 'p-9', 0.9)], {
      sameNames,
    });
    for (const account of ['jane.doe@corp.example', 'jd4711', 'x-jane', 'y-jane', 'root'])
      expect([account, tracking.isTracked('', account)]).toEqual([account, false]);
    // A name that everybody has is one account somewhere.
    expect(tracking.isTracked('', 'WS-7\\root')).toBe(true);
    expect(tracking.isTracked('', 'anna')).toBe(true);
  });

  it('of another domain are somebody else', () => {
    const tracking = createTracking(
      [{ domain: 'Branch', account: 'jdoe' }],
      [...links, link('jd', 'p-3', 1, 'Branch')],
    );
    expect(tracking.isTracked('', 'jd4711')).toBe(true);
    expect(tracking.isTracked('Branch', 'jdoe')).toBe(false);
  });
});

describe('tracking', () => {
  it('tracks nobody before the list was read, everybody when it is empty', () => {
    expect(createTracking(undefined)).toMatchObject({ isKnown: false });
    expect(createTracking(undefined).isTracked('', 'anna')).toBe(false);
    expect(trackEveryone()).toMatchObject({ isKnown: true });
    expect(trackEveryone().isTracked('', 'anna')).toBe(true);
  });

  it('finds names in text as whole words', () => {
    const tracking = createTracking(entries('jdoe', 'john.smith', 'root'));
    for (const text of ['{"user":"CORP\\\\JDOE"}', 'mail from john.smith.', 'jdoe@corp.example'])
      expect([text, tracking.isNamedIn(text)]).toEqual([text, true]);
    for (const text of ['jdoes', 'root logged on', '']) expect(tracking.isNamedIn(text)).toBe(false);
  });

  it('leaves out records, and names that others act on', () => {
    const tracking = createTracking(entries('jdoe'));
    const record = (more: object, raw = ''): SourceRecord => ({
      origin: 'x',
      line: 1,
      raw,
      outcome: { kind: 'activity', activity: makeActivity({ timeMs: 0, ...more }) },
    });
    expect(leaveOut(record({ account: 'CORP\\jdoe' }), tracking)).toBeUndefined();
    const anna = record({ account: 'anna' });
    expect(leaveOut(anna, tracking)).toBe(anna);
    expect(leaveOut(record({ account: 'anna', targetAccount: 'jdoe' }), tracking)).toMatchObject({
      outcome: { activity: { account: 'anna', targetAccount: '' } },
    });
    const dead = (raw: string): SourceRecord => ({
      ...record({}, raw),
      outcome: { kind: 'dead-letter', reason: 'bad-json', detail: '' },
    });
    expect(leaveOut(dead('{user:jdoe'), tracking)).toBeUndefined();
    expect(leaveOut(dead('{user:anna'), tracking)).toBeDefined();
  });

  it('answers quickly with long lists', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => ({ account: `user${i}` }));
    const tracking = createTracking(
      many,
      many.map(({ account }, i) => link(`CORP\\${account}`, `p-${i}`)),
    );
    const started = performance.now();
    for (let i = 0; i < 200_000; i++) tracking.isTracked('', `CORP\\user${i % 60_000}`);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(tracking.isTracked('', 'CORP\\user59999')).toBe(true);
  });
});
