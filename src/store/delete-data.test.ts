import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activityRecord, deadRecord, openTestStore, store, withFolder, withStore } from '../../test/store-folder.ts';
import { DAY_MS } from '../domain/time.ts';

const DAY = Date.UTC(2026, 0, 5) / DAY_MS;
const visit = (account: string, day: number, resource: string) =>
  activityRecord(
    { account, timeMs: day * DAY_MS + 5, resource, device: 'PC-1', class: 'http' },
    `${account} ${day} ${resource}`,
  );

describe('retention', () => {
  it('deletes old activities and dead letters, and the texts and accounts that only they named', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [
          visit('old', DAY - 2, 'http://old.example/'),
          visit('ann', DAY - 1, 'http://both.example/'),
          visit('ann', DAY, 'http://both.example/'),
          deadRecord('{'),
        ]);
        await target.people.savePeople(
          [{ id: 'p-1', key: 'old', kind: 'human', primaryAccount: 'old', attributes: [] }],
          [{ domain: '', account: 'old', person: 'p-1', confidence: 1, reason: '' }],
        );
        await target.duck.run('DELETE FROM dirty_day');
        // Account, URL and its host; the import ran on the day after DAY.
        expect(await target.deleteBefore(DAY)).toEqual({ activities: 2, deadLetters: 0, texts: 3 });
        expect(await target.activities.count()).toBe(1);
        expect((await target.people.sightings()).map(({ account }) => account)).toEqual(['ann']);
        expect(await target.records.selectFrom('person').selectAll().execute()).toEqual([]);
        expect(await target.records.selectFrom('account_link').selectAll().execute()).toEqual([]);
        const { day } = await target.duck.columns('SELECT utc_day AS day FROM dirty_day ORDER BY 1');
        expect([...day!]).toEqual([DAY - 2, DAY - 1]);
        expect(await target.deleteBefore(DAY + 2)).toEqual({ activities: 1, deadLetters: 1, texts: 4 });
        expect(target.dictionary.count()).toBe(0);
        // The same writer's successor explains its tokens again.
        await store(target, [visit('ann', DAY, 'http://both.example/')]);
        expect(target.dictionary.text(target.tokens.account('', 'ann'))).toBe('ann');
      }),
    ));

  it('waits for no half-gathered batch', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const writer = target.activities.openWriter(1);
        writer.startFile();
        writer.add(visit('ann', DAY, 'x'));
        await expect(target.deleteBefore(DAY + 1)).rejects.toMatchObject({ code: 'DATA_BUSY' });
        await writer.commit();
        expect(await target.deleteBefore(DAY + 1)).toMatchObject({ activities: 1 });
        writer.add(visit('ann', DAY + 1, 'x'));
        await writer.commit();
        expect(target.dictionary.text(target.tokens.account('', 'ann'))).toBe('ann');
      }),
    ));
});

describe('texts', () => {
  it('of records that are added while others are deleted stay', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const writer = target.activities.openWriter(1);
        writer.add(visit('ann', DAY, 'x'));
        await writer.commit();
        const deletion = target.deleteBefore(DAY + 1);
        // It has begun: nothing was pending.
        await new Promise((resolve) => setImmediate(resolve));
        writer.add(visit('ann', DAY + 1, 'x'));
        expect(await deletion).toMatchObject({ activities: 1 });
        await writer.commit();
        expect(target.dictionary.text(target.tokens.account('', 'ann'))).toBe('ann');
      }),
    ));

  it('are only those that an activity refers to', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        const process = 'C:\\Windows\\System32\\cmd.exe';
        await store(target, [activityRecord({ class: 'process', process, command: 'net use' })]);
        expect(await target.deleteBefore(0)).toMatchObject({ texts: 0 });
      }),
    ));
});

describe('erasing an account', () => {
  it('leaves numbers without a name, and what others touched too', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [
          visit('CORP\\ann', DAY, 'http://own.example/ann'),
          visit('CORP\\ann', DAY, 'http://both.example/'),
          visit('bob', DAY, 'http://both.example/'),
          deadRecord('{"user":"corp\\ANN'),
          deadRecord('{"user":"bob'),
        ]);
        expect(await target.eraseAccount('', 'corp\\Ann')).toEqual({ activities: 0, deadLetters: 1, texts: 3 });
        expect(await target.activities.count()).toBe(3);
        const { account } = await target.duck.columns('SELECT DISTINCT account FROM activity');
        expect([...target.dictionary.texts(account as BigInt64Array).values()]).toEqual(['bob']);
        expect((await target.people.sightings()).map((sighting) => sighting.account)).toEqual(['bob']);
        const texts = await target.records.selectFrom('dictionary').select('text').execute();
        expect(texts.map(({ text }) => text).sort()).toEqual(['PC-1', 'bob', 'both.example', 'http://both.example/']);
      }),
    ));
});

describe('key rotation', () => {
  const rows = [visit('ann', DAY, 'x')];

  it('puts another key file in charge; tokens stay, the old key opens nothing', () =>
    withFolder(async (folder) => {
      const directory = join(folder, 'data');
      const newKey = join(folder, 'new.key');
      const before = await withStore(directory, async (target) => {
        await store(target, rows);
        const token = target.tokens.account('', 'ann');
        await target.rotateKey(newKey);
        expect(await target.people.sightings()).toHaveLength(1);
        await store(target, [visit('bob', DAY, 'y')]);
        return token;
      });
      await expect(openTestStore(directory)).rejects.toMatchObject({ code: 'KEY_MISSING' });
      await withStore(
        directory,
        async (target) => {
          expect(target.tokens.account('', 'ann')).toBe(before);
          expect(target.dictionary.text(before)).toBe('ann');
          expect(await store(target, rows)).toMatchObject({ duplicates: 1 });
          await target.rotateKey('');
        },
        { keyFile: newKey },
      );
      await withStore(directory, async (target) => expect(await target.activities.count()).toBe(2), {
        keyFile: newKey,
      });
      expect(JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')).envelopes).toHaveLength(1);
    }));

  it.each(['before the record file is encrypted anew', 'after it'])('survives a crash %s with either key', (moment) =>
    withFolder(async (directory) => {
      const newKey = join(directory, 'new.key');
      const target = await openTestStore(directory);
      await store(target, rows);
      const { rotateKey } = await import('./rotate-key.ts');
      const { openDataKeys } = await import('./data-keys.ts');
      const keyFile = join(directory, 'key');
      const keys = openDataKeys({ directory, create: false, keyFile, encryption: 'tokens' });
      await target.close();
      const { openRecords } = await import('./open-records.ts');
      const file = openRecords(join(directory, 'records.db'), [keys.records]);
      const pragma = file.pragma.bind(file);
      file.pragma = (source, options) => {
        const isRekey = source.startsWith('rekey');
        if (isRekey && moment.startsWith('before')) throw new Error('crash');
        const result = pragma(source, options);
        if (isRekey) throw new Error('crash');
        return result;
      };
      expect(() => rotateKey(file, { directory, encryption: 'tokens', keys, keyFile, newKeyFile: newKey })).toThrow(
        'crash',
      );
      file.close();
      for (const usable of [keyFile, newKey])
        await withStore(directory, async (again) => expect(again.dictionary.count()).toBeGreaterThan(0), {
          keyFile: usable,
        });
      await withStore(directory, (again) => again.rotateKey(newKey));
      await expect(openTestStore(directory)).rejects.toMatchObject({ code: 'KEY_MISSING' });
      await withStore(directory, async (again) => expect(await again.activities.count()).toBe(1), { keyFile: newKey });
    }),
  );
});
