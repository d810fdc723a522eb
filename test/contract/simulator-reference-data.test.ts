import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ask, NOON, refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

let console: TestConsole;
const post = (path: string, query: Ask['query'] = {}, more: Ask = {}) => console.ask('POST', path, { query, ...more });
const get = (path: string, query: Ask['query'] = {}) => console.ask('GET', path, { query });
const OLD = '/reference_data';
const NEW = '/reference_data_collections';

beforeAll(async () => {
  console = await startTestConsole();
});
afterAll(() => console.close());

describe('maps, maps of sets and tables', () => {
  it.each([
    ['maps', { a: '1', b: '2' }, { a: { value: '1' }, b: { value: '2' } }],
    ['map_of_sets', { a: ['1', '2'], b: ['3'] }, { a: [{ value: '1' }, { value: '2' }], b: [{ value: '3' }] }],
    ['tables', { a: { score: '5', reason: 'x' } }, { a: { score: { value: '5' }, reason: { value: 'x' } } }],
  ])('%s take a bulk load and give it back nested', async (kind, body, data) => {
    const name = `AI ${kind}`;
    const types = kind === 'tables' ? { key_name_types: '[{"element_type":"NUM","key_name":"score"}]' } : {};
    expect((await post(`${OLD}/${kind}`, { name, element_type: 'ALN', ...types })).status).toBe(201);
    const taken = await post(`${OLD}/${kind}`, { name, element_type: 'ALN' });
    expect([...refusal(taken), taken.json.message]).toEqual([409, 1004, `The name ${name} is already in use`]);
    const path = `${OLD}/${kind}/bulk_load/${encodeURIComponent(name)}`;
    const loaded = await console.ask('POST', path, { body });
    expect([loaded.status, loaded.json.number_of_elements]).toEqual([200, kind === 'map_of_sets' ? 3 : 2]);
    expect((await console.ask('POST', path, { body })).json.number_of_elements).toBe(loaded.json.number_of_elements);
    expect((await get(`${OLD}/${kind}/${encodeURIComponent(name)}`)).json).toMatchObject({
      name,
      namespace: 'SHARED',
      data,
    });
    const bad = { raw: '{"a":', headers: { 'Content-Type': 'application/json' } };
    expect(refusal(await console.ask('POST', path, bad))).toEqual([400, 1001]);
    expect(refusal(await console.ask('POST', path, { body: [1, [2]] }))).toEqual([400, 1001]);
    expect(refusal(await console.ask('POST', path))).toEqual([422, 10]);
    const whole = `${OLD}/${kind}/bulk_load/SHARED/${encodeURIComponent(name)}/0`;
    expect((await console.ask('POST', whole, { body })).status).toBe(200);
  });

  it('take and drop single values', async () => {
    await post(`${OLD}/maps`, { name: 'ages', element_type: 'NUM' });
    expect((await post(`${OLD}/maps/ages`, { key: 'a', value: 30 })).json.number_of_elements).toBe(1);
    const bad = await post(`${OLD}/maps/ages`, { key: 'a', value: 'old' });
    expect([...refusal(bad), bad.json.message]).toEqual([422, 1005, 'Invalid NUM value: old']);
    expect((await get(`${OLD}/maps/ages`)).json.data.a).toEqual({
      value: '30',
      source: 'reference data api',
      first_seen: NOON,
      last_seen: NOON,
      domain_id: 0,
    });
    const drop = (value: number) => console.ask('DELETE', `${OLD}/maps/ages/a`, { query: { value } });
    expect(refusal(await drop(31))).toEqual([404, 1003]);
    expect(refusal(await console.ask('DELETE', `${OLD}/maps/ages/a`))).toEqual([422, 8]);
    expect((await drop(30)).json.number_of_elements).toBe(0);
  });

  it('answer what does not exist or is not allowed', async () => {
    const missing = await get(`${OLD}/maps/test_set`);
    expect(missing.json).toMatchObject({
      message: 'test_set does not exist',
      code: 1002,
      http_response: { message: 'We could not find the resource you requested.', code: 404 },
    });
    const space = await post(`${OLD}/maps/ages`, { key: 'a', value: 1, namespace: 'TENANT' });
    expect([...refusal(space), space.json.message]).toEqual([422, 1012, 'Admin user can only access shared namespace']);
    expect(refusal(await post(`${OLD}/maps/ages`, { key: 'a', value: 1, domain_id: 77 }))).toEqual([404, 1011]);
    const interval = await post(`${OLD}/maps`, { name: 'x', element_type: 'ALN', time_to_live: '12xzd' });
    expect([...refusal(interval), interval.json.message]).toEqual([422, 1005, 'Invalid time to live interval 12xzd']);
    expect(refusal(await post(`${OLD}/maps`, { name: 'x', element_type: 'WORD' }))).toEqual([422, 11]);
    const token = console.simulator.tokens.readonly;
    expect(refusal(await post(`${OLD}/maps`, { name: 'x', element_type: 'ALN' }, { token }))).toEqual([403, 26]);
  });

  it('print an interval, and forget values after it', async () => {
    const made = await post(`${OLD}/map_of_sets`, {
      name: 'short',
      element_type: 'ALN',
      time_to_live: '2 days',
      timeout_type: 'LAST_SEEN',
    });
    expect(made.json.time_to_live).toBe('0 years 0mons 2 days 0 hours 0mins 0.0 secs');
    await post(`${OLD}/map_of_sets/short`, { key: 'a', value: 'x' });
    console.clock.now = NOON + 3 * 86_400_000;
    expect((await get(`${OLD}/map_of_sets/short`)).json.data).toEqual({});
    console.clock.now = NOON;
  });

  it('are removed by a task', async () => {
    await post(`${OLD}/tables`, { name: 'gone', element_type: 'ALN' });
    await post(`${OLD}/tables/gone`, { outer_key: 'a', inner_key: 'b', value: 'c' });
    const purge = await console.ask('DELETE', `${OLD}/tables/gone`, { query: { purge_only: true } });
    expect([purge.status, purge.json.status]).toEqual([202, 'QUEUED']);
    expect((await get(`${OLD}/tables/gone`)).json.number_of_elements).toBe(0);
    const removed = await console.ask('DELETE', `${OLD}/tables/gone`);
    expect(removed.headers.location).toBe(`/api${OLD}/table_delete_tasks/${removed.json.id}`);
    expect((await get(`${OLD}/table_delete_tasks/${removed.json.id}`)).json.status).toBe('COMPLETED');
    expect(refusal(await get(`${OLD}/tables/gone`))).toEqual([404, 1002]);
  });
});

