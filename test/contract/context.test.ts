import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contribute } from '../../simulator/qradar/state/offenses.ts';
import { makeUbaUser } from '../../simulator/qradar/uba/uba.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { createTracking, trackEveryone } from '../../src/identity/tracking.ts';
import { loadTracking } from '../../src/pipeline/load-tracking.ts';
import { pullSense } from '../../src/pipeline/pull-sense.ts';
import { readEvidenceFor } from '../../src/pipeline/read-evidence.ts';
import { type ContextOptions, readDomainNames, refreshContext } from '../../src/pipeline/refresh-context.ts';
import { resolvePeople } from '../../src/pipeline/resolve-people.ts';
import type { QRadar } from '../../src/qradar/connect.ts';
import { toOffenseFact } from '../../src/qradar/offense-fact.ts';
import { createSenseSource } from '../../src/qradar/sense-query.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { NOON, startTestConsole, type TestConsole } from '../simulator-client.ts';
import {
  activityRecord,
  deadRecord,
  openTestStore,
  store as storeRecords,
  withFolder,
  withStore,
} from '../store-folder.ts';
import { connectWired, openWire, setFaults, strikeOnly, type Wire } from '../wired-client.ts';

/** Context, people who are not tracked, Sense events and evidence: client, pipeline and store against the simulator. */
let console: TestConsole;
let wire: Wire;
let qradar: QRadar;
let folder: string;
let store: DataStore;
const NOT_TRACKED = 'UBA : Users Not Tracked';
const PARTS = [
  'domains',
  'users not tracked',
  'log source types',
  'log sources',
  'offense types',
  'closing reasons',
  'roles',
  'users',
  'assets',
  'UBA users',
];

const refresh = (more: Partial<ContextOptions> = {}, client = qradar) =>
  refreshContext({ console: client, store }, { nowMs: NOON, referenceTables: [], ...more });

const tokenOf = (capabilities: string[]): string => {
  const { state, services } = console.simulator.world;
  const id = state.roles.nextId();
  state.roles.put(id, { id, name: `Role ${id}`, capabilities });
  const more = { user_role_id: id, security_profile_id: 1, tenant_id: 0, expiration_date: null, read_only: true };
  return services.create({ label: `limited ${id}`, created_by: 'admin', ...more }).token;
};

const kinds = async (kind: string) => (await store.context.read(kind)).map(({ body }) => body);

async function setNotTracked(...values: (string | [value: string, domainId: number])[]): Promise<void> {
  const { state } = console.simulator.world;
  const set = state.sets.find(({ name }) => name === NOT_TRACKED)!;
  for (const entry of state.entries.values()) if (entry.collection_id === set.id) state.entries.remove(entry.id);
  for (const value of values) {
    const [text, domain] = typeof value === 'string' ? [value, undefined] : value;
    const body = { collection_id: set.id, value: text, ...(domain === undefined ? {} : { domain_id: domain }) };
    const { status } = await console.ask('POST', '/reference_data_collections/set_entries', { body });
    expect(status).toBeLessThan(300);
  }
}

async function setTable(name: string, rows: Record<string, Record<string, string>>): Promise<void> {
  const query = { name, element_type: 'ALN', outer_key_label: 'account' };
  await console.ask('POST', '/reference_data/tables', { query });
  const { references } = console.simulator.world.state;
  references.update(references.find((one) => one.name === name)!.id, { rows: [] });
  const { status } = await console.ask('POST', `/reference_data/tables/bulk_load/${encodeURIComponent(name)}`, {
    body: rows,
  });
  expect(status).toBe(200);
}

const ADDRESS = { id: 1, value: '10.0.0.5', type: 'IPV4', network_id: 1, created: NOON };

