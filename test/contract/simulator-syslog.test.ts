import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOON, startTestConsole, type TestConsole } from '../simulator-client.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await startTestConsole();
});
afterAll(() => console.close());

const windows = (eventId: string, user: string, more = '') =>
  `<134>1 2026-01-20T11:59:00.000Z dc01 Windows - - - LEEF:2.0|Microsoft|Windows Security|10.0|${eventId}|x09|devTime=${NOON}\tcat=authentication\tusrName=${user}\tsrc=10.1.2.3\tdst=203.0.113.9${more}`;

async function writeTo(socket: Socket, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.end(text, () => resolve());
  });
  await new Promise((resolve) => socket.on('close', resolve));
}

const tcp = (text: string) => writeTo(createConnection(console.simulator.syslog.tcp, '127.0.0.1'), text);
const tls = (text: string) =>
  writeTo(
    connectTls({ port: console.simulator.syslog.tls, host: '127.0.0.1', ca: readFileSync(console.simulator.caFile) }),
    text,
  );
function udp(text: string): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) =>
    socket.send(text, console.simulator.syslog.udp, '127.0.0.1', (error) => {
      socket.close();
      if (error) reject(error);
      else resolve();
    }),
  );
}

async function rows(aql: string): Promise<Record<string, unknown>[]> {
  const { json } = await console.ask('POST', '/ariel/searches', { query: { query_expression: aql } });
  const ended = await console.ask('GET', `/ariel/searches/${json.search_id}`, { headers: { Prefer: 'wait=10' } });
  expect(ended.json.error_messages).toEqual([]);
  const results = await console.ask('GET', `/ariel/searches/${json.search_id}/results`);
  await console.ask('DELETE', `/ariel/searches/${json.search_id}`);
  return results.json.events as Record<string, unknown>[];
}

