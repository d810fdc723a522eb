import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../simulator/qradar/play/faults.ts';
import { contribute } from '../../simulator/qradar/state/offenses.ts';
import { type Answer, type Ask, NOON, refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

/** What the pages say of the interface, as tables: statuses, codes, texts, filters, fields. Numbers are those of the areas. */
let console: TestConsole;
const ask = (method: string, path: string, more: Ask = {}) => console.ask(method, path, more);
const get = (path: string, query: Ask['query'] = {}) => ask('GET', path, { query });
const post = (path: string, query: Ask['query'] = {}) => ask('POST', path, { query });
const OLD = '/reference_data';
const NEW = '/reference_data_collections';
const SOURCES = '/config/event_sources/log_source_management';

beforeAll(async () => {
  console = await startTestConsole();
  for (let i = 0; i < 20; i++)
    contribute(console.simulator.world.state, {
      rule: { id: 100_001, name: 'Multiple Login Failures for the Same User' },
      ...{ username: `user${i}`, domainId: 0, timeMs: NOON - i, nowMs: NOON + i, eventName: 'x', category: 'y' },
      ...{ severity: 5, credibility: 5, sourceIp: '10.1.2.3', destinationIp: '10.0.0.1' },
      logSource: { id: 62, name: 'dc01', type_id: 12, type_name: 'Microsoft Windows Security Event Log' },
    });
  await post('/siem/offenses/2', { assigned_to: 'analyst1' });
  await post('/siem/offenses/3', { status: 'CLOSED', closing_reason_id: 1 });
  await post(`${OLD}/sets`, { name: 'web1', element_type: 'IP' });
  await post(`${OLD}/maps`, { name: 'dates', element_type: 'DATE' });
  await post(`${OLD}/maps`, { name: 'ranges', element_type: 'CIDR' });
  await post(`${OLD}/maps`, { name: 'taken', element_type: 'ALN' });
});
afterAll(() => console.close());

const WORDS: Record<number, string> = {
  400: 'Invalid syntax for this request was provided.',
  401: 'You are unauthorized to access the requested resource.',
  403: 'Your account is not authorized to access the requested resource',
  404: 'We could not find the resource you requested.',
  409: 'The request could not be completed due to a conflict with the current state of the resource',
  422: 'The request was well-formed but was unable to be followed due to semantic errors',
  500: 'Unexpected internal server error',
};

describe('1.6 errors', () => {
  type Case = [what: string, status: number, code: number | null, message: string, call: () => Promise<Answer>];
  const readonly = () => ({ token: console.simulator.tokens.readonly });
  const FRAMEWORK: Case[] = [
    [
      'no credentials',
      401,
      18,
      'No SEC header present in request. Please provide it via "SEC: token". You may also use BASIC authentication parameters if this host supports it. e.g. "Authorization: Basic base64Encoding"',
      () => ask('GET', '/siem/offenses', { token: undefined }),
    ],
    [
      'no capability',
      403,
      26,
      'User has insufficient capabilities to access this endpoint resource',
      () => ask('POST', '/siem/offenses/1/notes', { ...readonly(), query: { note_text: 'x' } }),
    ],
    [
      'a parameter missing',
      422,
      8,
      'Missing required parameter "note_text" from query parameters',
      () => post('/siem/offenses/1/notes'),
    ],
    [
      'a parameter empty',
      422,
      8,
      'Missing required parameter "note_text" from query parameters',
      () => post('/siem/offenses/1/notes', { note_text: '' }),
    ],
    [
      'a body missing',
      422,
      10,
      'Request body must be populated for body parameter "data"',
      () => post(`${OLD}/maps/bulk_load/taken`),
    ],
    [
      'a word of no enumeration',
      422,
      11,
      'Failed to transform user query parameter "status" with a content type of "TEXT_PLAIN"',
      () => post('/siem/offenses/1', { status: 'AJAR' }),
    ],
    [
      'text for a number',
      422,
      11,
      'Failed to transform user query parameter "closing_reason_id" with a content type of "TEXT_PLAIN"',
      () => post('/siem/offenses/1', { closing_reason_id: 'one' }),
    ],
    [
      'an unknown field',
      422,
      30,
      'Specified field "x" is not recognized by this endpoint for media type "application/json"',
      () => get('/siem/offenses', { fields: 'id,x' }),
    ],
    [
      'a malformed Range',
      422,
      36,
      'Failed to parse Range header. The syntax of the Range header must follow this pattern: items=x-y',
      () => ask('GET', '/siem/offenses', { headers: { Range: '0-4' } }),
    ],
    [
      'a negative Range',
      422,
      null,
      'Range of pages specified in "Range" header is negative. Non-negative page range must be specified.',
      () => ask('GET', '/siem/offenses', { headers: { Range: 'items=3-0' } }),
    ],
    [
      'a removed version',
      422,
      null,
      'Version (3.0) from header parameter (Version) has been removed and is no longer valid. Please refer to documentation for list of valid versions.',
      () => ask('GET', '/siem/offenses', { headers: { Version: '3.0' } }),
    ],
    [
      'an invalid version',
      422,
      null,
      'Version (322.0123) from header parameter (Version) is not a valid version. Please refer to documentation for list of valid versions.',
      () => ask('GET', '/siem/offenses', { headers: { Version: '322.0123' } }),
    ],
  ];
  it.each(FRAMEWORK)('of the framework: %s', async (_, status, code, message, call) => {
    const { status: got, json } = await call();
    expect(got).toBe(status);
    expect(json).toEqual({
      message,
      details: {},
      description: '',
      code: code ?? expect.any(Number),
      http_response: { message: WORDS[status], code: status },
    });
  });

  const ENDPOINT: Case[] = [
    [
      'filter on a field without F',
      422,
      1010,
      'The filter parameter is not valid.',
      () => get('/siem/offenses', { filter: 'description = "x"' }),
    ],
    [
      'filter without sense',
      422,
      1010,
      'A filter parameter was invalid. Please make sure that the syntax is correct: Error Parsing filter',
      () => get('/siem/offenses', { filter: 'id = = 4' }),
    ],
    ['offense', 404, 1002, 'No offense was found for the provided offense_id.', () => get('/siem/offenses/32')],
    [
      'offense to change',
      404,
      1002,
      'Offense not found for offense_id: 32',
      () => post('/siem/offenses/32', { follow_up: true }),
    ],
    [
      'offense of notes',
      404,
      1002,
      'Offense not found for offense_id: 32',
      () => post('/siem/offenses/32/notes', { note_text: 'x' }),
    ],
    ['note', 404, 1003, 'Note not found for note_id: 2', () => get('/siem/offenses/1/notes/2')],
    [
      'closing reason',
      404,
      1002,
      'Closing Reason not found for closing_reason_id: 12',
      () => get('/siem/offense_closing_reasons/12'),
    ],
    ['rule', 404, 1002, 'No Custom Rule found with id: 1', () => get('/analytics/rules/1')],
    ['rule group', 404, 1002, 'No group found with id: 321', () => get('/analytics/rule_groups/321')],
    ['saved search', 404, 1002, 'No Saved Search found with id: 277612', () => get('/ariel/saved_searches/277612')],
    ['search', 404, 1002, 'Query abc does not exist', () => get('/ariel/searches/abc')],
    ['domain', 404, 1002, 'Domain ID 1 does not exist', () => get('/config/domain_management/domains/1')],
    ['collection', 404, 1002, 'test_set does not exist', () => get(`${OLD}/sets/test_set`)],
    [
      'domain of a value',
      404,
      1011,
      'Domain ID 9 does not exist',
      () => post(`${OLD}/maps/taken`, { key: 'a', value: 'b', domain_id: 9 }),
    ],
    [
      'closing without a reason',
      422,
      1005,
      'closing_reason_id must be provided when closing an offense.',
      () => post('/siem/offenses/1', { status: 'CLOSED' }),
    ],
    [
      'assignee',
      422,
      1005,
      'assigned_to value griklin is not a valid user.',
      () => post('/siem/offenses/1', { assigned_to: 'griklin' }),
    ],
    ['search without a query', 422, 1005, 'Exactly one parameter is required.', () => post('/ariel/searches')],
    ['address', 422, 1005, 'Invalid IP value: test', () => post(`${OLD}/sets/web1`, { value: 'test' })],
    ['date', 422, 1005, 'Invalid DATE value: 1.2.3.4', () => post(`${OLD}/maps/dates`, { key: 'a', value: '1.2.3.4' })],
    [
      'range',
      422,
      1022,
      'Invalid CIDR value: 1.2.3.4',
      () => post(`${OLD}/maps/ranges`, { key: 'a', value: '1.2.3.4' }),
    ],
    [
      'interval',
      422,
      1005,
      'Invalid time to live interval 12xzd',
      () => post(`${OLD}/maps`, { name: 'y', element_type: 'ALN', time_to_live: '12xzd' }),
    ],
    [
      'name in use',
      409,
      1004,
      'The name taken is already in use',
      () => post(`${OLD}/maps`, { name: 'taken', element_type: 'ALN' }),
    ],
    [
      'name of a set in use',
      409,
      1004,
      'The name web1 is already in use',
      () => post(`${OLD}/sets`, { name: 'web1', element_type: 'IP' }),
    ],
    [
      'namespace',
      422,
      1012,
      'Admin user can only access shared namespace',
      () => get(`${OLD}/maps/taken`, { namespace: 'TENANT' }),
    ],
    [
      'JSON',
      400,
      1001,
      'Unable to parse the JSON document in the request body',
      () => ask('POST', `${OLD}/maps/bulk_load/taken`, { raw: '{', headers: { 'Content-Type': 'application/json' } }),
    ],
    [
      'a closed offense',
      409,
      1008,
      expect.any(String) as never,
      () => post('/siem/offenses/3', { status: 'CLOSED', closing_reason_id: 1 }),
    ],
    [
      'hiding a closed offense',
      409,
      1008,
      expect.any(String) as never,
      () => post('/siem/offenses/3', { status: 'HIDDEN' }),
    ],
  ];
  it.each(ENDPOINT)('of an endpoint: %s', async (_, status, code, message, call) => {
    const { json } = await call();
    expect(json).toEqual({
      message,
      details: {},
      description: expect.stringMatching(/\w/),
      code,
      http_response: { message: WORDS[status], code: status },
    });
  });
});

describe('1.7 statuses', () => {
  it.each<[number, string, () => Promise<Answer>]>([
    [200, 'read', () => get('/siem/offenses/1')],
    [200, 'update', () => post('/siem/offenses/1', { follow_up: true })],
    [201, 'create', () => post(`${OLD}/maps`, { name: 'new', element_type: 'ALN' })],
    [202, 'accepted, with a task', () => ask('DELETE', `${OLD}/maps/new`)],
    [404, 'unknown path', () => get('/siem/nothing')],
    [405, 'unknown method', () => ask('PUT', '/siem/offenses/1')],
    [406, 'type that is not offered', () => ask('GET', '/siem/offenses', { headers: { Accept: 'application/pdf' } })],
    [
      415,
      'body of another type',
      () => ask('POST', `${OLD}/maps/bulk_load/taken`, { raw: '<a/>', headers: { 'Content-Type': 'text/xml' } }),
    ],
  ])('%i: %s', async (status, _, call) => expect((await call()).status).toBe(status));

  it('500 and 503 are told by faults and by a broken search', async () => {
    console.simulator.world.faults.use({ ...NO_FAULTS, error503Rate: 1 });
    expect(refusal(await get('/ariel/databases'))).toEqual([503, 1010]);
    console.simulator.world.faults.use({ ...NO_FAULTS, error429Rate: 1 });
    expect((await get('/ariel/databases')).status).toBe(429);
    console.simulator.world.faults.use(NO_FAULTS);
  });
});

describe('1.1 requests', () => {
  it('Range and Version are headers, never parameters', async () => {
    expect((await get('/siem/offenses', { Range: 'items=0-0', Version: '3.0' })).json).toHaveLength(20);
  });

  it('an address that is too long is refused by the web server', async () => {
    expect((await get('/siem/offenses', { filter: 'a'.repeat(20_000) })).status).toBe(414);
  });

  it('without Range everything comes, and no Content-Range', async () => {
    const all = await get('/siem/offenses');
    expect([all.status, all.json.length, all.headers['content-range']]).toEqual([200, 20, undefined]);
  });

  it.each(['application/json', 'application/csv', 'text/table', 'application/xml'])(
    'results come as %s',
    async (type) => {
      const { json } = await post('/ariel/searches', {
        query_expression: `SELECT username, '<&' AS "${type}" FROM events LAST 1 HOURS`,
      });
      await ask('GET', `/ariel/searches/${json.search_id}`, { headers: { Prefer: 'wait=5' } });
      const results = await ask('GET', `/ariel/searches/${json.search_id}/results`, { headers: { Accept: type } });
      expect([results.status, results.headers['content-type']]).toEqual([200, type]);
      expect(results.text).toMatch(/username|events/);
      const fault = await ask('GET', '/ariel/searches/none/results', { headers: { Accept: type } });
      expect([fault.status, fault.headers['content-type']]).toEqual([404, 'application/json']);
    },
  );

  it('a session hands on a second token, another language may be asked for: neither changes the answer', async () => {
    const headers = { QRadarCSRF: 'x', 'Accept-Language': 'de' };
    expect((await ask('GET', '/siem/offenses/1', { headers })).json.id).toBe(1);
  });

  it('a form body stands for parameters of the address, which win', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' };
    const both = await ask('POST', '/siem/offenses/4', {
      query: { status: 'HIDDEN' },
      raw: 'status=OPEN&fields=status',
      headers,
    });
    expect(both.json).toEqual({ status: 'HIDDEN' });
  });

  it('fields shape replies of POST and DELETE too', async () => {
    const { json } = await post('/ariel/searches', {
      query_expression: 'SELECT qid FROM events LAST 7 HOURS',
      fields: 'search_id',
    });
    expect(Object.keys(json)).toEqual(['search_id']);
    const gone = await ask('DELETE', `/ariel/searches/${json.search_id}`, { query: { fields: 'status,search_id' } });
    expect([gone.status, Object.keys(gone.json).sort()]).toEqual([202, ['search_id', 'status']]);
  });
});

