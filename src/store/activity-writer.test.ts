import { describe, expect, it } from 'vitest';
import { activityRecord, deadRecord, openTestStore, store, withFolder, withStore } from '../../test/store-folder.ts';
import { ACTIVITY_CLASSES, ACTIVITY_NAMES, OUTCOMES } from '../domain/activity.ts';
import { ACTIVITY_COLUMNS } from './activity-columns.ts';

const T = Date.UTC(2026, 0, 5);

describe('nothing twice', () => {
  it('knows records by their origin id, else by text and number among equal lines of a file', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const records = [
          activityRecord({ originId: 'a', logSource: 'X' }),
          activityRecord({ originId: 'a', logSource: 'X', device: 'reported again by another collector' }),
          activityRecord({ originId: 'a', logSource: 'Y' }),
          activityRecord({ account: 'u' }, 'same line'),
          activityRecord({ account: 'u' }, 'same line'),
          activityRecord({ account: 'u' }, 'other line'),
          deadRecord('{'),
          deadRecord('{'),
        ];
        expect(await store(target, records)).toEqual({
          activities: 5,
          duplicates: 1,
          deadLetters: 2,
          reasons: { 'bad-json': 2 },
        });
        const texts = target.dictionary.count();
        // A rotated copy of the log: the same lines and one more.
        expect(await store(target, [...records, activityRecord({ account: 'u' }, 'same line')])).toEqual({
          activities: 1,
          duplicates: 6,
          deadLetters: 2,
          reasons: { 'bad-json': 2 },
        });
        expect(await target.activities.count()).toBe(6);
        expect(target.dictionary.count()).toBe(texts);
        const dead = await target.records.selectFrom('dead_letter').select(['raw', 'first_import']).execute();
        expect(dead).toEqual([
          { raw: '{', first_import: 1 },
          { raw: '{', first_import: 1 },
        ]);
      }),
    ));

  it('takes equal lines for one event delivered again when told so, the same one as the first of a file', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const line = activityRecord({ account: 'u' }, 'same line');
        const live = target.activities.openWriter(1, { batchRows: 100, repeats: 'same' });
        for (const record of [line, line, activityRecord({ account: 'u' }, 'other line')]) live.add(record);
        expect(await live.commit()).toMatchObject({ activities: 2, duplicates: 1 });
        live.add(line);
        expect(await live.commit()).toMatchObject({ activities: 0, duplicates: 1 });
        expect(await store(target, [line, line])).toMatchObject({ activities: 1, duplicates: 1 });
      }),
    ));

  it('keeps what one writer gathered while another one stores or is closed', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const [one, other] = [target.activities.openWriter(1), target.activities.openWriter(2)];
        one.add(deadRecord('{1'));
        one.add(activityRecord({ originId: '1' }));
        other.add(activityRecord({ originId: '2' }));
        await other.commit();
        other.close();
        await expect(target.deleteBefore(0)).rejects.toMatchObject({ code: 'DATA_BUSY' });
        expect(await target.records.selectFrom('dead_letter').select('line').execute()).toHaveLength(0);
        expect(await one.commit()).toMatchObject({ activities: 1, deadLetters: 1 });
        expect(await target.records.selectFrom('dead_letter').select('line').execute()).toHaveLength(1);
      }),
    ));

  it('keeps the new ones of a batch that is partly stored, with every column as it was', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const record = (i: number) =>
          activityRecord({
            originId: `${i}`,
            timeMs: T + (i % 7) * 3_600_000,
            account: `u${i % 5}`,
            bytesOut: i * 2 ** 33,
          });
        const all = Array.from({ length: 5000 }, (_, i) => record(i));
        await store(
          target,
          all.filter((_, i) => i % 3 === 0),
        );
        expect(await store(target, all)).toMatchObject({ activities: 3333, duplicates: 1667 });
        const { n, ids, bytes } = await target.duck.columns(
          'SELECT count(*) AS n, count(DISTINCT id) AS ids, CAST(sum(bytes_out) AS DOUBLE) AS bytes FROM activity',
        );
        expect([n![0], ids![0], bytes![0]]).toEqual([5000n, 5000n, ((4999 * 5000) / 2) * 2 ** 33]);
      }),
    ));

  it('goes on in the same writer after a full batch', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const writer = target.activities.openWriter(1, { batchRows: 3 });
        writer.startFile();
        let activities = 0;
        for (let i = 0; i < 10; i++) {
          if (writer.isFull) activities += (await writer.commit()).activities;
          writer.add(activityRecord({ originId: `${i}` }));
        }
        expect(activities).toBe(9);
        expect(await writer.commit()).toMatchObject({ activities: 1 });
        expect(await writer.commit()).toEqual({ activities: 0, duplicates: 0, deadLetters: 0, reasons: {} });
        expect(await target.activities.count()).toBe(10);
      }),
    ));
});

