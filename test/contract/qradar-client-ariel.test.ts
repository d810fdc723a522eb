import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_PARALLEL } from '../../simulator/qradar/ariel/searches.ts';
import type { EventRow } from '../../simulator/qradar/ariel/store.ts';
import type { FaultSettings } from '../../simulator/qradar/play/faults.ts';
import { composeAql } from '../../src/qradar/aql.ts';
import { readRows } from '../../src/qradar/ariel-results.ts';
import { createSearch, deleteSearch } from '../../src/qradar/ariel-search.ts';
import type { ConnectOptions, QRadar } from '../../src/qradar/connect.ts';
import { createRequester } from '../../src/qradar/requester.ts';
import type { HttpRequest } from '../../src/qradar/transport.ts';
import { errorOf } from '../qradar-console.ts';
import { acceleratedTime, NOON, startTestConsole, type TestConsole } from '../simulator-client.ts';
import { connectWired, openWire, setFaults, strikeOnly, type Wire, wiredTransport } from '../wired-client.ts';

/** The client's searches against the simulator's Ariel: their whole life, and what may go wrong in it. */
const ROWS = 12_000;
const MINUTE_MS = 60_000;
let console: TestConsole;
let qradar: QRadar;
let wire: Wire;

const faults = (more: Partial<FaultSettings> = {}) => setFaults(console, more);
const connect = (more: Partial<ConnectOptions> = {}) => connectWired(console, wire, more);
const isCreation = (request: HttpRequest) => request.method === 'POST' && request.target === '/api/ariel/searches';
const searches = () => console.simulator.world.state.searches.values();
const calls = (method: string, part: string) =>
  wire.sent.filter((one) => one.method === method && one.target.includes(part)).length;

const window = { fromMs: NOON - 60 * MINUTE_MS, toMs: NOON };
/** Each test asks something of its own: the same text would be answered from the console's memory. */
const query = (limit = ROWS, where: string[] = []) =>
  composeAql({
    select: ['sourceport AS port', 'username', 'starttime'],
    from: 'events',
    where,
    orderBy: ['port'],
    limit,
    window,
  });

beforeAll(async () => {
  console = await startTestConsole();
  const rows = Array.from(
    { length: ROWS },
    (_, i): EventRow => ({
      starttime: window.fromMs + i * 100,
      qid: 5,
      category: 3000,
      sourceport: i,
      eventcount: 1,
      username: `user${i % 7}`,
      sourceip: '10.0.0.1',
      attributes: '{}',
      payload: null,
      offenses: [],
    }),
  );
  await console.simulator.world.ariel.append('events', rows);
});
beforeEach(async () => {
  wire = openWire();
  qradar = await connect();
});
afterEach(async () => {
  faults();
  qradar.close();
});
afterAll(() => console.close());