describe('1.4 filters that clients send', () => {
  const count = async (path: string, filter: string) => (await get(path, { filter })).json.length;
  it.each<[string, string, number]>([
    ['/siem/offenses', 'id>16 AND status=OPEN', 4],
    ['/siem/offenses', 'id > 16 and status = "OPEN"', 4],
    ['/siem/offenses', 'status in ("OPEN","HIDDEN") and assigned_to="analyst1" and magnitude>=1', 1],
    ['/siem/offenses', 'status!=CLOSED', 19],
    ['/siem/offenses', 'follow_up=true and not id in (111,112)', 1],
    ['/siem/offenses', 'assigned_to is null and not (id between 5 and 20)', 3],
    ['/siem/offenses', 'closing_reason_id is not null', 1],
    ['/siem/offenses', 'rules contains type="CRE_RULE"', 20],
    ['/siem/offenses', 'rules contains (type = "CRE_RULE" and id = 5)', 0],
    ['/siem/offenses', 'log_sources contains type_name = "IBM Sense"', 0],
    ['/siem/offenses', 'source_address_ids contains (. = 1)', 20],
    ['/siem/offenses', 'categories contains (. = "y")', 20],
    ['/siem/offenses', `last_persisted_time >= ${NOON + 18} and status=OPEN`, 2],
    ['/siem/offenses', `domain_id=0 and offense_type=3 and last_updated_time ^= ${NOON}`, 19],
    ['/siem/offenses', 'protected = TRUE or id <> 1', 19],
    [`${OLD}/sets`, 'name like "web%"', 1],
    [`${OLD}/sets`, 'name ilike "WEB_"', 1],
    [`${OLD}/sets`, 'name between a and x and number_of_elements > 0', 0],
    ['/help/versions', 'version=6.0', 1],
    ['/help/versions', 'removed=false and deprecated=FALSE', 4],
    [`${SOURCES}/log_source_types`, 'custom=TRUE', 0],
    [`${SOURCES}/log_sources`, 'status(status)="ERROR"', 0],
    [`${SOURCES}/log_sources`, 'group_ids contains (. = 7)', 0],
    ['/asset_model/assets', 'interfaces(ip_addresses(value))="10.0.0.1"', 0],
    ['/asset_model/assets', 'interfaces contains ip_addresses contains value="10.0.0.1" or id = 5', 0],
    ['/siem/source_addresses', 'id in (1,2,3)', 1],
    ['/analytics/rules_offense_contributions', 'offense_id=5', 1],
    ['/siem/offense_types', 'id in (0, 3)', 2],
    ['/help/endpoints', 'path = "/siem/offenses" and http_method = "GET"', 1],
  ])('%s %s', async (path, filter, expected) => expect(await count(path, filter)).toBe(expected));

  it.each([
    'id >',
    'and',
    '(id = 1',
    'id = 1)',
    'id in ()',
    'id between 1',
    'id is 5',
    'status > OPEN',
    'status like "O%"',
    'offense_source = "x"',
    'id = one',
    'a'.repeat(9000),
    '('.repeat(300),
  ])('refuses %.30s', async (filter) =>
    expect(refusal(await ask('GET', '/siem/offenses', { query: { filter } }))).toEqual([422, 1010]),
  );
});

