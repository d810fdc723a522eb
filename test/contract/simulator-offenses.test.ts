import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contribute, type RuleHit } from '../../simulator/qradar/state/offenses.ts';
import { type Ask, NOON, refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

let console: TestConsole;
const hit = (more: Partial<RuleHit> = {}): RuleHit => ({
  rule: { id: 1, name: 'Multiple Login Failures for the Same User' },
  username: 'jdoe',
  domainId: 0,
  timeMs: NOON - 60_000,
  nowMs: NOON,
  eventName: 'Failure Audit: An account failed to log on',
  category: 'User Login Failure',
  severity: 5,
  credibility: 5,
  logSource: { id: 62, name: 'dc01', type_id: 12, type_name: 'Microsoft Windows Security Event Log' },
  sourceIp: '10.1.2.3',
  destinationIp: '10.0.0.1',
  ...more,
});
const raise = (more: Partial<RuleHit> = {}) => contribute(console.simulator.world.state, hit(more));
const post = (path: string, query: Ask['query'] = {}, more: Ask = {}) => console.ask('POST', path, { query, ...more });

beforeAll(async () => {
  console = await startTestConsole();
  for (let i = 0; i < 6; i++) raise({ username: `user${i}`, timeMs: NOON - i * 1000, nowMs: NOON + i });
});
afterAll(() => console.close());

describe('offenses', () => {
  it('have the fields of API 26.0, with nulls for what is not set', async () => {
    const { json } = await console.ask('GET', '/siem/offenses/1');
    expect(json).toMatchObject({
      id: 1,
      offense_type: 3,
      offense_source: 'user0',
      status: 'OPEN',
      description:
        'Multiple Login Failures for the Same User\n containing Failure Audit: An account failed to log on\n',
      assigned_to: null,
      closing_reason_id: null,
      rules: [{ id: 1, type: 'CRE_RULE' }],
      domain_id: 0,
      first_persisted_time: NOON,
    });
    expect(Object.keys(json)).toHaveLength(38);
  });

  it('lack the persisted times in old versions', async () => {
    const { json } = await console.ask('GET', '/siem/offenses/1', { headers: { Version: '12.0' } });
    expect(json).not.toHaveProperty('last_persisted_time');
    const refused = await console.ask('GET', '/siem/offenses', {
      headers: { Version: '12.0' },
      query: { filter: 'last_persisted_time > 0' },
    });
    expect(refusal(refused)).toEqual([422, 1010]);
  });

  it('are polled by last_persisted_time, in pages', async () => {
    const query = {
      filter: `last_persisted_time >= ${NOON + 2} and status=OPEN`,
      sort: '+last_persisted_time',
      fields: 'id',
    };
    const { json, headers } = await console.ask('GET', '/siem/offenses', { query, headers: { Range: 'items=0-1' } });
    expect(json).toEqual([{ id: 3 }, { id: 4 }]);
    expect(headers['content-range']).toBe('items 0-1/4');
  });

  it.each([
    [{ filter: 'description="x"' }, 1010, 'The filter parameter is not valid.'],
    [{ filter: 'status > "A"' }, 1010, 'The filter parameter is not valid.'],
    [
      { filter: 'id = ' },
      1010,
      'A filter parameter was invalid. Please make sure that the syntax is correct: Error Parsing filter',
    ],
    [{ sort: '+description' }, 1030, 'The sort parameter is not valid.'],
  ])('refuses %j', async (query, code, message) => {
    const refused = await console.ask('GET', '/siem/offenses', { query: query as Record<string, string> });
    expect([...refusal(refused), refused.json.message]).toEqual([422, code, message]);
  });

  it('that do not exist are 404/1002', async () => {
    const refused = await console.ask('GET', '/siem/offenses/999');
    expect([...refusal(refused), refused.json.message]).toEqual([
      404,
      1002,
      'No offense was found for the provided offense_id.',
    ]);
    const updated = await post('/siem/offenses/999', { follow_up: true });
    expect([...refusal(updated), updated.json.message]).toEqual([404, 1002, 'Offense not found for offense_id: 999']);
  });

  it('grow while active, and a new one follows a closed or inactive one', async () => {
    const first = raise({ username: 'grower' });
    const again = raise({ username: 'grower', rule: { id: 2, name: 'Other rule' }, timeMs: NOON, nowMs: NOON + 5 });
    expect(again).toMatchObject({
      id: first.id,
      event_count: 2,
      last_updated_time: NOON,
      last_persisted_time: NOON + 5,
    });
    expect(again.rules).toHaveLength(2);
    const contributions = await console.ask('GET', '/analytics/rules_offense_contributions', {
      query: { filter: `offense_id=${first.id}`, fields: 'rule_id,event_count' },
    });
    expect(contributions.json).toEqual([
      { rule_id: 1, event_count: 1 },
      { rule_id: 2, event_count: 1 },
    ]);
    await post(`/siem/offenses/${first.id}`, { status: 'CLOSED', closing_reason_id: 1 });
    const second = raise({ username: 'grower' });
    expect(second.id).toBeGreaterThan(first.id);
    expect(raise({ username: 'grower', timeMs: NOON + 6 * 86_400_000 }).id).toBeGreaterThan(second.id);
  });

  it('name their addresses', async () => {
    const { json } = await console.ask('GET', '/siem/source_addresses', { query: { filter: 'id in (1,2)' } });
    expect(json).toEqual([
      expect.objectContaining({ id: 1, source_ip: '10.1.2.3', offense_ids: expect.arrayContaining([1]) }),
    ]);
    const local = await console.ask('GET', '/siem/local_destination_addresses/2');
    expect(local.json).toMatchObject({ local_destination_ip: '10.0.0.1', source_address_ids: [] });
  });
});

describe('updates', () => {
  it('take the documented query parameters, also as a form', async () => {
    const { json } = await post('/siem/offenses/1', { follow_up: true, assigned_to: 'analyst1' });
    expect(json).toMatchObject({ follow_up: true, assigned_to: 'analyst1' });
    const form = await console.ask('POST', '/siem/offenses/1', {
      raw: 'protected=true&fields=protected',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Version: '6.0' },
    });
    expect(form.json).toEqual({ protected: true });
  });

  it('move last_persisted_time and nothing else by the clock', async () => {
    const before = (await console.ask('GET', '/siem/offenses/2')).json;
    console.clock.now = NOON + 1000;
    const after = (await post('/siem/offenses/2', { status: 'HIDDEN' })).json;
    console.clock.now = NOON;
    expect(after).toEqual({ ...before, status: 'HIDDEN', last_persisted_time: NOON + 1000 });
  });

  it.each([
    [{ status: 'CLOSED' }, 1005, 'closing_reason_id must be provided when closing an offense.'],
    [{ status: 'CLOSED', closing_reason_id: 54 }, 1005, 'closing_reason_id 54 is not a valid closing reason.'],
    [{ assigned_to: 'griklin' }, 1005, 'assigned_to value griklin is not a valid user.'],
    [
      { status: 'REOPENED' },
      11,
      'Failed to transform user query parameter "status" with a content type of "TEXT_PLAIN"',
    ],
    [
      { follow_up: 'maybe' },
      11,
      'Failed to transform user query parameter "follow_up" with a content type of "TEXT_PLAIN"',
    ],
  ])('refuse %j', async (query, code, message) => {
    const refused = await post('/siem/offenses/3', query);
    expect([...refusal(refused), refused.json.message]).toEqual([422, code, message]);
  });

  it('close once and for all', async () => {
    const closed = await post('/siem/offenses/3', { status: 'CLOSED', closing_reason_id: 2 });
    expect(closed.json).toMatchObject({
      status: 'CLOSED',
      closing_reason_id: 2,
      close_time: NOON,
      closing_user: 'API_user: admin',
    });
    for (const status of ['CLOSED', 'HIDDEN', 'OPEN'])
      expect(refusal(await post('/siem/offenses/3', { status, closing_reason_id: 2 }))).toEqual([409, 1008]);
  });

  it('are refused to a read-only service', async () => {
    const token = console.simulator.tokens.readonly;
    expect(refusal(await post('/siem/offenses/1', { follow_up: true }, { token }))).toEqual([403, 26]);
    expect((await console.ask('GET', '/siem/offenses/1', { token })).status).toBe(200);
  });

  it('offer users and services as assignees', async () => {
    const { json } = await console.ask('GET', '/siem/offenses/1/assignable_actors', { query: { fields: 'username' } });
    expect(json).toContainEqual({ username: 'analyst1' });
    expect(json).toContainEqual({ username: 'sidecar' });
    expect(refusal(await console.ask('GET', '/siem/offenses/999/assignable_actors'))).toEqual([404, 85101001]);
  });
});

