import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventRow } from '../../simulator/qradar/ariel/store.ts';
import { NO_FAULTS } from '../../simulator/qradar/play/faults.ts';
import { type Ask, NOON, refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

const MINUTE = 60_000;
let console: TestConsole;
const slow = (slowArielMs: number) => console.simulator.world.faults.use({ ...NO_FAULTS, slowArielMs });

const post = (path: string, query: Ask['query'] = {}, more: Ask = {}) => console.ask('POST', path, { query, ...more });
const search = (aql: string, more: Ask = {}) => post('/ariel/searches', { query_expression: aql }, more);
const waited = (id: string) => console.ask('GET', `/ariel/searches/${id}`, { headers: { Prefer: 'wait=10' } });

/** Rows of a query, by the whole life of a search. */
async function rows(aql: string, more: Ask = {}): Promise<Record<string, unknown>[]> {
  const made = await search(aql, more);
  expect([made.status, made.json.message]).toEqual([201, undefined]);
  const id = made.json.search_id as string;
  const ended = await console.ask('GET', `/ariel/searches/${id}`, { ...more, headers: { Prefer: 'wait=10' } });
  expect(ended.json.error_messages).toEqual([]);
  const results = await console.ask('GET', `/ariel/searches/${id}/results`, more);
  await console.ask('DELETE', `/ariel/searches/${id}`, more);
  return (results.json.events ?? results.json.flows) as Record<string, unknown>[];
}

const event = (more: Partial<EventRow>): EventRow => ({
  starttime: NOON - 3 * MINUTE,
  endtime: NOON - 3 * MINUTE,
  devicetime: NOON - 4 * MINUTE,
  qid: 2_000_002,
  category: 3028,
  highlevelcategory: 3000,
  logsourceid: 62,
  devicetype: 12,
  sourceip: '10.1.2.3',
  destinationip: '10.0.0.1',
  eventdirection: 'L2L',
  username: 'jdoe',
  eventcount: 1,
  protocolid: 6,
  creeventlist: [100_001],
  attributes: JSON.stringify({ logonType: '3', processPath: 'C:\\Windows\\cmd.exe', $eventid$: '4625' }),
  payload: 'LEEF:2.0|Microsoft|Windows|1|4625|x09|usrName=jdoe\tEventID=4625\tmsg=An account failed to log on',
  offenses: [],
  ...more,
});

beforeAll(async () => {
  console = await startTestConsole();
  const { state, ariel } = console.simulator.world;
  state.qids.put(1, {
    id: 1,
    qid: 2_000_002,
    name: 'Failure Audit: An account failed to log on',
    description: 'Failed logon',
    severity: 3,
    low_level_category_id: 3028,
    log_source_type_id: 12,
    uuid: null,
  });
  const property = (id: number, name: string, type: 'string' | 'numeric') =>
    state.properties.put(id, {
      id,
      identifier: `p${id}`,
      name,
      username: 'admin',
      description: '',
      property_type: type,
      use_for_rule_engine: true,
      datetime_format: null,
      locale: null,
      auto_discovered: false,
      creation_date: 0,
      modification_date: 0,
    });
  const expression = (id: number, kind: 'leef' | 'regex', text: string) =>
    state.expressions.put(id, {
      id,
      identifier: `e${id}`,
      kind,
      regex_property_identifier: `p${id}`,
      expression: text,
      capture_group: 1,
      log_source_type_id: 12,
      log_source_id: null,
      qid: null,
      low_level_category_id: null,
      enabled: true,
    });
  property(1, 'Logon Type', 'numeric');
  property(2, 'Process Path', 'string');
  property(3, 'EventID', 'string');
  expression(1, 'leef', 'logonType');
  expression(2, 'leef', 'processPath');
  expression(3, 'regex', 'EventID=(\\d+)');
  state.logSources.put(62, { id: 62, name: 'WindowsAuthServer @ dc01', type_id: 12 } as never);
  state.assets.put(1, {
    id: 1,
    domain_id: 0,
    vulnerability_count: 0,
    risk_score_sum: 0,
    hostnames: [{ name: 'PC-1' }],
    interfaces: [{ ip_addresses: [{ value: '10.1.2.3' }] }],
    products: [],
    properties: [
      { id: 1, type_id: 1002, name: 'Unified Name', value: 'laptop', last_reported: 0, last_reported_by: '' },
    ],
    users: [{ username: 'jdoe' }],
  });
  await ariel.append('events', [
    event({}),
    event({
      username: 'ann',
      starttime: NOON - 2 * MINUTE,
      sourceip: '10.9.9.9',
      destinationip: '203.0.113.5',
      eventdirection: 'L2R',
      eventcount: 4,
      offenses: [7],
    }),
    event({
      username: null,
      starttime: NOON - MINUTE,
      qid: 5,
      creeventlist: [],
      attributes: '{}',
      payload: null,
      devicetype: 11,
    }),
    event({ username: 'old', starttime: NOON - 50 * MINUTE }),
    event({ username: 'branch', starttime: NOON - MINUTE, domainid: 7 }),
  ]);
  await ariel.append('flows', [
    {
      starttime: NOON - MINUTE,
      firstpackettime: NOON - MINUTE,
      sourceip: '10.1.2.3',
      destinationip: '10.0.0.9',
      sourcebytes: 5_000_000_000,
      destinationbytes: 10,
      applicationid: 1002,
      protocolid: 6,
    },
  ]);
});
afterAll(() => console.close());

describe('a search', () => {
  it('lives from WAIT to COMPLETED, and its results are read by Range', async () => {
    slow(150);
    const aql = 'SELECT username FROM events ORDER BY username LIMIT 10 LAST 2 HOURS';
    const made = await search(aql, { token: console.simulator.tokens.sidecar });
    expect([made.status, made.json]).toMatchObject([
      201,
      { status: 'WAIT', progress: 0, completed: false, query_string: aql, desired_retention_time_msec: 86_400_000 },
    ]);
    const id = made.json.search_id as string;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const early = await console.ask('GET', `/ariel/searches/${id}/results`);
    expect(refusal(early)).toEqual([404, 1003]);
    expect((await console.ask('GET', `/ariel/searches/${id}`, { headers: { Prefer: 'wait=0' } })).status).toBe(206);
    const ended = await waited(id);
    slow(0);
    expect([ended.status, ended.json]).toMatchObject([
      200,
      { status: 'COMPLETED', progress: 100, completed: true, record_count: 5 },
    ]);
    const page = await console.ask('GET', `/ariel/searches/${id}/results`, { headers: { Range: 'items=1-2' } });
    expect([page.status, page.headers['content-range'], page.json]).toEqual([
      200,
      'items 1-2/5',
      { events: [{ username: 'ann' }, { username: 'branch' }] },
    ]);
    const past = await console.ask('GET', `/ariel/searches/${id}/results`, { headers: { Range: 'items=50-60' } });
    expect(past.json).toEqual({ events: [] });
    expect(refusal(await console.ask('GET', `/ariel/searches/${id}/results`, { headers: { Range: 'x' } }))).toEqual([
      422, 36,
    ]);
    expect((await console.ask('GET', `/ariel/searches/${id}/metadata`)).json.columns).toMatchObject([
      { name: 'username', argument_type: 'String' },
    ]);
    expect((await console.ask('GET', '/ariel/searches', { query: { db_name: 'events' } })).json).toEqual([id]);
    expect((await console.ask('DELETE', `/ariel/searches/${id}`)).status).toBe(202);
    const gone = await console.ask('GET', `/ariel/searches/${id}`);
    expect([...refusal(gone), gone.json.message]).toEqual([404, 1002, `Query ${id} does not exist`]);
  });

  it('comes as CSV when that is the last Accept', async () => {
    const { json } = await search('SELECT username, qid FROM events ORDER BY username LIMIT 2 LAST 2 HOURS');
    await waited(json.search_id);
    const csv = await console.ask('GET', `/ariel/searches/${json.search_id}/results`, {
      headers: { Accept: ['application/json', 'application/csv'] },
    });
    expect(csv.text).toBe('username,qid\n,5\nann,2000002\n');
  });

  it('is found again for the same query, for a while', async () => {
    const aql = 'SELECT qid FROM events LIMIT 1 LAST 7 HOURS';
    const first = await search(aql);
    await waited(first.json.search_id);
    expect((await search(aql)).json).toMatchObject({ search_id: first.json.search_id, status: 'COMPLETED' });
    console.clock.now = NOON + 2 * MINUTE;
    expect((await search(aql)).json.search_id).not.toBe(first.json.search_id);
    console.clock.now = NOON;
  });

  it('takes a name by INTO, once', async () => {
    const made = await search('SELECT qid FROM events INTO my_cursor LIMIT 1 LAST 1 HOURS');
    expect(made.json.search_id).toBe('my_cursor');
    await waited('my_cursor');
    expect(refusal(await search('SELECT qid FROM events INTO my_cursor LIMIT 2 LAST 1 HOURS'))).toEqual([409, 1004]);
  });

  it.each(['CANCELED', 'CANCELLED'])('is ended by %s, with what it has so far', async (status) => {
    slow(5000);
    const { json } = await search(`SELECT qid, '${status}' AS x FROM events LAST 1 HOURS`);
    const canceled = await post(`/ariel/searches/${json.search_id}`, { status });
    slow(0);
    expect(canceled.json).toMatchObject({ status: 'CANCELED', completed: true });
    expect((await console.ask('GET', `/ariel/searches/${json.search_id}/results`)).json).toEqual({ events: [] });
  });

  it('is kept when saved, refuses other changes, and status wins over save_results', async () => {
    const { json } = await search('SELECT qid FROM events LIMIT 3 LAST 3 HOURS');
    await waited(json.search_id);
    const path = `/ariel/searches/${json.search_id}`;
    expect((await post(path, { save_results: true })).json.save_results).toBe(true);
    expect((await post(path, { save_results: false, status: 'CANCELED' })).json).toMatchObject({
      save_results: true,
      status: 'COMPLETED',
    });
    expect(refusal(await post(path))).toEqual([422, 1005]);
    expect(refusal(await post(path, { status: 'PAUSED' }))).toEqual([422, 1005]);
    expect(refusal(await post('/ariel/searches/none', { status: 'CANCELED' }))).toEqual([404, 1002]);
  });

  it('ends after a day, unless it is saved', async () => {
    const { json } = await search('SELECT qid FROM events LIMIT 4 LAST 3 HOURS');
    await waited(json.search_id);
    console.clock.now = NOON + 86_400_001;
    expect((await console.ask('GET', `/ariel/searches/${json.search_id}`)).status).toBe(404);
    console.clock.now = NOON;
  });

  it('is created by exactly one of two parameters', async () => {
    for (const query of [{}, { query_expression: 'SELECT qid FROM events', saved_search_id: 2 }]) {
      const refused = await post('/ariel/searches', query);
      expect([...refusal(refused), refused.json.message]).toEqual([422, 1005, 'Exactly one parameter is required.']);
    }
    const missing = await post('/ariel/searches', { saved_search_id: 277_612 });
    expect([...refusal(missing), missing.json.message]).toEqual([404, 1002, 'No Saved Search found with id: 277612']);
    expect((await post('/ariel/searches', { saved_search_id: 2 })).status).toBe(201);
  });

  it('may be asked for in a form, at version 6.0, and by a read-only service', async () => {
    const raw = new URLSearchParams({ query_expression: 'SELECT username FROM events LAST 9 HOURS' }).toString();
    const headers = { Version: '6.0', 'Content-Type': 'application/x-www-form-urlencoded' };
    const made = await console.ask('POST', '/ariel/searches', {
      raw,
      headers,
      token: console.simulator.tokens.readonly,
    });
    expect(made.status).toBe(201);
  });

  it('outlives a restart with its results', async () => {
    const { json } = await search('SELECT username FROM events ORDER BY username LIMIT 5 LAST 4 HOURS');
    await waited(json.search_id);
    const before = await console.ask('GET', `/ariel/searches/${json.search_id}/results`);
    await console.restart();
    expect((await console.ask('GET', `/ariel/searches/${json.search_id}/results`)).json).toEqual(before.json);
  });

  it('fails with a message when it cannot run', async () => {
    const { json } = await search("SELECT qid FROM events WHERE username MATCHES '(' LAST 1 HOURS");
    const ended = await waited(json.search_id);
    expect(ended.json).toMatchObject({
      status: 'ERROR',
      error_messages: [{ severity: 'ERROR', message: expect.any(String) }],
    });
  });
});

describe('windows', () => {
  const names = async (clauses: string) =>
    (await rows(`SELECT username FROM events ${clauses}`)).map((row) => row.username);
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

  it('are five minutes without a time clause', async () => {
    expect(await names('WHERE domainid = 0')).toEqual([null, 'ann', 'jdoe']);
  });

  it('are whole minutes', async () => {
    // Within the minute of the first event up to within the minute of the second.
    const [start, stop] = [NOON - 3 * MINUTE, NOON - 2 * MINUTE];
    expect(await names(`START '${at(start + 20_000)}' STOP '${at(stop + 20_000)}'`)).toEqual(['ann', 'jdoe']);
    expect(await names(`START '${at(start)}' STOP '${at(stop)}'`)).toEqual(['jdoe']);
    expect(await names(`START '${at(stop).slice(0, 16)}'`)).toEqual(['branch', null, 'ann']);
    expect(await names(`START ${start} STOP ${stop + 1}`)).toEqual(['ann', 'jdoe']);
    expect(await names("START PARSEDATETIME('1 hour ago') STOP PARSEDATETIME('10 minutes ago')")).toEqual(['old']);
    expect(await names(`START '${at(start).replaceAll('-', '/')}Z'`)).toHaveLength(4);
    expect(await names(`START '${at(start).replaceAll('-', ':').replace(' ', '-')}'`)).toHaveLength(4);
  });
});

describe('queries', () => {
  it('name results as typed, by alias, or after the function', async () => {
    const [row] = await rows(
      "SELECT sourceMAC, eventDirection, qidname(qid), LogSourceName(logSourceId), categoryname(highLevelCategory), rulename(creEventList), utf8(payload), username AS 'User Name', starttime AS \"When\" FROM events WHERE username = 'jdoe' LAST 1 HOURS",
    );
    expect(row).toMatchObject({
      sourceMAC: '00:00:00:00:00:00',
      eventDirection: 'L2L',
      qidname_qid: 'Failure Audit: An account failed to log on',
      logsourcename_logSourceId: 'WindowsAuthServer @ dc01',
      categoryname_highLevelCategory: 'Authentication',
      rulename_creEventList: ['Multiple Login Failures for the Same User'],
      'User Name': 'jdoe',
      When: NOON - 3 * MINUTE,
    });
    expect(row!.utf8_payload).toContain('LEEF:2.0');
  });

  it('show nothing as QRadar shows it', async () => {
    const [row] = await rows(
      'SELECT username, identityip, sourcev6, creeventlist, payload FROM events WHERE qid = 5 LAST 1 HOURS',
    );
    expect(row).toEqual({
      username: null,
      identityip: '0.0.0.0',
      sourcev6: '0:0:0:0:0:0:0:0',
      creeventlist: [],
      payload: null,
    });
  });

  it('give the usual columns for *', async () => {
    const [row] = await rows('SELECT * FROM events LIMIT 1 LAST 1 HOURS');
    expect(Object.keys(row!)).toEqual([
      'starttime',
      'protocolid',
      'sourceip',
      'logsourceid',
      'qid',
      'sourceport',
      'eventcount',
      'magnitude',
      'identityip',
      'destinationip',
      'destinationport',
      'category',
      'username',
    ]);
  });

  it('read custom properties from payloads', async () => {
    const query =
      'SELECT "Logon Type", "Process Path", "EventID" FROM events WHERE "Logon Type" = 3 AND "EventID" = 4625 AND username = \'jdoe\' LAST 1 HOURS';
    expect(await rows(query)).toEqual([{ 'Logon Type': 3, 'Process Path': 'C:\\Windows\\cmd.exe', EventID: '4625' }]);
    expect(await rows('SELECT "Process Path" FROM events WHERE qid = 5 LAST 1 HOURS')).toEqual([
      { 'Process Path': null },
    ]);
  });

  it('group, count, order and keep what HAVING keeps', async () => {
    const query =
      'SELECT eventdirection, COUNT(*) AS n, SUM(eventcount) AS total, UNIQUECOUNT(username) AS users, MAX(starttime), username FROM events WHERE domainid = 0 GROUP BY eventdirection HAVING n >= 1 AND SUM(eventcount) > 1 ORDER BY total DESC LIMIT 10 LAST 2 HOURS';
    expect(await rows(query)).toEqual([
      { eventdirection: 'L2R', n: 1, total: 4, users: 1, max_starttime: NOON - 2 * MINUTE, username: 'ann' },
      { eventdirection: 'L2L', n: 3, total: 3, users: 2, max_starttime: NOON - MINUTE, username: 'jdoe' },
    ]);
    expect(await rows('SELECT COUNT(*), FIRST(username) AS f, LAST(username) AS l FROM events LAST 2 HOURS')).toEqual([
      { count: 5, f: 'jdoe', l: 'branch' },
    ]);
  });

  it.each([
    ["username = 'JDOE'", []],
    ["LOWER(username) = 'jdoe'", ['jdoe']],
    ["username ILIKE 'J%' OR username LIKE '%nn'", ['jdoe', 'ann']],
    ["username MATCHES '^a' ", ['ann']],
    ["username IMATCHES '^(A|J)'", ['jdoe', 'ann']],
    ['username IS NULL', [null]],
    ["username IN ('ann', 'x')", ['ann']],
    ["NOT username IN ('ann', 'jdoe', 'branch')", []],
    ["username NOT IN ('ann', 'branch') AND username IS NOT NULL", ['jdoe']],
    ['starttime BETWEEN 1 AND 2', []],
    ["INCIDR('10.1.0.0/16', sourceip) AND username = 'jdoe'", ['jdoe']],
    ["TEXT SEARCH 'FAILED account' AND username = 'ann'", ['ann']],
    ['INOFFENSE(7)', ['ann']],
    ["REFERENCESETCONTAINS('UBA : Terminated Users', username)", ['jdoe']],
    ["CASE WHEN username = 'ann' THEN 1 ELSE 0 END = 1", ['ann']],
    ["IF username = 'ann' THEN true ELSE false", ['ann']],
    ["username || '@' || eventdirection = 'ann@L2R'", ['ann']],
    ["qid = '5'", [null]],
    ['eventcount * 2 + 1 - -1 > 9 AND eventcount / 2 = 2', ['ann']],
    ["sourceip IN (SELECT sourceip FROM events WHERE username = 'ann')", ['ann']],
    ["DATEFORMAT(devicetime, 'yyyy-MM-dd HH:mm') = '2026-01-20 11:56' AND username = 'ann'", ['ann']],
    ["hasoffense = 'false' AND STRLEN(username) = 3", ['ann']],
    ["SUBSTRING(username, 0, 2) = 'an' AND REPLACEALL('n', username, 'm') = 'amm'", ['ann']],
    ['/* a comment */ domainid = 7 -- another', ['branch']],
  ])('where %s', async (where, users) => {
    const { state } = console.simulator.world;
    if (state.entries.size === 0)
      state.entries.put(1, {
        id: 1,
        collection_id: 4,
        value: 'JDOE',
        domain_id: 0,
        source: '',
        notes: null,
        first_seen: NOON,
        last_seen: NOON,
        delete_entry: false,
      });
    const found = await rows(`SELECT username FROM events WHERE ${where}\n LAST 10 MINUTES`);
    expect(found.map((row) => row.username).sort()).toEqual([...users].sort());
  });

  it('look into reference data and assets', async () => {
    const row = (references: object) => ({
      first_seen: NOON,
      last_seen: NOON,
      domain_id: 0,
      source: '',
      ...references,
    });
    const common = {
      element_type: 'ALN',
      key_label: null,
      value_label: null,
      outer_key_label: null,
      key_name_types: null,
      timeout_type: 'UNKNOWN',
      time_to_live: 0,
      creation_time: 0,
      description: '',
      namespace: 'SHARED',
    };
    const { references } = console.simulator.world.state;
    references.put(1, {
      ...common,
      id: 1,
      kind: 'maps',
      name: 'dept',
      rows: [['jdoe', '', row({ value: 'Finance' }) as never]],
    });
    references.put(2, {
      ...common,
      id: 2,
      kind: 'map_of_sets',
      name: 'groups',
      rows: [['jdoe', '', row({ value: 'g1' }) as never]],
    });
    references.put(3, {
      ...common,
      id: 3,
      kind: 'tables',
      name: 'risk',
      rows: [['jdoe', 'score', row({ value: 80 }) as never]],
    });
    const query =
      "SELECT REFERENCEMAP('dept', username) AS dept, REFERENCETABLE('risk', 'score', username) AS score, ASSETUSER(sourceip, NOW()) AS u, ASSETHOSTNAME(sourceip) AS h, ASSETPROPERTY('Unified Name', sourceip) AS p, NETWORKNAME(sourceip) AS net, PROTOCOLNAME(protocolid) AS proto, DOMAINNAME(domainid) AS d FROM events WHERE REFERENCEMAPSETCONTAINS('groups', username, 'g1') LAST 1 HOURS";
    expect(await rows(query)).toEqual([
      {
        dept: 'Finance',
        score: 80,
        u: 'jdoe',
        h: 'PC-1',
        p: 'laptop',
        net: 'Net-10-172-192',
        proto: 'tcp_ip',
        d: 'Default Domain',
      },
    ]);
  });

  it('reach flows, whose big numbers stay exact', async () => {
    expect(
      await rows(
        'SELECT sourceip, SUM(sourcebytes) AS bytes, APPLICATIONNAME(applicationid) FROM flows GROUP BY sourceip LAST 1 HOURS',
      ),
    ).toEqual([{ sourceip: '10.1.2.3', bytes: 5_000_000_000, applicationname_applicationid: 'Web.SecureWeb' }]);
  });

  it('select from a sub-select', async () => {
    const query =
      'SELECT n, COUNT(*) AS users FROM (SELECT username, COUNT(*) AS n FROM events GROUP BY username LAST 2 HOURS) GROUP BY n LAST 2 HOURS';
    expect(await rows(query)).toEqual([{ n: 1, users: 5 }]);
  });

  it('show only the domains of the caller', async () => {
    const { state, services } = console.simulator.world;
    state.profiles.put(9, { id: 9, name: 'branch', description: '', domain_ids: [7] });
    const { token } = services.create({
      label: 'b',
      created_by: 'admin',
      user_role_id: 2,
      security_profile_id: 9,
      tenant_id: 0,
      expiration_date: null,
      read_only: false,
    });
    expect(await rows('SELECT username FROM events LAST 2 HOURS', { token })).toEqual([{ username: 'branch' }]);
  });
});

describe('bad queries', () => {
  it.each([
    ['SELECT qid FRM events', 11, 'FRM'],
    ['DELETE FROM events', 0, 'DELETE'],
    ['SELECT FROM events', 7, 'FROM'],
    ['SELECT qid FROM nowhere', 16, 'nowhere'],
    ['SELECT nothing FROM events', 7, 'nothing'],
    ['SELECT ProcessPath FROM events', 7, 'ProcessPath'],
    ['SELECT NOFUNCTION(qid) FROM events', 7, 'NOFUNCTION'],
    ['SELECT QIDNAME() FROM events', 7, 'QIDNAME'],
    ['SELECT COUNT(DISTINCT qid) FROM events', 13, 'DISTINCT'],
    ['SELECT qid FROM events WHERE username', 29, 'username'],
    ["SELECT qid FROM events WHERE qid = 'abc'", 35, 'abc'],
    ['SELECT qid FROM events WHERE COUNT(*) > 1', 29, 'COUNT'],
    ['SELECT qid FROM events GROUP BY username', 32, 'username'],
    ['SELECT qid FROM events ORDER BY username', 32, 'username'],
    ['SELECT qid FROM events LIMIT 5 LAST 5 MINUTE', 38, 'MINUTE'],
    ['SELECT qid FROM events LAST 5 MINUTES LIMIT 5', 38, 'LIMIT'],
    ["SELECT qid FROM events START 'yesterday'", 29, 'yesterday'],
    ["SELECT qid FROM events START '2026-01-05 10:00' STOP '2026-01-05 09:00'", 23, 'START'],
    ["SELECT qid FROM events WHERE username = 'open", 40, "'"],
    ['SELECT qid FROM events; DROP TABLE events', 22, ';'],
    ["SELECT qid FROM events WHERE TEXT SEARCH 'a' AND TEXT SEARCH 'b'", 29, 'TEXT'],
    ["SELECT qid FROM events WHERE INCIDR('10.0.0.0', sourceip)", 36, '10.0.0.0'],
    ["SELECT qid FROM events WHERE REFERENCESETCONTAINS('none', username)", 50, 'none'],
    ['SELECT SUM(username) FROM events', 11, 'username'],
    [`SELECT ${'('.repeat(500)}qid FROM events`, 67, '('],
  ])('%s', async (query, at, token) => {
    const refused = await search(query);
    expect(refusal(refused)).toEqual([422, 2000]);
    expect(refused.json.description).toBe('The query_expression contains invalid AQL syntax.');
    expect(refused.json.details).toMatchObject({
      start_index: at,
      token_text: token,
      line_number: 1,
      query_string: query,
      reason: expect.any(String),
    });
  });

  it('are named by the validator, which finds nothing in good ones', async () => {
    const bad = await post('/ariel/validators/aql', { query_expression: 'SELECT qid\nFROM nowhere' });
    expect(bad.json.error_messages).toMatchObject([
      { severity: 'ERROR', contexts: [{ line_number: 2, start_index: 16 }] },
    ]);
    const good = await post('/ariel/validators/aql', { query_expression: 'SELECT qid FROM events LAST 1 HOURS' });
    expect([good.status, good.json]).toEqual([200, { error_messages: null }]);
    const columns = await post('/ariel/processors/aql_metadata', {
      query_expression: 'SELECT qid, COUNT(*) AS n FROM events GROUP BY qid',
    });
    expect(columns.json.columns.map((one: { name: string }) => one.name)).toEqual(['qid', 'n']);
  });
});

describe('catalogue', () => {
  it('lists databases, columns with custom properties, functions and keywords', async () => {
    expect((await console.ask('GET', '/ariel/databases')).json).toEqual(['events', 'flows']);
    const { json } = await console.ask('GET', '/ariel/databases/events');
    expect(json.columns).toContainEqual(expect.objectContaining({ name: 'Process Path', nullable: true }));
    expect(refusal(await console.ask('GET', '/ariel/databases/none'))).toEqual([404, 1002]);
    const functions = await console.ask('GET', '/ariel/functions', {
      query: { database: 'events', filter: 'name = "QIDNAME"' },
    });
    expect(functions.json).toMatchObject([{ required_args: 1, return_type: 'String' }]);
    expect((await console.ask('GET', '/ariel/parser_keywords')).json.keywords).toContain('LAST');
  });
});