describe('1.5 sorting', () => {
  const ids = async (sort: string) =>
    (await get('/siem/offenses', { sort, fields: 'id', filter: 'id < 4' })).json.map((one: { id: number }) => one.id);
  it('goes up, down, and by several', async () => {
    expect(await ids('+id')).toEqual([1, 2, 3]);
    expect(await ids('-id')).toEqual([3, 2, 1]);
    expect(await ids('+magnitude,-id')).toEqual([3, 2, 1]);
    expect(await ids('-start_time')).toEqual([1, 2, 3]);
  });
  it('takes a plus that was not encoded', async () => {
    const path = '/siem/offenses?sort=+id&fields=id&filter=id%3C3';
    expect((await ask('GET', path)).json).toEqual([{ id: 1 }, { id: 2 }]);
  });
  it.each([
    ['/siem/offenses', 1030],
    ['/siem/offense_types', 1012],
    [`${NEW}/sets`, 14_002],
    [`${NEW}/set_entries`, 24_002],
    [`${SOURCES}/log_sources`, 1002],
  ])('%s refuses with %i', async (path, code) => {
    for (const sort of ['+nothing', 'id', '+id,', '++id'])
      expect(refusal(await get(path, { sort }))).toEqual([422, code]);
  });
});

/** Marks as the page prints them: F filterable, S sortable. */
const OFFENSE_MARKS: Record<string, string> = {
  id: 'FS',
  description: '',
  assigned_to: 'FS',
  categories: 'FS',
  category_count: 'FS',
  policy_category_count: 'FS',
  security_category_count: 'FS',
  close_time: 'FS',
  closing_user: 'FS',
  closing_reason_id: 'FS',
  credibility: 'FS',
  relevance: 'FS',
  severity: 'FS',
  magnitude: 'FS',
  destination_networks: 'F',
  source_network: '',
  device_count: 'FS',
  event_count: 'FS',
  flow_count: 'FS',
  inactive: 'FS',
  last_updated_time: 'FS',
  local_destination_count: 'F',
  source_count: 'F',
  offense_source: 'S',
  offense_type: 'FS',
  protected: 'FS',
  follow_up: 'FS',
  remote_destination_count: 'FS',
  username_count: 'FS',
  start_time: 'FS',
  status: 'F',
  source_address_ids: 'F',
  local_destination_address_ids: 'F',
  domain_id: 'F',
  last_persisted_time: 'FS',
  first_persisted_time: 'FS',
  rules: 'F',
  log_sources: 'F',
};

