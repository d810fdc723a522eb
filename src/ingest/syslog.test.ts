import { describe, expect, it } from 'vitest';
import { activityOf, TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import { parseSyslogLine } from './index.ts';
import { parseContext } from './options.ts';
import { parseSyslog } from './syslog.ts';

const context = parseContext(TEST_OPTIONS);
const SEP_3 = Date.UTC(2022, 8, 3, 14, 54, 59);

describe('syslog headers before a payload', () => {
  it.each([
    ['Sep 03 14:54:59 host-a1: ', 'host-a1', SEP_3],
    ['<111> ', '', Number.NaN],
    ['<111>Sep 03 14:54:59 host-a1 ', 'host-a1', SEP_3],
    ['<111>Sep  3 14:54:59 host-a1 ', 'host-a1', SEP_3],
    ['<111>Sep 03 2022 14:54:59 host-a1 ', 'host-a1', SEP_3],
    ['<111>fenotify-1590500.warning: ', '', Number.NaN],
    ['<111> Sep 03 14:54:59 ', '', SEP_3],
    ['<111> Sep 03 14:54:59 host-a1 vectra_cef -: ', 'host-a1', SEP_3],
    ['<111>Sep 03 14:54:59 host-a1 named[pid]: ', 'host-a1', SEP_3],
    ['<111> Sep 03 14:54:59 host-a1 Manager 86680 AEM ', 'host-a1', SEP_3],
    ['<111> 2022-09-03T14:54:59.123+00:00Z host-a1 ', 'host-a1', SEP_3 + 123],
    ['<111>1 2022-09-03T14:54:59.123+00:00 host-a1 ', 'host-a1', SEP_3 + 123],
    ['<111>1 2022-09-03T14:54:59Z host-a1 app 12 ID - ', 'host-a1', SEP_3],
    ['<111>1 2022-09-03T14:54:59Z host-a1 app 12 ID [a@1 k="v \\"q\\" \\] \\\\"][b x="y"] ', 'host-a1', SEP_3],
    ['<111>1 - host-a1 app - - - ', 'host-a1', Number.NaN],
  ])('%j', (prefix, host, timeMs) => {
    const line = `${prefix}LEEF:1.0|V|P|1|e|`;
    const header = parseSyslog(line, prefix.length, context);
    expect(header.host).toBe(host);
    expect(header.timeMs).toEqual(timeMs);
    expect(header.message).toBe('LEEF:1.0|V|P|1|e|');
  });

  it('reads structured data with its escapes', () => {
    const header = parseSyslog('<34>1 2022-09-03T14:54:59Z h app 1 M [x@9 a="b\\"c" d="\\]"] text', -1, context);
    expect(Object.fromEntries(header.structuredData)).toEqual({ 'x@9.a': 'b"c', 'x@9.d': ']' });
    expect(header).toMatchObject({
      priority: 34,
      host: 'h',
      process: 'app',
      processId: '1',
      messageId: 'M',
      message: 'text',
    });
  });

  it('reads host, tag and text of RFC 3164', () => {
    const header = parseSyslog('Jun 14 15:16:01 combo sshd(pam_unix)[19939]: check pass; user unknown', -1, context);
    expect(header).toMatchObject({
      host: 'combo',
      process: 'sshd(pam_unix)',
      processId: '19939',
      message: 'check pass; user unknown',
    });
  });
});

describe('plain text', () => {
  it.each([
    [
      'sshd[1]: Accepted publickey for alice from 10.0.0.9 port 22 ssh2',
      'authentication',
      'logon',
      'success',
      'alice',
      '10.0.0.9',
    ],
    [
      'sshd[1]: Failed password for invalid user oracle from 10.0.0.9 port 22 ssh2',
      'authentication',
      'logon',
      'failure',
      'oracle',
      '10.0.0.9',
    ],
    [
      'sshd(pam_unix)[1]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=10.0.0.9  user=root',
      'authentication',
      'logon',
      'failure',
      'root',
      '10.0.0.9',
    ],
    ['su(pam_unix)[1]: session opened for user news by (uid=0)', 'authentication', 'logon', 'success', 'news', ''],
    [
      'su: pam_unix(su:session): session opened for user root(uid=0) by alice(uid=1000)',
      'authentication',
      'explicit_logon',
      'success',
      'alice',
      '',
    ],
    [
      'sshd[1]: pam_unix(sshd:session): session closed for user alice',
      'authentication',
      'logoff',
      'success',
      'alice',
      '',
    ],
    [
      'sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow',
      'authorize_session',
      'privilege_use',
      'success',
      'alice',
      '',
    ],
    ['useradd[1]: new user: name=bob, UID=1001', 'account_change', 'create', 'success', '', ''],
    ['cron[1]: (root) CMD (/usr/bin/backup)', 'scheduled_job', 'launch', 'success', 'root', ''],
    ['kernel: something else happened', 'base_event', 'other', 'unknown', '', ''],
  ])('%s', (text, activityClass, name, outcome, account, source) => {
    const activity = activityOf(parseSyslogLine(`<86>Jun 14 15:16:01 combo ${text}`, TEST_OPTIONS));
    expect(activity).toMatchObject({ class: activityClass, activity: name, outcome, account, source, device: 'combo' });
  });

  it.each([
    ['hello world', 'unknown-format'],
    ['<13>', 'empty-message'],
    ['<13>Jun 14 15:16:01 combo', 'empty-message'],
    ['<13>some text without a time', 'bad-time'],
    ['   ', 'empty-message'],
  ])('%j is a dead letter: %s', (line, reason) => {
    expect(parseSyslogLine(line, TEST_OPTIONS)).toMatchObject({ kind: 'dead-letter', reason });
  });

  it('uses the arrival time of a listener where the record has none', () => {
    const options = { ...TEST_OPTIONS, fallbackTimeMs: 1_700_000_000_000 };
    expect(activityOf(parseSyslogLine('CEF:0|V|P|1|1|User login|3|suser=a', options)).timeMs).toBe(1_700_000_000_000);
  });
});
