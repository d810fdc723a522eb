import { afterEach, describe, expect, it } from 'vitest';
import { connectTo, errorOf, failure, type Handler, ranged } from '../qradar-console.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function connect(handler: Handler, more: Parameters<typeof connectTo>[1] = {}) {
  const connection = await connectTo(handler, more);
  closers.push(connection.close);
  return connection;
}

describe('versions', () => {
  it('are asked for without a version; the newest known one is chosen', async () => {
    const { qradar, console } = await connect(() => ({ body: [] }));
    expect(console.requests[0]).toMatchObject({ path: '/api/help/versions' });
    expect(console.requests[0]!.headers).not.toHaveProperty('version');
    expect(qradar.version).toEqual({ version: '26.0', deprecated: false });
  });

  it('that are deprecated bring a warning', async () => {
    const warnings: string[] = [];
    const { qradar } = await connect(() => ({ body: [] }), {
      version: '19.0',
      onWarning: (text) => warnings.push(text),
    });
    expect(qradar.version).toEqual({ version: '19.0', deprecated: true });
    expect(warnings).toEqual(['API version 19.0 is deprecated on this console']);
  });

  it.each([
    ['12.0', 'was removed'],
    ['13.0', 'is not offered'],
  ])('%s %s: refused, with what is offered', async (version, reason) => {
    const error = await errorOf(connect(() => ({ body: [] }), { version }));
    expect(error).toMatchObject({ code: 'QRADAR_VERSION' });
    expect((error as Error).message).toContain(reason);
    expect((error as Error).message).toContain('19.0, 26.0, 99.0');
  });
});

describe('the caller', () => {
  const roles = [{ id: 4, name: 'Sidecar', capabilities: [{ application_id: 1, name: 'SEM', description: 'x' }] }];

  it('is an authorized service when no user answers', async () => {
    const { qradar, console } = await connect((request) => {
      const what = request.path.split('/').at(-1);
      if (what === 'users') return ranged(request, []);
      if (what === 'authorized_services')
        return ranged(request, [
          { id: 3, label: 'sidecar', user_role_id: 4, expiration_date: 1_800_000_000_000, token: null },
        ]);
      if (what === 'user_roles') return ranged(request, roles);
      return ranged(request, [{ id: 1, name: 'Admin', domain_ids: [0, 2] }]);
    });
    expect(await qradar.access.caller()).toEqual({
      kind: 'service',
      name: 'sidecar',
      expiresMs: 1_800_000_000_000,
      role: { id: 4, name: 'Sidecar', capabilities: ['SEM'] },
      profile: { id: 1, name: 'Admin', domainIds: [0, 2] },
    });
    expect(console.seen('GET', '/api/config/access/user_roles')[0]!.query.get('current_user_role')).toBe('true');
  });

  it('is a user, and may be kept from knowing more', async () => {
    const { qradar } = await connect((request) =>
      request.path.endsWith('/users')
        ? ranged(request, [{ id: 1, username: 'admin', user_role_id: 1, password: null }])
        : failure(403, 26, 'x'),
    );
    expect(await qradar.access.caller()).toMatchObject({
      kind: 'user',
      name: 'admin',
      role: undefined,
      profile: undefined,
    });
    expect((await qradar.access.users())[0]).toMatchObject({ username: 'admin', email: undefined });
  });

  it('with a bad token is an error', async () => {
    const { qradar } = await connect(() => failure(401, 18, 'x'));
    expect(await errorOf(qradar.access.caller())).toMatchObject({ code: 'QRADAR_UNAUTHORIZED' });
  });
});