describe('2 offenses', () => {
  it('have the fields of the page, each with null where nothing is set', async () => {
    const { json } = await get('/siem/offenses/1');
    expect(Object.keys(json).sort()).toEqual(Object.keys(OFFENSE_MARKS).sort());
    for (const value of Object.values(json)) expect(value).not.toBeUndefined();
  });

  it.each(Object.entries(OFFENSE_MARKS))('%s is marked "%s"', async (field, marks) => {
    const filtered = await get('/siem/offenses', { filter: `${field} is not null`, fields: 'id' });
    expect(refusal(filtered)).toEqual(marks.includes('F') ? [200, undefined] : [422, 1010]);
    const sorted = await get('/siem/offenses', { sort: `-${field}`, fields: 'id' });
    expect(refusal(sorted)).toEqual(marks.includes('S') ? [200, undefined] : [422, 1030]);
  });

  it('change by the documented parameters and by no others', async () => {
    const before = (await get('/siem/offenses/5')).json;
    const given = { description: 'x', severity: 9, magnitude: 9, offense_source: 'x', note_text: 'x' };
    expect((await post('/siem/offenses/5', given)).json).toEqual(before);
    const changed = await post('/siem/offenses/5', { protected: true, follow_up: true, assigned_to: 'sidecar' });
    expect(changed.json).toMatchObject({ protected: true, follow_up: true, assigned_to: 'sidecar' });
  });

  it('cannot be created or removed, nor their notes changed', async () => {
    await post('/siem/offenses/5/notes', { note_text: 'first' });
    for (const [method, path] of [
      ['POST', '/siem/offenses'],
      ['DELETE', '/siem/offenses/5'],
      ['DELETE', '/siem/offenses/5/notes/1'],
      ['POST', '/siem/offenses/5/notes/1'],
    ] as const)
      expect((await ask(method, path)).status).toBe(405);
  });

  it('have the types of the page', async () => {
    const { json } = await get('/siem/offense_types', { sort: '+id', fields: 'id,name,custom,database_type' });
    expect(json.map((one: { id: number }) => one.id)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18,
    ]);
    for (const one of json) expect(['EVENTS', 'FLOWS', 'COMMON']).toContain(one.database_type);
  });

  it('come with addresses, contributions and actors of the documented form', async () => {
    const keys = async (path: string) => Object.keys((await get(path)).json[0]).sort();
    const common = [
      'domain_id',
      'event_flow_count',
      'first_event_flow_seen',
      'id',
      'last_event_flow_seen',
      'magnitude',
      'network',
      'offense_ids',
    ];
    expect(await keys('/siem/source_addresses')).toEqual(
      [...common, 'local_destination_address_ids', 'source_ip'].sort(),
    );
    expect(await keys('/siem/local_destination_addresses')).toEqual(
      [...common, 'local_destination_ip', 'source_address_ids'].sort(),
    );
    expect(await keys('/analytics/rules_offense_contributions')).toEqual([
      'event_count',
      'first_event',
      'id',
      'last_event',
      'offense_id',
      'rule_id',
      'rule_name',
      'rule_type',
    ]);
    expect(await keys('/siem/offenses/1/assignable_actors')).toEqual(['description', 'user_id', 'username']);
  });

  it.each([
    ['1234', 422],
    ['12345', 201],
    ['x'.repeat(60), 201],
    ['x'.repeat(61), 422],
  ])('closing reason "%.10s": %i', async (reason, status) =>
    expect((await post('/siem/offense_closing_reasons', { reason })).status).toBe(status),
  );
});

