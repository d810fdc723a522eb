import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import type { Activity } from '../../src/domain/activity.ts';
import type { FeatureTable } from '../../src/domain/features.ts';
import { blankDirectoryRecord, type DirectoryRecord } from '../../src/domain/ingest.ts';
import { DAY_MS, HOUR_MS, parseDay } from '../../src/domain/time.ts';
import { FEATURE_INDEX, FEATURES } from '../../src/features/catalogue.ts';
import { compileEvidence } from '../../src/features/compile-duckdb.ts';
import { readFeatureTable } from '../../src/features/read.ts';
import { fillRhythm } from '../../src/features/rhythm.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { findEvidence } from '../../src/pipeline/evidence.ts';
import type { ResolvedPeople } from '../../src/pipeline/resolve-people.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { openTestStore, withFolder } from '../store-folder.ts';
import { describeTables, importActivities, openTwin, personOf, refresh } from './feature-tables.ts';

const MONDAY = parseDay('2026-01-05')!;
const at = (day: number, hour: number, minute = 0) => (MONDAY + day) * DAY_MS + hour * HOUR_MS + minute * 60_000;

const directoryRecord = (account: string, more: Partial<DirectoryRecord> = {}): DirectoryRecord => ({
  ...blankDirectoryRecord(account, '1970-01-01'),
  ...more,
});

async function addDirectory(target: DataStore, records: DirectoryRecord[]): Promise<void> {
  const writer = target.activities.openWriter(await target.imports.begin(0, 'auto'));
  writer.addDirectory(records);
  await writer.commit();
}

describe('feature tables do not depend on the order of arrival', () => {
  const aliases = (activities: readonly Activity[]) => {
    const accounts = [...new Set(activities.map(({ account }) => account))].filter((name) =>
      /^CORP\\[a-z]+$/.test(name),
    );
    return [{ account: accounts[0]!, alias: accounts[1]! }];
  };

  it.each([
    { name: 'everybody in UTC', zones: [], seed: 31 },
    { name: 'sites in three zones', zones: ['UTC', 'America/New_York', 'Asia/Tokyo'], seed: 32 },
  ])('$name: chunks in any order, late people and late activities', ({ zones, seed }) =>
    withFolder(async (folder) => {
      const { directory, days } = generateEnterprise({ people: 25, days: 12, seed, zones });
      const byDay = [...days()].map(({ activities }) => activities);
      const all = byDay.flat();
      // Two people turn out to be one: known to the first run from the start, to the second after its last chunk.
      const joined = aliases(all);

      const once = await openTwin(folder, 'once');
      await addDirectory(once, directory);
      await importActivities(once, all);
      await refresh(once, { aliases: joined });

      const random = createRandom(seed);
      const chunks: Activity[][] = Array.from({ length: 6 }, () => []);
      for (const activities of byDay) {
        const home = random.int(chunks.length);
        for (const activity of activities)
          chunks[random.next() < 0.05 ? random.int(chunks.length) : home]!.push(activity);
      }
      const pieces = await openTwin(folder, 'pieces');
      for (const [index, chunk] of chunks.entries()) {
        await importActivities(pieces, chunk);
        if (index === 2) await addDirectory(pieces, directory);
        await refresh(pieces);
      }
      const before = await describeTables(pieces);
      const { result } = await refresh(pieces, { aliases: joined });
      expect(result.days).toBeGreaterThan(0);
      const after = await describeTables(pieces);
      const expected = await describeTables(once);
      await once.close();
      await pieces.close();
      expect(after).toEqual(expected);
      expect(after).not.toEqual(before);
      expect(expected.scan_row!.rows).toBeGreaterThan(150);
    }),
  );

  it('a change of the configured zone moves every day', () =>
    withFolder(async (folder) => {
      const activities = Array.from(
        { length: 60 },
        (_, i): Partial<Activity> => ({
          timeMs: at(0, i * 3),
          class: 'file_system',
          activity: 'read',
          account: 'ann',
          originId: String(i),
        }),
      );
      const moved = await openTwin(folder, 'moved');
      await importActivities(moved, activities);
      await refresh(moved);
      const utc = await describeTables(moved);
      await refresh(moved, { zone: 'Asia/Tokyo' });
      const fresh = await openTwin(folder, 'fresh');
      await importActivities(fresh, activities);
      await refresh(fresh, { zone: 'Asia/Tokyo' });
      const tokyo = await describeTables(moved);
      expect(tokyo).toEqual(await describeTables(fresh));
      expect(tokyo).not.toEqual(utc);
      await refresh(moved);
      expect(await describeTables(moved)).toEqual(utc);
      await moved.close();
      await fresh.close();
    }));
});

