import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDataStore } from '../src/store/open-data-store.ts';
import { readSearchTimes } from './faults-console.ts';
import {
  type ConsoleReady,
  type Ended,
  endWith,
  launchConsole,
  launchSidecar,
  type Program,
  readMetrics,
  type SidecarReady,
} from './faults-programs.ts';

/** A console and a sidecar in a folder, started, disturbed and ended again and again. */

export interface RigOptions {
  folder: string;
  /** Of the console. */
  faults: object;
  backfillDays: number;
  budgetShare: number;
}

/** What the sidecar said it did, summed over its processes. */
export interface Spent {
  searches: number;
  runningMs: number;
  heldBackMs: number;
  failures: number;
  activities: number;
}

export type Rig = ReturnType<typeof createRig>;

const STORED = 'records_total{source="qradar-events",outcome="activity"}';
const READ_WITHIN_MS = 300_000;
/** Arrivals of the last moment are left for later, and clocks are told to the second. */
const READ_LAG_SECONDS = 30;

export function createRig({ folder, faults, backfillDays, budgetShare }: RigOptions) {
  const consoleData = join(folder, 'console');
  const faultsFile = join(folder, 'faults.json');
  const programs = new Set<Program<unknown>>();
  const searchTimes = new Map<string, number>();
  const spent: Spent = { searches: 0, runningMs: 0, heldBackMs: 0, failures: 0, activities: 0 };
  let console: { program: Program<ConsoleReady>; ready: ConsoleReady } | undefined;
  let sidecar: { program: Program<SidecarReady>; url: string | undefined } | undefined;
  let used = '';

  async function useFaults(settings: object): Promise<void> {
    const text = JSON.stringify(settings);
    if (text !== used) await writeFile(faultsFile, text);
    used = text;
  }

  async function startConsole(...args: string[]): Promise<ConsoleReady> {
    if (used === '') await useFaults(faults);
    const port = console ? new URL(console.ready.url).port : '0';
    const program = launchConsole('--data', consoleData, '--faults', faultsFile, '--https-port', port, ...args);
    programs.add(program);
    console = { program, ready: await program.ready };
    return console.ready;
  }

  async function endConsole(signal: NodeJS.Signals): Promise<void> {
    await endWith(console!.program, signal);
    programs.delete(console!.program);
    // The journal forgets deleted searches when it is opened anew.
    for (const [id, ms] of readSearchTimes(consoleData)) searchTimes.set(id, Math.max(ms, searchTimes.get(id) ?? 0));
  }

  async function writeConfig(directory: string, phase: string): Promise<string> {
    const { url, caFile } = console!.ready;
    const path = `${directory}.yaml`;
    const config = {
      data: { directory },
      storage: { retentionDays: 3650 },
      qradar: { url, caFile, budgetShare, requestTimeoutSeconds: 10 },
      // At this pace a second is minutes of the console: an overlap of seconds would be none.
      ariel: { backfillDays, windowMinutes: 1440, pollSeconds: 5, overlapSeconds: 21_600 },
      serve: { port: 0, offensePollSeconds: 5, analyzeMinutes: 1 },
      rollout: { phase },
    };
    await writeFile(path, JSON.stringify(config));
    return path;
  }

  async function startSidecar(directory: string, phase: 'assist' | 'enrich'): Promise<void> {
    const program = launchSidecar(await writeConfig(directory, phase), console!.ready.tokens.sidecar);
    programs.add(program);
    const started = { program, url: undefined as string | undefined };
    program.ready.then(({ url }) => (started.url = url)).catch(() => {});
    sidecar = started;
  }

  /** Adds what it tells of itself, if it does, then ends it. */
  async function endSidecar(signal: NodeJS.Signals): Promise<Ended> {
    const metrics = sidecar!.url ? await readMetrics(sidecar!.url) : undefined;
    for (const [name, value] of metrics ?? []) {
      if (name === 'qradar_searches_total') spent.searches += value;
      if (name === 'qradar_search_running_seconds_total') spent.runningMs += value * 1000;
      if (name === 'qradar_search_held_back_seconds_total') spent.heldBackMs += value * 1000;
      if (name === STORED) spent.activities += value;
      if (name.startsWith('part_failures{')) spent.failures += value;
    }
    programs.delete(sidecar!.program);
    return endWith(sidecar!.program, signal);
  }

  /** Whether it has stored an activity since it was started. */
  async function hasStored(): Promise<boolean> {
    const metrics = sidecar!.url ? await readMetrics(sidecar!.url) : undefined;
    return (metrics?.get(STORED) ?? 0) > 0;
  }

  /** Throws when it ended although nobody asked it to. */
  function checkSidecar(): void {
    const { child, errors } = sidecar!.program;
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`the sidecar ended by itself with ${end}\n${errors()}`);
  }

  /**
   * Everything was read to its end after this was called, the behaviour scored and the notes dealt with. The first round may
   * end while arrivals that were read young are not read again yet; the second cannot.
   */
  async function waitUntilRead(rounds = 2): Promise<void> {
    const { url } = await sidecar!.program.ready;
    const deadline = performance.now() + READ_WITHIN_MS;
    for (let round = 0; round < rounds; round++) {
      const sinceSeconds = Date.now() / 1000;
      let left = 'it does not answer';
      while (left !== '') {
        if (performance.now() > deadline) throw new Error(`not read to the end: ${left}\n${sidecar!.program.errors()}`);
        await sleep(500);
        checkSidecar();
        left = whatIsLeft(await readMetrics(url), sinceSeconds);
      }
    }
  }

  return {
    consoleData,
    spent,
    searchTimes,
    useFaults,
    startConsole,
    endConsole,
    startSidecar,
    endSidecar,
    hasStored,
    checkSidecar,
    waitUntilRead,
    console: (): ConsoleReady => console!.ready,
    sidecar: (): Program<SidecarReady> => sidecar!.program,
    writeConfig,
    endAll(): void {
      for (const { child } of programs) child.kill('SIGKILL');
    },
  };
}

function whatIsLeft(metrics: ReadonlyMap<string, number> | undefined, sinceSeconds: number): string {
  if (!metrics) return 'it does not answer';
  const value = (name: string, otherwise: number): number => metrics.get(name) ?? otherwise;
  for (const part of ['events', 'sense', 'offenses', 'notes'])
    if (value(`part_last_success_seconds{part="${part}"}`, 0) < sinceSeconds) return `${part} did not run`;
  for (const source of ['qradar-events', 'ibm-sense']) {
    const lag = value(`source_lag_seconds{source="${source}"}`, Number.POSITIVE_INFINITY);
    if (source === 'qradar-events' && lag > READ_LAG_SECONDS) return `${source} is ${lag} s behind`;
  }
  if (value('analysis_time_seconds', 0) === 0) return 'no behaviour was scored';
  return value('notes{state="planned"}', 0) > 0 ? 'notes wait' : '';
}

/** Two data directories with the same keys: what they hold has the same ids. */
export async function makeTwins(one: string, other: string): Promise<void> {
  await (await openDataStore({ directory: one, create: true, encryption: 'tokens' })).close();
  await mkdir(other, { mode: 0o700 });
  for (const name of ['key', 'keys.json']) await copyFile(join(one, name), join(other, name));
}
