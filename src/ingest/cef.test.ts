import { describe, expect, it } from 'vitest';
import { activityOf, TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import { type CefEvent, parseCef } from './cef.ts';
import { parseSyslogLine } from './index.ts';

const extensionOf = (text: string): Record<string, string> =>
  Object.fromEntries((parseCef(`CEF:0|V|P|1|s|n|3|${text}`, 0) as CefEvent).extension);

describe('CEF', () => {
  it.each<[string, Record<string, string>]>([
    ['src=10.0.0.192 dst=12.121.122.82  spt=1232', { src: '10.0.0.192', dst: '12.121.122.82', spt: '1232' }],
    [' msg=words with spaces cs1Label=Rule name cs1=x', { msg: 'words with spaces', cs1Label: 'Rule name', cs1: 'x' }],
    ['moo=this =has = equals\\=', { moo: 'this =has = equals=' }],
    ['moo=this \\has \\ backslashs\\', { moo: 'this \\has \\ backslashs\\' }],
    ['moo=this|has a pipe', { moo: 'this|has a pipe' }],
    ['a=1\\n2 b=c\\\\d', { a: '1\n2', b: 'c\\d' }],
    ['filePath=C:\\new\\readme.txt x=1', { filePath: 'C:\\new\\readme.txt', x: '1' }],
    ['cs1= cs2Label="Safe Name" cs2=', { cs1: '', cs2Label: '"Safe Name"', cs2: '' }],
    ['not key value pairs', {}],
  ])('extension %j', (text, expected) => expect(extensionOf(text)).toEqual(expected));

  it('unescapes header fields', () => {
    const event = parseCef('CEF:0|security\\\\\\||threat\\|manager|1.\\|0|10|tro\\\\jan|\\|10|', 0);
    expect(event).toMatchObject({
      vendor: 'security\\|',
      product: 'threat|manager',
      productVersion: '1.|0',
      name: 'tro\\jan',
      severity: '|10',
    });
  });

  it.each(['CEF:0|a|b|c', 'CEF:0|', 'CEF:0|a|b|c\\|d|e|f'])('%s is bad-cef', (line) => {
    expect(parseSyslogLine(line, TEST_OPTIONS)).toMatchObject({ kind: 'dead-letter', reason: 'bad-cef' });
  });

  it.each([
    ['rt=1436755482000', Date.UTC(2015, 6, 13, 2, 44, 42)],
    ['rt=Sep 03 14:54:59 UTC', Date.UTC(2022, 8, 3, 14, 54, 59)],
    ['rt=epochlong end=1599144899', Date.UTC(2020, 8, 3, 14, 54, 59)],
    ['startTime=Fri Oct 21 11:10:02 2022', Date.UTC(2022, 9, 21, 11, 10, 2)],
  ])('time of %s', (extension, timeMs) => {
    expect(activityOf(parseSyslogLine(`CEF:0|V|P|1|s|n|3|${extension}`, TEST_OPTIONS)).timeMs).toBe(timeMs);
  });

  it('maps users, hosts, bytes, outcome and severity', () => {
    const line =
      'CEF:0|Acme|Gateway|1|100|User logon failed|High|rt=1599144899000 suser=alice sntdom=CORP src=10.0.0.1 dvchost=gw1 out=10 in=20';
    expect(activityOf(parseSyslogLine(line, TEST_OPTIONS))).toMatchObject({
      class: 'authentication', activity: 'logon', outcome: 'failure', account: 'CORP\\alice', source: '10.0.0.1', device: 'gw1', bytesOut: 10, bytesIn: 20, severity: 8, eventCode: 100,
    }); // biome-ignore format: fields of one record
  });

  it('reads Windows events by their id', () => {
    const line =
      'CEF:0|Microsoft|Microsoft Windows||Microsoft-Windows-Security-Auditing:4624|An account was successfully logged on.|Low|rt=1599144899000 externalId=4624 duser=alice dntdom=CORP src=10.0.0.1 dvchost=DC1 cn1Label=LogonType cn1=10';
    expect(activityOf(parseSyslogLine(line, TEST_OPTIONS))).toMatchObject({
      class: 'authentication', activity: 'logon', outcome: 'success', account: 'CORP\\alice', logonType: 10, device: 'DC1', eventCode: 4624,
    }); // biome-ignore format: fields of one record
  });
});
