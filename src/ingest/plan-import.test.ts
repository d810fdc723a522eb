import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import { planImport, readChunks } from './index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undercurrent-plan-'));
  const put = async (name: string, text: string | Buffer) => {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  await put('r6/logon.csv', 'id,date,user,pc,activity\n');
  await put('r6/LDAP/2010-01.csv.gz', gzipSync('employee_name,user_id,email,role\nA B,AB1,a@b.c,R\n'));
  await put('r6/psychometric.csv', 'employee_name,user_id,O,C,E,A,N\n');
  await put('r6/decoy_file.csv', 'decoy_filename,pc\n');
  await put('r6/answers/insiders.csv', 'dataset,scenario\n');
  await put('README.md', '# text\n');
  await put('b.log', 'LEEF:1.0|V|P|1|e|a=b\n');
  await put('c.log', 'CEF:0|V|P|1|e|n|3|a=b\n');
  await put('d.log', 'LEEF:1.0|V|P|1|e|a=b\nCEF:0|V|P|1|e|n|3|a=b\n');
  await put('e.jsonl.gz', gzipSync('{"EventID":1,"Channel":"Security"}\n'));
  await put('f.jsonl', '{"time":1,"class":"http"}\n');
  await put('g.txt', 'Jun 14 15:16:01 combo sshd[1]: x\n');
  await put('h.csv', 'x,y\n1,2\n');
  await put('i.bin', Buffer.from([0, 1, 2]));
  await put('j.log', '');
});
afterAll(() => rm(folder, { recursive: true }));

describe('plan of an import', () => {
  it('says for every file what it is, in order', async () => {
    const plan = await planImport([folder], 'auto');
    const rows = plan.map((file) => [
      relative(folder, file.path),
      file.role === 'skipped' ? 'skipped' : file.format,
      file.role,
    ]);
    expect(rows).toEqual([
      ['README.md', 'skipped', 'skipped'],
      ['b.log', 'leef', 'records'],
      ['c.log', 'cef', 'records'],
      ['d.log', 'syslog', 'records'],
      ['e.jsonl.gz', 'windows', 'records'],
      ['f.jsonl', 'jsonl', 'records'],
      ['g.txt', 'syslog', 'records'],
      ['h.csv', 'skipped', 'skipped'],
      ['i.bin', 'skipped', 'skipped'],
      ['j.log', 'skipped', 'skipped'],
      ['r6/LDAP/2010-01.csv.gz', 'cert', 'directory'],
      ['r6/answers', 'skipped', 'skipped'],
      ['r6/decoy_file.csv', 'skipped', 'skipped'],
      ['r6/logon.csv', 'cert', 'records'],
      ['r6/psychometric.csv', 'skipped', 'skipped'],
    ]);
    expect(plan.every((file) => (file.role === 'skipped') === (file.reason !== undefined))).toBe(true);
    expect(await planImport([folder, join(folder, 'b.log')], 'auto')).toEqual(plan);
  });

  it('takes only the CERT layout when asked for it', async () => {
    const plan = await planImport([folder], 'cert');
    expect(plan.filter((file) => file.role !== 'skipped').map((file) => relative(folder, file.path))).toEqual([
      'r6/LDAP/2010-01.csv.gz',
      'r6/logon.csv',
    ]);
  });

  it('refuses a path that is not there', async () => {
    await expect(planImport([join(folder, 'missing')], 'auto')).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('holds a file to the format the user named', async () => {
    const reasons = async (name: string, format: 'leef' | 'cef' | 'jsonl') => {
      const [file] = await planImport([join(folder, name)], format);
      const found: string[] = [];
      for await (const chunk of readChunks(file!, TEST_OPTIONS))
        for (const { outcome } of chunk.records)
          found.push(outcome.kind === 'dead-letter' ? outcome.reason : outcome.kind);
      return found;
    };
    expect(await reasons('g.txt', 'leef')).toEqual(['bad-leef']);
    expect(await reasons('g.txt', 'cef')).toEqual(['bad-cef']);
    expect(await reasons('g.txt', 'jsonl')).toEqual(['bad-json']);
  });
});
