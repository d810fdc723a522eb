import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOG_SOURCES } from '../../simulator/enterprise/log-sources.ts';
import { formatLeef } from '../../simulator/enterprise/writers/leef.ts';
import { type Activity, makeActivity } from '../../src/domain/activity.ts';
import { AppError } from '../../src/domain/errors.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import type { FeatureDatabase } from '../../src/features/ports.ts';
import { readFeatureTable } from '../../src/features/read.ts';
import { refreshFeatures } from '../../src/features/refresh.ts';
import { createMeaning } from '../../src/pipeline/aql-meaning.ts';
import { type PullFeaturesOptions, type PullFeaturesPorts, pullFeatures } from '../../src/pipeline/pull-features.ts';
import { readBlindSpots } from '../../src/pipeline/pushed-sources.ts';
import { resolvePeople } from '../../src/pipeline/resolve-people.ts';
import { connectQRadar, type QRadar } from '../../src/qradar/connect.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { virtualTime } from '../qradar-console.ts';
import { startTestConsole, type TestConsole } from '../simulator-client.ts';
import { withFolder, withStore } from '../store-folder.ts';

/** Figures taken while events go on arriving: late ones, replays, crashes, people who are not tracked. */
const MIDNIGHT = Date.UTC(2026, 0, 20);
const OPTIONS: PullFeaturesOptions = { backfillMs: 3 * DAY_MS };

let console: TestConsole;
let qradar: QRadar;
let serial = 0;

beforeEach(async () => {
  console = await startTestConsole();
  console.clock.now = MIDNIGHT + HOUR_MS;
  qradar = await connectQRadar({
    url: console.simulator.url,
    ca: readFileSync(console.simulator.caFile, 'utf8'),
    token: { reveal: () => console.simulator.tokens.sidecar },
    version: 'auto',
    requestTimeoutMs: 10_000,
    searchTimeoutMs: 60_000,
    budgetShare: 1,
    parallelSearches: 3,
    pageSize: 500,
    ubaAppId: 0,
    timing: virtualTime(MIDNIGHT),
  });
});
afterEach(async () => {
  qradar.close();
  await console.close();
});

const web = (account: string, timeMs: number, fields: Partial<Activity> = {}): Activity =>
  makeActivity({
    class: 'http',
    activity: 'visit',
    account,
    timeMs,
    device: 'PC-1',
    target: 'github.com',
    resource: 'https://github.com/x/y',
    bytesOut: 100,
    originId: `ev-${++serial}`,
    logSource: LOG_SOURCES.proxy.logSource,
    ...fields,
  });

async function arrive(arrivalMs: number, ...activities: Activity[]): Promise<void> {
  const { intake } = console.simulator.world;
  for (const activity of activities) {
    const text = formatLeef(activity).trimEnd();
    intake.accept({ text, peer: '127.0.0.1', receivedMs: arrivalMs, identifier: 'nss.corp.example' });
  }
  await intake.flush();
}

const portsOf = (store: DataStore, more: Partial<PullFeaturesPorts> = {}): PullFeaturesPorts => ({
  database: store.duck,
  cursors: store.cursors,
  search: (aql, options) => qradar.ariel.search(aql, options),
  columns: (signal) => qradar.ariel.columns('events', signal),
  consoleNow: async () => console.clock.now + 60_000,
  now: () => console.clock.now,
  modeOf: () => 'push-down',
  isTracked: () => true,
  openTokens: () => store.openThingTokens(),
  meaning: createMeaning({ internalDomains: [], sensitivePatterns: [] }),
  ...more,
});

const inStore = <T>(work: (store: DataStore) => Promise<T>): Promise<T> =>
  withFolder((folder) => withStore(join(folder, 'data'), work, { encryption: 'off' }));

/** Figures of an account by day, only those that are not zero. */
async function figuresOf(store: DataStore, account: string): Promise<Record<string, Record<string, number>>> {
  const { zones, byToken } = await resolvePeople(store.people, {
    aliases: [],
    servicePatterns: [],
    defaultZone: 'UTC',
  });
  await refreshFeatures(store.duck, zones);
  const table = await readFeatureTable(store.duck, 0, 40_000);
  const days: Record<string, Record<string, number>> = {};
  for (const [row, day] of table.day.entries()) {
    const person = byToken.get(table.people[table.person[row]!]!)!;
    if (!person.accounts.includes(account)) continue;
    const figures = FEATURES.map(({ name }, i) => [name, table.values[row * FEATURES.length + i]!] as const);
    days[day] = Object.fromEntries(figures.filter(([, value]) => value > 0));
  }
  return days;
}