/** Until as many events have come in. */
async function arrived(count: number): Promise<void> {
  for (let i = 0; i < 200 && console.simulator.world.intake.received < count; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(console.simulator.world.intake.received).toBeGreaterThanOrEqual(count);
}

describe('syslog', () => {
  it('takes LEEF over UDP, TCP and TLS and makes searchable events of it', async () => {
    await udp(windows('4624', 'CORP\\udp', '\tlogonType=3'));
    await tcp(`${windows('4624', 'tcp')}\n${windows('4625', 'tcp', '\toutcome=failure')}\n`);
    await tls(`${windows('4624', 'tls')}\n`);
    await arrived(4);
    const found = await rows(
      'SELECT username, qidname(qid) AS name, categoryname(category) AS category, logsourcename(logsourceid) AS source, sourceip, eventdirection, devicetime, starttime, "Logon Type", "EventID", "Outcome" FROM events ORDER BY username LAST 5 MINUTES',
    );
    expect(found).toHaveLength(4);
    expect(found[0]).toEqual({
      username: 'CORP\\udp',
      name: 'Success Audit: An account was successfully logged on',
      category: 'User Login Success',
      source: 'WindowsAuthServer @ dc01',
      sourceip: '10.1.2.3',
      eventdirection: 'L2R',
      devicetime: NOON,
      starttime: NOON,
      'Logon Type': 3,
      EventID: '4624',
      Outcome: null,
    });
    expect(found.filter((row) => row.category === 'User Login Failure').map((row) => row.username)).toEqual(['tcp']);
    const sources = await console.ask('GET', '/config/event_sources/log_source_management/log_sources', {
      query: { fields: 'name,type_id,auto_discovered,last_event_time' },
    });
    expect(sources.json).toEqual([
      { name: 'WindowsAuthServer @ dc01', type_id: 12, auto_discovered: true, last_event_time: NOON },
    ]);
  });

  it('keeps what it cannot parse, and cuts what is too long', async () => {
    const before = console.simulator.world.intake.received;
    await tcp(
      `<13>Jan 20 11:59:00 weird just text\n<13>Jan 20 11:59:00 weird LEEF:1.0|V|P|1|x|usrName=long\tmsg=${'y'.repeat(5000)}\n`,
    );
    await arrived(before + 2);
    const found = await rows(
      "SELECT username, isunparsed, STRLEN(payload) AS length, qidname(qid) AS name FROM events WHERE LOGSOURCENAME(logsourceid) = 'Universal LEEF @ weird' ORDER BY length LAST 5 MINUTES",
    );
    expect(found).toEqual([
      { username: null, isunparsed: true, length: 35, name: 'Universal LEEF Unknown Event' },
      { username: 'long', isunparsed: false, length: 4096, name: 'Universal LEEF Unknown Event' },
    ]);
  });
});

describe('the way of a finding into QRadar', () => {
  it('goes over a log source, a mapping and a rule to a Username offense', async () => {
    const base = '/config/event_sources/log_source_management';
    const type = await console.ask('POST', `${base}/log_source_types`, { body: { name: 'UBA AI Sidecar' } });
    const parameters = [{ name: 'identifier', id: 0, value: 'uba-sidecar' }];
    await console.ask('POST', `${base}/log_sources`, {
      body: { name: 'sidecar', type_id: type.json.id, protocol_parameters: parameters },
    });
    const qid = await console.ask('POST', '/data_classification/qid_records', {
      body: { log_source_type_id: type.json.id, name: 'Peer deviation', low_level_category_id: 20001, severity: 6 },
    });
    await console.ask('POST', '/data_classification/dsm_event_mappings', {
      body: {
        log_source_type_id: type.json.id,
        log_source_event_id: 'peer_deviation',
        log_source_event_category: 'AIFinding',
        qid_record_id: qid.json.id,
      },
    });
    const before = console.simulator.world.intake.received;
    await tcp(
      `<134>1 2026-01-20T12:00:00.000Z uba-sidecar - - - - LEEF:2.0|Example|UBA AI Sidecar|1.0|peer_deviation|x09|cat=AIFinding\tsev=6\tusrName=jsmith\taiScore=87\tfindingId=f-1\n`,
    );
    await arrived(before + 1);
    const offenses = await console.ask('GET', '/siem/offenses', {
      query: { filter: 'offense_type=3', fields: 'id,offense_source,description,rules,log_sources' },
    });
    expect(offenses.json).toMatchObject([
      {
        offense_source: 'jsmith',
        description: 'AI Sidecar Finding\n containing Peer deviation\n',
        rules: [{ id: 100_003 }],
        log_sources: [{ name: 'sidecar' }],
      },
    ]);
    const [row] = await rows(
      `SELECT rulename(creeventlist) AS rules, hasoffense FROM events WHERE INOFFENSE(${offenses.json[0].id}) LAST 5 MINUTES`,
    );
    expect(row).toEqual({ rules: ['AI Sidecar Finding'], hasoffense: true });
  });

  it('stops when the rule is disabled', async () => {
    await console.ask('POST', '/analytics/rules/100003', { body: { enabled: false } });
    const before = console.simulator.world.intake.received;
    await tcp(
      `<134>1 2026-01-20T12:00:00.000Z uba-sidecar - - - - LEEF:2.0|E|S|1.0|peer_deviation|x09|cat=AIFinding\tusrName=other\n`,
    );
    await arrived(before + 1);
    expect(
      (await console.ask('GET', '/siem/offenses', { query: { filter: 'rules contains id=100003' } })).json,
    ).toHaveLength(1);
  });
});

describe('rules', () => {
  it('raise an offense at the eighth failed logon and extend it with each more', async () => {
    const before = console.simulator.world.intake.received;
    const failure = windows('4625', 'locked', '\toutcome=failure');
    await tcp([...Array(10).fill(failure), windows('4624', 'locked'), ''].join('\n'));
    await arrived(before + 11);
    const [offense] = (
      await console.ask('GET', '/siem/offenses', { query: { fields: 'offense_source,event_count,rules,severity' } })
    ).json;
    expect(offense).toMatchObject({
      offense_source: 'locked',
      event_count: 4,
      rules: [{ id: 100_001 }, { id: 100_002 }],
    });
  });
});

describe('UBA', () => {
  const { stringify } = JSON;
  it('raises risk by sense events, and an offense above the threshold', async () => {
    const { state } = console.simulator.world;
    state.settings.put('uba-threshold', { value: 8 });
    const before = console.simulator.world.intake.received;
    await tcp(`${windows('4625', 'CORP\\risky', '\toutcome=failure')}\n`.repeat(7));
    await arrived(before + 9);
    const found = await rows(
      "SELECT qidname(qid) AS name, \"Sense Value\" FROM events WHERE username = 'risky' AND LOGSOURCETYPENAME(devicetype) = 'IBM Sense' LAST 5 MINUTES",
    );
    expect(found).toEqual([
      { name: 'UBA Offense - User crossed risk threshold', 'Sense Value': null },
      { name: 'UBA : Repeated Failed Logons', 'Sense Value': 10 },
    ]);
    const { json } = await console.ask('GET', '/siem/offenses', {
      query: { filter: 'log_sources contains type_name="IBM Sense"' },
    });
    expect(json).toMatchObject([
      { offense_type: 3, offense_source: 'risky', description: expect.stringMatching(/^UBA : Create Offense\n/) },
    ]);
    const root = '/console/plugins/1101/app_proxy/api';
    expect((await console.ask('GET', '/user_info', { root, query: { username: 'risky' } })).json).toMatchObject({
      risk: 10,
      latest_risk: 10,
      source: 'ariel',
    });
    expect((await console.ask('GET', '/users_above_threshold', { root })).json.users).toContainEqual(
      expect.objectContaining({ username: 'risky' }),
    );
  });

  it('does not look at users who are not tracked', async () => {
    const { json } = await console.ask('GET', '/reference_data_collections/sets', {
      query: { filter: 'name="UBA : Users Not Tracked"' },
    });
    await console.ask('POST', '/reference_data_collections/set_entries', {
      body: { collection_id: json[0].id, value: 'private' },
    });
    console.clock.now = NOON + 120_000;
    const before = console.simulator.world.intake.received;
    await tcp(`${windows('4625', 'private', '\toutcome=failure')}\n`.repeat(7));
    await arrived(before + 7);
    expect(stringify(console.simulator.world.state.ubaUsers.values())).not.toContain('private');
  });

  it('survives a restart with events, offenses and risk', async () => {
    const read = async () => [
      (await console.ask('GET', '/siem/offenses')).text,
      await rows('SELECT COUNT(*) AS n, UNIQUECOUNT(username) AS users FROM events LAST 1 HOURS'),
      console.simulator.world.state.ubaUsers.values(),
    ];
    const before = await read();
    await console.restart();
    expect(await read()).toEqual(before);
  });
});