beforeAll(async () => {
  console = await startTestConsole();
  const { state } = console.simulator.world;
  state.domains.put(2, { id: 2, name: 'Branch', description: '', tenant_id: 0, deleted: false, log_source_ids: [] });
  for (const [id, domain, username] of [
    [5001, 0, 'anna'],
    [5002, 2, 'zoe'],
  ] as const)
    state.assets.put(id, {
      id,
      domain_id: domain,
      vulnerability_count: 0,
      risk_score_sum: 0,
      hostnames: [{ id, name: `ws-${id}`, type: 'NETBIOS' }],
      interfaces: [{ id, mac_address: null, ip_addresses: [ADDRESS] }],
      products: [],
      properties: [],
      users: [{ id, username, last_seen_profiler: NOON }],
    });
  const user = (id: number, username: string, more: object) =>
    state.ubaUsers.put(id, makeUbaUser(id, username, NOON, more));
  user(1, 'anna', { risk: 12, dept: 'Sales', aliases: ['anna', 'CORP\\anna'] });
  user(2, 'zoe', { risk: 200_000, aliases: ['zoe'] });
  user(3, 'jdoe', { risk: 300_000, aliases: ['jdoe'] });
  state.journal.flush();
});
beforeEach(async () => {
  await setNotTracked();
  wire = openWire();
  qradar = await connectWired(console, wire);
  folder = mkdtempSync(join(tmpdir(), 'undercurrent-context-'));
  store = await openTestStore(folder);
  return async () => {
    setFaults(console);
    qradar.close();
    await store.close();
    rmSync(folder, { recursive: true });
  };
});
afterAll(() => console.close());

describe('context', () => {
  it('is read as a whole, keyed by domain', async () => {
    await storeRecords(store, [activityRecord({ account: 'CORP\\anna' }), activityRecord({ account: 'ws-1$' })]);
    await setNotTracked('jdoe');
    const report = await refresh();
    expect(report.gaps).toEqual([]);
    expect(report.parts.map(({ part }) => part)).toEqual(PARTS);
    expect(report.tracking.isKnown).toBe(true);
    expect(await readDomainNames(store)).toEqual(
      new Map([
        [0, ''],
        [2, 'Branch'],
      ]),
    );
    const assets = (await kinds('asset')) as { domain: string; id: number; users: { username: string }[] }[];
    expect(assets.find(({ id }) => id === 5002)).toMatchObject({ domain: 'Branch', addresses: ['10.0.0.5'] });
    const users = (await kinds('uba-user')) as { username: string }[];
    expect(users).toMatchObject([
      { username: 'anna', risk: 12, department: 'Sales', isAboveThreshold: false },
      { username: 'zoe', risk: 200_000, isAboveThreshold: true },
    ]);
    expect(await kinds('uba')).toEqual([{ riskThreshold: 100_000 }]);
    expect((await kinds('closing-reason')).length).toBeGreaterThan(3);
    expect((await kinds('log-source-type')).length).toBeGreaterThan(3);
    expect(wire.sent.filter(({ method }) => method !== 'GET').map(({ target }) => target)).toEqual([
      '/console/plugins/1101/app_proxy/api/bulk_user_info',
    ]);
  });

  it('without rights states what is lost, and reads the rest', async () => {
    const limited = tokenOf(['SEM', 'EventViewer', 'REFERENCE_DATA']);
    const token = { reveal: () => limited };
    const client = await connectWired(console, openWire(), { token });
    const report = await refresh({ referenceTables: ['No Such Table'] }, client);
    expect(report.gaps.map(({ part, code, lastReadMs }) => [part, code, lastReadMs])).toEqual([
      ['reference table No Such Table', 'QRADAR_NOT_FOUND', undefined],
      ['assets', 'QRADAR_FORBIDDEN', undefined],
      ['UBA users', 'QRADAR_FORBIDDEN', undefined],
    ]);
    for (const gap of report.gaps)
      expect(gap).toMatchObject({ sinceMs: NOON, loss: expect.stringMatching(/^\S.{20}/) });
    expect(report.tracking.isKnown).toBe(true);
    client.close();
  });

  it('keeps the last state while the console fails, and says since when', async () => {
    await refresh();
    const before = await store.records.selectFrom('context_item').selectAll().where('kind', '<>', 'refresh').execute();
    setFaults(console, { error503Rate: 1 });
    const first = await refresh({ nowMs: NOON + HOUR_MS });
    expect(first.gaps.map(({ part }) => part)).toEqual(PARTS);
    const again = await refresh({ nowMs: NOON + 2 * HOUR_MS });
    for (const gap of again.gaps)
      expect(gap).toMatchObject({ code: 'QRADAR_BUSY', sinceMs: NOON + HOUR_MS, lastReadMs: NOON });
    const after = await store.records.selectFrom('context_item').selectAll().where('kind', '<>', 'refresh').execute();
    expect(after).toEqual(before);
    setFaults(console);
    expect((await refresh({ nowMs: NOON + 3 * HOUR_MS })).gaps).toEqual([]);
  });

  it('asks no further with a token that has ended', async () => {
    setFaults(console, { expiredTokens: ['sidecar'] });
    const report = await refresh();
    expect(report.gaps).toHaveLength(PARTS.length);
    expect(report.gaps.every(({ code }) => code === 'QRADAR_UNAUTHORIZED')).toBe(true);
    expect(wire.sent).toHaveLength(1);
  });

  it('one failing part leaves the others alone', async () => {
    strikeOnly(console, wire, ({ target }) => target.includes('/asset_model/'), { error503Rate: 1 });
    expect((await refresh()).gaps).toMatchObject([{ part: 'assets', code: 'QRADAR_BUSY' }]);
  });

  it('follows the console: what is gone there is gone here', async () => {
    await refresh();
    console.simulator.world.state.assets.remove(5002);
    await refresh();
    expect((await kinds('asset')).map((one) => (one as { id: number }).id)).not.toContain(5002);
  });

  it('stops when told to, and goes on later', async () => {
    const controller = new AbortController();
    const { around } = wire;
    wire.around = (request, send) => {
      if (request.target.includes('/offense_types')) controller.abort();
      return around(request, send);
    };
    await expect(refresh({ signal: controller.signal })).rejects.toThrow();
    expect((await loadTracking(store)).isKnown).toBe(true);
    expect((await refresh()).gaps).toEqual([]);
  });
});

