import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contribute } from '../../simulator/qradar/state/offenses.ts';
import { upsertEntry } from '../../simulator/qradar/state/reference-sets.ts';
import type { QRadar } from '../../src/qradar/connect.ts';
import { pollOffenses, startCursor } from '../../src/qradar/poll-offenses.ts';
import { USERS_NOT_TRACKED } from '../../src/qradar/reference-names.ts';
import type { HttpRequest } from '../../src/qradar/transport.ts';
import { errorOf } from '../qradar-console.ts';
import { NOON, startTestConsole, type TestConsole } from '../simulator-client.ts';
import { connectWired, openWire, setFaults, strikeOnly, type Wire } from '../wired-client.ts';

/** The client's other calls while the console is in trouble: nothing is lost, nothing is done twice. */
const OFFENSES = 120;
const TROUBLE = { error503Rate: 0.1, error429Rate: 0.1, cutBeforeRate: 0.08, cutAfterRate: 0.08 };
let console: TestConsole;
let wire: Wire;
let qradar: QRadar;

const raise = (user: string, more: { timeMs?: number; nowMs?: number } = {}) =>
  contribute(console.simulator.world.state, {
    rule: { id: 1, name: 'UBA : Potential Lateral Movement' },
    username: user,
    domainId: 0,
    timeMs: NOON,
    nowMs: NOON,
    eventName: 'x',
    category: 'User Behavior',
    severity: 5,
    credibility: 5,
    logSource: { id: 63, name: 'UBA', type_id: 368, type_name: 'IBM Sense' },
    ...more,
  });
const isNotePost = (request: HttpRequest) => request.method === 'POST' && request.target.includes('/notes?');

