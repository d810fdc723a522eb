import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  activityRecord,
  deadRecord,
  openTestStore,
  store as storeRecords,
  withFolder,
  withStore,
} from '../../test/store-folder.ts';
import { appendEntry, verifyChain } from '../governance/audit-chain.ts';
import { openDataStore } from './open-data-store.ts';

const PLANTED = {
  account: 'ACME\\zebulon.quist',
  accountSid: 'S-1-5-21-99887766-1122',
  targetAccount: 'ACME\\ophelia.nuit',
  device: 'wkst-planted-77.acme.example',
  source: '203.0.113.177',
  target: 'files-planted-3.acme.example',
  resource: '\\\\files-planted-3\\quarterly$\\merger-zanzibar.xlsx',
  process: 'C:\\Planted\\exfiltool.exe',
  command: 'exfiltool.exe --to drop-planted.example --all',
  domain: 'planted-domain',
  logSource: 'Planted Log Source',
  class: 'file_system' as const,
};

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('what lies on disk', () => {
  it('shows none of the names, hosts, paths and commands that were stored, open or closed', () =>
    withFolder(async (directory) => {
      const findTraces = () => {
        const needles = [
          ...Object.values(PLANTED).filter((text) => text !== 'file_system'),
          ...[
            'zebulon',
            'ophelia',
            'wkst-planted',
            'merger-zanzibar',
            'exfiltool',
            'drop-planted',
            'dead-planted',
            'hr-planted',
          ],
        ].flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(text.toLowerCase())]);
        const files = filesBelow(directory);
        expect(files.length).toBeGreaterThan(3);
        return files.filter((file) => {
          const bytes = readFileSync(file);
          return needles.some((needle) => bytes.includes(needle));
        });
      };
      await withStore(directory, async (store) => {
        const records = Array.from({ length: 3000 }, (_, i) => activityRecord({ ...PLANTED, originId: String(i) }));
        await storeRecords(store, [...records, deadRecord('{"user":"dead-planted"')]);
        const person = { id: 'p-1', key: 'zebulon.quist', kind: 'human', primaryAccount: PLANTED.account } as const;
        await store.people.savePeople([{ ...person, attributes: [] }], []);
        expect(findTraces()).toEqual([]);
        expect(store.dictionary.text(store.tokens.account(PLANTED.domain, PLANTED.account))).toBe(PLANTED.account);
      });
      expect(findTraces()).toEqual([]);
      expect(statSync(join(directory, 'key')).mode & 0o777).toBe(0o600);
      expect(statSync(join(directory, 'keys.json')).mode & 0o777).toBe(0o600);
    }));
});

describe('keys and formats', () => {
  it('refuses another key, a missing key, a damaged key and a missing keys.json', () =>
    withFolder(async (directory) => {
      await withStore(directory, async () => {});
      const key = join(directory, 'key');
      const good = readFileSync(key, 'utf8');
      const refused = { code: 'KEY_MISSING' };
      writeFileSync(key, `${Buffer.alloc(32, 1).toString('base64')}\n`);
      await expect(openTestStore(directory)).rejects.toMatchObject(refused);
      writeFileSync(key, 'secret');
      await expect(openTestStore(directory)).rejects.toMatchObject(refused);
      rmSync(key);
      await expect(openTestStore(directory)).rejects.toMatchObject(refused);
      writeFileSync(key, good);
      await withStore(directory, async () => {});
      rmSync(join(directory, 'keys.json'));
      await expect(openTestStore(directory)).rejects.toMatchObject(refused);
    }));

  it('makes a key file elsewhere when told to, and nothing in a directory that is not one', () =>
    withFolder(async (folder) => {
      const directory = join(folder, 'data');
      await expect(openTestStore(directory, { create: false })).rejects.toMatchObject({ code: 'NO_DATA' });
      expect(readdirSync(folder)).toEqual([]);
      await withStore(directory, async () => {}, { keyFile: join(folder, 'elsewhere.key') });
      expect(readdirSync(directory)).not.toContain('key');
      await expect(openTestStore(directory)).rejects.toMatchObject({ code: 'KEY_MISSING' });
    }));

  it.each([
    ['keys.json', async (directory: string) => writeFileSync(join(directory, 'keys.json'), '{"format":2}')],
    [
      'the record file',
      (directory: string) =>
        withStore(directory, async (store) => {
          const { sql } = await import('kysely');
          await sql`PRAGMA user_version=99`.execute(store.records);
        }),
    ],
    [
      'the event file',
      (directory: string) => withStore(directory, (store) => store.duck.run('UPDATE schema_version SET version = 99')),
    ],
  ])('refuses a newer version of %s', (_, makeNewer) =>
    withFolder(async (directory) => {
      await withStore(directory, async () => {});
      await makeNewer(directory);
      await expect(openTestStore(directory)).rejects.toMatchObject({ code: 'DATA_FORMAT' });
    }),
  );
});