describe('reference tables', () => {
  const HR = 'HR People';

  it('say who people are; changes hold from their day, who is gone stays', async () => {
    await storeRecords(store, [activityRecord({ account: 'CORP\\anna' }), activityRecord({ account: 'a4711' })]);
    await setTable(HR, {
      anna: { email: 'anna@corp.example', department: 'Sales', alias: 'a4711' },
      bert: { department: 'IT' },
    });
    const referenceTables = [HR];
    expect(await refresh({ referenceTables })).toMatchObject({ directoryChanges: 2, gaps: [] });
    expect(await refresh({ referenceTables })).toMatchObject({ directoryChanges: 0 });
    await setTable(HR, { anna: { email: 'anna@corp.example', department: 'Finance', alias: 'a4711' } });
    const nowMs = NOON + DAY_MS;
    expect(await refresh({ referenceTables, nowMs })).toMatchObject({ directoryChanges: 1 });
    expect((await store.people.directory()).map((one) => [one.account, one.fromDay, one.department])).toEqual([
      ['anna', '1970-01-01', 'Sales'],
      ['anna', '2026-01-21', 'Finance'],
      ['bert', '1970-01-01', 'IT'],
    ]);
    const options = { aliases: [], servicePatterns: [], defaultZone: 'UTC' };
    const people = [...(await resolvePeople(store.people, options)).byToken.values()];
    expect(people).toHaveLength(1);
    expect(people[0]!.accounts).toEqual(['CORP\\anna', 'a4711']);
    expect(people[0]!.attributes.map(({ department }) => department)).toEqual(['Sales', 'Finance']);
  });

  it('that cannot be read stay as they were beside others', async () => {
    await setTable(HR, { anna: { department: 'Sales' } });
    await setTable('HR More', { anna: { department: 'x', role: 'Clerk' }, dora: { department: 'HR' } });
    const referenceTables = [HR, 'HR More'];
    expect((await refresh({ referenceTables })).directoryChanges).toBe(2);
    strikeOnly(console, wire, ({ target }) => target.includes('HR%20People'), { error503Rate: 1 });
    const report = await refresh({ referenceTables, nowMs: NOON + DAY_MS });
    expect(report).toMatchObject({ directoryChanges: 0, gaps: [{ part: `reference table ${HR}`, lastReadMs: NOON }] });
    expect((await store.people.directory()).find(({ account }) => account === 'anna')).toMatchObject({
      department: 'Sales',
      role: 'Clerk',
    });
  });
});

