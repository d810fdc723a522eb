import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventRow } from '../../simulator/qradar/ariel/store.ts';
import { contribute } from '../../simulator/qradar/state/offenses.ts';
import { NOON, refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

/** Queries of the forms that pages, consoles and public clients use: each parses, runs and gives what it should. */
const MINUTE = 60_000;
let console: TestConsole;

const event = (more: Partial<EventRow>): EventRow => ({
  starttime: NOON - 3 * MINUTE,
  endtime: NOON - 3 * MINUTE,
  devicetime: NOON - 5 * MINUTE,
  qid: 5,
  category: 3028,
  highlevelcategory: 3000,
  logsourceid: 62,
  devicetype: 12,
  sourceip: '10.1.2.3',
  sourceport: 4000,
  destinationip: '203.0.113.5',
  destinationport: 443,
  eventdirection: 'L2R',
  username: 'jdoe',
  eventcount: 2,
  protocolid: 6,
  magnitude: 5,
  severity: 3,
  creeventlist: [100_001],
  attributes: JSON.stringify({ logonType: '3', url: 'http://a.example/x' }),
  payload: 'LEEF:2.0|Microsoft|Windows|1|4625|x09|usrName=jdoe\tmsg=An account failed to log on',
  offenses: [1],
  ...more,
});

beforeAll(async () => {
  console = await startTestConsole();
  const { state, ariel } = console.simulator.world;
  state.logSources.put(62, { id: 62, name: 'WindowsAuthServer @ dc01', type_id: 12 } as never);
  contribute(state, {
    rule: { id: 100_001, name: 'Multiple Login Failures for the Same User' },
    ...{ username: 'jdoe', domainId: 0, timeMs: NOON, nowMs: NOON, eventName: 'x', category: 'y' },
    ...{ severity: 5, credibility: 5, logSource: { id: 62, name: 'dc01', type_id: 12, type_name: 'w' } },
  });
  const value = { source: '', first_seen: NOON, last_seen: NOON, domain_id: 0 };
  const common = {
    element_type: 'ALN',
    key_label: null,
    value_label: null,
    outer_key_label: null,
    key_name_types: null,
  };
  const rest = { timeout_type: 'UNKNOWN', time_to_live: 0, creation_time: 0, description: '', namespace: 'SHARED' };
  state.references.put(1, {
    ...common,
    ...rest,
    id: 1,
    kind: 'maps',
    name: 'map',
    rows: [['jdoe', '', { ...value, value: 'Finance' }]],
  });
  state.references.put(2, {
    ...common,
    ...rest,
    id: 2,
    kind: 'map_of_sets',
    name: 'mos',
    rows: [['jdoe', '', { ...value, value: 'g1' }]],
  });
  state.references.put(3, {
    ...common,
    ...rest,
    id: 3,
    kind: 'tables',
    name: 'table',
    rows: [['jdoe', 'inner key', { ...value, value: 'x' }]],
  });
  state.assets.put(1, {
    ...{ id: 1, domain_id: 0, vulnerability_count: 0, risk_score_sum: 0, products: [], users: [{ username: 'jdoe' }] },
    hostnames: [{ name: 'PC-1' }],
    interfaces: [{ ip_addresses: [{ value: '10.1.2.3' }] }],
    properties: [
      { id: 1, type_id: 1002, name: 'Unified Name', value: 'laptop', last_reported: 0, last_reported_by: '' },
    ],
  });
  await ariel.append('events', [
    event({}),
    event({ username: 'CORP\\ann', sourceip: '10.1.2.4', eventcount: 5, starttime: NOON - 2 * MINUTE, offenses: [] }),
    event({
      username: null,
      devicetype: 18,
      starttime: NOON - MINUTE,
      payload: null,
      creeventlist: [],
      attributes: '{}',
    }),
    event({ username: 'jdoe', starttime: NOON - 90 * MINUTE, offenses: [] }),
  ]);
  await ariel.append('flows', [
    {
      ...{ starttime: NOON - MINUTE, firstpackettime: NOON - MINUTE, lastpackettime: NOON - MINUTE },
      ...{ sourceip: '10.1.2.3', destinationip: '203.0.113.5', sourceport: 1, destinationport: 443 },
      ...{ sourcebytes: 10, destinationbytes: 20, sourcepackets: 1, destinationpackets: 1, protocolid: 6 },
    },
  ]);
});
afterAll(() => console.close());

type Row = Record<string, unknown>;
async function run(aql: string): Promise<Row[]> {
  const made = await console.ask('POST', '/ariel/searches', { query: { query_expression: aql } });
  expect([made.status, made.json.message]).toEqual([201, undefined]);
  const id = made.json.search_id as string;
  const ended = await console.ask('GET', `/ariel/searches/${id}`, { headers: { Prefer: 'wait=10' } });
  expect(ended.json.error_messages).toEqual([]);
  expect(ended.json.status).toBe('COMPLETED');
  const { json } = await console.ask('GET', `/ariel/searches/${id}/results`);
  await console.ask('DELETE', `/ariel/searches/${id}`);
  return json.events ?? json.flows;
}

const EVENT_COLUMNS =
  'qid, category, highlevelcategory, logsourceid, devicetype, starttime, endtime, devicetime, sourceip, sourceaddress, sourceport, sourcemac, sourcev6, destinationip, destinationaddress, destinationport, destinationmac, destinationv6, username, eventdirection, identityip, identityhostname, identityusername, eventcount, protocolid, payload, magnitude, severity, credibility, relevance, sourcegeographiclocation, destinationgeographiclocation, creeventlist, domainid, hasoffense, hasidentity, isunparsed, processorid, hostname, postNatSourceIP, postNatSourcePort, postNatDestinationIP, postNatDestinationPort, preNatSourceIP, preNatSourcePort, preNatDestinationIP, preNatDestinationPort'.split(
    ', ',
  );
const PROPERTIES = [
  'EventID',
  'Process Path',
  'Process CommandLine',
  'File Path',
  'MD5 Hash',
  'Logon Type',
  'Group Name',
  'Target User Name',
  'CRE Name',
  'CRE Description',
  'URL',
];
const FLOW_COLUMNS =
  'firstpackettime, lastpackettime, sourceip, destinationip, sourceport, destinationport, sourcebytes, destinationbytes, sourcepackets, destinationpackets, applicationid, protocolid, flowtype, flowdirection, flowsource, flowinterface, flowbias, category, qid, domainid, hasoffense, intervalid'.split(
    ', ',
  );

describe('columns of the reference, 3.3', () => {
  it('of events', async () => {
    const [row] = await run(`SELECT ${EVENT_COLUMNS.join(', ')} FROM events LIMIT 1 LAST 5 MINUTES`);
    expect(Object.keys(row!)).toEqual(EVENT_COLUMNS);
  });

  it('of custom properties, quoted by their display name', async () => {
    const [row] = await run(
      `SELECT ${PROPERTIES.map((one) => `"${one}"`).join(', ')} FROM events LIMIT 1 LAST 6 MINUTES`,
    );
    expect(Object.keys(row!)).toEqual(PROPERTIES);
  });

  it('of flows', async () => {
    const names = [...FLOW_COLUMNS, 'http host', 'tls ja3 hash'];
    const [row] = await run(`SELECT ${names.map((one) => `"${one}"`).join(', ')} FROM flows LIMIT 1 LAST 5 MINUTES`);
    expect(Object.keys(row!)).toEqual(names);
    expect(await run('SELECT sourceip FROM flows WHERE "http host" = \'x\' LAST 5 MINUTES')).toEqual([]);
  });
});

describe('functions of the reference, 3.4', () => {
  it.each<[string, unknown]>([
    ['QIDNAME(qid)', null],
    ['QIDDESCRIPTION(qid)', null],
    ['CATEGORYNAME(category)', 'User Login Failure'],
    ['CATEGORYNAME(highlevelcategory)', 'Authentication'],
    ['LOGSOURCENAME(logsourceid)', 'WindowsAuthServer @ dc01'],
    ['LOGSOURCETYPENAME(devicetype)', 'Microsoft Windows Security Event Log'],
    ['LOGSOURCEGROUPNAME(logsourceid)', 'Other'],
    ['PROTOCOLNAME(protocolid)', 'tcp_ip'],
    ['RULENAME(creeventlist)', ['Multiple Login Failures for the Same User']],
    ['RULENAME(100001)', 'Multiple Login Failures for the Same User'],
    ['NETWORKNAME(sourceip)', 'Net-10-172-192'],
    ['DOMAINNAME(domainid)', 'Default Domain'],
    ['BASE64(UTF8(payload))', expect.stringMatching(/^TEVFRjoyLjB8/)],
    ['HOSTNAME(sourceip)', 'PC-1'],
    ['ASSETHOSTNAME(sourceip, starttime)', 'PC-1'],
    ['ASSETUSER(sourceip, NOW())', 'jdoe'],
    ["ASSETPROPERTY('Unified Name', sourceip)", 'laptop'],
    ["MATCHESASSETSEARCH('All assets', sourceip)", true],
    ["REFERENCESETCONTAINS('UBA : Terminated Users', username)", false],
    ["REFERENCEMAP('map', username)", 'Finance'],
    ["REFERENCEMAPSETCONTAINS('mos', username, 'g1')", true],
    ["REFERENCETABLE('table', 'inner key', username)", 'x'],
    ["GEO::LOOKUP(sourceip, 'country_name')", null],
    ['GEO::DISTANCE(sourceip, destinationip)', null],
    ["DATEFORMAT(starttime, 'yyyy-MM-dd HH:mm')", '2026-01-20 11:57'],
    ["DATEFORMAT(devicetime, 'dd-MM-yyyy hh:mm')", '20-01-2026 11:55'],
    ["DATEFORMAT(starttime, 'YYYY-MM-dd HH:mm:ss')", '2026-01-20 11:57:00'],
    ["PARSEDATETIME('2026-01-20 12:00:00')", NOON],
    ['NOW()', NOON],
    ['STR(qid)', '5'],
    ["LONG('17')", 17],
    ["DOUBLE('1.5')", 1.5],
    ['LOWER(UPPER(username))', 'jdoe'],
    ['SUBSTRING(username, 1)', 'doe'],
    ['STRLEN(username)', 4],
    ["REPLACEALL('[aeiou]', username, '-')", 'jd--'],
    ["CONCAT(username, '@', sourceip)", 'jdoe@10.1.2.3'],
    ["username || '@' || STR(qid)", 'jdoe@5'],
    ["CASE WHEN severity > 5 THEN 'high' WHEN severity > 2 THEN 'medium' ELSE 'low' END", 'medium'],
    ["IF severity > 5 THEN 'high' ELSE 'low'", 'low'],
    ['(eventcount + 1) * 2 - sourceport / 1000', 2],
    ['LONG(starttime / 1000)', (NOON - 3 * MINUTE) / 1000],
  ])('%s', async (expression, expected) => {
    const [row] = await run(
      `SELECT ${expression} AS v FROM events WHERE INOFFENSE(1) AND username = 'jdoe' LAST 1 HOURS`,
    );
    expect(row).toEqual({ v: expected });
  });

  it.each<[string, unknown]>([
    ['COUNT(*)', 4],
    ['COUNT(username)', 3],
    ['SUM(eventcount)', 11],
    ['AVG(eventcount)', 2.75],
    ['MIN(starttime)', NOON - 90 * MINUTE],
    ['MAX(eventcount)', 5],
    ['UNIQUECOUNT(username)', 2],
    ['FIRST(eventcount)', 2],
    ['LAST(devicetype)', 12],
    ['STDEV(eventcount)', 1.5],
    ['STDEVP(eventcount)', 1.299],
  ])('%s', async (aggregate, expected) => {
    const [row] = await run(`SELECT ${aggregate} AS v FROM events LAST 2 HOURS`);
    if (typeof expected === 'number') expect(row!.v).toBeCloseTo(expected, 3);
    else expect(row!.v).toBe(expected);
  });
});

/** Query, number of rows, and the names of the columns in the result. */
const FORMS: readonly [aql: string, rows: number, names?: string[]][] = [
  // Pages: the clauses in their order, windows, quotes.
  ['SELECT * FROM events LAST 10 MINUTES', 3],
  ['select sourceip, destinationip from events last 24 hours', 4, ['sourceip', 'destinationip']],
  [
    'SELECT sourceip AS \'Source IP\', COUNT(*) AS "Number of Events" FROM events GROUP BY sourceip ORDER BY "Number of Events" DESC LAST 2 HOURS',
    2,
    ['Source IP', 'Number of Events'],
  ],
  ["SELECT username FROM events WHERE username ILIKE '%JDOE%' LAST 1 DAYS", 2],
  ['SELECT DISTINCT username FROM events WHERE username IS NOT NULL LAST 1 DAYS', 2],
  ["SELECT sourceip FROM events WHERE INCIDR('10.1.2.0/30', sourceip) LAST 10 MINUTES", 2],
  ["SELECT sourceip FROM events WHERE NOT INCIDR('10.1.2.0/30', sourceip) LAST 10 MINUTES", 1],
  ["SELECT username FROM events START '2026-01-20 11:00' STOP '2026-01-20 12:00'", 3],
  ["SELECT username FROM events START '2026/01/20 11:00:00' STOP '2026/01/20-12:00:00'", 3],
  ["SELECT username FROM events START '2026:01:20-11:00:00Z'", 3],
  [`SELECT username FROM events START ${NOON - 3 * MINUTE} STOP ${NOON}`, 3],
  ["SELECT username FROM events START PARSEDATETIME('1 hour ago')", 3],
  ["SELECT username FROM events START PARSEDATETIME('1 week ago') STOP PARSEDATETIME('now')", 4],
  ['SELECT sourceip FROM events WHERE sourceip IN (SELECT destinationip FROM events LAST 1 HOURS) LAST 1 HOURS', 0],
  ['SELECT username FROM events WHERE sourceip IN (SELECT sourceip FROM flows) LAST 10 MINUTES', 2],
  [
    'SELECT u, n FROM (SELECT username AS u, COUNT(*) AS n FROM events GROUP BY username LAST 1 DAYS) WHERE n > 1 LAST 1 DAYS',
    1,
  ],
  ["SELECT username FROM events WHERE TEXT SEARCH 'failed to log' LAST 10 MINUTES", 2],
  ['SELECT qid FROM events INTO my_results WHERE qid = 5 LIMIT 2 LAST 1 HOURS', 2],
  ['SELECT sourceip FROM events LAST 1 HOURS PARAMETERS PROGRESSDETAILSRESOLUTION=60', 3],
  ["SELECT sourceip FROM events LAST 2 HOURS PARAMETERS EXCLUDESERVERS='127.0.0.1', PROGRESSDETAILSRESOLUTION=60", 4],
  ['SELECT sourceip FROM events LAST 3 HOURS PARAMETERS REMOTESERVERS=ARIELSERVERS4EPID(8)', 4],
  // Saved searches as the console writes them.
  [
    'select "sourceIP" as \'Source IP (Unique Count)\', UniqueCount("qid") as \'Event Name (Unique Count)\', SUM("eventCount") as \'Event Count (Sum)\', COUNT(*) as \'Count\' from events where ("userName" is not null AND "eventDirection" != \'R2R\') GROUP BY "sourceIP" order by "Event Count (Sum)" desc last 6 hours',
    2,
    ['Source IP (Unique Count)', 'Event Name (Unique Count)', 'Event Count (Sum)', 'Count'],
  ],
  ['SELECT username, COUNT(*) AS n FROM events GROUP BY username HAVING n > 1 AND COUNT(*) < 9 LAST 1 DAYS', 1],
  [
    'SELECT username, sourceip, MAX(starttime) AS seen FROM events GROUP BY username, sourceip ORDER BY seen DESC, username LIMIT 100 LAST 1 DAYS',
    3,
  ],
  // SOAR connectors.
  [
    'SELECT QIDNAME(qid), LOGSOURCENAME(logsourceid), RULENAME("creEventList"), UTF8(payload), sourceMAC FROM events WHERE INOFFENSE(1) AND LOGSOURCETYPENAME(devicetype) = \'Custom Rule Engine\' limit 20 START 1768900000000',
    1,
    ['qidname_qid', 'logsourcename_logsourceid', 'rulename_creEventList', 'utf8_payload', 'sourceMAC'],
  ],
  [
    "select DATEFORMAT(devicetime,'dd-MM-yyyy hh:mm'),LOGSOURCENAME(logsourceid),CATEGORYNAME(category),QIDNAME(qid),sourceip,destinationip,username from events where (username ILIKE '%jdoe%' OR username='admin') and sourceip='10.1.2.3' LAST 7 DAYS",
    2,
  ],
  ['SELECT sourceip AS MY_Source_IP FROM events LAST 24 HOURS', 4, ['MY_Source_IP']],
  // Translated STIX patterns.
  [
    "SELECT sourceip as sourceip, URL as url, EventID as eventid FROM events WHERE ((sourceip = '10.1.2.3' OR destinationip = '10.1.2.3') AND username = 'jdoe') OR (url = 'http://a.example/x') limit 10000 START 1768900000000 STOP 1768910400000",
    3,
  ],
  [
    "SELECT sourceip FROM events WHERE str(sourceip) LIKE '10.1.2._' AND NOT (destinationport = '80') limit 10 last 5 minutes",
    3,
  ],
  [
    "SELECT sourceip FROM events WHERE sourceport > '100' AND sourceport <= 4000.0 AND eventcount BETWEEN '1' AND '3' LAST 10 MINUTES",
    2,
  ],
  [
    "SELECT sourceip FROM flows WHERE sourceport IN ('1', '2') AND (sourcebytes > '5' AND destinationbytes < 100) limit 5 START 1768900000000 STOP 1768910400000",
    1,
  ],
  // Hunting.
  [
    "SELECT username FROM events WHERE username NOT LIKE '%$' AND username NOT ILIKE 'system%' AND username NOT IN ('x') AND username IS NOT NULL LAST 10 MINUTES",
    2,
  ],
  ["SELECT username FROM events WHERE username = 'CORP\\ann' LAST 10 MINUTES", 1],
  ["SELECT username FROM events WHERE username = 'o''neil' LAST 10 MINUTES", 0],
  ["SELECT username FROM events WHERE username MATCHES '(?i)^corp\\\\[a-z]+$' LAST 10 MINUTES", 1],
  [
    "SELECT username FROM events WHERE UTF8(payload) IMATCHES 'FAILED\\s+to' AND eventdirection <> 'L2L' LAST 10 MINUTES",
    2,
  ],
  ["SELECT username FROM events WHERE RULENAME(creeventlist) ILIKE '%login failures%' LAST 10 MINUTES", 2],
  ["SELECT DATEFORMAT(starttime, 'HH') AS hour, COUNT(*) AS n FROM events GROUP BY hour ORDER BY hour LAST 1 DAYS", 2],
  [
    'SELECT LONG(starttime / 3600000) AS slot, username, SUM(eventcount) AS n FROM events WHERE username IS NOT NULL GROUP BY slot, username LAST 1 DAYS',
    3,
  ],
  [
    'SELECT sourceip, SUM(sourcebytes + destinationbytes) AS total FROM flows GROUP BY sourceip HAVING total >= 30 ORDER BY total DESC LIMIT 10 LAST 1 HOURS',
    1,
  ],
  [
    "SELECT CASE WHEN INCIDR('10.0.0.0/8', destinationip) THEN 'in' ELSE 'out' END AS way, COUNT(*) AS n FROM events GROUP BY way LAST 1 DAYS",
    1,
  ],
  ['/* who */ SELECT username -- and nothing else\nFROM events\nWHERE qid = 5\nLIMIT 1\nLAST 10 MINUTES', 1],
];

describe('forms', () => {
  it.each(FORMS)('%s', async (aql, count, names) => {
    const validated = await console.ask('POST', '/ariel/validators/aql', { query: { query_expression: aql } });
    expect(validated.json).toEqual({ error_messages: null });
    const rows = await run(aql);
    expect(rows).toHaveLength(count);
    if (names) expect(Object.keys(rows[0]!)).toEqual(names);
  });
});

describe('what the reference says is refused', () => {
  it.each([
    ['time before LIMIT', 'SELECT qid FROM events LAST 5 MINUTES LIMIT 5', 'LIMIT'],
    ['singular units', 'SELECT qid FROM events LAST 1 HOUR', 'HOUR'],
    ['COUNT(DISTINCT x)', 'SELECT COUNT(DISTINCT username) FROM events', 'DISTINCT'],
    ['grouping by what is not selected', 'SELECT username FROM events GROUP BY sourceip', 'sourceip'],
    ['ordering by what is not selected', 'SELECT username FROM events ORDER BY sourceip', 'sourceip'],
    ['flows by user', "SELECT username FROM flows WHERE username = 'x'", 'username'],
    ['anything but SELECT', 'UPDATE events SET qid = 1', 'UPDATE'],
    ['two text searches', "SELECT qid FROM events WHERE TEXT SEARCH 'a' OR TEXT SEARCH 'b'", 'TEXT'],
    ['a property that is not there', 'SELECT "No Such Property" FROM events', 'No Such Property'],
    ['an unfinished string', "SELECT qid FROM events WHERE username = 'jdoe", "'"],
    ['nothing at all', '  ', '<end of query>'],
  ])('%s', async (_, aql, token) => {
    const refused = await console.ask('POST', '/ariel/searches', { query: { query_expression: aql } });
    expect(refusal(refused)).toEqual([422, 2000]);
    const { reason, code, start_index, line_number, query_string, token_text } = refused.json.details;
    expect({ reason, code, line_number, query_string, token_text }).toEqual({
      reason: expect.any(String),
      code: expect.any(String),
      line_number: 1,
      query_string: aql,
      token_text: token,
    });
    if (token !== '<end of query>')
      expect(aql.slice(start_index)).toMatch(new RegExp(`^"?${token.replace(/['$]/g, '\\$&')}`));
    const metadata = await console.ask('POST', '/ariel/processors/aql_metadata', { query: { query_expression: aql } });
    expect(refusal(metadata)).toEqual([422, 2000]);
  });
});