describe('what a row holds', () => {
  it('codes, numbers within bounds, tokens by role, scope and verb', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [
          activityRecord({
            timeMs: T + 1,
            class: 'file_system',
            activity: 'copy',
            outcome: 'success',
            account: 'CORP\\Ann',
            targetAccount: 'corp\\ANN',
            device: 'PC-1',
            source: 'pc-1',
            resource: '\\\\Files\\HR\\Pay\\list.xlsx',
            process: 'C:\\Windows\\explorer.exe',
            command: '"C:\\Tools\\Robo Copy.exe" /mir',
            bytesOut: 5e15,
            bytesIn: -3,
            logonType: 900,
            eventCode: Number.NaN,
            recipients: 70_000,
            removable: true,
            severity: 10,
            sensitivity: 2,
            fileCategory: 'spreadsheet',
            domain: 'tenant',
          }),
        ]);
        const columns = await target.duck.columns(
          `SELECT ${ACTIVITY_COLUMNS.map(({ name, type }) => (type === 'BIGINT' ? name : `CAST(${name} AS DOUBLE) AS ${name}`)).join(', ')} FROM activity`,
        );
        const row = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[0]]));
        expect(row).toMatchObject({
          time_ms: BigInt(T + 1),
          class: ACTIVITY_CLASSES.indexOf('file_system'),
          activity: ACTIVITY_NAMES.indexOf('copy'),
          outcome: OUTCOMES.indexOf('success'),
          account: target.tokens.account('tenant', 'CORP\\Ann'),
          target_account: row.account,
          device: target.tokens.token('host', 'PC-1'),
          source: row.device,
          target: 0n,
          scope: target.tokens.token('scope', '\\\\files\\hr\\pay'),
          verb: target.tokens.token('verb', 'robo copy'),
          bytes_out: 5_000_000_000_000_000n,
          bytes_in: 0n,
          logon_type: 255,
          event_code: 0,
          recipients: 65_535,
          removable: 1,
          privileged: 0,
          severity: 10,
          sensitivity: 2,
          path_depth: 4,
        });
        expect(target.tokens.account('', 'CORP\\Ann')).not.toBe(row.account);
        expect(target.dictionary.texts([row.account as bigint, row.verb as bigint, 0n, 1n])).toEqual(
          new Map([
            [row.account, 'CORP\\Ann'],
            [row.verb, 'robo copy'],
          ]),
        );
        expect((await target.duck.columns('SELECT utc_day FROM dirty_day')).utc_day).toEqual(
          Float64Array.of(T / 86_400_000),
        );
        expect(await target.people.sightings()).toEqual([
          { domain: 'tenant', account: 'CORP\\Ann', sid: '', activities: 1 },
        ]);
      }),
    ));

  it('times before 1970 and after 2038; a time out of range is a dead letter', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const times = [-1, -86_400_001, 0, 2 ** 32, 2 ** 40 + 5];
        const outcome = await store(target, [
          ...times.map((timeMs) => activityRecord({ timeMs })),
          ...[Number.NaN, 0.5, 9e15].map((timeMs) => activityRecord({ timeMs }, `${timeMs}`)),
        ]);
        expect(outcome).toMatchObject({ activities: 5, deadLetters: 3, reasons: { 'bad-time': 3 } });
        const { t } = await target.duck.columns('SELECT time_ms AS t FROM activity ORDER BY rowid');
        expect(Array.from(t as BigInt64Array, Number)).toEqual(times);
        const { day } = await target.duck.columns('SELECT utc_day AS day FROM dirty_day ORDER BY 1');
        expect([...day!]).toEqual([-2, -1, 0, 49, 12_725]);
      }),
    ));

  it('cuts raw text of dead letters at 4 KiB, between characters', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [deadRecord('ä'.repeat(5000)), deadRecord(`a${'ä'.repeat(5000)}`)]);
        const rows = await target.records.selectFrom('dead_letter').select('raw').execute();
        expect(rows.map(({ raw }) => Buffer.byteLength(raw)).sort()).toEqual([4095, 4096]);
        expect(rows.some(({ raw }) => raw.includes('\ufffd'))).toBe(false);
      }),
    ));
});

describe('identity', () => {
  it('saves and replaces people, links and directory', () =>
    withFolder(async (directory) => {
      const target = await openTestStore(directory);
      const entry = {
        account: 'ann',
        fromDay: '2026-01-01',
        name: 'Ann',
        email: '',
        role: 'r',
        businessUnit: '',
        functionalUnit: '',
        department: '',
        team: '',
        supervisor: '',
        projects: ['x'],
        timeZone: '',
        aliases: [],
      };
      const writer = target.activities.openWriter(1);
      writer.addDirectory([entry, { ...entry, role: 'later' }, { ...entry, fromDay: '2026-02-01' }]);
      await writer.commit();
      expect(await target.people.directory()).toEqual([
        { ...entry, role: 'later' },
        { ...entry, fromDay: '2026-02-01' },
      ]);
      const { account: _, aliases: __, ...attributes } = entry;
      const id = target.people.pseudonym('ann');
      expect(id).toMatch(/^p-[0-9a-f]{16}$/);
      const person = { id, key: 'ann', kind: 'human' as const, primaryAccount: 'ann', attributes: [attributes] };
      const link = { domain: '', account: 'ann', person: id, confidence: 1, reason: 'same' };
      for (let i = 0; i < 2; i++) {
        await target.people.savePeople([person], [link]);
        await target.people.replaceAccountLinks([{ account: 7n, person: -(2n ** 63n), kind: 1, zone: 2 }]);
      }
      expect(await target.records.selectFrom('account_link').selectAll().execute()).toEqual([link]);
      expect(await target.records.selectFrom('person_attributes').select('body').execute()).toHaveLength(1);
      expect(await target.duck.columns('SELECT * FROM account_link')).toEqual({
        account: BigInt64Array.of(7n),
        person: BigInt64Array.of(-(2n ** 63n)),
        kind: Float64Array.of(1),
        zone: Float64Array.of(2),
      });
      await target.close();
    }));
});
