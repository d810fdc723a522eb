import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { LOG_SOURCES } from '../../simulator/enterprise/log-sources.ts';
import { formatLeef } from '../../simulator/enterprise/writers/leef.ts';
import type { Activity } from '../../src/domain/activity.ts';
import type { FeatureTable } from '../../src/domain/features.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { WINDOWS_TYPE } from '../../src/features/aql-profile-windows.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import { readFeatureTable } from '../../src/features/read.ts';
import { refreshFeatures } from '../../src/features/refresh.ts';
import { fillRhythm } from '../../src/features/rhythm.ts';
import * as ingest from '../../src/ingest/index.ts';
import { createMeaning } from '../../src/pipeline/aql-meaning.ts';
import { importPaths } from '../../src/pipeline/import.ts';
import { type PullFeaturesPorts, pullFeatures } from '../../src/pipeline/pull-features.ts';
import type { PushedSource } from '../../src/pipeline/pushed-sources.ts';
import { resolvePeople } from '../../src/pipeline/resolve-people.ts';
import { connectQRadar, type QRadar } from '../../src/qradar/connect.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { virtualTime } from '../qradar-console.ts';
import { startTestConsole, type TestConsole } from '../simulator-client.ts';
import { withFolder, withStore } from '../store-folder.ts';

/** One recorded month of a small company, computed here from its events and computed by the console. */
const COMPANY = { people: 12, days: 30, liveDays: 2, seed: 5, startDay: '2026-01-05' };
const PRESENT = Date.UTC(2026, 1, 4);
const DAYS = { from: PRESENT / DAY_MS - COMPANY.days, to: PRESENT / DAY_MS };
const OPTIONS = { backfillMs: 31 * DAY_MS, longestMs: 16 * DAY_MS, zones: ['UTC'] };

let console: TestConsole;
let qradar: QRadar;

beforeAll(async () => {
  console = await startTestConsole({ play: COMPANY });
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
    timing: virtualTime(PRESENT),
  });
}, 60_000);
afterAll(async () => {
  qradar.close();
  await console.close();
});

const portsOf = (store: DataStore, more: Partial<PullFeaturesPorts> = {}): PullFeaturesPorts => ({
  database: store.duck,
  cursors: store.cursors,
  search: (aql, options) => qradar.ariel.search(aql, options),
  columns: (signal) => qradar.ariel.columns('events', signal),
  consoleNow: async () => PRESENT + 60_000,
  now: () => PRESENT,
  modeOf: () => 'push-down',
  isTracked: () => true,
  openTokens: () => store.openThingTokens(),
  meaning: createMeaning({ internalDomains: [], sensitivePatterns: [] }),
  ...more,
});

const only =
  (...types: string[]) =>
  (type: string) =>
    types.includes(type) ? 'push-down' : 'off';
const inStore = <T>(work: (store: DataStore) => Promise<T>): Promise<T> =>
  withFolder((folder) => withStore(folder, work, { encryption: 'off' }));

/** Feature rows of a store, by person and day. */
async function rowsOf(store: DataStore, zone = 'UTC'): Promise<Map<string, Float64Array>> {
  const { zones, byToken } = await resolvePeople(store.people, {
    aliases: [],
    servicePatterns: [],
    defaultZone: zone,
  });
  await refreshFeatures(store.duck, zones);
  const table: FeatureTable = await readFeatureTable(store.duck, DAYS.from - 1, DAYS.to + 1);
  fillRhythm(table, { holidays: new Set() });
  const rows = new Map<string, Float64Array>();
  for (const [row, day] of table.day.entries())
    rows.set(
      `${byToken.get(table.people[table.person[row]!]!)!.accounts.join().toLowerCase()}/${day}`,
      table.values.subarray(row * FEATURES.length, (row + 1) * FEATURES.length),
    );
  return rows;
}

const isAt = (until: number) => (activity: Activity) => activity.timeMs + 1000 < until;
let month: Activity[] = [];
const isExact = (source: PushedSource, feature: string) =>
  !source.partial.includes(feature) && !source.missing.includes(feature);

async function rawRows(folder: string, activities: readonly Activity[], zone = 'UTC') {
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'all.leef'), activities.map(formatLeef).join(''));
  return withStore(join(folder, 'raw'), async (store) => {
    const ports = { store, ingest, options: ingest.DEFAULT_INGEST_OPTIONS, now: () => 0, elapsedMs: () => 0 };
    await importPaths([join(folder, 'logs')], 'auto', ports);
    return rowsOf(store, zone);
  });
}

/** Features in which the two differ, and on how many person-days; the larger side of each. */
function compare(raw: Map<string, Float64Array>, pushed: Map<string, Float64Array>) {
  const differing = new Set<string>();
  const more = new Set<string>();
  expect([...pushed.keys()].sort()).toEqual([...raw.keys()].sort());
  for (const [key, figures] of raw) {
    for (const [index, { name }] of FEATURES.entries()) {
      const other = pushed.get(key)![index]!;
      if (Object.is(other, figures[index])) continue;
      differing.add(name);
      if (other > figures[index]!) more.add(name);
    }
  }
  return { differing, more };
}