describe('a search of the client', () => {
  it('is created by a form, waited for, read in pages by Range and deleted', async () => {
    faults({ slowArielMs: 50 });
    const pages: number[] = [];
    const ports: number[] = [];
    for await (const page of qradar.ariel.search(query())) {
      pages.push(page.length);
      for (const row of page) ports.push(row.port as number);
    }
    expect(pages).toEqual([5000, 5000, 2000]);
    expect(ports).toEqual(Array.from({ length: ROWS }, (_, i) => i));
    expect(wire.sent[0]).toMatchObject({ method: 'POST', target: '/api/ariel/searches' });
    expect(wire.sent[0]!.body).toMatch(/^query_expression=SELECT/);
    expect(wire.sent.filter((one) => one.target.endsWith('/results')).map((one) => one.headers.Range)).toEqual([
      'items=0-4999',
      'items=5000-9999',
      'items=10000-14999',
    ]);
    expect(wire.sent.at(-1)!.method).toBe('DELETE');
    expect(searches()).toEqual([]);
    expect(qradar.budget.report()).toMatchObject({ searches: 1, failed: 0, rows: ROWS, active: 0, leftBehind: 0 });
  });

  it('pays for the time it ran, not for the time it was asked about', async () => {
    faults({ slowArielMs: 300 });
    const real = await connect({ timing: acceleratedTime(NOON, 1) });
    const { summary } = await real.ariel.searchAll(query(3));
    expect(summary.runningMs).toBeGreaterThanOrEqual(280);
    expect(summary.queuedMs).toBeLessThan(summary.runningMs + 1000);
    expect(real.budget.report().runningMs).toBe(summary.runningMs);
    real.close();
  });

  it('is shared by those who ask the same at once, and deleted by the last of them', async () => {
    faults({ slowArielMs: 100 });
    const aql = query(4);
    const [a, b] = await Promise.all([qradar.ariel.searchAll(aql), qradar.ariel.searchAll(aql)]);
    expect(a.rows).toEqual(b.rows);
    expect(a.summary.searchId).toBe(b.summary.searchId);
    expect([a.summary.reused, b.summary.reused].sort()).toEqual([false, true]);
    expect(calls('DELETE', '/ariel/searches/')).toBe(1);
    expect(searches()).toEqual([]);
    const again = await qradar.ariel.searchAll(aql);
    expect(again.summary).toMatchObject({ reused: false, rows: 4 });
    expect(again.summary.searchId).not.toBe(a.summary.searchId);
  });

  it('is found complete on the console when somebody asked the same before', async () => {
    const aql = query(5);
    const { json } = await console.ask('POST', '/ariel/searches', { query: { query_expression: aql } });
    await console.ask('GET', `/ariel/searches/${json.search_id}`, { headers: { Prefer: 'wait=5' } });
    const { summary } = await qradar.ariel.searchAll(aql);
    expect(summary).toMatchObject({ searchId: json.search_id, reused: true, rows: 5, runningMs: 0 });
  });

  it('is cancelled and deleted when the reader gives up while it runs', async () => {
    faults({ slowArielMs: 3000 });
    const stop = new AbortController();
    wire.around = async (request, send) => {
      if (request.headers.Prefer) setTimeout(() => stop.abort(new Error('enough')), 50);
      return send();
    };
    const error = await errorOf(qradar.ariel.searchAll(query(6), { signal: stop.signal }));
    expect((error as Error).message).toBe('enough');
    expect(wire.sent.filter((one) => one.target.includes('status=CANCELED'))).toHaveLength(1);
    expect(searches()).toEqual([]);
    expect(qradar.budget.report()).toMatchObject({ searches: 1, cancelled: 1, active: 0, leftBehind: 0 });
  });

  it('is deleted when the reader stops after the first page', async () => {
    for await (const page of qradar.ariel.search(query(7), { pageRows: 2 })) {
      expect(page).toHaveLength(2);
      break;
    }
    expect(calls('GET', '/results')).toBe(1);
    expect(searches()).toEqual([]);
  });

  it('that takes too long is ended; asking got 206 while it ran', async () => {
    faults({ slowArielMs: 5000 });
    const statuses: number[] = [];
    wire.around = async (_, send) => {
      const reply = await send();
      statuses.push(reply.status);
      return reply;
    };
    const real = await connect({ timing: acceleratedTime(NOON, 1), searchTimeoutMs: 900 });
    const error = await errorOf(real.ariel.searchAll(query(8)));
    expect(error).toMatchObject({ code: 'QRADAR_SEARCH_FAILED', message: expect.stringContaining('no result within') });
    expect(statuses).toContain(206);
    expect(searches()).toEqual([]);
    expect(real.budget.report().runningMs).toBeGreaterThan(700);
    real.close();
  });

  it('is waited for when its results are not there yet (404/1003)', async () => {
    faults({ slowArielMs: 150 });
    const requester = createRequester({
      transport: wiredTransport(console, wire),
      token: { reveal: () => console.simulator.tokens.sidecar },
      timing: acceleratedTime(NOON, 10),
    });
    const made = await createSearch(requester, query(9));
    const first = await errorOf(requester.run({ path: `/ariel/searches/${made.id}/results` }));
    expect(first).toMatchObject({ code: 'QRADAR_NOT_READY', status: 404, uniqueCode: 1003, layer: 'endpoint' });
    const rows: unknown[] = [];
    for await (const page of readRows(requester, made.id, {})) rows.push(...page);
    expect(rows).toHaveLength(9);
    expect(calls('GET', '/results')).toBeGreaterThan(2);
    expect(await deleteSearch(requester, made.id)).toBe(true);
    expect(await deleteSearch(requester, made.id)).toBe(true);
  });

  it('is read in smaller pages when a page is too large', async () => {
    const inner = wiredTransport(console, wire);
    const limit = (request: HttpRequest) => (request.target.endsWith('/results') ? 30_000 : request.maxBytes);
    const send = (request: HttpRequest) => inner.send({ ...request, maxBytes: limit(request) });
    const small = await connect({ transport: { ...inner, send } });
    const { rows } = await small.ariel.searchAll(query(1500));
    expect(rows.map((row) => row.port)).toEqual(Array.from({ length: 1500 }, (_, i) => i));
    const asked = wire.sent.filter((one) => one.target.endsWith('/results')).map((one) => one.headers.Range);
    expect(asked.slice(0, 4)).toEqual(['items=0-4999', 'items=0-1249', 'items=0-311', 'items=312-623']);
    small.close();
  });

  it('with more rows than allowed is an error, never a part', async () => {
    const error = await errorOf(qradar.ariel.searchAll(query(50), { maxRows: 49 }));
    expect(error).toMatchObject({ code: 'QRADAR_REPLY_INVALID', message: expect.stringContaining('more than 49') });
    expect(searches()).toEqual([]);
  });

  it('with a fault in it is refused with its place, and the validator names it', async () => {
    const error = await errorOf(qradar.ariel.searchAll('SELECT nothing FROM events LIMIT 1 LAST 1 HOURS'));
    expect(error).toMatchObject({
      code: 'QRADAR_AQL_REJECTED',
      status: 422,
      uniqueCode: 2000,
      details: { start_index: 7, token_text: 'nothing', line_number: 1 },
    });
    expect(await qradar.ariel.validate('SELECT qid FROM nowhere')).toEqual([expect.stringContaining('nowhere')]);
    expect(await qradar.ariel.validate('SELECT qid FROM events LAST 5 MINUTES')).toEqual([]);
    expect(await qradar.ariel.databases()).toEqual(['events', 'flows']);
    expect(await qradar.ariel.columns('events')).toEqual(expect.arrayContaining(['starttime', 'username']));
    expect(await errorOf(qradar.ariel.columns('none'))).toMatchObject({ code: 'QRADAR_NOT_FOUND' });
  });

  it('that fails on the console says why', async () => {
    const error = await errorOf(qradar.ariel.searchAll(query(11, ["username MATCHES '('"])));
    expect(error).toMatchObject({ code: 'QRADAR_SEARCH_FAILED' });
    expect(searches()).toEqual([]);
  });
});