describe('only what changed is computed again', () => {
  it('days in order, nothing new, and a late activity that takes away a first time', () =>
    withFolder(async (folder) => {
      const target = await openTestStore(folder);
      const logon = (day: number, account: string, device: string): Partial<Activity> => ({
        timeMs: at(day, 10),
        class: 'authentication',
        activity: 'logon',
        account,
        device,
        originId: `${day} ${account} ${device}`,
      });
      await importActivities(
        target,
        [0, 1, 2, 3, 4].map((day) => logon(day, 'ann', 'PC-1')),
      );
      expect((await refresh(target)).result).toEqual({ days: 5, touchDays: 0 });
      await importActivities(target, [logon(7, 'ann', 'PC-2')]);
      expect((await refresh(target)).result).toEqual({ days: 1, touchDays: 0 });
      expect((await refresh(target)).result).toEqual({ days: 0, touchDays: 0 });
      // PC-2 was not new on day 7 after all: that day's first times are found again, its activities are not read.
      await importActivities(target, [logon(3, 'ann', 'PC-2')]);
      const { people, result } = await refresh(target);
      expect(result).toEqual({ days: 1, touchDays: 1 });
      const table = await readFeatureTable(target.duck, MONDAY, MONDAY + 7);
      expect(figureOn(table, people, 'ann', 7, 'new_devices')).toBe(0);
      expect(figureOn(table, people, 'ann', 3, 'new_devices')).toBe(1);
      await target.close();
    }));
});

function rowOf(table: FeatureTable, people: ResolvedPeople, account: string, day: number): number {
  const person = table.people.indexOf(personOf(people, account));
  return Array.from(table.day.keys()).findIndex(
    (row) => table.person[row] === person && table.day[row] === MONDAY + day,
  );
}

const figureOn = (table: FeatureTable, people: ResolvedPeople, account: string, day: number, feature: string) =>
  table.values[rowOf(table, people, account, day) * FEATURES.length + FEATURE_INDEX.get(feature)!];

