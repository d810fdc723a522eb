import { describe, expect, it } from 'vitest';
import { activityOf, TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import { parseSyslogLine } from './index.ts';
import { type LeefEvent, parseLeef } from './leef.ts';

const attributesOf = (line: string): Record<string, string> =>
  Object.fromEntries((parseLeef(line, 0) as LeefEvent).attributes);

describe('LEEF', () => {
  it.each([
    ['1.0, tab', 'LEEF:1.0|V|P|1|e|src=1.2.3.4\tmsg=a=b'],
    ['2.0, character', 'LEEF:2.0|V|P|1|e|^|src=1.2.3.4^msg=a=b'],
    ['2.0, 0x hex', 'LEEF:2.0|V|P|1|e|0x5E|src=1.2.3.4^msg=a=b'],
    ['2.0, x hex', 'LEEF:2.0|V|P|1|e|x5e|src=1.2.3.4^msg=a=b'],
    ['2.0, two-byte hex', 'LEEF:2.0|V|P|1|e|xa6|src=1.2.3.4¦msg=a=b'],
    ['2.0, empty', 'LEEF:2.0|V|P|1|e||src=1.2.3.4\tmsg=a=b'],
    ['2.0, left out', 'LEEF:2.0|V|P|1|e|src=1.2.3.4\tmsg=a=b'],
    ['2.0, letter x', 'LEEF:2.0|V|P|1|e|x|src=1.2.3.4xmsg=a=b'],
    ['1.0, pipe', 'LEEF:1.0|V|P|1|e|src=1.2.3.4|msg=a=b'],
    ['tab written by a relay', 'LEEF:1.0|V|P|1|e|src=1.2.3.4#011msg=a=b'],
  ])('reads attributes: %s', (_name, line) => {
    expect(attributesOf(line)).toEqual({ src: '1.2.3.4', msg: 'a=b' });
  });

  it('keeps a pipe in a value when the delimiter is left out', () => {
    expect(attributesOf('LEEF:2.0|V|P|1|e|url=a|b\tsrc=1')).toEqual({ url: 'a|b', src: '1' });
  });

  it('takes an escaped pipe in a header field', () => {
    expect(parseLeef('LEEF:1.0|V\\|W|P|1|e|a=b', 0)).toMatchObject({ vendor: 'V|W', product: 'P', eventId: 'e' });
  });

  it.each(['LEEF:1.0|V|P', 'LEEF:3.0|V|P|1|e|a=b', 'LEEF:2.0|V|P|1|e|=|a=b', 'LEEF:2.0|V|P|1|e|x0|a=b'])(
    '%s is bad-leef',
    (line) => {
      expect(parseSyslogLine(line, TEST_OPTIONS)).toMatchObject({ kind: 'dead-letter', reason: 'bad-leef' });
    },
  );

  it('takes events that speak the names of activities as they are', () => {
    const line =
      "LEEF:2.0|Acme|Enterprise|1|send|x09|cat=email\tdevTime=2026-01-05T10:00:00.000+0000\tdevTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ\tusrName=CORP\\alice\tsrc=10.0.0.1\tidentHostName=WS1\trecipients=3\trecipientsExternal=2\tattachments=1\tsrcBytes=2048\toutcome=success\tsev=4\teventUid=e-7\tdomain=emea\tremovable=true\tprivileged=true\tsensitivity=2";
    expect(activityOf(parseSyslogLine(line, TEST_OPTIONS))).toMatchObject({
      class: 'email', activity: 'send', timeMs: Date.UTC(2026, 0, 5, 10), account: 'CORP\\alice', source: '10.0.0.1',
      device: 'WS1', recipients: 3, recipientsExternal: 2, attachments: 1, bytesOut: 2048, outcome: 'success', severity: 4,
      originId: 'e-7', domain: 'emea', removable: true, privileged: true, sensitivity: 2, logSource: 'Acme Enterprise',
    }); // biome-ignore format: fields of one record
  });

  it('reads Windows events by their id', () => {
    const line =
      '<13>1 2026-01-05T10:00:00Z dc1 LEEF:1.0|Microsoft|Windows|2019|4625|usrName=bob\taccountDomain=CORP\tsrc=10.0.0.7\tlogonType=3\tidentHostName=FS1';
    expect(activityOf(parseSyslogLine(line, TEST_OPTIONS))).toMatchObject({
      class: 'authentication', activity: 'logon', outcome: 'failure', account: 'CORP\\bob', source: '10.0.0.7', logonType: 3, device: 'FS1', eventCode: 4625,
    }); // biome-ignore format: fields of one record
  });

  it('guesses the class of other products', () => {
    const line =
      'LEEF:1.0|Acme|Proxy|1|Web access denied|devTime=1599144899000\tusrName=bob\turl=http://www.monster.com/jobs\tact=blocked\tdstBytes=99';
    expect(activityOf(parseSyslogLine(line, TEST_OPTIONS))).toMatchObject({
      class: 'http', activity: 'visit', outcome: 'failure', webCategory: 'job_search', target: 'www.monster.com', bytesIn: 99,
    }); // biome-ignore format: fields of one record
  });
});
