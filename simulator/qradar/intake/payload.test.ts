import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDeviceTime } from './device-time.ts';
import { readPayload } from './payload.ts';
import { readSyslogHeader } from './syslog-header.ts';

const NOW = Date.UTC(2026, 0, 20, 12);
const attributes = (text: string) => Object.fromEntries(readPayload(text)?.attributes ?? []);

describe('LEEF', () => {
  it.each([
    [
      'LEEF:1.0|Microsoft|MSExchange|4.0 SP1|15345|src=192.0.2.0\tdst=172.50.123.1\tusrName=joe.black',
      '15345',
      { src: '192.0.2.0', dst: '172.50.123.1', usrName: 'joe.black' },
    ],
    [
      'LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=192.0.2.0^dst=172.50.123.1^cat=anomaly',
      '41',
      { src: '192.0.2.0', dst: '172.50.123.1', cat: 'anomaly' },
    ],
    ['LEEF:2.0|V|P|1|41|x5E|a=1^b=x=y', '41', { a: '1', b: 'x=y' }],
    ['LEEF:2.0|V|P|1|41|0xa6|a=1¦b=2', '41', { a: '1', b: '2' }],
    ['LEEF:2.0|V|P|1|41||a=1\tb=2', '41', { a: '1', b: '2' }],
    ['LEEF:2.0|V|P|1|41|a=1\tb=2|3', '41', { a: '1', b: '2|3' }],
    ['Jan 18 11:07:53 odd prefix LEEF:1.0|IBM|Sense|1|x|usrName =jdoe', 'x', { usrName: 'jdoe' }],
  ])('%s', (text, eventId, expected) => {
    expect(readPayload(text)?.eventId).toBe(eventId);
    expect(attributes(text)).toEqual(expected);
  });

  it.each(['', 'LEEF:', 'LEEF:3.0|a|b|c|d|e', 'LEEF:1.0|a|b', 'nothing'])('is not: %s', (text) => {
    expect(readPayload(text)).toBeUndefined();
  });
});

describe('CEF', () => {
  it('reads escaped headers and values with spaces', () => {
    const text = String.raw`CEF:0|Sec\|urity|IDS|1.0|100|Worm stopped|7|src=10.0.0.1 spt=1232 suser=j doe msg=a\=b cs1=x y`;
    expect(readPayload(text)).toMatchObject({
      vendor: 'Sec|urity',
      product: 'IDS',
      eventId: '100',
      name: 'Worm stopped',
    });
    expect(attributes(text)).toEqual({
      src: '10.0.0.1',
      srcPort: '1232',
      usrName: 'j doe',
      msg: 'a=b',
      cs1: 'x y',
      cat: 'CEF',
      sev: '7',
    });
  });
});

describe('headers and times', () => {
  it.each([
    ['<13>1 2019-01-18T11:07:53.520Z myhost app - - - x', 'myhost', Date.UTC(2019, 0, 18, 11, 7, 53, 520)],
    ['<13>Jan 18 11:07:53 192.168.1.1 x', '192.168.1.1', Date.UTC(2026, 0, 18, 11, 7, 53)],
    ['Dec 31 23:59:59 host x', 'host', Date.UTC(2025, 11, 31, 23, 59, 59)],
    ['no header here', undefined, undefined],
  ])('%s', (text, host, timeMs) => expect(readSyslogHeader(text, NOW)).toEqual({ host, timeMs }));

  it.each([
    ['1767571442910', 1767571442910],
    ['2026-01-05T10:00:00.000Z', Date.UTC(2026, 0, 5, 10)],
    ['2026-01-05T10:00:00+0100', Date.UTC(2026, 0, 5, 9)],
    ['Jun 14 2010 10:25:35.000 UTC', Date.UTC(2010, 5, 14, 10, 25, 35)],
    ['2026-01-05 10:00:00', Date.UTC(2026, 0, 5, 10)],
    ['soon', undefined],
  ])('%s', (text, expected) => expect(readDeviceTime(text)).toBe(expected));
});

describe('hostile messages', () => {
  it('are read or not, but never fail', () => {
    const parts = fc.constantFrom(
      'LEEF:2.0',
      'LEEF:1.0',
      'CEF:0',
      '|',
      '\t',
      '=',
      '^',
      'x5E',
      '<13>1 ',
      ' ',
      '\\|',
      'a',
      'é',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts, { maxLength: 60 }).map((one) => one.join('')),
        ),
        (text) => {
          readPayload(text);
          readSyslogHeader(text, NOW);
          readDeviceTime(text);
        },
      ),
    );
  });
});
