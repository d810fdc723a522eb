import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityOf, TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import type { Activity } from '../domain/activity.ts';
import type { DirectoryRecord, SourceRecord } from '../domain/ingest.ts';
import { type IngestOptions, planImport, readChunks } from './index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undercurrent-cert-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, text: string | Buffer, options: Partial<IngestOptions> = {}) {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  const records: SourceRecord[] = [];
  const directory: DirectoryRecord[] = [];
  for (const file of await planImport([path], 'cert')) {
    for await (const chunk of readChunks(file, { ...TEST_OPTIONS, ...options })) {
      records.push(...chunk.records);
      directory.push(...chunk.directory);
    }
  }
  return { records, directory };
}
const activitiesOf = async (...parts: Parameters<typeof read>): Promise<Activity[]> =>
  (await read(...parts)).records.map((record) => activityOf(record.outcome));

describe('CERT files', () => {
  it('logon.csv in the company zone', async () => {
    const [on, off] = await activitiesOf(
      'logon.csv',
      'id,date,user,pc,activity\n{A1},01/02/2010 07:21:06,NGF0157,PC-6056,Logon\n{A2},01/02/2010 17:00:00,NGF0157,PC-6056,Logoff\n',
      { timeZone: 'America/New_York' },
    );
    expect(on).toMatchObject({
      class: 'authentication',
      activity: 'logon',
      account: 'NGF0157',
      device: 'PC-6056',
      originId: 'logon:{A1}',
      timeMs: Date.UTC(2010, 0, 2, 12, 21, 6),
    });
    expect(off?.activity).toBe('logoff');
  });

  it('device.csv with and without a file tree, gzip', async () => {
    const old = await activitiesOf(
      'r4/device.csv',
      'id,date,user,pc,activity\n{A},01/02/2010 07:21:06,U1,PC-1,Connect\n',
    );
    const text = 'id,date,user,pc,file_tree,activity\n{B},01/02/2010 07:21:06,U1,PC-1,R:\\;R:\\a,Disconnect\n';
    const later = await activitiesOf('r6/device.csv.gz', gzipSync(text));
    expect(old[0]).toMatchObject({ class: 'peripheral', activity: 'connect', removable: true });
    expect(later[0]).toMatchObject({ class: 'peripheral', activity: 'disconnect', resource: 'R:\\;R:\\a' });
  });

  it('file.csv: every row of release 4.2 is a copy to removable media, later the file says so', async () => {
    const old = await activitiesOf(
      'r4/file.csv',
      'id,date,user,pc,filename,content\n{A},01/02/2010 07:21:06,U1,PC-1,EYPC9Y08.doc,"D0-CF a, b"\n',
    );
    expect(old[0]).toMatchObject({ class: 'file_system', activity: 'copy', removable: true, fileCategory: 'document' });
    const later = await activitiesOf(
      'r5/file.csv',
      'id,date,user,pc,filename,activity,to_removable_media,from_removable_media,content\n{A},01/02/2010 07:21:06,U1,PC-1,C:\\a.zip,File Write,False,True,x\n{B},01/02/2010 07:21:06,U1,PC-1,R:\\a.zip,File Copy,True,False,x\n',
    );
    expect(later.map((activity) => [activity.activity, activity.removable])).toEqual([
      ['update', false],
      ['copy', true],
    ]);
  });

  it('http.csv with categories', async () => {
    const text = [
      'id,date,user,pc,url,activity,content',
      '{A},01/02/2010 07:21:06,U1,PC-1,http://wikileaks.org/Julian_Assange/assange/x.php,WWW Upload,"words, more"',
      '{B},01/02/2010 07:21:06,U1,PC-1,http://www.dropbox.com/x,WWW Download,w',
      '{C},01/02/2010 07:21:06,U1,PC-1,https://intranet.acme.com/x,WWW Visit,w',
    ].join('\n');
    const rows = await activitiesOf('http.csv', text, { internalDomains: ['acme.com'] });
    expect(rows.map((row) => [row.activity, row.target, row.webCategory])).toEqual([
      ['upload', 'wikileaks.org', 'leak_site'],
      ['download', 'www.dropbox.com', 'cloud_storage'],
      ['visit', 'intranet.acme.com', 'internal'],
    ]);
  });

  it('email.csv of both releases', async () => {
    const head = 'id,date,user,pc,to,cc,bcc,from';
    const people = 'A.B@dtaa.com;C.D@gmail.com,E.F@dtaa.com,,A.B@dtaa.com';
    const [old] = await activitiesOf(
      'r4/email.csv',
      `${head},size,attachments,content\n{A},01/02/2010 07:21:06,U1,PC-1,${people},25830,2,"a, b"\n`,
    );
    expect(old).toMatchObject({
      class: 'email',
      activity: 'send',
      recipients: 3,
      recipientsExternal: 1,
      attachments: 2,
      bytesOut: 25830,
      bytesIn: 0,
      target: 'gmail.com',
      source: 'A.B@dtaa.com',
    });
    const [later] = await activitiesOf(
      'r6/email.csv',
      `${head},activity,size,attachments,content\n{A},01/02/2010 07:21:06,U1,PC-1,${people},View,25830,C:\\a.doc(12);C:\\payroll.xls(34),c\n`,
      { internalDomains: ['dtaa.com', 'gmail.com'] },
    );
    expect(later).toMatchObject({
      activity: 'receive',
      recipientsExternal: 0,
      attachments: 2,
      bytesIn: 25830,
      fileCategory: 'document',
      sensitivity: 2,
    });
  });

  it('finds columns by name, whatever their order, and does without optional ones', async () => {
    const [row] = await activitiesOf(
      'http.csv',
      'user,url,date,id,pc\nU1,http://a.com/,01/02/2010 07:21:06,{A},PC-1\n',
    );
    expect(row).toMatchObject({ account: 'U1', resource: 'http://a.com/', activity: 'visit', originId: 'http:{A}' });
  });

  it('reads files without a header, by width or by a first column that names the kind', async () => {
    const [plain] = await activitiesOf('logon.csv', '{A},01/02/2010 07:21:06,U1,PC-1,Logon\n');
    expect(plain?.activity).toBe('logon');
    const mixed = await activitiesOf(
      'r4.2-1-X.csv',
      'logon,{A},01/02/2010 07:21:06,U1,PC-1,Logon\ndevice,{B},01/02/2010 07:22:06,U1,PC-1,Connect\nhttp,{C},01/02/2010 07:23:06,U1,PC-1,http://a.com/,"x, y"\n',
    );
    expect(mixed.map((row) => row.class)).toEqual(['authentication', 'peripheral', 'http']);
  });

  it('puts records together whose quoted field goes over lines', async () => {
    const { records } = await read(
      'http.csv',
      'id,date,user,pc,url,content\n{A},01/02/2010 07:21:06,U1,PC-1,http://a.com/,"one\n\ntwo, ""x"" three"\n{B},01/02/2010 07:21:06,U1,PC-1,http://b.com/,y\n',
    );
    expect(records.map((record) => [record.line, record.outcome.kind])).toEqual([
      [2, 'activity'],
      [5, 'activity'],
    ]);
  });

  it('loses one record to a stray quote, not the rest of the file', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => `{B${i}},01/02/2010 07:21:06,U1,PC-1,http://b.com/,y`);
    const { records } = await read(
      'http.csv',
      `id,date,user,pc,url,content\n{A},01/02/2010 07:21:06,U1,PC-1,http://a.com/,"never closed\n${lines.join('\n')}\n`,
    );
    expect(records.length).toBe(601);
    expect(records.filter((record) => record.outcome.kind === 'dead-letter').map((record) => record.line)).toEqual([2]);
  });

  it('gives each broken row its reason', async () => {
    const { records } = await read(
      'logon.csv',
      'id,date,user,pc,activity\n{A},/21/2011 11:43:39,U1,PC-1,Logon\n{B},01/02/2010 07:21:06,,PC-1,Logon\n{C},01/02/2010 07:21:06,U1\n\nid,date,user,pc,activity\n',
    );
    expect(records.map((record) => record.outcome.kind === 'dead-letter' && record.outcome.reason)).toEqual([
      'bad-time',
      'missing-field',
      'bad-csv',
    ]);
  });

  it('reads monthly directory files', async () => {
    const { records, directory } = await read(
      'LDAP/2010-03.csv',
      'employee_name,user_id,email,role,projects,business_unit,functional_unit,department,team,supervisor\nAda B,AB001,a.b@dtaa.com,Engineer,P1;P2,1,2 - R,3 - E,4 - T,Carl D\nNo Body,,x@y.z,,,,,,,\n',
    );
    expect(directory).toEqual([
      { account: 'AB001', fromDay: '2010-03-01', name: 'Ada B', email: 'a.b@dtaa.com', role: 'Engineer', projects: ['P1', 'P2'], businessUnit: '1', functionalUnit: '2 - R', department: '3 - E', team: '4 - T', supervisor: 'Carl D', timeZone: '', aliases: [] },
    ]); // biome-ignore format: fields of one record
    expect(records.map((record) => record.outcome)).toMatchObject([{ reason: 'missing-field' }]);
  });
});