describe('the budget of the client', () => {
  it('backs off when its searches stand in the queue of the console', async () => {
    // A hundred times as fast: a queue of one second is one of 100 s.
    const timing = acceleratedTime(NOON, 100);
    const patient = await connect({ timing, parallelSearches: 4, searchTimeoutMs: 6_000_000 });
    faults({ slowArielMs: 1000 });
    const busy = Array.from({ length: MAX_PARALLEL }, (_, i) =>
      console.ask('POST', '/ariel/searches', { query: { query_expression: query(100 + i) } }),
    );
    await Promise.all(busy);
    const { summary } = await patient.ariel.searchAll(query(12));
    expect(summary.queuedMs).toBeGreaterThan(15_000);
    expect(patient.budget.report()).toMatchObject({ backOffs: 1, parallelNow: 2, parallelAllowed: 4 });
    faults();
    const before = timing.now();
    await patient.ariel.searchAll(query(13));
    expect(timing.now() - before).toBeGreaterThan(9_000);
    expect(patient.budget.report().heldBackMs).toBeGreaterThan(9_000);
    patient.close();
    for (const one of searches()) await console.simulator.world.searches.remove(one.id);
  });

  it('never has more searches at once than allowed', async () => {
    faults({ slowArielMs: 40 });
    let [now, most] = [0, 0];
    wire.around = async (request, send) => {
      if (request.method === 'POST') most = Math.max(most, ++now);
      const reply = await send();
      if (request.method === 'DELETE') now--;
      return reply;
    };
    const two = await connect({ parallelSearches: 2 });
    await Promise.all(Array.from({ length: 6 }, (_, i) => two.ariel.searchAll(query(20 + i))));
    expect(most).toBe(2);
    expect(two.budget.report()).toMatchObject({ searches: 6, active: 0 });
    two.close();
  });
});

