import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTestContext } from '../../test/cli-context.ts';
import { withFolder } from '../../test/store-folder.ts';
import { openStore } from '../adapters.ts';
import { registerData } from './data.ts';
import { registerImport } from './import.ts';
import { type CommandEntry, runProgram } from './program.ts';

const COMMANDS: CommandEntry[] = [
  { name: 'import', summary: '', load: async () => registerImport },
  { name: 'data', summary: '', load: async () => registerData },
];

async function run(...args: string[]) {
  const context = createTestContext({ openStore, now: () => Date.UTC(2026, 1, 1) });
  const code = await runProgram(args, context, { version: '0', commands: COMMANDS });
  const out = context.printed();
  return {
    code,
    out,
    err: context.complained(),
    lines: () =>
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

const LINE = (time: number) =>
  `LEEF:2.0|Microsoft|Windows Security|10.0|4624|x09|devTime=${time}\tcat=authentication\tusrName=CORP\\ann\tidentHostName=PC-1`;

describe('undercurrent import', () => {
  it('prints one line for each skipped file and one with the totals', () =>
    withFolder(async (folder) => {
      const data = join(folder, 'data');
      await writeFile(join(folder, 'a.leef'), `${LINE(1_767_600_000_000)}\nLEEF:broken\n`);
      await writeFile(join(folder, 'README.md'), 'text');
      const first = await run('import', folder, '--data', data, '--json');
      expect(first).toMatchObject({ code: 0, err: '' });
      const lines = first.lines();
      expect(lines.slice(0, -1)).toContainEqual({
        type: 'skipped',
        file: join(folder, 'README.md'),
        reason: 'documentation',
      });
      expect(Object.keys(lines.at(-1))).toEqual([
        ...['type', 'files', 'lines', 'activities', 'duplicates', 'deadLetters', 'reasons', 'seconds'],
      ]);
      expect(lines.at(-1)).toMatchObject({
        type: 'import',
        files: 1,
        lines: 2,
        activities: 1,
        duplicates: 0,
        deadLetters: 1,
      });
      const again = await run('import', join(folder, 'a.leef'), '--data', data);
      expect(again.out).toContain('1 duplicates');
    }));

  it('fails with one clear line and leaves no data directory behind', () =>
    withFolder(async (folder) => {
      const data = join(folder, 'data');
      expect(await run('import', join(folder, 'nowhere'), '--data', data)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(/^undercurrent: .*nowhere.*no such file.*\n$/),
      });
      await writeFile(join(folder, 'README.md'), 'text');
      expect(await run('import', folder, '--data', data)).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^undercurrent: nothing to import .*documentation\n$/),
      });
      expect(await run('import', folder, '--data', data, '--format', 'xml')).toMatchObject({ code: 2 });
      expect(await run('import', folder, '--data', data, '--time-zone', 'Mars/Base')).toMatchObject({ code: 2 });
      expect(existsSync(data)).toBe(false);
    }));

  it('takes a key file, and the data command looks after the rest', () =>
    withFolder(async (folder) => {
      const data = join(folder, 'data');
      const [key, next] = [join(folder, 'a.key'), join(folder, 'b.key')];
      await writeFile(join(folder, 'a.leef'), `${LINE(Date.UTC(2026, 0, 1))}\n${LINE(Date.UTC(2026, 0, 20))}\n`);
      expect((await run('import', join(folder, 'a.leef'), '--data', data, '--key-file', key)).code).toBe(0);
      expect(readdirSync(data)).not.toContain('key');
      expect(await run('data', 'retention', '--data', data)).toMatchObject({
        code: 2,
        err: expect.stringContaining('key'),
      });
      expect((await run('import', join(folder, 'a.leef'), '--data', data, '--key-file', key)).code).toBe(0);

      const inside = join(folder, 'inside');
      await run('import', join(folder, 'a.leef'), '--data', inside);
      const retention = await run('data', 'retention', '--before', '2026-01-10', '--data', inside, '--json');
      expect(retention.lines()).toEqual([
        { type: 'retention', before: '2026-01-10', activities: 1, deadLetters: 0, texts: 0 },
      ]);
      expect((await run('data', 'erase-account', 'CORP\\ann', '--data', inside, '--json')).lines()).toMatchObject([
        { type: 'erase-account', deadLetters: 0 },
      ]);
      expect((await run('data', 'rotate-key', '--data', inside)).out).toContain('replaced');
      expect((await run('data', 'rotate-key', '--data', inside, '--new-key-file', next)).code).toBe(0);
      expect((await run('data', 'retention', '--data', inside)).code).toBe(2);
    }));
});