describe('sets', () => {
  it('are reached by name with the old, deprecated API and by id with the new one', async () => {
    const made = await post(`${OLD}/sets`, {
      name: 'AI High Risk',
      element_type: 'ALNIC',
      timeout_type: 'LAST_SEEN',
      time_to_live: '7 days',
    });
    expect([made.status, made.headers.deprecated]).toEqual([201, expect.stringContaining('deprecated')]);
    const path = `${OLD}/sets/${encodeURIComponent('AI High Risk')}`;
    await console.ask('POST', `${OLD}/sets/bulk_load/AI%20High%20Risk`, {
      body: ['jdoe', 'JDOE', 'ann'],
      headers: { Version: '10.1' },
    });
    const { json } = await get(path);
    expect(json.data.map((one: { value: string }) => one.value)).toEqual(['jdoe', 'ann']);
    const set = await get(`${NEW}/sets/${json.collection_id}`);
    expect(set.json).toMatchObject({
      name: 'AI High Risk',
      entry_type: 'ALNIC',
      expiry_type: 'LAST_SEEN',
      time_to_live: 604_800,
      number_of_entries: 2,
    });
    expect((await console.ask('DELETE', `${path}/ANN`)).json.number_of_elements).toBe(1);
    expect(refusal(await console.ask('DELETE', `${path}/ANN`))).toEqual([404, 1003]);
    console.clock.now = NOON + 8 * 86_400_000;
    expect((await get(path)).json.data).toEqual([]);
    console.clock.now = NOON;
  });

  it('hold the sets of the UBA app', async () => {
    const { json } = await get(`${NEW}/sets`, {
      filter: 'name = "UBA : Users Not Tracked"',
      fields: 'name,entry_type',
    });
    expect(json).toEqual([{ name: 'UBA : Users Not Tracked', entry_type: 'ALNIC' }]);
  });

  it('are not there in versions before they were', async () => {
    expect((await console.ask('GET', `${NEW}/sets`, { headers: { Version: '15.0' } })).status).toBe(404);
  });

  it('check what they are made of', async () => {
    const make = (body: unknown) => console.ask('POST', `${NEW}/sets`, { body });
    expect((await make({ name: 'new', entry_type: 'IP' })).status).toBe(201);
    expect(refusal(await make({ name: 'new', entry_type: 'IP' }))).toEqual([409, 10006]);
    expect(refusal(await make({ name: 'other' }))).toEqual([422, 10002]);
    expect(refusal(await make({ name: 'other', entry_type: 'X' }))).toEqual([422, 10003]);
    expect(refusal(await make([]))).toEqual([422, 10001]);
    expect(refusal(await get(`${NEW}/sets/9999`))).toEqual([404, 12001]);
    expect(refusal(await get(`${NEW}/sets`, { filter: 'x=1' }))).toEqual([422, 14001]);
    expect(refusal(await get(`${NEW}/set_entries`, { filter: 'x=1' }))).toEqual([422, 24001]);
  });
});

