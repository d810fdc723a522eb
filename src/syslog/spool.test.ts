import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withFolder } from '../../test/store-folder.ts';
import { createBlockCipher } from './block-cipher.ts';
import { recoverSegments, segmentName } from './segments.ts';
import { nodeSpoolFiles, type SpoolFiles } from './spool-files.ts';
import { SpoolReader } from './spool-reader.ts';
import { SpoolWriter, type SpoolWriterOptions } from './spool-writer.ts';
import { WaitingAges } from './waiting-ages.ts';

const ORIGIN = Buffer.from('tcp 192.0.2.1');
const cipher = createBlockCipher(new Uint8Array(32).fill(1));

const openWriter = (files: SpoolFiles, more: Partial<SpoolWriterOptions> = {}): SpoolWriter =>
  new SpoolWriter({
    files,
    segments: [],
    cipher: undefined,
    limitBytes: 1 << 20,
    flushMs: 1,
    retryMs: 5,
    now: () => 1000,
    onSpooled() {},
    onBlocked() {},
    ...more,
  });

function add(writer: SpoolWriter, text: string): void {
  const bytes = Buffer.from(text);
  writer.add(ORIGIN, bytes, 0, bytes.length, false);
}

/** Every message as the next listener reads it. */
async function readAll(files: SpoolFiles, key = undefined as typeof cipher | undefined) {
  const reader = new SpoolReader(files, await recoverSegments(files), key);
  const { records } = await reader.read(1e9);
  await reader.close();
  return { texts: records.map(({ text }) => text), corruptBytes: reader.corruptBytes };
}

const settled = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(holds()).toBe(true);
};

const codeError = (code: string) => Object.assign(new Error(code), { code });

/** A disk on which the operations fail as the plan says, one entry a call; afterwards it works. */
function failing(files: SpoolFiles, plan: ('ok' | 'create' | 'write' | 'half' | 'sync' | 'truncate')[]): SpoolFiles {
  let lostTruncate = false;
  return {
    ...files,
    async create(name) {
      const next = plan[0];
      if (next === 'create') {
        plan.shift();
        throw codeError('ENOSPC');
      }
      const file = await files.create(name);
      return {
        ...file,
        async write(parts, position) {
          const fault = plan[0] === 'create' ? undefined : plan.shift();
          lostTruncate = fault === 'truncate';
          if (fault === 'write') throw codeError('ENOSPC');
          if (fault === 'half') {
            await file.write([parts[0]!, parts[1]!.subarray(0, parts[1]!.length >> 1)], position);
            throw codeError('ENOSPC');
          }
          await file.write(parts, position);
          if (fault === 'sync' || fault === 'truncate') throw codeError('EIO');
        },
        async truncate(bytes) {
          if (lostTruncate) throw codeError('EIO');
          await file.truncate(bytes);
        },
      };
    },
  };
}