/** What each log source is known not to tell, beside what the profile says it may miss. */
const MISSING: Record<string, string[]> = { [WINDOWS_TYPE]: ['memory_access'] };
const DIFFERING: Record<string, string[]> = {
  [WINDOWS_TYPE]: [
    ...['archives_made', 'distinct_partners', 'file_deletes', 'file_reads', 'file_writes', 'new_partners'],
  ],
  'Fortinet FortiGate Security Gateway': ['distinct_devices', 'new_devices', 'rare_devices'],
  'Microsoft Office 365': ['distinct_devices', 'new_devices', 'rare_devices'],
  'Microsoft Entra ID': ['distinct_devices', 'new_devices', 'rare_devices'],
};

describe('a month of a small company', () => {
  beforeAll(() => {
    const days = generateEnterprise({ ...COMPANY, days: COMPANY.days + COMPANY.liveDays }).days();
    month = [...days].flatMap(({ activities }) => activities).filter(isAt(PRESENT));
  });

  const named = Object.values(LOG_SOURCES).map(({ logSource }) => logSource);
  it.each(named.filter((one) => !one.startsWith('Palo Alto')))(
    '%s: the same figures where equality is claimed',
    (type) =>
      withFolder(async (folder) => {
        const raw = await rawRows(
          folder,
          month.filter(({ logSource }) => logSource === type),
        );
        const { source, pushed } = await withStore(join(folder, 'pushed'), async (store) => {
          const { sources } = await pullFeatures(portsOf(store, { modeOf: only(type) }), OPTIONS);
          expect(sources.map(({ logSourceType }) => logSourceType)).toEqual([type]);
          return { source: sources[0]!, pushed: await rowsOf(store) };
        });
        expect(raw.size).toBeGreaterThan(50);
        expect(source.missing).toEqual(MISSING[type] ?? []);
        const { differing, more } = compare(raw, pushed);
        expect([...differing].filter((feature) => isExact(source, feature))).toEqual([]);
        expect([...differing].sort()).toEqual(DIFFERING[type] ?? []);
        // What is seen in part is a lower bound, but for first times: a thing not seen before is not known later.
        expect([...more].filter((feature) => !/^(new|rare|others)_/.test(feature))).toEqual([]);
      }),
  );

  it('firewall events, which name nobody, give nobody a figure', () =>
    inStore(async (store) => {
      const result = await pullFeatures(portsOf(store, { modeOf: only('Palo Alto PA Series') }), OPTIONS);
      expect(result).toMatchObject({ events: 0, rows: 0, sources: [] });
    }));

  it('with an access mask, reading is told from writing', () =>
    withFolder(async (folder) => {
      const { properties, expressions } = console.simulator.world.state;
      const id = properties.nextId();
      properties.put(id, { ...properties.get(1)!, id, identifier: 'mask', name: 'Access Mask' });
      const expression = { identifier: 'mask-1', regex_property_identifier: 'mask', expression: 'AccessMask' };
      expressions.put(expressions.nextId(), { ...expressions.get(1)!, ...expression, id: expressions.nextId() });
      const raw = await rawRows(
        folder,
        month.filter(({ logSource }) => logSource === WINDOWS_TYPE),
      );
      const pushed = await withStore(join(folder, 'pushed'), async (store) => {
        await pullFeatures(portsOf(store, { modeOf: only(WINDOWS_TYPE) }), OPTIONS);
        return rowsOf(store);
      });
      properties.remove(id);
      expect([...compare(raw, pushed).differing].sort()).toEqual(['distinct_partners', 'new_partners']);
    }));

  it('some log sources read here and some computed there make the same rows as all read here', () =>
    withFolder(async (folder) => {
      const there = ['Zscaler Nss', 'Linux OS'];
      const zone = 'Europe/Berlin';
      const raw = await rawRows(folder, month, zone);
      mkdirSync(join(folder, 'rest'));
      const rest = month.filter(({ logSource }) => !there.includes(logSource));
      writeFileSync(join(folder, 'rest', 'rest.leef'), rest.map(formatLeef).join(''));
      const mixed = await withStore(join(folder, 'mixed'), async (store) => {
        const ports = { store, ingest, options: ingest.DEFAULT_INGEST_OPTIONS, now: () => 0, elapsedMs: () => 0 };
        await pullFeatures(portsOf(store, { modeOf: only(...there) }), {
          ...OPTIONS,
          longestMs: 7 * DAY_MS,
          zones: [zone],
        });
        await importPaths([join(folder, 'rest')], 'auto', ports);
        return rowsOf(store, zone);
      });
      expect([...compare(raw, mixed).differing]).toEqual([]);
    }));
});
