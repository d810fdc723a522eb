import { describe, expect, it } from 'vitest';
import { activityOf, TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import { parseSyslogLine } from './index.ts';

const parse = (record: unknown) => parseSyslogLine(JSON.stringify(record), TEST_OPTIONS);

describe('native JSON', () => {
  it('takes the fields of an activity and derives the rest', () => {
    const fields = {
      originId: 'e1',
      class: 'file_system',
      activity: 'copy',
      outcome: 'success',
      account: 'CORP\\a',
      device: 'WS1',
      resource: 'E:\\merger\\plan.xlsx',
      bytesOut: 12,
      removable: true,
    };
    expect(activityOf(parse({ ...fields, time: '2026-01-05T10:00:00Z' }))).toMatchObject({
      ...fields,
      timeMs: Date.UTC(2026, 0, 5, 10),
      fileCategory: 'spreadsheet',
      sensitivity: 2,
    });
  });
  it('leaves out fields of a wrong type and unknown words', () => {
    const activity = activityOf(
      parse({
        time: 1_767_607_200_000,
        class: 'http',
        activity: 'fly',
        account: { a: 1 },
        bytesOut: 'x',
        bytesIn: -3,
        removable: 'yes',
        sensitivity: 9,
        severity: 99,
      }),
    );
    expect(activity).toMatchObject({
      timeMs: 1_767_607_200_000,
      class: 'http',
      activity: 'other',
      account: '',
      bytesOut: 0,
      bytesIn: 0,
      removable: false,
      sensitivity: 0,
      severity: 10,
    });
  });
  it('keeps what the source says over what would be derived', () => {
    expect(
      activityOf(
        parse({
          time: 1_767_607_200_000,
          class: 'http',
          activity: 'visit',
          resource: 'http://monster.com/',
          webCategory: 'news',
          sensitivity: 3,
        }),
      ),
    ).toMatchObject({ webCategory: 'news', sensitivity: 3 });
  });
  it('needs a time', () => {
    expect(parse({ time: 'soon', class: 'http' })).toMatchObject({ reason: 'bad-time' });
  });
  it('reads a JSON list written one object to a line', () => {
    expect(activityOf(parseSyslogLine('[{"time":1767607200000,"class":"http"},', TEST_OPTIONS)).class).toBe('http');
  });
});

describe('QRadar forwarding profile', () => {
  const columns = { logSourceType: 'Custom', logSource: 'gw @ h1', logSourceIdentifier: 'h1', devTimeEpoch: 1_767_607_200_000, usrName: 'alice', src: '10.0.0.1', dst: '0.0.0.0', sev: 5, domainName: 'EMEA', eventName: 'User login failed', lowLevelCategory: 'User Login Failure', highLevelCategory: 'Authentication' };
  it('reads the payload first and QRadar columns around it', () => {
    const payload = 'LEEF:1.0|Acme|Proxy|1|visit|cat=http\turl=http://a.com/x\tusrName=bob';
    expect(activityOf(parse({ ...columns, payload }))).toMatchObject({ class: 'http', activity: 'visit', account: 'bob', domain: 'EMEA', timeMs: 1_767_607_200_000, logSource: 'Acme Proxy', source: '10.0.0.1', target: 'a.com' });
  });
  it('falls back on its columns', () => {
    expect(activityOf(parse({ ...columns, payload: 'free text' }))).toMatchObject({ class: 'authentication', activity: 'logon', outcome: 'failure', account: 'alice', severity: 5, logSource: 'Custom', target: '', device: 'h1' });
  });
  it('opens a payload once', () => {
    const inner = JSON.stringify({ ...columns, payload: JSON.stringify({ ...columns, payload: 'x' }) });
    expect(parse({ ...columns, payload: inner }).kind).toBe('activity');
  });
}); // biome-ignore format: records and what they become