describe('encryption as asked for', () => {
  it('required: encrypts the event file, and refuses to start without the means', () =>
    withFolder(async (directory) => {
      const required = { encryption: 'required', allowTestCryptography: true } as const;
      await withStore(directory, (store) => storeRecords(store, [activityRecord(PLANTED)]), required);
      const bytes = readFileSync(join(directory, 'activities.duckdb'));
      expect(bytes.includes('log_source')).toBe(false);
      await withStore(directory, async (store) => expect(await store.activities.count()).toBe(1), required);
      const refused = { code: 'ENCRYPTION_UNAVAILABLE' };
      await expect(openTestStore(directory, { encryption: 'required' })).rejects.toMatchObject(refused);
      await expect(openTestStore(directory)).rejects.toMatchObject(refused);
      const extension = { encryption: 'required', duckdbExtension: join(directory, 'key') } as const;
      await expect(openTestStore(directory, extension)).rejects.toMatchObject(refused);
    }));

  it('off: needs no key and opens as off only', () =>
    withFolder(async (directory) => {
      await withStore(directory, (store) => storeRecords(store, [activityRecord(PLANTED)]), { encryption: 'off' });
      expect(readFileSync(join(directory, 'records.db')).includes('zebulon')).toBe(true);
      expect(readdirSync(directory)).not.toContain('key');
      await expect(openTestStore(directory)).rejects.toMatchObject({ code: 'ENCRYPTION_UNAVAILABLE' });
    }));
});

describe('one owner', () => {
  it('refuses a second opening in the process and in another, and takes over when the owner ends', () =>
    withFolder(async (directory) => {
      const first = await openTestStore(directory);
      await expect(openTestStore(directory)).rejects.toMatchObject({ code: 'DATA_BUSY' });
      await first.close();

      const module = new URL('./open-data-store.ts', import.meta.url).href;
      const script = `const { openDataStore } = await import(${JSON.stringify(module)});
        await openDataStore(${JSON.stringify({ directory, create: false, encryption: 'tokens' })});
        console.log('open'); setInterval(() => {}, 1000);`;
      const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => owner.stdout.once('data', resolve));
      await expect(openTestStore(directory)).rejects.toMatchObject({ code: 'DATA_BUSY' });
      const told: string[] = [];
      const waiting = openDataStore({
        directory,
        create: false,
        encryption: 'tokens',
        waitMs: 60_000,
        onWait: (message) => told.push(message),
      });
      setTimeout(() => owner.kill('SIGKILL'), 300);
      await (await waiting).close();
      expect(told).toEqual([expect.stringContaining('another process owns')]);
    }));
});

describe('the engine', () => {
  it('reaches no file and no other setting, and answers in typed columns', () =>
    withFolder(async (directory) => {
      await withStore(directory, async (store) => {
        await expect(store.duck.run(`SELECT * FROM read_csv('/etc/passwd')`)).rejects.toThrow(/disabled|Permission/i);
        await expect(store.duck.run(`ATTACH '${directory}/other.duckdb'`)).rejects.toThrow(/disabled|Permission/i);
        await expect(store.duck.run('SET enable_external_access=true')).rejects.toThrow();
        await expect(store.duck.run(`COPY (SELECT 1) TO '${directory}/out.csv'`)).rejects.toThrow();
        const columns = await store.duck.columns(
          `SELECT range::BIGINT AS a, range::UTINYINT AS b, CASE WHEN range = 1 THEN NULL ELSE range / 2 END AS c,
             CASE WHEN range = 1 THEN NULL ELSE range END AS d, range > 1 AS e, sum(range) OVER () AS f, 1.5 AS g
           FROM range(3) WHERE range < ?`,
          [3],
        );
        expect(columns).toEqual({
          a: BigInt64Array.of(0n, 1n, 2n),
          b: Float64Array.of(0, 1, 2),
          c: Float64Array.of(0, Number.NaN, 1),
          d: BigInt64Array.of(0n, 0n, 2n),
          e: Float64Array.of(0, 0, 1),
          f: Float64Array.of(3, 3, 3),
          g: Float64Array.of(1.5, 1.5, 1.5),
        });
        await expect(store.duck.columns(`SELECT 'text'`)).rejects.toThrow(TypeError);
        expect(await store.duck.columns('SELECT 1::BIGINT AS a WHERE false')).toEqual({ a: new BigInt64Array() });
      });
    }));

  it('stores all of a transaction or nothing, one at a time', () =>
    withFolder(async (directory) => {
      await withStore(directory, async ({ duck }) => {
        const failing = duck.transaction(async () => {
          await duck.run('INSERT INTO dirty_day VALUES (1)');
          throw new Error('no');
        });
        const working = duck.transaction(() => duck.run('INSERT INTO dirty_day VALUES (2)'));
        await expect(failing).rejects.toThrow('no');
        await working;
        expect((await duck.columns('SELECT utc_day FROM dirty_day')).utc_day).toEqual(Float64Array.of(2));
      });
    }));
});

describe('the audit chain', () => {
  it('keeps what the chain needs to verify, over openings', () =>
    withFolder(async (directory) => {
      for (let i = 0; i < 2; i++)
        await withStore(directory, async ({ audit }) => {
          await Promise.all(Array.from({ length: 5 }, (_, n) => appendEntry(audit, 'test', { n }, n)));
          expect(await verifyChain(audit.entries())).toMatchObject({ ok: true, entries: 5 * (i + 1) });
        });
    }));
});
