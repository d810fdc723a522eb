import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.ts';
import { type DataStore, openDataStore } from '../../src/store/open-data-store.ts';
import { createBlockCipher } from '../../src/syslog/block-cipher.ts';
import { recoverSegments } from '../../src/syslog/segments.ts';
import { nodeSpoolFiles } from '../../src/syslog/spool-files.ts';
import { SpoolReader } from '../../src/syslog/spool-reader.ts';
import { withFolder } from '../store-folder.ts';

const CHILD = fileURLToPath(new URL('../../bench/syslog-child.ts', import.meta.url));
const LINES = 12_000;
const START_MS = Date.UTC(2026, 0, 5);
/** The time tells which line an activity comes from. */
const LINE = Array.from(
  { length: LINES },
  (_, n) =>
    `<134>1 2026-01-05T10:00:00Z gw Windows - - - LEEF:2.0|Microsoft|Windows Security|10.0|4624|x09|devTime=${START_MS + n}\tcat=authentication\tusrName=CORP\\u${n % 50}\tidentHostName=PC-${n % 20}`,
);

const NUMBER = new Map(LINE.map((line, n) => [line, n]));

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

async function startListener(directory: string): Promise<number> {
  child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout!.setEncoding('utf8'), 'data');
  return Number(port);
}

async function endListener(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const closed = once(child!, 'close');
  child!.kill(signal);
  await closed;
}

/** Sends the lines until all are written or the receiver is gone. */
async function sendFrom(port: number, first: number, perSecond: number): Promise<void> {
  const socket = createConnection(port, '127.0.0.1');
  let isGone = false;
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) =>
    socket.on('close', () => {
      isGone = true;
      resolve();
    }),
  );
  for (let at = first; at < LINES && !isGone; at += 100) {
    socket.write(`${LINE.slice(at, at + 100).join('\n')}\n`);
    await sleep(100_000 / perSecond);
  }
  socket.end();
  await closed;
}

async function withData<T>(directory: string, work: (store: DataStore) => Promise<T>): Promise<T> {
  const store = await openDataStore({ directory, create: false, encryption: 'tokens', waitMs: 10_000 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const linesStored = (directory: string): Promise<number[]> =>
  withData(directory, async ({ duck }) => {
    const { time_ms } = await duck.columns('SELECT time_ms FROM activity ORDER BY 1');
    return [...(time_ms as BigInt64Array)].map((ms) => Number(ms) - START_MS);
  });

const linesSpooled = (directory: string): Promise<number[]> =>
  withData(directory, async ({ spoolKey }) => {
    const files = nodeSpoolFiles(join(directory, 'spool'));
    const reader = new SpoolReader(files, await recoverSegments(files), createBlockCipher(spoolKey!));
    const { records } = await reader.read(1e9);
    await reader.close();
    expect(reader.corruptBytes).toBe(0);
    return records.map(({ text }) => NUMBER.get(text) ?? -1);
  });

it('what a killed listener had in its spool is stored once, and so is every line once the sender sent all again', () =>
  withFolder(async (folder) => {
    const directory = join(folder, 'data');
    const random = createRandom(20_261_124);
    let waited = 0;
    for (let kill = 0; kill < 4; kill++) {
      const sending = sendFrom(await startListener(directory), 0, 40_000);
      await sleep(100 + random.next() * 500);
      await endListener('SIGKILL');
      await sending;
      const spooled = await linesSpooled(directory);
      expect(spooled).not.toContain(-1);
      const stored = new Set(await linesStored(directory));
      waited += spooled.filter((line) => !stored.has(line)).length;
      const expected = [...new Set([...stored, ...spooled])].sort((a, b) => a - b);
      // Nothing is sent now: what is in the spool is all there is.
      await startListener(directory);
      await endListener('SIGTERM');
      expect(await linesStored(directory)).toEqual(expected);
      expect(await linesSpooled(directory)).toEqual([]);
    }
    expect(waited).toBeGreaterThan(0);
    const port = await startListener(directory);
    await sendFrom(port, 0, 100_000);
    await endListener('SIGTERM');
    await startListener(directory);
    await endListener('SIGTERM');
    expect(await linesStored(directory)).toEqual(Array.from({ length: LINES }, (_, n) => n));
  }));
