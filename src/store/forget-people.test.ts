import { describe, expect, it } from 'vitest';
import { activityRecord, deadRecord, store, withFolder, withStore } from '../../test/store-folder.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import type { DataStore } from './open-data-store.ts';

const DAY = Date.UTC(2026, 0, 5) / DAY_MS;
const HOUR = (DAY * DAY_MS) / HOUR_MS;
const who = (...names: string[]) => ({
  isGone: (_: string, account: string) => names.includes(account.toLowerCase()),
  isNamedIn: (text: string) => names.some((name) => text.includes(name)),
});
const act = (account: string, more: object = {}) =>
  activityRecord({ account, timeMs: DAY * DAY_MS + 5, ...more }, `${account} ${JSON.stringify(more)}`);

/** As the features stage makes it for what QRadar computed. */
async function push(target: DataStore, rows: [account: string, hour: number, thing: string][]): Promise<void> {
  await target.duck.run(
    'CREATE TABLE pushed_touch(arrival_ms BIGINT, account BIGINT, hour INTEGER, kind UTINYINT, token BIGINT, n INTEGER)',
  );
  const values = rows.map(
    ([account, hour, thing]) =>
      `(0, ${target.tokens.account('', account)}, ${hour}, 0, ${target.tokens.token('host', thing)}, 1)`,
  );
  await target.duck.run(`INSERT INTO pushed_touch VALUES ${values.join(', ')}`);
}

const texts = async (target: DataStore) =>
  (await target.records.selectFrom('dictionary').select('text').execute()).map(({ text }) => text).sort();
const days = async (target: DataStore) => [
  ...(await target.duck.columns('SELECT utc_day AS day FROM dirty_day ORDER BY 1')).day!,
];

describe('forgetting people', () => {
  it('takes their rows, and the texts that nobody else needs', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [
          act('ann', { device: 'own-pc' }),
          act('ann', { device: 'lent-pc' }),
          act('bob', { device: 'shared-pc', targetAccount: 'ann' }),
          act('cy', { device: 'lent-pc', timeMs: (DAY - 3) * DAY_MS }),
          deadRecord('{ann'),
          deadRecord('{bob'),
        ]);
        // Of cy only what QRadar computed is left to say that the text is needed.
        await push(target, [
          ['ann', HOUR + 24, 'shared-pc'],
          ['cy', HOUR, 'lent-pc'],
        ]);
        await target.duck.run(`DELETE FROM activity WHERE time_ms < ${(DAY - 2) * DAY_MS}`);
        await target.duck.run('DELETE FROM dirty_day');
        const counts = await target.forgetPeople(who('ann'));
        expect(counts).toEqual({ accounts: 1, activities: 2, texts: 2, deadLetters: 1, records: 0 });
        expect(await texts(target)).toEqual(['bob', 'cy', 'lent-pc', 'shared-pc']);
        expect(await days(target)).toEqual([DAY, DAY + 1]);
        const { n } = await target.duck.columns('SELECT count(*) AS n FROM pushed_touch');
        expect(n![0]).toBe(1n);
        expect((await target.people.sightings()).map(({ account }) => account)).toEqual(['bob', 'cy']);
        expect(await target.forgetPeople(who('ann'))).toMatchObject({ accounts: 0, activities: 0, texts: 0 });
      }),
    ));

  it('finds the rest after a crash between the files', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [act('ann', { device: 'own-pc' }), act('bob')]);
        // Texts are gone, activities and accounts not yet.
        await target.records.deleteFrom('dictionary').where('text', 'in', ['ann', 'own-pc']).execute();
        expect(await target.forgetPeople(who('ann'))).toMatchObject({ accounts: 1, activities: 1 });
        expect((await target.people.sightings()).map(({ account }) => account)).toEqual(['bob']);
        // The same log again would be read anew, texts and all.
        expect(await store(target, [act('ann', { device: 'own-pc' })])).toMatchObject({ activities: 1 });
        expect(await texts(target)).toEqual(['ann', 'bob', 'own-pc']);
      }),
    ));

  it('takes findings and the text of notes, and leaves that they were written', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [act('ann'), act('bob')]);
        const link = { domain: '', confidence: 1, reason: '' };
        const person = { kind: 'human' as const, attributes: [] };
        await target.people.savePeople(
          ['ann', 'bob'].map((name) => ({ id: `p-${name}`, key: name, primaryAccount: name, ...person })),
          ['ann', 'bob'].map((name) => ({ ...link, account: name, person: `p-${name}` })),
        );
        const times = { created_ms: 1, updated_ms: 1 };
        for (const [index, name] of ['ann', 'bob'].entries()) {
          const finding = { id: `a-${name}`, kind: 'anomaly', day: '2026-01-05', score: 1, is_alert: 1, body: '{}' };
          await target.records
            .insertInto('finding')
            .values({ ...finding, person: `p-${name}`, ...times })
            .execute();
          const offense = { id: index + 1, domain: '', account: `CORP\\${name}`, isUba: true, status: 'OPEN' as const };
          await target.offenses.upsert({ ...offense, startMs: 1, persistedMs: 1, description: '', rules: [] });
          const body = JSON.stringify({ offense: index + 1, text: `about ${name}`, noteIds: [1] });
          const row = { finding: `f-${name}`, target: name, state: 'posted', phase: 'enrich', body, ...times };
          await target.records.insertInto('writeback').values(row).execute();
          const states = { number: 1, change: 'opened', state: 'arrived', note: 'posted' };
          const told = {
            id: `c-${name}.1`,
            campaign: `c-${name}`,
            person: `p-${name}`,
            body: '{}',
            ...states,
            ...times,
          };
          await target.records.insertInto('campaign_event').values(told).execute();
        }
        expect(await target.forgetPeople(who('ann', 'corp\\ann'))).toMatchObject({ records: 2 });
        expect(await target.records.selectFrom('finding').select('id').execute()).toEqual([{ id: 'a-bob' }]);
        expect((await target.campaignEvents.latest()).map(({ id }) => id)).toEqual(['c-bob.1']);
        const notes = await target.records.selectFrom('writeback').select('body').orderBy('finding').execute();
        expect(notes.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
          { offense: 1, noteIds: [1] },
          { offense: 2, text: 'about bob', noteIds: [1] },
        ]);
      }),
    ));
});

describe('retention', () => {
  it('includes what QRadar computed, and keeps the texts of it', () =>
    withFolder((directory) =>
      withStore(directory, async (target) => {
        await store(target, [
          act('ann', { device: 'old-pc', timeMs: (DAY - 1) * DAY_MS }),
          act('bob', { device: 'pc' }),
        ]);
        await push(target, [
          ['ann', HOUR - 1, 'old-pc'],
          ['ann', HOUR, 'pc'],
        ]);
        await target.deleteBefore(DAY);
        expect(await texts(target)).toEqual(['ann', 'bob', 'pc']);
        const { hour } = await target.duck.columns('SELECT hour FROM pushed_touch');
        expect([...hour!]).toEqual([HOUR]);
        expect((await target.people.sightings()).map(({ account }) => account)).toEqual(['ann', 'bob']);
      }),
    ));
});