describe('3 searches', () => {
  it('are described as recorded', async () => {
    const { json } = await post('/ariel/searches', { query_expression: 'SELECT qid FROM events LAST 8 HOURS' });
    expect(json).toEqual({
      cursor_id: json.search_id,
      search_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'WAIT',
      progress: 0,
      progress_details: [],
      query_string: 'SELECT qid FROM events LAST 8 HOURS',
      query_execution_time: 0,
      record_count: 0,
      processed_record_count: 0,
      desired_retention_time_msec: 86_400_000,
      save_results: false,
      completed: false,
      data_file_count: 0,
      data_total_size: 0,
      compressed_data_file_count: 0,
      compressed_data_total_size: 0,
      index_file_count: 0,
      index_total_size: 0,
      size_on_disk: 0,
      subsearch_ids: [],
      snapshot: null,
      error_messages: [],
    });
  });

  it('take parameters that other consoles know, and ids come in pages', async () => {
    const ids = await get('/ariel/searches');
    const page = await ask('GET', '/ariel/searches', { headers: { Range: 'items=0-0' } });
    expect([page.json, page.headers['content-range']]).toEqual([ids.json.slice(0, 1), `items 0-0/${ids.json.length}`]);
    expect(refusal(await ask('GET', '/ariel/searches', { headers: { Range: 'x' } }))).toEqual([422, 36]);
  });

  it('have a catalogue of the documented form', async () => {
    expect(Object.keys((await get('/ariel/databases/flows')).json.columns[0]).sort()).toEqual([
      'argument_type',
      'indexable',
      'name',
      'nullable',
      'object_value_type',
      'provider_name',
    ]);
    const [one] = (await get('/ariel/functions')).json;
    expect(Object.keys(one).sort()).toEqual(
      expect.arrayContaining(['args_types', 'name', 'required_args', 'return_type', 'var_args']),
    );
    expect(Object.keys((await get('/ariel/parser_keywords')).json).sort()).toEqual([
      'keywords',
      'where_clause_keywords',
    ]);
  });

  it('are saved in the console only: read, shared, given away, removed, never made', async () => {
    expect((await get('/ariel/saved_searches/2')).json).toMatchObject({ id: 2, is_shared: true });
    const changed = await ask('POST', '/ariel/saved_searches/2', {
      body: { is_shared: false, owner: 'analyst1', aql: 'SELECT 1' },
    });
    expect(changed.json).toMatchObject({
      is_shared: false,
      owner: 'analyst1',
      aql: expect.stringContaining('username'),
    });
    expect((await ask('POST', '/ariel/saved_searches', { body: {} })).status).toBe(405);
    expect((await ask('DELETE', '/ariel/saved_searches/2')).status).toBe(202);
    expect(refusal(await get('/ariel/saved_searches/2'))).toEqual([404, 1002]);
  });
});

