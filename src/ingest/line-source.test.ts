import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import type { SourceRecord } from '../domain/ingest.ts';
import { planImport, readChunks } from './index.ts';
import { LineCutter } from './line-source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undercurrent-lines-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(
  bytes: Buffer | string,
  maxRecordBytes = 1000,
): Promise<{ records: SourceRecord[]; bytesRead: number }> {
  const path = join(folder, 'x.log');
  await writeFile(path, bytes);
  const records: SourceRecord[] = [];
  let bytesRead = 0;
  for (const file of await planImport([path], 'syslog')) {
    for await (const chunk of readChunks(file, { ...TEST_OPTIONS, maxRecordBytes })) {
      records.push(...chunk.records);
      bytesRead = chunk.bytesRead;
    }
  }
  return { records, bytesRead };
}
const reasons = (records: SourceRecord[]) =>
  records.map(({ outcome }) => (outcome.kind === 'dead-letter' ? outcome.reason : 'activity'));
const GOOD = 'Jun 14 15:16:01 combo sshd[1]: text';

describe('lines of a file', () => {
  it('cuts lines whatever the blocks', () => {
    const text = Buffer.from('one\r\ntwo\n\nthrée\nfour');
    for (let size = 1; size <= text.length; size++) {
      const cutter = new LineCutter(100);
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += size)
        lines.push(...cutter.push(text.subarray(at, at + size)).map((line) => line.text));
      lines.push(...cutter.finish().map((line) => line.text));
      expect(lines).toEqual(['one', 'two', '', 'thrée', 'four']);
    }
  });

  it('drops blank lines and a byte order mark, numbers the others', async () => {
    const { records, bytesRead } = await read(`\ufeff${GOOD}\n\n  \n${GOOD}`);
    expect(records.map((record) => record.line)).toEqual([1, 4]);
    expect(reasons(records)).toEqual(['activity', 'activity']);
    expect(bytesRead).toBe(Buffer.byteLength(`\ufeff${GOOD}\n\n  \n${GOOD}`));
  });

  it('keeps the start of a record that is too long and goes on', async () => {
    const { records } = await read(`${GOOD}\n${'x'.repeat(3_000_000)}\n${GOOD}\n`, 5000);
    expect(reasons(records)).toEqual(['activity', 'too-long', 'activity']);
    expect(records[1]?.raw.length).toBe(4096);
  });

  it('parses a record with a byte that is not UTF-8', async () => {
    const bad = Buffer.concat([
      Buffer.from(`${GOOD} `),
      Buffer.from([0xff]),
      Buffer.from('\n'),
      Buffer.from([0xfe, 0xfd, 10]),
    ]);
    const { records } = await read(bad);
    expect(reasons(records)).toEqual(['activity', 'bad-encoding']);
  });

  it('accounts for a gzip file that is cut off', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${GOOD} ${i * 7919}`).join('\n');
    const whole = gzipSync(lines);
    const { records } = await read(whole.subarray(0, whole.length / 2));
    expect(records.length).toBeGreaterThan(100);
    expect(reasons(records).at(-1)).toBe('bad-encoding');
    expect(reasons(records).filter((reason) => reason !== 'activity').length).toBeLessThanOrEqual(2);
  });

  it('reads UTF-16 with a byte order mark', async () => {
    const { records } = await read(Buffer.from(`\ufeff${GOOD}\r\n${GOOD}\r\n`, 'utf16le'));
    expect(reasons(records)).toEqual(['activity', 'activity']);
  });

  it('stops when asked to', async () => {
    const path = join(folder, 'y.log');
    await writeFile(path, `${GOOD}\n`.repeat(20_000));
    const [file] = await planImport([path], 'syslog');
    const stop = new AbortController();
    await expect(async () => {
      for await (const _ of readChunks(file!, TEST_OPTIONS, stop.signal)) stop.abort();
    }).rejects.toThrow(/abort/i);
  });
});
