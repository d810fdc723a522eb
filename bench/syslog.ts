import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { generateEnterprise } from '../simulator/enterprise/generate.ts';
import { writeEnterprise } from '../simulator/enterprise/write-enterprise.ts';
import { issueIdentities } from '../simulator/qradar/certificates/issue.ts';
import { trackEveryone } from '../src/identity/tracking.ts';
import * as ingest from '../src/ingest/index.ts';
import { importFiles } from '../src/pipeline/import.ts';
import { createLiveWriter } from '../src/pipeline/live-writer.ts';
import { storeSyslog } from '../src/pipeline/store-syslog.ts';
import { openDataStore } from '../src/store/open-data-store.ts';
import { openSyslogListener } from '../src/syslog/open-listener.ts';
import { DROP_REASONS, type SyslogStats, type Transport } from '../src/syslog/types.ts';

export interface SyslogBenchOptions {
  people: number;
  days: number;
  seed: number;
  seconds: number;
  log(text: string): void;
}

export interface SyslogRun {
  transport: Transport;
  /** Asked of the sender; 0 = as fast as it is let. */
  perSecond: number;
  sent: number;
  /** Activities in the store at the end, counted there. */
  stored: number;
  /** Lost and counted: by the kernel, by the listener. */
  counted: number;
  /** Sent and neither stored nor counted as lost. */
  unaccounted: number;
  /** From the first line sent to the last one stored. */
  seconds: number;
  storedPerSecond: number;
  /** storedPerSecond by the lines a second of the file import. */
  share: number;
  /** Processor time of the listening process by the seconds: receiving, parsing, storing. */
  processors: number;
  largestSpoolBytes: number;
  pauses: number;
}

export interface SyslogBenchResult {
  lines: number;
  bytesPerLine: number;
  importPerSecond: number;
  runs: SyslogRun[];
}

const SENDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './syslog-sender.ts' : './syslog-sender.js', import.meta.url),
);
/** Small, so that a sender that is faster than the store is held back for most of the run. */
const SPOOL_BYTES = 64 << 20;
const PLAN: readonly [Transport, number][] = [
  ['tcp', 0],
  ['tls', 0],
  ['udp', 20_000],
  ['udp', 0],
];

export async function runSyslogBench(options: SyslogBenchOptions): Promise<SyslogBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-syslog-'));
  try {
    const logs = join(folder, 'logs');
    const { written, bytes } = writeEnterprise(generateEnterprise(options), { format: 'leef', out: logs });
    const file = join(logs, 'activities.leef');
    const importPerSecond = await measureImport(file, join(folder, 'imported'));
    options.log(`import of the file: ${Math.round(importPerSecond)} lines/s`);
    const runs: SyslogRun[] = [];
    for (const [index, [transport, perSecond]] of PLAN.entries()) {
      const run = await measureRun({ transport, perSecond, file, folder: join(folder, `run-${index}`), options });
      runs.push({ ...run, share: run.storedPerSecond / importPerSecond });
      options.log(JSON.stringify(runs.at(-1)));
    }
    return { lines: written, bytesPerLine: bytes / written, importPerSecond, runs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureImport(file: string, directory: string): Promise<number> {
  const store = await openDataStore({ directory, create: true, encryption: 'tokens' });
  try {
    const ports = { store, ingest, options: ingest.DEFAULT_INGEST_OPTIONS, now: Date.now };
    const plan = await ingest.planImport([file], 'leef');
    const { lines, seconds } = await importFiles(plan, 'leef', { ...ports, elapsedMs: () => performance.now() });
    return lines / seconds;
  } finally {
    await store.close();
  }
}

interface RunPlan {
  transport: Transport;
  perSecond: number;
  file: string;
  folder: string;
  options: SyslogBenchOptions;
}

async function measureRun({ transport, perSecond, file, folder, options }: RunPlan): Promise<Omit<SyslogRun, 'share'>> {
  const store = await openDataStore({ directory: folder, create: true, encryption: 'tokens' });
  const { authority, server } = issueIdentities(['127.0.0.1'], Date.now());
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.certificate);
  const listener = await openSyslogListener(
    {
      host: '127.0.0.1',
      [`${transport}Port`]: 0,
      tls: { certificate: server.certificate, key: server.key },
      directory: join(folder, 'spool'),
      ...(store.spoolKey ? { key: store.spoolKey } : {}),
      spoolBytes: SPOOL_BYTES,
      maxRecordBytes: 1 << 20,
      maxConnections: 10,
    },
    Date.now,
  );
  const stop = new AbortController();
  let lastStoredMs = 0;
  let largestSpoolBytes = 0;
  const ports = {
    source: listener,
    writer: createLiveWriter(store, 'syslog'),
    parse: ingest.parseSyslogLine,
    options: ingest.DEFAULT_INGEST_OPTIONS,
    tracking: trackEveryone,
    now: Date.now,
    onStored: () => {
      lastStoredMs = performance.now();
      largestSpoolBytes = Math.max(largestSpoolBytes, listener.stats().spoolBytes);
    },
  };
  const storing = storeSyslog(ports, stop.signal);
  try {
    const startedMs = performance.now();
    const before = process.cpuUsage();
    const { sent, startMs } = await send([
      transport,
      String(listener.ports[transport]),
      file,
      String(options.seconds),
      String(perSecond),
      caFile,
    ]);
    await drained(() => listener.stats());
    stop.abort();
    await storing;
    const { user, system } = process.cpuUsage(before);
    const stats = listener.stats();
    const counted = lossOf(stats);
    const stored = await store.activities.count();
    const seconds = (lastStoredMs - startedMs - startMs) / 1000;
    return {
      transport,
      perSecond,
      sent,
      stored,
      counted,
      unaccounted: sent - stored - counted,
      seconds,
      storedPerSecond: stored / seconds,
      processors: (user + system) / 1e6 / seconds,
      largestSpoolBytes,
      pauses: stats.pauses,
    };
  } finally {
    stop.abort();
    await storing.catch(() => {});
    await listener.close();
    await store.close();
  }
}

const lossOf = ({ dropped, kernelDrops }: SyslogStats): number =>
  Object.keys(DROP_REASONS).reduce((sum, reason) => sum + dropped[reason as keyof typeof dropped], kernelDrops ?? 0);

/** Until all that came in is stored, for longer than the figures are old. */
async function drained(stats: () => SyslogStats): Promise<void> {
  let quiet = 0;
  let before = -1;
  while (quiet < 5) {
    await sleep(150);
    const { unstoredBytes, connections, accepted } = stats();
    quiet = unstoredBytes === 0 && connections === 0 && accepted === before ? quiet + 1 : 0;
    before = accepted;
  }
}

/** @returns lines sent, and the milliseconds that the sender needed before the first */
async function send(args: string[]): Promise<{ sent: number; startMs: number }> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [SENDER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let beganMs = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') beganMs = performance.now();
    output += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the sender ended with ${code}`);
  return { ...JSON.parse(output.split('\n')[1]!), startMs: beganMs - startedMs };
}