describe('4 reference data', () => {
  it.each([
    ['maps', { key: 'k' }, { element_type: 'ALN' }, 'k'],
    ['map_of_sets', { key: 'k' }, { element_type: 'ALN' }, 'k'],
    ['tables', { outer_key: 'k', inner_key: 'i' }, { element_type: 'ALN', outer_key_label: 'user' }, 'k/i'],
  ])('%s: one value in, seen again, out; then the collection', async (kind, key, more, path) => {
    const made = await post(`${OLD}/${kind}`, { name: `one ${kind}`, ...more, description: 'd' });
    expect(made.json).toMatchObject({
      timeout_type: 'UNKNOWN',
      namespace: 'SHARED',
      number_of_elements: 0,
      creation_time: NOON,
    });
    expect(made.json).not.toHaveProperty('time_to_live');
    const base = `${OLD}/${kind}/${encodeURIComponent(`one ${kind}`)}`;
    for (let i = 0; i < 2; i++) expect((await post(base, { ...key, value: 'v' })).json.number_of_elements).toBe(1);
    const text = JSON.stringify((await get(base)).json.data);
    expect(text).toContain('"source":"reference data api"');
    expect(refusal(await ask('DELETE', `${base}/${path}`, { query: { value: 'other' } }))).toEqual([404, 1003]);
    expect((await ask('DELETE', `${base}/${path}`, { query: { value: 'v' } })).json.number_of_elements).toBe(0);
    const task = await ask('DELETE', base, { query: { purge_only: false } });
    expect(Object.keys(task.json).sort()).toEqual([
      'completed',
      'created',
      'created_by',
      'id',
      'message',
      'modified',
      'name',
      'started',
      'status',
    ]);
    expect((await ask('GET', task.headers.location!.replace('/api', ''))).json.status).toBe('COMPLETED');
  });

  it.each([
    ['ALN', 'x', undefined],
    ['ALNIC', 'x', undefined],
    ['NUM', '1.5', 'x'],
    ['IP', '::1', '1.2.3'],
    ['PORT', '65535', '65536'],
    ['DATE', '1768910400000', '2026-01-20'],
    ['CIDR', '10.0.0.0/8', '10.0.0.0/33'],
  ])('%s takes %s and not %s', async (type, good, bad) => {
    await post(`${OLD}/map_of_sets`, { name: type, element_type: type });
    expect((await post(`${OLD}/map_of_sets/${type}`, { key: 'k', value: good })).status).toBe(200);
    expect((await get(`${OLD}/map_of_sets/${type}`)).json.data.k[0].value).toBe(good);
    if (bad) expect((await post(`${OLD}/map_of_sets/${type}`, { key: 'k', value: bad })).status).toBe(422);
  });

  it('new sets change only what the page says, and are purged by a flag', async () => {
    const made = await ask('POST', `${NEW}/sets`, {
      body: { name: 'fresh', entry_type: 'ALN', expiry_type: 'LAST_SEEN', time_to_live: 60 },
    });
    expect(Object.keys(made.json).sort()).toEqual([
      'creation_time',
      'delete_entries',
      'description',
      'entry_type',
      'expired_log_option',
      'expiry_type',
      'global_id',
      'id',
      'name',
      'namespace',
      'number_of_entries',
      'tenant_id',
      'time_to_live',
    ]);
    const { id } = made.json;
    await ask('POST', `${NEW}/set_entries`, { body: { collection_id: id, value: 'a' } });
    const changed = await ask('POST', `${NEW}/sets/${id}`, {
      body: { name: 'other', entry_type: 'IP', description: 'new', expired_log_option: 'LOG_EACH' },
    });
    expect(changed.json).toMatchObject({
      name: 'fresh',
      entry_type: 'ALN',
      description: 'new',
      expired_log_option: 'LOG_EACH',
      number_of_entries: 1,
    });
    expect((await ask('POST', `${NEW}/sets/${id}`, { body: { delete_entries: true } })).status).toBe(200);
    expect((await get(`${NEW}/sets/${id}`)).json.number_of_entries).toBe(0);
    // The old API names the same set, and says the number of it.
    expect((await get(`${OLD}/sets/fresh`)).json.collection_id).toBe(id);
    const deleted = await ask('DELETE', `${NEW}/sets/${id}`);
    expect(deleted.status).toBe(202);
    expect(refusal(await get(`${NEW}/sets/${id}`))).toEqual([404, 12_001]);
  });

  it('of UBA are there', async () => {
    for (const name of ['High Risk Users', 'Trusted Usernames', 'Users Not Tracked', 'Terminated Users'])
      expect((await get(`${OLD}/sets/${encodeURIComponent(`UBA : ${name}`)}`)).status).toBe(200);
    expect(
      (await get(`${OLD}/tables/${encodeURIComponent('UBA : Rule Data')}`)).json.number_of_elements,
    ).toBeGreaterThan(5);
  });
});