/** What a caller does that may not give up. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 20) throw error;
    }
  }
}

beforeAll(async () => {
  console = await startTestConsole();
  // Forty of a millisecond, more than fit into a page: the poller must not stand still there.
  for (let i = 0; i < OFFENSES; i++) raise(`user${i}`, { nowMs: NOON + Math.floor(i / 40) });
});
beforeEach(async () => {
  wire = openWire();
  qradar = await connectWired(console, wire, { notes: { settleMs: 10 } });
});
afterEach(() => {
  setFaults(console);
  qradar.close();
});
afterAll(() => console.close());

describe('following offenses in trouble', () => {
  it('gives each state of each offense once', async () => {
    setFaults(console, { ...TROUBLE, seed: 5 });
    const seen: string[] = [];
    let cursor = startCursor(0);
    const follow = async () => {
      for (let more = true; more; ) {
        const page = await insist(() => pollOffenses(qradar.offenses, cursor, { pageSize: 25 }));
        for (const { id, lastPersistedMs } of page.offenses) seen.push(`${id}@${lastPersistedMs}`);
        cursor = JSON.parse(JSON.stringify(page.cursor));
        more = page.hasMore;
      }
    };
    await follow();
    expect(new Set(seen).size).toBe(OFFENSES);
    raise('user7', { timeMs: NOON + 5000, nowMs: NOON + 5000 });
    raise('late', { timeMs: NOON + 4000, nowMs: NOON + 4000 });
    await follow();
    await follow();
    expect(seen).toHaveLength(OFFENSES + 2);
    expect(new Set(seen).size).toBe(OFFENSES + 2);
    expect(seen).toContain(`8@${NOON + 5000}`);
  });

  it('lists all of them by id, whatever the page size', async () => {
    setFaults(console, { ...TROUBLE, seed: 6 });
    const ids: number[] = [];
    for await (const page of qradar.offenses.list()) ids.push(...page.map(({ id }) => id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(OFFENSES);
  });
});

describe('notes whose replies are lost', () => {
  it('are found on the offense and not posted again', async () => {
    strikeOnly(console, wire, isNotePost, { cutAfterRate: 1 });
    const posted = await qradar.notes.post(1, 'lost-reply', 'deviates from 22 peers');
    expect(wire.sent.filter(isNotePost)).toHaveLength(1);
    const notes = await qradar.notes.list(1);
    expect(notes.filter(({ text }) => text.includes('lost-reply')).map(({ id }) => id)).toEqual(posted.noteIds);
  });

  it('that never arrived are posted once more', async () => {
    strikeOnly(console, wire, isNotePost, { cutBeforeRate: 1 }, 2);
    await qradar.notes.post(2, 'lost-request', 'x');
    expect(wire.sent.filter(isNotePost)).toHaveLength(3);
    expect(await qradar.notes.list(2)).toHaveLength(1);
  });

  it('stand there once, in all their parts, however often and from wherever they are posted', async () => {
    const text = 'Reads fourteen times the files of 22 peers.\n'.repeat(100);
    for (let seed = 1; seed <= 4; seed++) {
      setFaults(console, { ...TROUBLE, cutAfterRate: 0.25, seed });
      for (const offense of [10 + seed, 20 + seed])
        await Promise.all([1, 2].map(() => insist(() => qradar.notes.post(offense, `f${offense}`, text))));
    }
    setFaults(console);
    for (let seed = 1; seed <= 4; seed++)
      for (const offense of [10 + seed, 20 + seed]) {
        const heads = (await qradar.notes.list(offense)).map((note) => note.text.split(']')[0]);
        const parts = heads.length;
        expect(parts).toBeGreaterThan(1);
        expect(heads).toEqual(heads.map((_, i) => `[undercurrent f${offense} ${i + 1}/${parts}`));
      }
  });

  it('on an offense that is gone, or by a token that may not, are clear errors', async () => {
    expect(await errorOf(qradar.notes.post(9999, 'f', 'x'))).toMatchObject({
      code: 'QRADAR_NOT_FOUND',
      uniqueCode: 1002,
    });
    const readonly = await connectWired(console, wire, { token: { reveal: () => console.simulator.tokens.readonly } });
    expect(await errorOf(readonly.notes.post(1, 'f', 'x'))).toMatchObject({
      code: 'QRADAR_FORBIDDEN',
      uniqueCode: 26,
      layer: 'framework',
    });
    readonly.close();
  });
});

describe.each([
  ['26.0', true],
  ['19.0', false],
])('reference data in trouble, API %s', (version, isNew) => {
  const name = `AI High Risk ${version}`;

  it('holds every entry once, and loses those taken out', async () => {
    const here = await connectWired(console, wire, { version });
    setFaults(console, { ...TROUBLE, seed: 3 });
    await insist(() => here.sets.ensure({ name, elementType: 'ALNIC' }));
    const entries = Array.from({ length: 1500 }, (_, i) => ({ value: `user${i}`, notes: `score ${i}` }));
    expect(await insist(() => here.sets.put(name, entries))).toEqual({ written: 1500, failed: [] });
    await insist(() => here.sets.put(name, entries.slice(0, 10)));
    const bulk = wire.sent.filter(({ method, target }) =>
      isNew ? method === 'PATCH' : method === 'POST' && target.includes('/bulk_load/'),
    );
    expect(bulk.length).toBeGreaterThanOrEqual(3);
    await insist(() => here.sets.remove(name, ['user3', 'USER4', 'nobody']));
    const read = await insist(() => here.sets.read(name));
    const values = new Set(read!.map(({ value }) => value));
    expect([read!.length, values.size]).toEqual([1498 + (isNew ? 1 : 0), read!.length]);
    expect(values.has('user3')).toBe(false);
    expect(read!.find(({ value }) => value === 'user9')!.notes).toBe(isNew ? 'score 9' : undefined);
    here.close();
  });

  it('takes maps and tables', async () => {
    const here = await connectWired(console, wire, { version });
    setFaults(console, { ...TROUBLE, seed: 4 });
    const people = Array.from({ length: 1200 }, (_, i) => [`u${i}`, `group ${i % 9}`] as const);
    await insist(() => here.maps.ensureMap({ name: `map ${version}`, elementType: 'ALN', keyLabel: 'user' }));
    await insist(() => here.maps.putMap(`map ${version}`, new Map(people)));
    expect(await insist(() => here.maps.readMap(`map ${version}`))).toEqual(new Map(people));
    const table = { name: `table ${version}`, elementType: 'ALN' as const, outerKeyLabel: 'user' };
    await insist(() => here.maps.ensureTable({ ...table, keyTypes: { score: 'NUM', updated: 'DATE' } }));
    const rows = new Map([
      ['anna', { score: '87.5', updated: String(NOON), reason: 'peers' }],
      ['bert', { score: '3', updated: String(NOON) }],
    ]);
    await insist(() => here.maps.putTable(table.name, rows));
    const read = await insist(() => here.maps.readTable(table.name));
    expect([...read!].map(([key, row]) => [key, Object.fromEntries(row)])).toEqual([...rows]);
    expect(await here.maps.readTable('no such table')).toBeUndefined();
    expect(await errorOf(here.maps.putMap('no such map', new Map([['a', 'b']])))).toMatchObject({
      code: 'QRADAR_NOT_FOUND',
    });
    here.close();
  });
});

describe('what a set refuses', () => {
  it('is told entry by entry', async () => {
    await qradar.sets.ensure({ name: 'addresses', elementType: 'IP' });
    const result = await qradar.sets.put('addresses', [{ value: '10.0.0.1' }, { value: 'not one' }, { value: '::1' }]);
    expect(result).toEqual({ written: 2, failed: [expect.stringContaining('not one')] });
  });
});

describe('people who are not tracked', () => {
  it('are read through trouble', async () => {
    const { state } = console.simulator.world;
    const set = state.sets.find((one) => one.name === USERS_NOT_TRACKED)!;
    for (const value of ['Private.Person', 'CORP\\other'])
      upsertEntry(state, set, { value, source: 'x', domainId: 0 }, NOON);
    setFaults(console, { ...TROUBLE, seed: 9 });
    expect((await insist(() => qradar.usersNotTracked())).sort()).toEqual(['CORP\\other', 'Private.Person']);
    const old = await insist(() => connectWired(console, wire, { version: '19.0' }));
    expect((await insist(() => old.usersNotTracked())).sort()).toEqual(['CORP\\other', 'Private.Person']);
    old.close();
  });

  it.each([
    ['a console in trouble', { error503Rate: 1 }, 'QRADAR_BUSY'],
    ['cut connections', { cutBeforeRate: 1 }, 'QRADAR_UNREACHABLE'],
    ['an expired token', { expiredTokens: ['sidecar'] }, 'QRADAR_UNAUTHORIZED'],
  ])('are an error, never nobody: %s', async (_, trouble, code) => {
    setFaults(console, trouble);
    expect(await errorOf(qradar.usersNotTracked())).toMatchObject({ code });
  });

  it('are an error for a role that may not read the set', async () => {
    const { state, services } = console.simulator.world;
    state.roles.put(50, { id: 50, name: 'Offenses only', capabilities: ['SEM'] });
    const { token } = services.create({
      label: 'narrow',
      created_by: 'admin',
      user_role_id: 50,
      security_profile_id: 1,
      tenant_id: 0,
      expiration_date: null,
      read_only: false,
    });
    const narrow = await connectWired(console, wire, { token: { reveal: () => token } });
    expect(await errorOf(narrow.usersNotTracked())).toMatchObject({ code: 'QRADAR_FORBIDDEN', uniqueCode: 26 });
    const { lacking } = await narrow.checkRights('assist');
    expect(lacking).toEqual(expect.arrayContaining(['search events', 'read reference sets']));
    expect(lacking).not.toContain('read offenses');
    narrow.close();
  });
});

describe('context in trouble', () => {
  it('is what the console has', async () => {
    const { state } = console.simulator.world;
    state.domains.put(7, { id: 7, name: 'branch', description: '', tenant_id: 0, deleted: true, log_source_ids: [] });
    for (let id = 1; id <= 130; id++)
      state.assets.put(id, {
        id,
        domain_id: id % 2 === 0 ? 0 : 7,
        vulnerability_count: 0,
        risk_score_sum: 0,
        hostnames: [{ id, name: `PC-${id}`, type: 'DNS' }],
        interfaces: [
          { id, mac_address: null, ip_addresses: [{ id, value: `10.0.1.${id}`, type: 'IPV4', network_id: 1 }] },
        ],
        products: [],
        properties: [],
        users: [{ id, username: `user${id}`, last_seen_profiler: NOON, last_seen_scanner: null }],
      });
    setFaults(console, { ...TROUBLE, seed: 11 });
    // The service is no administrator: a console tells it id and name of domains, nothing more.
    expect(await insist(() => qradar.inventory.domains())).toEqual([
      { id: 0, name: '', isDeleted: false, tenantId: undefined },
      { id: 7, name: 'branch', isDeleted: false, tenantId: undefined },
    ]);
    const assets: number[] = [];
    for await (const page of qradar.inventory.assets()) assets.push(...page.map(({ id }) => id));
    expect(assets).toEqual(Array.from({ length: 130 }, (_, i) => i + 1));
    const sources: string[] = [];
    for await (const page of qradar.inventory.logSources()) sources.push(...page.map(({ name }) => name));
    expect(sources).toEqual(state.logSources.values().map(({ name }) => name));
    expect(await insist(() => qradar.inventory.logSourceTypes())).toHaveLength(state.logSourceTypes.size);
    expect((await insist(() => qradar.rules.contributions(1)))[0]).toMatchObject({ ruleId: 1, eventCount: 1 });
    const { id, name } = state.rules.values()[0]!;
    expect(await insist(() => qradar.rules.names([id, 4711]))).toEqual(new Map([[id, name]]));
    expect(await insist(() => qradar.access.caller())).toMatchObject({ kind: 'service', name: 'sidecar' });
  });

  it('of UBA is in milliseconds, and by exact name', async () => {
    const { state } = console.simulator.world;
    state.settings.put('uba-threshold', { value: 50 });
    for (let i = 0; i < 250; i++)
      state.ubaUsers.put(i, {
        ...{ id: i, username: `u${i}`, risk: i, latest_risk: 1, risk_1: 0, risk_2: 0, risk_3: 0, prolonged_risk: 9 },
        ...{ risk_poll_count: 1, full_name: '', email: '', job_title: 'Clerk', dept: 'Finance', manager: '' },
        ...{ custom_group: 'g', aliases: [`u${i}`], source: 'LDAP', last_offense_time: NOON, investigation_user: '' },
        last_hour: Math.floor(NOON / 3_600_000),
      });
    setFaults(console, { ...TROUBLE, seed: 12 });
    const above = await insist(() => qradar.uba.aboveThreshold());
    expect(above.riskThreshold).toBe(50);
    expect(above.users).toHaveLength(199);
    expect(above.users[0]).toMatchObject({ department: 'Finance', lastOffenseMs: NOON });
    const wanted = Array.from({ length: 250 }, (_, i) => `u${i}`);
    const users = await insist(() => qradar.uba.users([...wanted, 'U1', 'nobody']));
    expect(users.map(({ asked }) => asked)).toEqual(wanted);
  });
});
