import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../simulator/qradar/endpoints/index.ts';
import { NOON, refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await startTestConsole();
  const { state } = console.simulator.world;
  state.assets.put(1001, {
    id: 1001,
    domain_id: 0,
    vulnerability_count: 0,
    risk_score_sum: 0,
    hostnames: [{ id: 1, name: 'PC-1', type: 'NETBIOS' }],
    interfaces: [
      { id: 1, mac_address: null, ip_addresses: [{ id: 1, value: '10.0.0.7', type: 'IPV4', network_id: 1 }] },
    ],
    products: [],
    properties: [],
    users: [{ id: 1, username: 'jdoe' }],
  });
  const risk = {
    risk: 120,
    latest_risk: 10,
    risk_1: 110,
    risk_2: 90,
    risk_3: 0,
    prolonged_risk: 500,
    risk_poll_count: 9,
  };
  const hr = {
    full_name: 'Jane Doe',
    email: 'jane.doe@corp.example',
    job_title: 'Accountant',
    dept: 'Finance',
    manager: '',
    custom_group: '',
  };
  state.ubaUsers.put(1, {
    id: 1,
    username: 'jdoe',
    ...risk,
    ...hr,
    aliases: ['jdoe', 'CORP\\jdoe'],
    source: 'ariel',
    last_offense_time: NOON,
    last_hour: 0,
    investigation_user: 'analyst1',
  });
  state.settings.put('uba-threshold', { value: 100 });
});
afterAll(() => console.close());

const lists = ENDPOINTS.filter((one) => one.list && !one.path.includes('{'));
const singles = ENDPOINTS.filter((one) => one.method === 'GET' && /\{\w+id\}$/.test(one.path));

describe('every list', () => {
  it.each(lists.map((one) => [one.path, one] as const))(
    '%s pages, filters, sorts and shapes',
    async (path, endpoint) => {
      const all = await console.ask('GET', path);
      expect(all.status).toBe(200);
      const known = [...endpoint.shape!.keys()];
      for (const row of all.json) expect(known).toEqual(expect.arrayContaining(Object.keys(row)));
      const paged = await console.ask('GET', path, { headers: { Range: 'items=0-0' } });
      expect(paged.json).toEqual(all.json.slice(0, 1));
      expect(paged.headers['content-range']).toBe(`items 0-${paged.json.length - 1}/${all.json.length}`);
      const bad = await console.ask('GET', path, { query: { filter: 'no_such_field = 1' } });
      expect(refusal(bad)).toEqual([422, endpoint.list!.filterCode]);
      const unsorted = await console.ask('GET', path, { query: { sort: '+no_such_field' } });
      expect(refusal(unsorted)).toEqual([422, endpoint.list!.sortCode]);
      expect(refusal(await console.ask('GET', path, { query: { fields: 'no_such_field' } }))).toEqual([422, 30]);
      const field = known[0]!;
      for (const row of (await console.ask('GET', path, { query: { fields: field } })).json)
        expect(Object.keys(row)).toEqual([field]);
    },
  );
});

describe('every record', () => {
  it.each(singles.map((one) => [one.path, one] as const))(
    '%s that does not exist is a documented 404',
    async (path, endpoint) => {
      const missing = await console.ask('GET', path.replace(/\{\w+\}/g, '987654'));
      expect(missing.status).toBe(404);
      const documented = endpoint.errors.find((one) => one.status === 404 && one.code === missing.json.code);
      expect(missing.json.description).toBe(documented?.description);
    },
  );
});

describe('access', () => {
  const current = (token: string, path: string, flag: string) =>
    console.ask('GET', path, { token, query: { [flag]: true } });

  it('tells a service who it is, but no user', async () => {
    const token = console.simulator.tokens.sidecar;
    expect((await current(token, '/config/access/users', 'current_user')).json).toEqual([]);
    expect((await console.ask('GET', '/config/access/users', { token })).json).toEqual([]);
    const service = await current(token, '/config/access/authorized_services', 'current_authorized_service');
    expect(service.json).toMatchObject([{ label: 'sidecar', token: null }]);
    const role = await current(token, '/config/access/user_roles', 'current_user_role');
    expect(role.json[0].capabilities.map((one: { name: string }) => one.name)).toContain('SEM');
    expect((await current(token, '/config/access/security_profiles', 'current_security_profile')).json).toMatchObject([
      { domain_ids: [] },
    ]);
  });

  it('shows administrators everybody', async () => {
    expect((await console.ask('GET', '/config/access/users')).json).toHaveLength(3);
    const contained = await console.ask('GET', '/config/access/user_roles', { query: { contains: 'ADMIN' } });
    expect(contained.json.map((one: { name: string }) => one.name)).toEqual(['Admin']);
  });

  it('shows a new token once, and refuses it after its end', async () => {
    const body = { label: 'short', user_role_id: 2, security_profile_id: 1, expiration_date: NOON + 1000 };
    const { json } = await console.ask('POST', '/config/access/authorized_services', { body });
    expect((await console.ask('GET', '/system/about', { token: json.token })).status).toBe(200);
    console.clock.now = NOON + 1000;
    expect(refusal(await console.ask('GET', '/system/about', { token: json.token }))).toEqual([401, 18]);
    console.clock.now = NOON;
    const ended = await console.ask('POST', `/config/access/authorized_services/${json.id}`, {
      body: { expiration_date: 1 },
    });
    expect(ended.status).toBe(200);
    expect(refusal(await console.ask('GET', '/system/about', { token: json.token }))).toEqual([401, 18]);
    const itself = await console.ask('POST', '/config/access/authorized_services/1', { body: { expiration_date: 1 } });
    expect(refusal(itself)).toEqual([403, 95104011]);
  });
});