describe('5 and 6 configuration', () => {
  it('rules have the documented fields and cannot be written', async () => {
    const { json } = await get('/analytics/rules');
    expect(Object.keys(json[0]).sort()).toEqual([
      'average_capacity',
      'base_capacity',
      'base_host_id',
      'capacity_timestamp',
      'creation_date',
      'enabled',
      'id',
      'identifier',
      'linked_rule_identifier',
      'modification_date',
      'name',
      'origin',
      'owner',
      'type',
    ]);
    expect((await ask('POST', '/analytics/rules', { body: {} })).status).toBe(405);
  });

  it('the default domain is number 0 without a name', async () => {
    expect((await get('/config/domain_management/domains/0')).json).toMatchObject({ id: 0, name: '', deleted: false });
  });

  it('property types of assets are numbered as the page numbers them', async () => {
    const { json } = await get('/asset_model/properties', { filter: 'id in (1001,1002)', sort: '+id' });
    expect(json.map((one: { name: string }) => one.name)).toEqual(['Given Name', 'Unified Name']);
  });

  it('users never show a password, services never a token', async () => {
    for (const user of (await get('/config/access/users')).json)
      expect(user).toMatchObject({ password: null, old_password: null });
    for (const service of (await get('/config/access/authorized_services')).json) expect(service.token).toBeNull();
  });

  it('syslog is protocol 0, custom types start at 4000, custom QIDs above two million', async () => {
    expect((await get(`${SOURCES}/protocol_types/0`)).json.name).toBe('Syslog');
    const type = await ask('POST', `${SOURCES}/log_source_types`, { body: { name: 'x'.repeat(241) } });
    expect([type.status, type.json.id]).toEqual([201, 4000]);
    expect((await ask('POST', `${SOURCES}/log_source_types`, { body: { name: 'x'.repeat(242) } })).status).toBe(422);
    const qid = await ask('POST', '/data_classification/qid_records', {
      body: { log_source_type_id: 4000, name: 'n', low_level_category_id: 20_001 },
    });
    expect(qid.json.qid).toBeGreaterThan(2_000_000);
  });
});

