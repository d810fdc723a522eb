import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contribute, type RuleHit } from '../../simulator/qradar/state/offenses.ts';
import { connectQRadar, type QRadar } from '../../src/qradar/connect.ts';
import { pollOffenses, startCursor } from '../../src/qradar/poll-offenses.ts';
import { isUbaOffense } from '../../src/qradar/sense.ts';
import { errorOf, virtualTime } from '../qradar-console.ts';
import { NOON, startTestConsole, type TestConsole } from '../simulator-client.ts';

/** The client against the simulator, which was written from the same reference by other hands. */
let console: TestConsole;
let qradar: QRadar;
const warnings: string[] = [];

const connect = (version = 'auto', who: 'admin' | 'sidecar' | 'readonly' = 'sidecar'): Promise<QRadar> =>
  connectQRadar({
    url: console.simulator.url,
    ca: readFileSync(console.simulator.caFile, 'utf8'),
    token: { reveal: () => console.simulator.tokens[who] },
    version,
    requestTimeoutMs: 10_000,
    searchTimeoutMs: 60_000,
    budgetShare: 1,
    parallelSearches: 3,
    pageSize: 20,
    ubaAppId: 0,
    timing: virtualTime(NOON),
    onWarning: (message) => warnings.push(message),
  });

const hit = (index: number): RuleHit => ({
  rule: { id: 1, name: 'UBA : Potential Lateral Movement' },
  username: `user${index}`,
  domainId: 0,
  timeMs: NOON - index * 1000,
  nowMs: NOON + Math.floor(index / 40),
  eventName: 'x',
  category: 'User Behavior',
  severity: 5,
  credibility: 5,
  logSource: { id: 63, name: 'UBA', type_id: 368, type_name: 'IBM Sense' },
});

beforeAll(async () => {
  console = await startTestConsole();
  for (let i = 0; i < 90; i++) contribute(console.simulator.world.state, hit(i));
  qradar = await connect();
});
afterAll(async () => {
  qradar.close();
  await console.close();
});