describe('set entries', () => {
  let id: number;
  beforeAll(async () => {
    id = (await console.ask('POST', `${NEW}/sets`, { body: { name: 'entries', entry_type: 'ALNIC' } })).json.id;
  });
  const upsert = (more: object) => console.ask('POST', `${NEW}/set_entries`, { body: { collection_id: id, ...more } });

  it('are created with 201 and seen again with 200, keeping notes', async () => {
    const made = await upsert({ value: 'jdoe', notes: 'deviates from 22 peers', source: 'sidecar' });
    expect([made.status, made.json]).toMatchObject([
      201,
      { value: 'jdoe', notes: 'deviates from 22 peers', domain_id: 0 },
    ]);
    const again = await upsert({ value: 'JDOE' });
    expect([again.status, again.json.id, again.json.notes]).toEqual([200, made.json.id, 'deviates from 22 peers']);
    const noted = await console.ask('POST', `${NEW}/set_entries/${made.json.id}`, { body: { notes: 'changed' } });
    expect([noted.status, noted.json.notes]).toEqual([200, 'changed']);
    const found = await get(`${NEW}/set_entries`, { filter: `collection_id=${id} and value="jdoe"` });
    expect(found.json).toHaveLength(1);
    expect((await console.ask('DELETE', `${NEW}/set_entries/${made.json.id}`)).status).toBe(204);
    expect(refusal(await get(`${NEW}/set_entries/${made.json.id}`))).toEqual([404, 22001]);
  });

  it('are refused by code', async () => {
    expect(refusal(await upsert({}))).toEqual([422, 20001]);
    expect(refusal(await upsert({ value: 'x', collection_id: 9999 }))).toEqual([422, 20002]);
    expect(refusal(await upsert({ value: '' }))).toEqual([422, 20003]);
    expect(refusal(await upsert({ value: 'x', domain_id: 99 }))).toEqual([422, 20004]);
    expect(refusal(await upsert({ value: 'x', notes: 5 }))).toEqual([422, 20005]);
  });

  it('are updated in bulk by a task', async () => {
    const bulk = (entries: object[]) =>
      console.ask('PATCH', `${NEW}/set_entries`, { body: entries.map((one) => ({ collection_id: id, ...one })) });
    const outcome = async (entries: object[]) => {
      const task = await bulk(entries);
      expect([task.status, task.json.status, task.headers.location]).toEqual([
        202,
        'QUEUED',
        `/api${NEW}/set_bulk_update_tasks/${task.json.id}`,
      ]);
      expect((await get(`${NEW}/set_bulk_update_tasks/${task.json.id}`)).json).toMatchObject({
        status: 'COMPLETED',
        error_code: null,
      });
      return (await get(`${NEW}/set_bulk_update_tasks/${task.json.id}/results`)).json;
    };
    expect(await outcome([{ value: 'a', notes: 'n' }, { value: 'b' }])).toMatchObject({
      status: 'COMPLETE_UPDATE_PERFORMED',
      successful_responses: 2,
      total_responses: 2,
    });
    const mixed = await outcome([
      { value: 'a', delete_entry: true },
      { value: 'c', delete_entry: true },
    ]);
    expect(mixed).toMatchObject({
      status: 'PARTIAL_UPDATE_PERFORMED',
      responses: [{ http_status: 204 }, { http_status: 404 }],
    });
    expect((await outcome([{ value: '' }])).status).toBe('UPDATE_ABORTED');
    expect(refusal(await console.ask('PATCH', `${NEW}/set_entries`, { body: {} }))).toEqual([422, 20001]);
    expect((await get(`${NEW}/set_entries`, { filter: `collection_id=${id}`, fields: 'value' })).json).toEqual([
      { value: 'b' },
    ]);
    const kept = async () => (await get(`${NEW}/set_entries`)).text;
    const before = await kept();
    await console.restart();
    expect(await kept()).toBe(before);
  });
});