describe('people who are not tracked', () => {
  it('are nobody and everybody as long as the list was never read', async () => {
    strikeOnly(console, wire, ({ target }) => target.includes('/reference_data'), { error503Rate: 1 });
    await storeRecords(store, [activityRecord({ account: 'anna' })]);
    const { tracking, gaps, removal } = await refresh();
    expect(tracking.isKnown).toBe(false);
    expect(tracking.isTracked('', 'anna')).toBe(false);
    expect(gaps).toMatchObject([{ part: 'users not tracked', loss: expect.stringContaining('nothing is read') }]);
    // What was imported by hand is not touched on a guess.
    expect(removal).toEqual({ state: 'none' });
    expect(await store.activities.count()).toBe(1);
    expect(await kinds('uba-user')).toEqual([]);
  });

  it('without the right to read sets are not guessed', async () => {
    const token = tokenOf(['SEM', 'EventViewer']);
    const client = await connectWired(console, openWire(), { token: { reveal: () => token } });
    const { tracking, gaps } = await refresh({}, client);
    client.close();
    expect(tracking.isKnown).toBe(false);
    expect(gaps.find(({ part }) => part === 'users not tracked')).toMatchObject({ code: 'QRADAR_FORBIDDEN' });
  });

  it('stay out by the last list, also over a restart, and when the set is gone', async () => {
    await setNotTracked('jdoe');
    await refresh();
    setFaults(console, { cutBeforeRate: 1 });
    expect((await refresh()).tracking.isTracked('', 'CORP\\jdoe')).toBe(false);
    await store.close();
    store = await openTestStore(folder);
    const tracking = await loadTracking(store);
    expect(tracking.isKnown).toBe(true);
    expect(tracking.isTracked('', 'CORP\\jdoe')).toBe(false);
    expect(tracking.isTracked('', 'anna')).toBe(true);
    setFaults(console);
    const { sets } = console.simulator.world.state;
    const set = sets.find(({ name }) => name === NOT_TRACKED)!;
    sets.update(set.id, { name: 'renamed' });
    const report = await refresh();
    sets.update(set.id, { name: NOT_TRACKED });
    expect(report.gaps).toMatchObject([{ part: 'users not tracked', code: 'QRADAR_NOT_FOUND' }]);
    expect(report.tracking.isTracked('', 'jdoe')).toBe(false);
  });

  it('count by domain when the entry names one', async () => {
    await setNotTracked(['jdoe', 2], 'bert');
    const { tracking } = await refresh();
    expect([tracking.isTracked('Branch', 'jdoe'), tracking.isTracked('', 'jdoe')]).toEqual([false, true]);
    expect([tracking.isTracked('Branch', 'bert'), tracking.isTracked('', 'bert')]).toEqual([false, false]);
  });

  it('are removed when they are listed later, with everything that names them', async () => {
    const HR = 'HR Removal';
    await setTable(HR, { jdoe: { department: 'IT', alias: 'jd4711' }, anna: { department: 'Sales' } });
    await storeRecords(store, [
      activityRecord({ account: 'CORP\\jdoe', resource: 'own.txt', class: 'file_system' }),
      activityRecord({ account: 'jd4711', timeMs: NOON }),
      activityRecord({ account: 'anna', targetAccount: 'CORP\\jdoe', class: 'account_change' }),
      deadRecord('{"user":"CORP\\\\jdoe"'),
      deadRecord('{"user":"anna"'),
    ]);
    await refresh({ referenceTables: [HR] });
    await resolvePeople(store.people, { aliases: [], servicePatterns: [], defaultZone: 'UTC' });
    const offense = { domain: '', isUba: true, status: 'OPEN' as const, startMs: NOON, persistedMs: NOON, rules: [] };
    await store.offenses.upsert([
      { id: 1, account: 'jdoe', description: '', ...offense },
      { id: 2, account: 'anna', description: '', ...offense },
    ]);
    await store.duck.run('DELETE FROM dirty_day');
    await setNotTracked('JDOE');

    const writer = store.activities.openWriter(1);
    writer.startFile();
    writer.add(activityRecord({ account: 'anna', timeMs: NOON + 5 }));
    expect((await refresh({ referenceTables: [HR] })).removal).toEqual({ state: 'waits' });
    await writer.commit();

    const { removal } = await refresh({ referenceTables: [HR] });
    expect(removal).toMatchObject({ state: 'done', accounts: 2, activities: 2, deadLetters: 1 });
    const texts = await store.records.selectFrom('dictionary').select('text').execute();
    expect(texts.map(({ text }) => text.toLowerCase()).filter((text) => /jdoe|jd4711|own\.txt/.test(text))).toEqual([]);
    expect(await store.activities.count()).toBe(2);
    expect((await store.people.sightings()).map(({ account }) => account)).toEqual(['anna']);
    expect((await store.people.directory()).map(({ account }) => account)).toEqual(['anna']);
    expect((await store.offenses.openUba()).map(({ id }) => id)).toEqual([2]);
    const { day } = await store.duck.columns('SELECT utc_day AS day FROM dirty_day ORDER BY 1');
    expect([...day!]).toContain(Math.floor(NOON / DAY_MS));
    const left = await store.records.selectFrom('context_item').select(['kind', 'body']).execute();
    const naming = left.filter(({ body }) => /jdoe|jd4711/i.test(body)).map(({ kind }) => kind);
    // The list itself is all that still names them.
    expect(new Set(naming)).toEqual(new Set(['not-tracked', 'not-tracked-account', 'not-tracked-removed']));

    // Seen again under a name that only the removed link knew: still out.
    expect((await loadTracking(store)).isTracked('', 'CORP\\JD4711')).toBe(false);
    expect((await refresh({ referenceTables: [HR] })).removal).toEqual({ state: 'none' });
    await setNotTracked();
    expect((await refresh({ referenceTables: [HR] })).tracking.isTracked('', 'jd4711')).toBe(true);
    expect((await store.people.directory()).map(({ account }) => account)).toEqual(['anna', 'jdoe']);
  });
});

