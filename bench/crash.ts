import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyChain } from '../src/governance/audit-chain.ts';
import { createRandom } from '../src/numeric/random.ts';
import type { ImportResult } from '../src/pipeline/import-ports.ts';
import { ACTIVITY_COLUMNS } from '../src/store/activity-columns.ts';
import { type DataStore, openDataStore } from '../src/store/open-data-store.ts';

/**
 * kill -9 during an import, at random moments, again and again into the same data directory; then the import is run to its
 * end. The store must equal that of an undisturbed import, and the audit chain must verify.
 */
export interface CrashOptions {
  kills: number;
  /** Most kills into one directory before its import is run to the end. */
  killsPerDirectory: number;
  lines: number;
  seed: number;
  log(text: string): void;
}

export interface CrashResult {
  kills: number;
  /** Kills that came after the first batch was stored and before the last. */
  midway: number;
  directories: number;
  /** What differed; empty when all is well. */
  differences: string[];
}

const CHILD = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './crash-child.ts' : './crash-child.js', import.meta.url),
);
const BATCH_ROWS = '1500';

export async function runCrash(options: CrashOptions): Promise<CrashResult> {
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-crash-'));
  const result: CrashResult = { kills: 0, midway: 0, directories: 0, differences: [] };
  try {
    const logs = join(folder, 'logs');
    await writeLogs(logs, options.lines);
    // Tokens and ids depend on the data keys: every directory starts as a copy of one that holds nothing but keys.
    const template = join(folder, 'template');
    await (await openDataStore({ directory: template, create: true, encryption: 'tokens' })).close();
    const calm = join(folder, 'calm');
    await cp(template, calm, { recursive: true });
    const undisturbed = await runToEnd(logs, calm);
    const expected = await describeStore(calm);
    const random = createRandom(options.seed);
    while (result.kills < options.kills) {
      const directory = join(folder, `data-${result.directories++}`);
      await cp(template, directory, { recursive: true });
      let stored = 0;
      for (
        let i = 0;
        i < options.killsPerDirectory && result.kills < options.kills && stored < undisturbed.activities;
        i++
      ) {
        const delayMs = random.next() * undisturbed.milliseconds * 1.1;
        if (await killAfter(logs, directory, delayMs)) result.kills += 1;
        stored = await countStored(directory);
        if (stored > 0 && stored < undisturbed.activities) result.midway += 1;
        options.log(`killed after ${delayMs.toFixed(0)} ms: ${stored} of ${undisturbed.activities} activities stored`);
      }
      await runToEnd(logs, directory);
      result.differences.push(...compare(await describeStore(directory), expected));
      await rm(directory, { recursive: true, force: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return result;
}

interface EndedImport extends ImportResult {
  /** From the first sign of life to the end. */
  milliseconds: number;
}

function runToEnd(logs: string, directory: string): Promise<EndedImport> {
  const child = spawn(process.execPath, [CHILD, logs, directory, BATCH_ROWS], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let begun = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') begun = performance.now();
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`the import ended with ${code}`));
      else resolve({ ...JSON.parse(output.split('\n')[1]!), milliseconds: performance.now() - begun });
    });
  });
}

/** Returns false when the import ended before the kill. */
function killAfter(logs: string, directory: string, delayMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, logs, directory, BATCH_ROWS], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), delayMs));
  child.stdout.on('data', () => {});
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve(signal === 'SIGKILL'));
  });
}

async function countStored(directory: string): Promise<number> {
  const store = await openDataStore({ directory, create: true, encryption: 'tokens', waitMs: 10_000 });
  try {
    return await store.activities.count();
  } finally {
    await store.close();
  }
}

/** Everything an import leaves, but for what says when it ran: name of the part -> digest. */
export async function describeStore(directory: string): Promise<Map<string, string>> {
  const store = await openDataStore({ directory, create: false, encryption: 'tokens', waitMs: 10_000 });
  try {
    const chain = await verifyChain(store.audit.entries());
    return new Map([
      ['activity', await digestActivities(store)],
      ['dirty_day', digest((await store.duck.columns('SELECT utc_day FROM dirty_day ORDER BY 1')).utc_day)],
      ['dictionary', digest(await rowsOf(store, 'dictionary', 'hex(token), kind, text'))],
      ['dead_letter', digest(await rowsOf(store, 'dead_letter', 'hex(id), origin, line, reason, detail, raw'))],
      ['account_sighting', digest(await rowsOf(store, 'account_sighting', 'domain, account, sid'))],
      ['directory_record', digest(await rowsOf(store, 'directory_record', 'account, from_day, body'))],
      ['audit chain', String(chain.ok)],
    ]);
  } finally {
    await store.close();
  }
}

async function digestActivities(store: DataStore): Promise<string> {
  const names = ACTIVITY_COLUMNS.map(({ name }) => name);
  const columns = await store.duck.columns(`SELECT ${names.join(', ')} FROM activity ORDER BY id, time_ms`);
  return digest(names.map((name) => String(columns[name])));
}

async function rowsOf(store: DataStore, table: string, columns: string): Promise<unknown> {
  const { sql } = await import('kysely');
  return (await sql`SELECT ${sql.raw(columns)} FROM ${sql.table(table)} ORDER BY 1, 2, 3`.execute(store.records)).rows;
}

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(ArrayBuffer.isView(value) ? String(value) : JSON.stringify(value))
    .digest('hex');

const compare = (actual: Map<string, string>, expected: Map<string, string>): string[] =>
  [...expected].flatMap(([part, value]) => (actual.get(part) === value ? [] : [`${part} differs`]));

/** Lines with and without ids of their own, repeats, rubbish, and a directory export. */
async function writeLogs(folder: string, lines: number): Promise<void> {
  await mkdir(folder);
  const leef: string[] = [];
  const json: string[] = [];
  for (let i = 0; i < lines; i++) {
    const time = Date.UTC(2026, 0, 5) + i * 7000;
    const user = `CORP\\user${i % 97}`;
    if (i % 50 === 0) leef.push(`LEEF:broken ${i % 300}`);
    else if (i % 2 === 0)
      leef.push(
        `LEEF:2.0|Microsoft|Windows Security|10.0|4624|x09|devTime=${time - (time % 30_000)}\tcat=authentication\tusrName=${user}\tsrc=10.0.0.${i % 5}\tidentHostName=PC-${i % 113}\tlogonType=3`,
      );
    else
      json.push(
        JSON.stringify({
          timeMs: time,
          class: 'file_system',
          activity: 'read',
          account: user,
          device: `PC-${i % 113}`,
          resource: `\\\\files\\share${i % 11}\\folder\\document-${i % 5003}.docx`,
          logSource: 'File Server',
          originId: `file-${i}`,
        }),
      );
  }
  await writeFile(join(folder, 'a.leef'), `${leef.join('\n')}\n`);
  await writeFile(join(folder, 'b.jsonl'), `${json.join('\n')}\n`);
}