/** Everything that was taken, in a fixed order. */
async function contentOf(store: DataStore): Promise<string> {
  const parts = await Promise.all(
    ['pushed_hour', 'pushed_touch', 'pushed_window'].map(async (table) => {
      const columns = await store.duck.columns(`SELECT * FROM ${table} ORDER BY ALL`);
      return Object.entries(columns).map(([name, values]) => [name, [...values].map(String)]);
    }),
  );
  const texts = await store.records.selectFrom('dictionary').select('text').orderBy('text').execute();
  return JSON.stringify([parts, texts]);
}

const TODAY = String(MIDNIGHT / DAY_MS);
const YESTERDAY = String(MIDNIGHT / DAY_MS - 1);

describe('figures computed in QRadar', () => {
  it('count an event that arrives late on its own day, and take a first time away from a later one', () =>
    inStore(async (store) => {
      await arrive(MIDNIGHT + 60_000, web('anna', MIDNIGHT + 59_000), web('anna', MIDNIGHT + 59_500));
      expect(await pullFeatures(portsOf(store), OPTIONS)).toMatchObject({ isComplete: true, events: 2 });
      const before = await figuresOf(store, 'anna');
      expect(before[TODAY]).toMatchObject({ activities: 2, web_requests: 2, new_web_hosts: 1, bytes_out: 200 });

      console.clock.now = MIDNIGHT + 2 * HOUR_MS;
      await arrive(MIDNIGHT + HOUR_MS + 5000, web('anna', MIDNIGHT - HOUR_MS), web('anna', MIDNIGHT + 60_000));
      expect(await pullFeatures(portsOf(store), OPTIONS)).toMatchObject({ windows: 1, events: 2 });
      const after = await figuresOf(store, 'anna');
      expect(after[YESTERDAY]).toMatchObject({ activities: 1, new_web_hosts: 1 });
      expect(after[TODAY]).toMatchObject({ activities: 3, web_requests: 3, bytes_out: 300 });
      expect(after[TODAY]!.new_web_hosts).toBeUndefined();
    }));

  it('are the same in windows of an hour, of a day, and cut for their rows', async () => {
    for (let hour = 1; hour < 12; hour++)
      for (const account of ['anna', 'bert', 'CORP\\carl']) {
        const at = MIDNIGHT - hour * HOUR_MS + 1000;
        const target = `site-${hour % 5}.example`;
        await arrive(at + 1000, web(account, at, { target, resource: `https://${target}/`, activity: 'upload' }));
      }
    const take = (options: PullFeaturesOptions) =>
      inStore(async (store) => {
        const { splits } = await pullFeatures(portsOf(store), options);
        return { splits, figures: [await figuresOf(store, 'anna'), await figuresOf(store, 'CORP\\carl')] };
      });
    const day = await take({ backfillMs: 16 * HOUR_MS });
    const hour = await take({ backfillMs: 16 * HOUR_MS, longestMs: HOUR_MS });
    const cut = await take({ backfillMs: 16 * HOUR_MS, maxRows: 10 });
    expect(day.figures[0]![YESTERDAY]).toMatchObject({ activities: 11, web_uploads: 11, distinct_web_hosts: 5 });
    expect(hour.figures).toEqual(day.figures);
    expect(cut.figures).toEqual(day.figures);
    expect([day.splits, hour.splits]).toEqual([0, 0]);
    expect(cut.splits).toBeGreaterThan(2);
  });

  it('change nothing when they are taken again, and are computed again when the console has more', () =>
    inStore(async (store) => {
      await arrive(MIDNIGHT + 60_000, web('anna', MIDNIGHT + 59_000));
      await pullFeatures(portsOf(store), OPTIONS);
      const once = await contentOf(store);
      expect(await pullFeatures(portsOf(store), OPTIONS)).toMatchObject({ windows: 0, recomputed: 0 });
      expect(await contentOf(store)).toBe(once);
      // A processor was cut off: its events bear the time at which they reached it.
      await arrive(MIDNIGHT + 90_000, web('anna', MIDNIGHT + 89_000), web('bert', MIDNIGHT + 89_000));
      expect(await pullFeatures(portsOf(store), OPTIONS)).toMatchObject({ windows: 0, recomputed: 1 });
      expect((await figuresOf(store, 'anna'))[TODAY]).toMatchObject({ activities: 2 });
      expect((await figuresOf(store, 'bert'))[TODAY]).toMatchObject({ activities: 1 });
    }));

  it('survive a failure at every step: nothing lost, nothing twice', async () => {
    for (let hour = 0; hour < 6; hour++)
      await arrive(
        MIDNIGHT - hour * HOUR_MS + 2000,
        web('anna', MIDNIGHT - hour * HOUR_MS + 1000),
        web('bert', MIDNIGHT),
      );
    const options = { ...OPTIONS, backfillMs: 6 * HOUR_MS, longestMs: 2 * HOUR_MS };
    const expected = await inStore(async (store) => {
      await pullFeatures(portsOf(store), options);
      return contentOf(store);
    });
    for (const point of ['search', 'insert', 'commit', 'texts', 'cursor'] as const)
      await inStore(async (store) => {
        let failures = 0;
        for (let fuse = 1; fuse < 60; fuse++) {
          const ports = failingAt(portsOf(store), point, fuse);
          const ended = await pullFeatures(ports, options).catch((error: unknown) => error);
          if (!(ended instanceof Broken)) break;
          failures += 1;
        }
        expect(failures).toBeGreaterThan(0);
        expect(await pullFeatures(portsOf(store), options)).toMatchObject({ isComplete: true });
        expect(await contentOf(store)).toBe(expected);
      });
  });

  it('leave out people who are not tracked, before anything of them is stored', () =>
    inStore(async (store) => {
      await arrive(
        MIDNIGHT + 60_000,
        web('anna', MIDNIGHT + 59_000),
        web('Zoe', MIDNIGHT + 59_000, { device: 'PC-Z' }),
      );
      const ports = portsOf(store, { isTracked: (_, account) => account.toLowerCase() !== 'zoe' });
      expect((await pullFeatures(ports, OPTIONS)).untracked).toBeGreaterThan(0);
      const content = (await contentOf(store)).toLowerCase();
      expect(content).toContain('anna');
      expect(content).not.toContain('zoe');
      expect(content).not.toContain('pc-z');
      expect(await store.people.sightings()).toMatchObject([{ account: 'anna', activities: 1 }]);
    }));

  it('keep their texts and accounts when older data is deleted, and go when their own time comes', () =>
    inStore(async (store) => {
      await arrive(MIDNIGHT + 60_000, web('anna', MIDNIGHT - 2 * DAY_MS), web('bert', MIDNIGHT, { device: 'PC-B' }));
      await pullFeatures(portsOf(store), OPTIONS);
      const textsOf = async () =>
        (await store.records.selectFrom('dictionary').select('text').execute()).map(({ text }) => text).sort();
      await store.deleteBefore(Number(YESTERDAY));
      expect(await textsOf()).toEqual(['PC-B', 'bert', 'github.com', 'github.com']);
      expect(await store.people.sightings()).toMatchObject([{ account: 'bert', activities: 1 }]);
      expect(Object.keys(await figuresOf(store, 'bert'))).toEqual([TODAY]);
      await store.forgetPeople({ isGone: (_, account) => account === 'bert', isNamedIn: () => false });
      expect(await store.people.sightings()).toEqual([]);
      expect(await textsOf()).toEqual([]);
      expect(Number((await store.duck.columns('SELECT count(*) AS n FROM pushed_touch')).n![0])).toBe(0);
    }));

  it('take log sources of which only QRadar knows the meaning by its categories, and say what is not seen', () =>
    inStore(async (store) => {
      const header = `<13>1 2026-01-20T00:01:00Z host x - - - LEEF:2.0|Linux|OpenSSH|9|`;
      const send = (id: string, more: string) =>
        console.simulator.world.intake.accept({
          text: `${header}${id}|x09|devTime=${MIDNIGHT + 59_000}\tcat=authentication\tusrName=anna\tsrc=10.1.2.3${more}`,
          peer: '127.0.0.1',
          receivedMs: MIDNIGHT + 60_000,
        });
      for (let i = 0; i < 3; i++) send('Accepted password', '');
      send('Failed password', '\toutcome=failure');
      await console.simulator.world.intake.flush();
      const { sources } = await pullFeatures(portsOf(store), OPTIONS);
      expect(sources).toMatchObject([{ logSourceType: 'Linux OS', profile: 'categories' }]);
      expect((await figuresOf(store, 'anna'))[TODAY]).toMatchObject({ activities: 4, logons: 3, logon_failures: 1 });
      const [text] = await readBlindSpots(store.cursors);
      expect(text).toContain('everything but activities in all, logons, failed logons');
      expect(text).toContain('Linux OS, computed in QRadar: ');
    }));

  it('are taken from names and answers that mean harm', () =>
    inStore(async (store) => {
      await arrive(MIDNIGHT + 60_000, web(`x' OR 1=1 --`, MIDNIGHT + 59_000), web('ü"<x>', MIDNIGHT + 59_000));
      await pullFeatures(portsOf(store), OPTIONS);
      expect((await figuresOf(store, `x' OR 1=1 --`))[TODAY]).toMatchObject({ activities: 1 });
      expect((await figuresOf(store, 'ü"<x>'))[TODAY]).toMatchObject({ activities: 1 });
      const rows = [null, -1, 'x', {}, [], 1e300, Number.NaN].flatMap((bad) =>
        ['u', 'd', 'e', 'h', 'n', 'a', 'z', 'f0', 't0', 'p', 't', 'l', 'k'].map((key) => ({
          ...{ u: 'anna', d: 0, e: '', h: 20, n: 1, a: 72_000_000, z: 72_000_000, t: 302, l: 'Zscaler Nss', k: 1 },
          [key]: bad,
        })),
      );
      const search = async function* () {
        yield rows as Record<string, unknown>[];
      };
      await inStore(async (other) => {
        const hostile = pullFeatures(portsOf(other, { search }), OPTIONS);
        await hostile.then(
          ({ badRows }) => expect(badRows).toBeGreaterThan(10),
          (error: unknown) => expect(error).toMatchObject({ code: 'QRADAR_REPLY_INVALID' }),
        );
      });
    }));

  it('stop at a signal, and go on from there', () =>
    inStore(async (store) => {
      await arrive(MIDNIGHT + 60_000, web('anna', MIDNIGHT + 59_000));
      const stop = new AbortController();
      const ports = portsOf(store, { signal: stop.signal, onProgress: () => stop.abort(new AppError('STOPPED', '')) });
      const options = { backfillMs: 8 * HOUR_MS, longestMs: HOUR_MS };
      await expect(pullFeatures(ports, options)).rejects.toMatchObject({ code: 'STOPPED' });
      const result = await pullFeatures(portsOf(store), options);
      expect(result).toMatchObject({ isComplete: true, windows: 7, events: 1 });
    }));
});