describe('the spool', () => {
  it('gives back what was put in, in order and as bytes came, across segments', () =>
    withFolder(async (folder) => {
      const files = nodeSpoolFiles(folder);
      const texts = Array.from({ length: 3000 }, (_, n) => `<13>${n} ${'ä'.repeat(n % 90)}`);
      for (const key of [undefined, cipher]) {
        const writer = openWriter(files, { cipher: key, segments: await recoverSegments(files) });
        for (const [index, text] of texts.entries()) {
          add(writer, text);
          if (index % 300 === 299) await settled(() => writer.waiting === 0);
        }
        expect(await writer.close()).toBe(true);
        expect((await files.list()).length).toBeGreaterThan(2);
        expect(await readAll(files, key)).toEqual({ texts, corruptBytes: 0 });
        writer.release(Number.MAX_SAFE_INTEGER);
        await settled(() => writer.bytes === 0);
        expect(await files.list()).toEqual([]);
      }
    }));

  it('cannot be read with another key, and says how much that is', () =>
    withFolder(async (folder) => {
      const files = nodeSpoolFiles(folder);
      const writer = openWriter(files, { cipher });
      add(writer, 'secret');
      await writer.close();
      for (const key of [undefined, createBlockCipher(new Uint8Array(32))]) {
        const { texts, corruptBytes } = await readAll(files, key);
        expect(texts).toEqual([]);
        expect(corruptBytes).toBe(writer.bytes);
      }
    }));

  it.each([
    ['a disk that is full for a while', ['ok', 'write', 'create', 'half', 'write', 'ok']],
    ['a sync that fails', ['sync', 'ok', 'sync', 'sync', 'half']],
    ['a disk on which nothing can be cut off', ['ok', 'truncate', 'truncate', 'ok', 'truncate']],
  ] as const)('loses nothing and repeats nothing on %s', (_, plan) =>
    withFolder(async (folder) => {
      const disk = nodeSpoolFiles(folder);
      const blocked = new Set<string>();
      const writer = openWriter(failing(disk, [...plan]), { onBlocked: () => blocked.add(String(writer.blocked)) });
      const texts: string[] = [];
      for (let block = 0; block < 8; block++) {
        for (let i = 0; i < 5; i++) {
          texts.push(`${block}-${i}`);
          add(writer, texts.at(-1)!);
        }
        await settled(() => writer.waiting === 0);
      }
      expect([...blocked]).toEqual(['disk-failed', 'undefined']);
      expect(writer).toMatchObject({
        accepted: 40,
        problem: undefined,
        failures: plan.filter((fault) => fault !== 'ok').length,
      });
      expect(await writer.close()).toBe(true);
      expect(await readAll(disk)).toEqual({ texts, corruptBytes: 0 });
    }),
  );

  it('keeps what is in memory when it is closed while the spool is full', () =>
    withFolder(async (folder) => {
      const files = nodeSpoolFiles(folder);
      const writer = openWriter(files, { limitBytes: 1 << 14 });
      const texts: string[] = [];
      for (let n = 0; n < 200 && writer.blocked !== 'spool-full'; n++) {
        if (writer.hasRoom) {
          texts.push(`${n}${'x'.repeat(1000)}`);
          add(writer, texts.at(-1)!);
        }
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      expect(writer.blocked).toBe('spool-full');
      expect(await writer.close()).toBe(true);
      expect(await readAll(files)).toEqual({ texts, corruptBytes: 0 });
    }));

  it('says what it could not keep when it is closed on a disk that refuses', () =>
    withFolder(async (folder) => {
      const files = { ...nodeSpoolFiles(folder), create: () => Promise.reject(codeError('EROFS')) };
      const writer = openWriter(files);
      add(writer, 'a');
      await settled(() => writer.failures > 0);
      expect(writer).toMatchObject({ blocked: 'disk-failed', problem: 'EROFS' });
      expect(await writer.close()).toBe(false);
      expect(writer.waiting).toBe(1);
    }));

  it('reads a prefix of whole blocks whatever a crash or a fault left of the last file', () =>
    withFolder(async (folder) => {
      const files = nodeSpoolFiles(folder);
      const writer = openWriter(files);
      const texts = Array.from({ length: 12 }, (_, n) => `message ${10 + n}`);
      for (const text of texts) {
        add(writer, text);
        await settled(() => writer.waiting === 0);
      }
      await writer.close();
      const path = join(folder, segmentName(0));
      const whole = await readFile(path);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(whole.length),
          fc.uint8Array({ maxLength: 60 }),
          fc.boolean(),
          async (at, bytes, isTail) => {
            await writeFile(path, whole);
            if (isTail) {
              await writeFile(path, whole.subarray(0, at));
              await appendFile(path, bytes);
            } else {
              const damaged = Buffer.from(whole);
              damaged.set(bytes.subarray(0, whole.length - at), at);
              await writeFile(path, damaged);
            }
            const read = await readAll(files);
            expect(read.texts).toEqual(texts.slice(0, read.texts.length));
            expect(read.corruptBytes).toBe(0);
            if (isTail) expect(read.texts).toHaveLength(Math.floor((at * texts.length) / whole.length));
          },
        ),
        { numRuns: 150, seed: 20_261_124 },
      );
    }));

  it('leaves out a file that went bad in the middle, and counts it', () =>
    withFolder(async (folder) => {
      const files = nodeSpoolFiles(folder);
      const writer = openWriter(files, { limitBytes: 1 << 14 });
      for (let n = 0; n < 4; n++) {
        add(writer, `${n}${'x'.repeat(1100)}`);
        await settled(() => writer.waiting === 0);
      }
      await writer.close();
      const [first] = (await files.list()).map(({ name }) => name).sort();
      const bytes = await readFile(join(folder, first!));
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(join(folder, first!), bytes);
      const read = await readAll(files);
      expect(read.texts.map((text) => text[0])).toEqual(['1', '2', '3']);
      expect(read.corruptBytes).toBe(bytes.length);
    }));
});

it('knows the age of the oldest message, however many blocks wait', () => {
  const ages = new WaitingAges();
  for (let block = 1; block <= 5000; block++) ages.add(block * 10, block);
  expect(ages.oldestMs).toBe(1);
  ages.acknowledge(9999);
  expect(ages.oldestMs).toBe(1000);
  ages.acknowledge(49_999);
  expect(ages.oldestMs).toBe(1024);
  ages.acknowledge(50_000);
  expect(ages.oldestMs).toBeUndefined();
});