describe('a crash', () => {
  it('at any step of a refresh leaves what the next one makes whole', async () => {
    const HR = 'HR Crash';
    await setTable(HR, { jdoe: { department: 'IT', alias: 'jd4711' }, anna: { department: 'Sales' } });
    await setNotTracked('jdoe');
    const records = [activityRecord({ account: 'jd4711' }), activityRecord({ account: 'anna' })];
    const run = (target: DataStore, allowed: number) => {
      let steps = 0;
      const step =
        <A extends unknown[], R>(work: (...given: A) => Promise<R>) =>
        async (...given: A): Promise<R> => {
          if (++steps > allowed) throw new Error('crash');
          return work(...given);
        };
      const { context, tracking } = target;
      const crashing = {
        context: { ...context, replace: step(context.replace) },
        tracking: { ...tracking, addDirectory: step(tracking.addDirectory) },
        // Cut off when everything is done, before that is noted.
        forgetPeople: step(async (who: Parameters<DataStore['forgetPeople']>[0]) => {
          const counts = await target.forgetPeople(who);
          if (++steps > allowed) throw new Error('crash');
          return counts;
        }),
      };
      const options = { nowMs: NOON, referenceTables: [HR] };
      return refreshContext({ console: qradar, store: crashing }, options).then(() => steps);
    };
    const look = async (target: DataStore) => ({
      context: await target.records.selectFrom('context_item').selectAll().orderBy('kind').orderBy('key').execute(),
      directory: await target.people.directory(),
      sightings: await target.people.sightings(),
      activities: await target.activities.count(),
    });
    await storeRecords(store, records);
    const steps = await run(store, Number.POSITIVE_INFINITY);
    const whole = await look(store);
    expect(whole.sightings.map(({ account }) => account)).toEqual(['anna']);
    for (let allowed = 0; allowed < steps; allowed++)
      await withFolder((directory) =>
        withStore(directory, async (target) => {
          await storeRecords(target, records);
          await expect(run(target, allowed)).rejects.toThrow('crash');
          await run(target, Number.POSITIVE_INFINITY);
          expect(await look(target)).toEqual(whole);
        }),
      );
  });
});