class Broken extends Error {}

/** Ports of which one kind of call fails at its n-th use. */
function failingAt(
  ports: PullFeaturesPorts,
  point: 'search' | 'insert' | 'commit' | 'texts' | 'cursor',
  fuse: number,
): PullFeaturesPorts {
  let left = fuse;
  const burn = (at: typeof point): void => {
    if (at === point && --left === 0) throw new Broken(point);
  };
  const { database } = ports;
  const failing: FeatureDatabase = {
    columns: (sql) => database.columns(sql),
    async run(sql) {
      if (sql.startsWith('INSERT')) burn('insert');
      await database.run(sql);
    },
    transaction: (work) =>
      database.transaction(async () => {
        const result = await work();
        burn('commit');
        return result;
      }),
  };
  return {
    ...ports,
    database: failing,
    search: (aql, options) => {
      burn('search');
      return ports.search(aql, options);
    },
    cursors: {
      read: (name) => ports.cursors.read(name),
      async write(name, body, nowMs) {
        burn('cursor');
        await ports.cursors.write(name, body, nowMs);
      },
    },
    openTokens() {
      const tokens = ports.openTokens();
      return {
        account: (domain, account) => tokens.account(domain, account),
        thing: (form, domain, text) => tokens.thing(form, domain, text),
        async flush() {
          burn('texts');
          await tokens.flush();
        },
      };
    },
  };
}