describe('inventory', () => {
  it('has domains, the default one without a name', async () => {
    const { qradar } = await connect((request) =>
      ranged(request, [
        { id: 0, name: '', deleted: false, tenant_id: 0 },
        { id: 2, name: 'Branch' },
      ]),
    );
    expect(await qradar.inventory.domains()).toEqual([
      { id: 0, name: '', isDeleted: false, tenantId: 0 },
      { id: 2, name: 'Branch', isDeleted: false, tenantId: undefined },
    ]);
  });

  it('has log sources and their types', async () => {
    const source = {
      id: 112,
      name: 'WindowsAuthServer @ 10.0.0.1',
      type_id: 12,
      enabled: true,
      last_event_time: 0,
      average_eps: 3,
      coalesce_events: true,
      status: { status: 'SUCCESS', messages: null },
    };
    const { qradar } = await connect((request) =>
      ranged(
        request,
        request.path.endsWith('types') ? [{ id: 12, name: 'Microsoft Windows Security Event Log' }] : [source],
      ),
    );
    const pages = [];
    for await (const page of qradar.inventory.logSources()) pages.push(...page);
    expect(pages).toMatchObject([{ id: 112, typeId: 12, lastEventMs: undefined, coalesces: true, status: 'SUCCESS' }]);
    expect(await qradar.inventory.logSourceTypes()).toHaveLength(1);
  });

  it('has assets with addresses and users', async () => {
    const asset = {
      id: 1,
      domain_id: 0,
      hostnames: [{ id: 1, name: 'ws-12', type: 'NETBIOS' }],
      interfaces: [{ id: 1, mac_address: null, ip_addresses: [{ id: 1, value: '10.0.0.5', type: 'IPV4' }] }],
      users: [{ id: 1, username: 'jsmith', last_seen_profiler: 5, last_seen_scanner: null }],
    };
    const { qradar, console } = await connect((request) => ranged(request, [asset]));
    for await (const page of qradar.inventory.assets())
      expect(page).toEqual([
        {
          id: 1,
          domainId: 0,
          hostnames: ['ws-12'],
          addresses: ['10.0.0.5'],
          macs: [],
          users: [{ username: 'jsmith', lastSeenMs: 5 }],
        },
      ]);
    expect(console.requests.at(-1)!.query.get('fields')).toContain('interfaces(mac_address,ip_addresses(value))');
  });
});

describe('UBA', () => {
  const app = (id: number, name: string, status = 'RUNNING') => ({
    application_definition_id: id,
    application_state: { application_id: id, status, memory: 200 },
    manifest: { name },
  });
  const user = {
    id: 5,
    username: 'jsmith',
    risk: 1618.95,
    latest_risk: 90.0,
    dept: 'Sales',
    aliases: ['JS'],
    last_offense_time: 1_700_000_000,
    source: 'ariel',
  };

  it('is found among the apps, and not one of its companions', async () => {
    const apps = [
      app(1, 'QRadar Log Source Management'),
      app(2, 'Machine Learning Analytics for UBA'),
      app(3, 'Reference Data Import - LDAP for User Analytics'),
      app(4, 'User Analytics', 'STOPPED'),
      app(5, 'User Entity Behavior Analytics'),
    ];
    const { qradar, console } = await connect((request) => ranged(request, apps));
    expect(await qradar.uba.findAppId()).toBe(5);
    expect(await qradar.uba.findAppId()).toBe(5);
    expect(console.seen('GET', '/api/gui_app_framework/applications')).toHaveLength(1);
  });

  it('may be absent', async () => {
    const { qradar } = await connect((request) => ranged(request, [app(1, 'Pulse')]));
    expect(await qradar.uba.findAppId()).toBeUndefined();
    expect(await errorOf(qradar.uba.aboveThreshold())).toMatchObject({ code: 'QRADAR_NOT_FOUND' });
  });

  it('tells people above the threshold, in milliseconds', async () => {
    const { qradar, console } = await connect(
      ({ path }) =>
        path === '/console/plugins/1101/app_proxy/api/users_above_threshold'
          ? { body: { risk_threshold: 305.0, users: [user] } }
          : undefined,
      { ubaAppId: 1101 },
    );
    const { riskThreshold, users } = await qradar.uba.aboveThreshold();
    expect(riskThreshold).toBe(305);
    expect(users[0]).toMatchObject({
      username: 'jsmith',
      latestRisk: 90,
      department: 'Sales',
      lastOffenseMs: 1_700_000_000_000,
    });
    expect(console.requests.at(-1)!.headers.sec).toBeDefined();
  });

  it('tells about many people at once; asking is safe to repeat', async () => {
    let first = true;
    const { qradar, console } = await connect(
      (request) => {
        const wasFirst = first;
        first = false;
        if (wasFirst) return { cut: 'before' };
        const { users } = JSON.parse(request.body) as { users: string[] };
        return { body: { users: users.map((name) => ({ ...user, input_username: name })) } };
      },
      { ubaAppId: 1101 },
    );
    const names = Array.from({ length: 250 }, (_, i) => `u${i}`);
    expect((await qradar.uba.users(names)).map(({ asked }) => asked)).toEqual(names);
    expect(console.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
  });

  it('shows its login page when the token may not: said as such', async () => {
    const { qradar } = await connect(() => ({ body: '<html>login</html>' }), { ubaAppId: 1101 });
    expect(await errorOf(qradar.uba.aboveThreshold())).toMatchObject({ code: 'QRADAR_REPLY_INVALID' });
  });
});