describe('figures of a few people, counted by hand', () => {
  const activities: Partial<Activity>[] = [];
  const act = (day: number, hour: number, minute: number, fields: Partial<Activity>) =>
    activities.push({
      timeMs: at(day, hour, minute),
      originId: `e${activities.length}`,
      outcome: 'success',
      ...fields,
    });
  const logon = (day: number, hour: number, minute: number, account: string, device: string) =>
    act(day, hour, minute, { class: 'authentication', activity: 'logon', account, device, logonType: 2 });

  // Three weeks of office hours for everybody, each on their own computer; four people know SRV-4, three SRV-3.
  for (let day = 0; day < 19; day++) {
    if (day % 7 >= 5) continue;
    for (const name of ['ann', 'bob', 'cat', 'dan', 'eve']) {
      logon(day, 9, 0, name, `PC-${name}`);
      for (let hour = 10; hour < 17; hour++)
        act(day, hour, 0, {
          class: 'file_system',
          activity: 'read',
          account: name,
          device: `PC-${name}`,
          bytesIn: 1000,
        });
    }
  }
  for (const name of ['bob', 'cat', 'dan']) logon(1, 11, 1, name, 'SRV-3');
  for (const name of ['bob', 'cat', 'dan', 'eve']) logon(1, 11, 2, name, 'SRV-4');
  // Wednesday of the third week: Ann on other machines, twice on Bob's.
  const WEDNESDAY = 16;
  logon(WEDNESDAY, 11, 10, 'ann', 'PC-bob');
  logon(WEDNESDAY, 11, 20, 'ann', 'PC-bob');
  logon(WEDNESDAY, 11, 30, 'ann', 'SRV-3');
  logon(WEDNESDAY, 11, 40, 'ann', 'SRV-4');
  logon(WEDNESDAY, 11, 50, 'ann', 'LAB-1');
  // On the same day Bob meets LAB-1 too: neither was there before the other.
  logon(WEDNESDAY, 15, 50, 'bob', 'LAB-1');
  // Friday: removable media and mail, some of it at night.
  const FRIDAY = 18;
  act(FRIDAY, 2, 5, { class: 'peripheral', activity: 'connect', account: 'ann', device: 'PC-ann' });
  const copy = { class: 'file_system', activity: 'copy', account: 'ann', device: 'PC-ann', removable: true } as const;
  act(FRIDAY, 2, 10, { ...copy, bytesOut: 2_000_000, fileCategory: 'document' });
  act(FRIDAY, 13, 10, { ...copy, bytesOut: 3_000_000, fileCategory: 'executable' });
  act(FRIDAY, 2, 20, { class: 'file_system', activity: 'read', account: 'ann', device: 'PC-ann', sensitivity: 3 });
  const mail = { class: 'email', activity: 'send', account: 'ann' } as const;
  act(FRIDAY, 14, 0, { ...mail, recipients: 12, bytesOut: 900_000, resource: 'team@corp.example' });
  act(FRIDAY, 14, 5, {
    ...mail,
    recipients: 2,
    recipientsExternal: 1,
    attachments: 2,
    bytesOut: 250_000,
    resource: 'x@out.example',
  });
  act(FRIDAY, 14, 6, { ...mail, recipients: 1, recipientsExternal: 1, bytesOut: 50_000, resource: 'y@out.example' });
  const SATURDAY = 19;
  for (let i = 0; i < 4; i++)
    act(SATURDAY, 12, i, { class: 'http', activity: 'visit', account: 'ann', webCategory: 'job_search' });

  let folder: string;
  let target: DataStore;
  let people: ResolvedPeople;
  let table: FeatureTable;
  let unusual: Int32Array;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'undercurrent-figures-'));
    target = await openTestStore(folder);
    await importActivities(target, activities);
    ({ people } = await refresh(target));
    table = await readFeatureTable(target.duck, MONDAY, MONDAY + 20);
    unusual = fillRhythm(table, { holidays: new Set() });
  });
  afterAll(async () => {
    await target.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    { who: 'ann', day: 0, figures: { new_devices: 1, rare_devices: 1, others_devices: 0, distinct_devices: 1 } },
    {
      who: 'ann',
      day: WEDNESDAY,
      // New: Bob's (one user before), SRV-3 (three), SRV-4 (four), LAB-1 (none).
      figures: { new_devices: 4, rare_devices: 2, others_devices: 2, distinct_devices: 5, logons: 6 },
    },
    { who: 'bob', day: WEDNESDAY, figures: { new_devices: 1, rare_devices: 1, others_devices: 0 } },
    {
      who: 'ann',
      day: FRIDAY,
      figures: {
        removable_connects: 1,
        removable_copies: 2,
        removable_bytes: 5_000_000,
        removable_programs: 1,
        file_copies: 2,
        file_reads: 8,
        sensitive_reads: 1,
        mails_sent: 3,
        mails_external: 2,
        mail_external_bytes: 300_000,
        mail_external_attachments: 2,
        mail_recipients_max: 12,
        new_recipients: 3,
        bytes_out: 6_200_000,
        unusual_hour_activities: 3,
        unusual_hour_moves: 2,
        early_start: 7,
        late_end: 0,
        off_day_activities: 0,
      },
    },
    { who: 'ann', day: SATURDAY, figures: { off_day_activities: 4, job_search_visits: 4, activities: 4 } },
  ])('$who on day $day', ({ who, day, figures }) => {
    const counted = Object.keys(figures).map((name) => [name, figureOn(table, people, who, day, name)]);
    expect(Object.fromEntries(counted)).toEqual(figures);
  });

  it.each([
    { feature: 'new_devices', day: WEDNESDAY, times: ['11:10', '11:20', '11:30', '11:40', '11:50'] },
    { feature: 'rare_devices', day: WEDNESDAY, times: ['11:10', '11:20', '11:50'] },
    { feature: 'others_devices', day: WEDNESDAY, times: ['11:10', '11:20', '11:30'] },
    { feature: 'removable_connects', day: FRIDAY, times: ['02:05'] },
    { feature: 'removable_copies', day: FRIDAY, times: ['02:10', '13:10'] },
    { feature: 'removable_programs', day: FRIDAY, times: ['13:10'] },
    { feature: 'mails_external', day: FRIDAY, times: ['14:05', '14:06'] },
    { feature: 'mail_external_attachments', day: FRIDAY, times: ['14:05'] },
    { feature: 'sensitive_reads', day: FRIDAY, times: ['02:20'] },
    { feature: 'unusual_hour_activities', day: FRIDAY, times: ['02:05', '02:10', '02:20'] },
    { feature: 'unusual_hour_moves', day: FRIDAY, times: ['02:05', '02:10'] },
    { feature: 'off_day_activities', day: SATURDAY, times: ['12:00', '12:01', '12:02', '12:03'] },
  ])('the evidence of $feature is exactly what was counted', async ({ feature, day, times }) => {
    const unusualHours = unusual[rowOf(table, people, 'ann', day)]!;
    const request = { day: MONDAY + day, person: personOf(people, 'ann'), unusualHours, features: [feature] };
    const [evidence] = await findEvidence(target.duck, [request], false);
    expect(evidence!.map(({ time }) => time.slice(11, 16))).toEqual(times);
  });

  it('of sums and maxima the largest activities are the evidence', async () => {
    const person = personOf(people, 'ann');
    await target.duck.run(`CREATE OR REPLACE TEMP TABLE asked AS
      SELECT ${MONDAY + FRIDAY} AS day, CAST(${person} AS BIGINT) AS person, 0 AS hours`);
    const pairs = { table: 'asked', first: MONDAY + FRIDAY, last: MONDAY + FRIDAY };
    for (const [name, time] of [
      ['removable_bytes', at(FRIDAY, 13, 10)],
      ['mail_recipients_max', at(FRIDAY, 14, 0)],
    ] as const) {
      const { time_ms } = await target.duck.columns(
        compileEvidence(FEATURES[FEATURE_INDEX.get(name)!]!, pairs, false, 1),
      );
      expect(time_ms, name).toEqual(Float64Array.of(time));
    }
  });
});