describe('Sense events and offenses', () => {
  let sent = 0;
  const accept = (event: string, user: string, arrivedMs: number, more = '') => {
    console.clock.now = Math.max(console.clock.now, arrivedMs);
    const attributes = `cat=${event}\tstartTime=${arrivedMs - 1000}\tusrName=${user}${more}`;
    const text = `<134>1 ${new Date(arrivedMs).toISOString()} uba Sense - - - LEEF:2.0|IBM|Sense|4.1|${event}|x09|${attributes}`;
    console.simulator.world.intake.accept({ text, peer: '127.0.0.1', receivedMs: arrivedMs });
    sent += 1;
  };
  const pull = (nowMs: number, tracking = createTracking([{ account: 'jdoe' }])) =>
    pullSense(
      { ...createSenseSource(qradar.ariel), sense: store.sense, cursors: store.cursors, tracking },
      { nowMs, backfillMs: DAY_MS },
    );

  beforeAll(() => {
    for (let i = 0; i < 20; i++)
      accept(`UBA : Rule ${i % 3}`, i % 2 ? 'anna' : 'zoe', NOON - 10 * HOUR_MS + i * 60_000, '\tsenseValue=5');
    accept('UBA : Rule 0', 'jdoe', NOON - 9 * HOUR_MS);
    accept('UBA Offense - User crossed risk threshold', 'anna', NOON - 8 * HOUR_MS, '\tsenseScore=400');
  });

  it('are read once, by their arrival, without people who are not tracked', async () => {
    expect(await pull(NOON, createTracking(undefined))).toMatchObject({ stored: 0, dropped: 0, hasMore: false });
    const first = await pull(NOON);
    expect(first).toMatchObject({ stored: sent - 1, dropped: 1, unreadable: 0, cutWindows: 0, hasMore: false });
    expect(await pull(NOON + 1)).toMatchObject({ stored: 0 });
    accept('UBA : Late', 'anna', NOON + 60_000);
    const later = await pull(NOON + 120_000);
    expect(later).toMatchObject({ stored: 1, untilMs: NOON + 110_000 });
    const evidence = await readEvidenceFor(store, [{ domain: '', account: 'CORP\\Anna' }], 0, NOON + DAY_MS, 5);
    expect(evidence.sense.map(({ event }) => event).slice(0, 2)).toEqual([
      'UBA : Late',
      'UBA Offense - User crossed risk threshold',
    ]);
    expect(evidence).toMatchObject({ isCut: true, offenses: [] });
    expect(evidence.sense[2]).toMatchObject({ senseValue: 5, kind: 'rule', account: 'anna' });
    const none = await readEvidenceFor(store, [{ domain: '', account: 'jdoe' }], 0, NOON + DAY_MS);
    expect(none).toEqual({ sense: [], offenses: [], isCut: false });
  });

  it('are all read when windows hold more than a search gives, in steps, and after a crash', async () => {
    const source = createSenseSource(qradar.ariel, 4);
    const crash = { ...store.cursors, write: () => Promise.reject(new Error('crash')) };
    const ports = { ...source, sense: store.sense, tracking: trackEveryone() };
    const options = { nowMs: NOON, backfillMs: DAY_MS, maxWindows: 20 };
    await expect(pullSense({ ...ports, cursors: crash }, options)).rejects.toThrow('crash');
    let stored = 0;
    for (let more = true; more; ) {
      const step = await pullSense({ ...ports, cursors: store.cursors }, options);
      stored += step.stored;
      more = step.hasMore;
    }
    const { n } = await store.records
      .selectFrom('sense_event')
      .select((e) => e.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(n).toBe(22);
    expect(stored).toBeLessThanOrEqual(22);
  });

  it('of UBA are evidence about their person, in the domain they are of', async () => {
    const { state } = console.simulator.world;
    for (const [index, username, domainId] of [
      [1, 'anna', 0],
      [2, 'anna', 2],
    ] as const)
      contribute(state, {
        rule: { id: 1, name: 'UBA : Potential Lateral Movement' },
        username,
        domainId,
        timeMs: NOON - index * HOUR_MS,
        nowMs: NOON,
        eventName: 'x',
        category: 'User Behavior',
        severity: 5,
        credibility: 5,
        logSource: { id: 63, name: 'UBA', type_id: 368, type_name: 'IBM Sense' },
      });
    await refresh();
    const domains = await readDomainNames(store);
    for (const { id } of state.offenses.values()) {
      const contributions = await qradar.rules.contributions(id);
      await store.offenses.upsert(toOffenseFact(await qradar.offenses.get(id), { domains, contributions })!);
    }
    const about = async (domain: string) =>
      (await readEvidenceFor(store, [{ domain, account: 'CORP\\anna' }], NOON - DAY_MS, NOON + 1)).offenses;
    const [branch] = (await about('branch')).filter(({ domain }) => domain === 'Branch');
    expect(branch).toMatchObject({ account: 'anna', status: 'OPEN', isUba: true });
    const [own, ...others] = await about('');
    expect(own).toMatchObject({ domain: '', isUba: true });
    expect(own!.rules.map(({ name }) => name)).toContain('UBA : Potential Lateral Movement');
    expect(others).toEqual([]);
    expect(await readEvidenceFor(store, [{ domain: '', account: 'anna' }], 0, NOON - 30 * DAY_MS)).toMatchObject({
      offenses: [],
    });
    // An older state does not replace a newer one.
    const now = (await store.offenses.get(branch!.id))!;
    await store.offenses.upsert({ ...now, status: 'CLOSED', persistedMs: now.persistedMs - 1 });
    expect((await store.offenses.get(branch!.id))!.status).toBe('OPEN');
    await store.offenses.upsert({ ...now, status: 'CLOSED', persistedMs: now.persistedMs + 1 });
    expect((await store.offenses.openUba()).map(({ id }) => id)).not.toContain(branch!.id);
  });
});
