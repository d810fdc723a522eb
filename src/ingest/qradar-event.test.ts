import { describe, expect, it } from 'vitest';
import type { Activity } from '../domain/activity.ts';
import { createEventReader, DEFAULT_INGEST_OPTIONS, parseSyslogLine } from './index.ts';

const T = Date.UTC(2026, 0, 20, 12);
const read = createEventReader({ ...DEFAULT_INGEST_OPTIONS, maxRecordBytes: 2000 });
const row = (more: object) => ({ arrivalMs: T + 2000, deviceMs: T, logSourceId: 62, qid: 5, eventCount: 1, ...more });

function activityOf(more: object): Activity {
  const { outcome } = read(row(more), 1).record;
  if (outcome.kind === 'dead-letter') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.activity;
}

const LINES = [
  '<134>1 2026-01-20T12:00:00Z gw nss - - - LEEF:2.0|Zscaler|NSS|6.2|upload|x09|devTime=1768910400000\tcat=http\tusrName=anna\turl=https://x.example/a\tsrcBytes=5\teventUid=7',
  'Jan 20 12:00:00 host7 sshd[44]: Failed password for anna from 10.0.0.7 port 4242 ssh2',
  'CEF:0|Vendor|Product|1|100|Login|3|rt=1768910400000 suser=anna src=10.0.0.7 act=allowed',
];

describe('an event of QRadar', () => {
  it.each(LINES)('comes to what the line comes to by syslog: %s', (line) => {
    const byLine = parseSyslogLine(line, { ...DEFAULT_INGEST_OPTIONS, latestMs: T + 2000 });
    for (const payload of [line, `${line}\r\n`]) {
      const { record } = read(row({ payload, username: 'somebody', sourceIp: '1.2.3.4', logSourceType: 'Other' }), 3);
      expect(record.outcome).toEqual(byLine);
      expect(record).toMatchObject({ raw: line, line: 3 });
    }
  });

  it('belongs to the domain that QRadar says, whatever the payload claims', () => {
    const payload = LINES[0]!.replace('\tcat', '\tdomain=evil\tdomainName=worse\tcat');
    expect(activityOf({ payload, domainId: 0, domainName: 'Default Domain' }).domain).toBe('');
    expect(activityOf({ payload, domainId: 3, domainName: 'Subsidiary' }).domain).toBe('Subsidiary');
    expect(activityOf({ payload, domainId: 3 }).domain).toBe('domain 3');
  });

  it("is told by QRadar's columns where no parser knows the payload", () => {
    const columns = {
      payload: '<13>Jan 20 11:59:58 box7 %X-4-734: opaque words of a vendor',
      username: 'CORP\\anna',
      sourceIp: '10.0.0.7',
      destinationIp: '0.0.0.0',
      logSource: 'Cisco ASA @ fw1.corp.example',
      logSourceType: 'Cisco ASA',
      eventName: 'User logged in',
      category: 'Host Login Succeeded',
      highCategory: 'Authentication',
      severity: 3,
    };
    expect(activityOf(columns)).toMatchObject({
      // The time of the line, so that the line has one identity however it comes.
      timeMs: T - 2000,
      class: 'authentication',
      activity: 'logon',
      outcome: 'success',
      account: 'CORP\\anna',
      source: '10.0.0.7',
      target: '',
      device: 'box7',
      logSource: 'Cisco ASA',
    });
    expect(activityOf({ ...columns, payload: 'no header at all' })).toMatchObject({
      timeMs: T,
      device: 'fw1.corp.example',
      severity: 3,
    });
  });

  it.each([
    ['Authentication', 'User Login Failure', 'authentication', 'logon', 'failure'],
    ['Authentication', 'Misc Logout', 'authentication', 'logoff', 'unknown'],
    ['Authentication', 'User Account Added', 'account_change', 'create', 'unknown'],
    ['Authentication', 'Group Member Removed', 'group_management', 'remove_member', 'unknown'],
    ['Authentication', 'Password Change Succeeded', 'account_change', 'password_change', 'success'],
    ['Authentication', 'Privilege Escalation Failed', 'authorize_session', 'privilege_use', 'failure'],
    ['Authentication', 'Remote Access Login Succeeded', 'tunnel', 'connect', 'success'],
    ['Access', 'Firewall Deny', 'network', 'connect', 'failure'],
    ['Access', 'Database Action Allowed', 'datastore', 'query', 'success'],
    ['Access', 'File Access', 'file_system', 'open', 'unknown'],
    ['System', 'Process Creation Success', 'process', 'launch', 'success'],
    ['Application', 'Web Access', 'http', 'visit', 'unknown'],
    ['Malware', 'Virus Detected', 'detection_finding', 'alert', 'unknown'],
    ['Unknown', 'Stored', 'base_event', 'other', 'unknown'],
  ])('of %s, %s is %s/%s', (highCategory, category, klass, activity, outcome) => {
    const told = activityOf({ highCategory, category, username: 'anna' });
    expect([told.class, told.activity]).toEqual([klass, activity]);
    if (outcome !== 'unknown') expect(told.outcome).toBe(outcome);
  });

  it('without a payload is the same one when it is read again, and another one when it arrived at another time', () => {
    const bare = { username: 'anna', category: 'User Login Success', highCategory: 'Authentication' };
    const raw = (more: object) => read(row({ ...bare, ...more }), 1).record.raw;
    expect(raw({})).toBe(raw({ payload: ' ', eventName: 'renamed since', logSource: 'too' }));
    expect(raw({})).not.toBe(raw({ arrivalMs: T + 2001 }));
  });

  it('names who acted, for the question whether that person is tracked', () => {
    expect(read(row({ payload: LINES[0], username: 'CORP\\anna' }), 1).accounts).toEqual(['CORP\\anna', 'anna']);
    expect(read(row({ payload: 7, username: 'anna', domainId: 2, domainName: 'B' }), 1)).toMatchObject({
      accounts: ['anna'],
      domain: 'B',
    });
  });

  it('counts what coalescing made of many', () => {
    expect(read(row({ username: 'anna', eventCount: 40 }), 1).eventCount).toBe(40);
  });

  it.each([
    ['a row without arrival', { arrivalMs: undefined }, 'missing-field'],
    ['a time that is text', { arrivalMs: '1768910400000' }, 'missing-field'],
    ['a severity beyond ten', { severity: 11 }, 'missing-field'],
    ['a payload that is a list', { payload: [] }, 'missing-field'],
    ['a payload beyond the limit', { payload: `LEEF:1.0|${'x'.repeat(2000)}` }, 'too-long'],
    ['nothing known', { eventName: 'odd', highCategory: 'Unknown' }, 'unknown-format'],
  ])('is a dead letter: %s', (_, more, reason) => {
    expect(read(row(more), 1).record.outcome).toMatchObject({ kind: 'dead-letter', reason });
  });
});