describe('notes', () => {
  const token = () => console.simulator.tokens.sidecar;

  it('are made from a query parameter or a form, and written in the name of the service', async () => {
    const made = await post('/siem/offenses/4/notes', { note_text: 'first: ümlaut & "quotes"' }, { token: token() });
    expect([made.status, made.json]).toEqual([
      201,
      { id: 1, create_time: NOON, username: 'API_user: sidecar', note_text: 'first: ümlaut & "quotes"' },
    ]);
    const form = await console.ask('POST', '/siem/offenses/4/notes', {
      raw: new URLSearchParams({ note_text: 'second' }).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect([form.status, form.json.username]).toEqual([201, 'API_user: admin']);
    expect(
      (await console.ask('GET', '/siem/offenses/4/notes', { query: { sort: '-id', fields: 'note_text' } })).json,
    ).toEqual([{ note_text: 'second' }, { note_text: 'first: ümlaut & "quotes"' }]);
    expect((await console.ask('GET', '/siem/offenses/4/notes/1')).json.note_text).toContain('first');
  });

  it('are refused as a JSON body, empty, too long, or on what does not exist', async () => {
    const json = await console.ask('POST', '/siem/offenses/4/notes', { body: { text: 'x', note_on: 1 } });
    expect([...refusal(json), json.json.message]).toEqual([
      422,
      8,
      'Missing required parameter "note_text" from query parameters',
    ]);
    expect(refusal(await post('/siem/offenses/4/notes', { note_text: '' }))).toEqual([422, 8]);
    expect(refusal(await post('/siem/offenses/4/notes', { note_text: 'x'.repeat(2001) }))).toEqual([422, 1005]);
    expect((await post('/siem/offenses/4/notes', { note_text: 'x'.repeat(2000) })).status).toBe(201);
    const missing = await post('/siem/offenses/32000/notes', { note_text: 'x' });
    expect([...refusal(missing), missing.json.message]).toEqual([404, 1002, 'Offense not found for offense_id: 32000']);
    const other = await console.ask('GET', '/siem/offenses/5/notes/1');
    expect([...refusal(other), other.json.message]).toEqual([404, 1003, 'Note not found for note_id: 1']);
  });
});

describe('closing reasons', () => {
  it('hide reserved ones unless asked', async () => {
    const ids = async (query: Ask['query'] = {}) =>
      (await console.ask('GET', '/siem/offense_closing_reasons', { query })).json.map((one: { id: number }) => one.id);
    expect(await ids()).toEqual([1, 2, 3]);
    expect(await ids({ include_reserved: true })).toEqual([1, 2, 3, 54]);
  });

  it('are added once, 5 to 60 characters long', async () => {
    expect((await post('/siem/offense_closing_reasons', { reason: 'Penetration test' })).status).toBe(201);
    expect(refusal(await post('/siem/offense_closing_reasons', { reason: 'Penetration test' }))).toEqual([409, 1004]);
    expect(refusal(await post('/siem/offense_closing_reasons', { reason: 'x' }))).toEqual([422, 1005]);
    const missing = await console.ask('GET', '/siem/offense_closing_reasons/12');
    expect(missing.json.message).toBe('Closing Reason not found for closing_reason_id: 12');
  });
});

describe('offense types', () => {
  it('are numbered as QRadar numbers them', async () => {
    const { json } = await console.ask('GET', '/siem/offense_types', {
      query: { filter: 'id in (0,3)', fields: 'id,name' },
    });
    expect(json).toEqual([
      { id: 0, name: 'Source IP' },
      { id: 3, name: 'Username' },
    ]);
    expect(refusal(await console.ask('GET', '/siem/offense_types', { query: { sort: '+nothing' } }))).toEqual([
      422, 1012,
    ]);
  });
});

describe('domains and restarts', () => {
  it('hide offenses of other domains', async () => {
    const { state, services } = console.simulator.world;
    state.domains.put(7, { id: 7, name: 'branch', description: '', tenant_id: 0, deleted: false, log_source_ids: [] });
    state.profiles.put(9, { id: 9, name: 'branch', description: '', domain_ids: [7] });
    const service = {
      label: 'branch',
      created_by: 'admin',
      user_role_id: 2,
      security_profile_id: 9,
      tenant_id: 0,
      expiration_date: null,
      read_only: false,
    };
    const { token } = services.create(service);
    const elsewhere = raise({ username: 'jdoe', domainId: 7 });
    expect(raise({ username: 'jdoe' }).id).not.toBe(elsewhere.id);
    const { json } = await console.ask('GET', '/siem/offenses', { token, query: { fields: 'id' } });
    expect(json).toEqual([{ id: elsewhere.id }]);
    expect(refusal(await console.ask('GET', '/siem/offenses/1', { token }))).toEqual([404, 1002]);
    expect((await console.ask('GET', '/config/domain_management/domains', { token })).json).toEqual([
      { id: 7, name: 'branch' },
    ]);
  });

  it('keep offenses and notes over a restart', async () => {
    const read = async () => [
      (await console.ask('GET', '/siem/offenses')).text,
      (await console.ask('GET', '/siem/offenses/4/notes')).text,
    ];
    const before = await read();
    await console.restart();
    expect(await read()).toEqual(before);
  });
});