describe('client and simulator', () => {
  it('agree on versions: newest chosen, deprecated warned about, removed refused', async () => {
    expect(qradar.version).toEqual({ version: '26.0', deprecated: false });
    warnings.length = 0;
    const old = await connect('19.0');
    await old.offenses.types();
    old.close();
    expect(warnings).toEqual(['API version 19.0 is deprecated on this console']);
    expect(await errorOf(connect('322.0'))).toMatchObject({ code: 'QRADAR_VERSION' });
  });

  it('agree on the token: unknown, read only, own', async () => {
    const stranger = connectQRadar({
      url: console.simulator.url,
      ca: readFileSync(console.simulator.caFile, 'utf8'),
      token: { reveal: () => 'unknown' },
      version: 'auto',
      requestTimeoutMs: 5000,
      searchTimeoutMs: 5000,
      budgetShare: 1,
      parallelSearches: 1,
      pageSize: 20,
      ubaAppId: 0,
      timing: virtualTime(NOON),
    });
    expect(await errorOf(stranger)).toMatchObject({ code: 'QRADAR_UNAUTHORIZED', uniqueCode: 18, layer: 'framework' });
    const readonly = await connect('auto', 'readonly');
    expect(await errorOf(readonly.notes.post(1, 'f0', 'text'))).toMatchObject({ code: 'QRADAR_FORBIDDEN' });
    expect((await readonly.checkRights('enrich')).lacking).toContain('write notes');
    readonly.close();
    const { caller, product } = await qradar.checkRights('assist');
    expect(caller).toMatchObject({ kind: 'service', name: 'sidecar' });
    expect(product).toContain('7.5.0');
  });

  it('agree on following offenses', async () => {
    const seen: number[] = [];
    let cursor = startCursor(0);
    for (let more = true; more; ) {
      const page = await pollOffenses(qradar.offenses, cursor, { pageSize: 25 });
      seen.push(...page.offenses.map(({ id }) => id));
      for (const offense of page.offenses) expect(isUbaOffense(offense, [])).toBe(true);
      cursor = page.cursor;
      more = page.hasMore;
    }
    expect(seen).toHaveLength(90);
    expect(new Set(seen).size).toBe(90);
    expect(await errorOf(qradar.offenses.get(4711))).toMatchObject({ code: 'QRADAR_NOT_FOUND', uniqueCode: 1002 });
  });

  it('agree on notes, once each', async () => {
    const text = 'Reads 14x the files of 22 peers; "ünüsual" & more + 100 %\n'.repeat(60);
    const first = await qradar.notes.post(3, 'f1', text);
    expect(first.noteIds.length).toBeGreaterThan(1);
    expect((await qradar.notes.post(3, 'f1', text)).found).toBe(first.noteIds.length);
    const notes = await qradar.notes.list(3);
    expect(notes.map(({ id }) => id)).toEqual(first.noteIds);
    expect(notes[0]!.text).toContain('"ünüsual" & more + 100 %');
    expect(notes[0]!.username).toBe('API_user: sidecar');
    expect(await errorOf(qradar.notes.post(4711, 'f1', 'x'))).toMatchObject({ code: 'QRADAR_NOT_FOUND' });
  });

  it.each([
    ['26.0', true],
    ['19.0', false],
  ])('agree on reference data of %s', async (version, keepsNotes) => {
    const here = await connect(version);
    const name = `AI Users ${version}`;
    expect(await here.sets.keepsNotes()).toBe(keepsNotes);
    expect(await here.sets.read(name)).toBeUndefined();
    await here.sets.ensure({ name, elementType: 'ALNIC' });
    await here.sets.ensure({ name, elementType: 'ALNIC' });
    const entries = [{ value: 'anna', notes: 'score 87' }, { value: 'bert' }];
    expect(await here.sets.put(name, entries)).toEqual({ written: 2, failed: [] });
    const read = await here.sets.read(name);
    expect(read!.map(({ value }) => value).sort()).toEqual(['anna', 'bert']);
    expect(read!.find(({ value }) => value === 'anna')!.notes).toBe(keepsNotes ? 'score 87' : undefined);
    expect(await here.sets.remove(name, ['anna', 'zoe'])).toBe(1);

    await here.maps.ensureMap({ name: `AI Map ${version}`, elementType: 'ALN' });
    await here.maps.putMap(`AI Map ${version}`, new Map([['anna', 'group 4']]));
    expect(await here.maps.readMap(`AI Map ${version}`)).toEqual(new Map([['anna', 'group 4']]));
    const table = { name: `AI Table ${version}`, elementType: 'ALN' as const, outerKeyLabel: 'user' };
    await here.maps.ensureTable({ ...table, keyTypes: { score: 'NUM' } });
    await here.maps.putTable(table.name, new Map([['anna', { score: '87' }]]));
    expect((await here.maps.readTable(table.name))!.get('anna')!.get('score')).toBe('87');
    here.close();
  });

  it('agree on context and UBA', async () => {
    expect(await qradar.usersNotTracked()).toEqual([]);
    expect((await qradar.inventory.domains())[0]).toMatchObject({ id: 0, name: '' });
    expect((await qradar.offenses.types()).find(({ id }) => id === 3)!.name).toBe('Username');
    expect((await qradar.offenses.closingReasons()).length).toBeGreaterThan(2);
    expect(await qradar.uba.findAppId()).toBeGreaterThan(0);
    expect((await qradar.uba.aboveThreshold()).users).toEqual([]);
    expect((await qradar.rules.contributions(1))[0]).toMatchObject({ ruleName: 'UBA : Potential Lateral Movement' });
    for await (const assets of qradar.inventory.assets()) expect(assets[0]!.id).toBeGreaterThan(0);
  });
});