const UBA_FIELDS =
  'id username display_name full_name email job_title dept manager city state country custom_group member_of aliases id1 id2 id3 id4 linked_import_ids source risk risk_1 risk_2 risk_3 latest_risk prolonged_risk risk_poll_count risk_scale_max trending alert trusted_user watched watchlist_memberships in_ml_watch_list in_ml_abridged_watch_list in_peer_group_watchlist in_job_title_peer_group_watchlist in_dept_peer_group_watchlist in_custom_grp_peer_group_watchlist ml_id ml_watched investigation_user investigation_started investigation_expires last_offense_time updated_this_run watson_search_id watson_search_date'.split(
    ' ',
  );

describe('7 UBA', () => {
  it('tells the documented fields of a user, times in seconds', async () => {
    const { state } = console.simulator.world;
    state.ubaUsers.put(1, {
      ...{
        id: 1,
        username: 'jdoe',
        risk: 500,
        latest_risk: 1,
        risk_1: 0,
        risk_2: 0,
        risk_3: 0,
        prolonged_risk: 9,
        risk_poll_count: 1,
      },
      ...{
        full_name: 'Jane Doe',
        email: '',
        job_title: '',
        dept: '',
        manager: '',
        custom_group: '',
        aliases: ['jdoe'],
        source: 'ariel',
      },
      ...{ last_offense_time: NOON, investigation_user: '', last_hour: Math.floor(NOON / 3_600_000) },
    });
    const root = '/console/plugins/1101/app_proxy/api';
    const { json } = await ask('GET', '/user_info', { root, query: { username: 'jdoe' } });
    expect(Object.keys(json)).toEqual(expect.arrayContaining(UBA_FIELDS));
    expect(json.last_offense_time).toBe(NOON / 1000);
    // Read-only: nothing can be written through it.
    for (const path of ['/users_above_threshold', '/investigated_list', '/user_info'])
      expect((await ask('POST', path, { root, body: {} })).status).toBe(405);
  });
});