describe('log sources, QIDs and properties', () => {
  const base = '/config/event_sources/log_source_management';

  it('are made in the order that a sidecar needs them', async () => {
    const type = await console.ask('POST', `${base}/log_source_types`, { body: { name: 'UBA AI Sidecar' } });
    expect(type.json).toMatchObject({ id: 4000, custom: true });
    const parameters = [{ name: 'identifier', id: 0, value: 'uba-sidecar' }];
    const source = {
      name: 'sidecar',
      type_id: 4000,
      protocol_type_id: 0,
      protocol_parameters: parameters,
      coalesce_events: false,
    };
    const made = await console.ask('POST', `${base}/log_sources`, { body: source });
    expect([made.status, made.json.coalesce_events]).toEqual([201, false]);
    expect(refusal(await console.ask('POST', `${base}/log_sources`, { body: source }))).toEqual([409, 1001]);
    expect(refusal(await console.ask('POST', `${base}/log_sources`, { body: { ...source, name: 'b' } }))).toEqual([
      409, 1002,
    ]);
    expect(refusal(await console.ask('POST', `${base}/log_sources`, { body: { ...source, credibility: 11 } }))).toEqual(
      [422, 1003],
    );
    const qid = await console.ask('POST', '/data_classification/qid_records', {
      body: { log_source_type_id: 4000, name: 'Peer deviation', low_level_category_id: 20001, severity: 6 },
    });
    expect([qid.status, qid.json.qid > 2_000_000]).toEqual([201, true]);
    const mapping = {
      log_source_type_id: 4000,
      log_source_event_id: 'peer_deviation',
      log_source_event_category: 'AIFinding',
      qid_record_id: qid.json.id,
    };
    expect((await console.ask('POST', '/data_classification/dsm_event_mappings', { body: mapping })).status).toBe(201);
    expect(refusal(await console.ask('POST', '/data_classification/dsm_event_mappings', { body: mapping }))).toEqual([
      409, 1008,
    ]);
    const property = await console.ask('POST', '/config/event_sources/custom_properties/regex_properties', {
      body: { name: 'AI Score', property_type: 'numeric', use_for_rule_engine: true },
    });
    const expression = {
      regex_property_identifier: property.json.identifier,
      expression: 'aiScore',
      log_source_type_id: 4000,
    };
    const added = await console.ask('POST', '/config/event_sources/custom_properties/property_leef_expressions', {
      body: expression,
    });
    expect([added.status, added.json.expression]).toEqual([201, 'aiScore']);
    const changed = await console.ask('POST', `${base}/log_sources/${made.json.id}`, { body: { enabled: false } });
    expect([changed.status, changed.json.enabled]).toEqual([200, false]);
    expect((await console.ask('DELETE', `${base}/log_sources/${made.json.id}`)).status).toBe(204);
  });
});

describe('assets, rules, apps', () => {
  it('finds an asset by address and sets a property', async () => {
    const query = { filter: 'interfaces(ip_addresses(value))="10.0.0.7"', fields: 'id,users(username)' };
    expect((await console.ask('GET', '/asset_model/assets', { query })).json).toEqual([
      { id: 1001, users: [{ username: 'jdoe' }] },
    ]);
    const set = await console.ask('POST', '/asset_model/assets/1001', {
      body: { properties: [{ type_id: 1002, value: 'laptop' }] },
    });
    expect(set.status).toBe(202);
    expect(
      refusal(
        await console.ask('POST', '/asset_model/assets/1001', { body: { properties: [{ type_id: 1, value: 'x' }] } }),
      ),
    ).toEqual([422, 1005]);
  });

  it('changes only state and owner of a rule', async () => {
    const [rule] = (await console.ask('GET', '/analytics/rules', { query: { filter: 'name like "UBA :%"' } })).json;
    const changed = await console.ask('POST', `/analytics/rules/${rule.id}`, { body: { enabled: false, name: 'x' } });
    expect(changed.json).toMatchObject({ id: rule.id, name: rule.name, enabled: false });
    const token = console.simulator.tokens.sidecar;
    expect(
      refusal(await console.ask('POST', `/analytics/rules/${rule.id}`, { token, body: { enabled: true } })),
    ).toEqual([403, 26]);
    const missing = await console.ask('GET', '/analytics/rules/1');
    expect(missing.json.message).toBe('No Custom Rule found with id: 1');
    expect((await console.ask('GET', '/analytics/rule_groups/321')).json.message).toBe('No group found with id: 321');
  });

  it('leads to the UBA app and its public API', async () => {
    const [app] = (
      await console.ask('GET', '/gui_app_framework/applications', {
        query: { filter: 'manifest(name) = "User Analytics"' },
      })
    ).json;
    const root = `/console/plugins/${app.application_state.application_id}/app_proxy/api`;
    const above = await console.ask('GET', '/users_above_threshold', { root });
    expect(above.json).toMatchObject({
      risk_threshold: 100,
      users: [{ username: 'jdoe', risk: 120, trending: 1, last_offense_time: NOON / 1000 }],
    });
    expect((await console.ask('GET', '/investigated_list', { root })).json.investigated).toMatchObject([
      { display_name: 'Jane Doe', risk0: 120 },
    ]);
    const bulk = await console.ask('POST', '/bulk_user_info', { root, body: { users: ['jdoe', 'JDOE'] } });
    expect(bulk.json.users).toMatchObject([
      { input_username: 'jdoe', alias_properties: [{ alias: 'jdoe' }, { alias: 'CORP\\jdoe' }] },
    ]);
    expect((await console.ask('GET', '/user_info', { root, query: { username: 'nobody' } })).status).toBe(404);
    expect(refusal(await console.ask('GET', '/users_above_threshold', { root, token: undefined }))).toEqual([401, 18]);
  });
});