describe('a search among faults', () => {
  it('whose creation lost its reply is found again, not made twice', async () => {
    strikeOnly(console, wire, isCreation, { cutAfterRate: 1 });
    const { rows } = await qradar.ariel.searchAll(query(30));
    expect(rows).toHaveLength(30);
    expect(calls('POST', '/ariel/searches')).toBe(1);
    expect(searches()).toEqual([]);
  });

  it('whose creation never arrived is made once more', async () => {
    strikeOnly(console, wire, isCreation, { cutBeforeRate: 1 }, 1);
    expect((await qradar.ariel.searchAll(query(31))).rows).toHaveLength(31);
    expect(calls('POST', '/ariel/searches')).toBe(2);
    expect(searches()).toEqual([]);
  });

  it('gives every row once and leaves nothing behind, through 503, 429 and cut connections', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      faults({
        seed,
        error503Rate: 0.12,
        error429Rate: 0.12,
        cutBeforeRate: 0.08,
        cutAfterRate: 0.08,
        latencyMs: [0, 3],
      });
      const { rows } = await qradar.ariel.searchAll(query(1000 + seed), { pageRows: 200 });
      expect(rows.map((row) => row.port)).toEqual(Array.from({ length: 1000 + seed }, (_, i) => i));
    }
    faults();
    expect(searches()).toEqual([]);
    expect(qradar.budget.report()).toMatchObject({ searches: 6, failed: 0, leftBehind: 0 });
  });

  it('waits as long as Retry-After says', async () => {
    const timing = acceleratedTime(NOON);
    const polite = await connect({ timing });
    const isReading = (request: HttpRequest) => request.target.endsWith('/results');
    strikeOnly(console, wire, isReading, { error429Rate: 1, retryAfterSeconds: 7 }, 1);
    await polite.ariel.searchAll(query(32));
    expect(timing.waits.some((ms) => ms >= 7000 && ms < 9000)).toBe(true);
    polite.close();
  });

  it('ends with a clear error when the token expires in the middle, and is found later', async () => {
    const aql = query(33);
    const read = async () => {
      for await (const _ of qradar.ariel.search(aql, { pageRows: 10 })) faults({ expiredTokens: ['sidecar'] });
    };
    expect(await errorOf(read())).toMatchObject({ code: 'QRADAR_UNAUTHORIZED', uniqueCode: 18, status: 401 });
    expect(qradar.budget.report()).toMatchObject({ failed: 1, leftBehind: 1 });
    expect(searches()).toHaveLength(1);
    faults();
    const { rows, summary } = await qradar.ariel.searchAll(aql);
    expect([rows.length, summary.reused]).toEqual([33, true]);
    expect(searches()).toEqual([]);
  });

  it('that a restart of the console interrupted is an error, and works when asked again', async () => {
    faults({ slowArielMs: 2000 });
    const aql = query(34);
    const lost = errorOf(qradar.ariel.searchAll(aql));
    while (searches().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const { url } = console.simulator;
    await console.restart();
    expect(await lost).toMatchObject({ code: expect.stringMatching(/^QRADAR_(UNREACHABLE|SEARCH_FAILED)$/) });
    expect(console.simulator.url).not.toBe(url);
    const again = await connect();
    expect((await again.ariel.searchAll(aql)).rows).toHaveLength(34);
    again.close();
  });
});