describe('local days and hours', () => {
  const NIGHT = Date.parse('2026-01-06T02:30:00Z'); // Monday 21:30 in New York
  const SUMMER = Date.parse('2026-07-02T03:30:00Z'); // Wednesday 23:30 in New York, four hours behind
  const read = (account: string, timeMs: number): Partial<Activity> => ({
    timeMs,
    class: 'file_system',
    activity: 'read',
    account,
    originId: `${account} ${timeMs}`,
  });

  it('are those of the person, in winter and summer, for figures and for evidence', () =>
    withFolder(async (folder) => {
      const target = await openTestStore(folder);
      await addDirectory(target, [directoryRecord('nyc', { timeZone: 'America/New_York' }), directoryRecord('lon')]);
      await importActivities(
        target,
        ['nyc', 'lon'].flatMap((name) => [read(name, NIGHT), read(name, SUMMER)]),
      );
      await refresh(target);
      // A further refresh of another day must not forget the local time of the days before.
      await importActivities(target, [read('nyc', SUMMER + 5 * DAY_MS)]);
      const { people } = await refresh(target);
      const table = await readFeatureTable(target.duck, MONDAY, MONDAY + 200);
      const hoursOf = (account: string) => {
        const person = table.people.indexOf(personOf(people, account));
        return Array.from(table.day.keys())
          .filter((row) => table.person[row] === person)
          .map((row) => [table.day[row]! - MONDAY, table.hours.subarray(row * 24, row * 24 + 24).indexOf(1)]);
      };
      const july = parseDay('2026-07-01')! - MONDAY;
      expect(hoursOf('nyc')).toEqual([
        [0, 21],
        [july, 23],
        [july + 5, 23],
      ]);
      expect(hoursOf('lon')).toEqual([
        [1, 2],
        [july + 1, 3],
      ]);

      const ask = (day: number) => ({
        day: MONDAY + day,
        person: personOf(people, 'nyc'),
        unusualHours: 0,
        features: ['file_reads'],
      });
      const evidence = await findEvidence(target.duck, [ask(0), ask(july), ask(july + 1)], true);
      expect(evidence.map((items) => items.map(({ time }) => Date.parse(time)))).toEqual([[NIGHT], [SUMMER], []]);
      await target.close();
    }));
});
