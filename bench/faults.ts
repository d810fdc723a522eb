import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSettings } from '../simulator/qradar/play/faults.ts';
import { DAY_MS, formatDay } from '../src/domain/time.ts';
import { createRandom } from '../src/numeric/random.ts';
import { compareStored, type Difference, readStored } from './faults-compare.ts';
import { countClaims, countPayloads, readSearchIds, readUbaOffenses } from './faults-console.ts';
import { askConsole } from './faults-programs.ts';
import { createRig, makeTwins, type Rig, type Spent } from './faults-rig.ts';

/**
 * Days of a simulated company with every fault of the console switched on, kill -9 of the sidecar at random moments, and one
 * of the console. Then the faults end, the sidecar reads what is left, and its store is compared with that of a second one
 * that reads the same console undisturbed, under the same keys.
 */
export interface FaultsOptions {
  people: number;
  historyDays: number;
  liveDays: number;
  /** How much faster than real time the console's clock runs. */
  speed: number;
  kills: number;
  budgetShare: number;
  seed: number;
  log(text: string): void;
}

export interface FaultsResult {
  /** From the first start of the sidecar to its orderly end. */
  seconds: number;
  kills: number;
  /** Kills before the last of the days had passed on the console. */
  killsInDays: number;
  /** Kills that left a search on the console. */
  killsInSearch: number;
  /** What the sidecar went through, by its own account. */
  spent: Spent;
  /** Activities that were stored by processes that were killed, as far as they could tell. */
  storedByKilled: number;
  /** Of the disturbed sidecar's store from the undisturbed one's, a row each part. */
  differences: Difference[];
  isChainSound: boolean;
  auditEntries: number;
  /** Different payloads on the console: as many activities there should be. */
  payloads: number;
  /** UBA offenses on the console, and how many of ours each carries. */
  notes: number[];
  leftBehind: { byKills: number; otherwise: number; claims: number };
  /** By the console's account. */
  consoleSearches: { count: number; ranMs: number };
}

/** Every rate is high enough to strike each kind of request again and again. */
export const ALL_FAULTS: Partial<FaultSettings> = {
  latencyMs: [0, 120],
  error503Rate: 0.04,
  error429Rate: 0.04,
  retryAfterSeconds: 1,
  cutBeforeRate: 0.03,
  cutAfterRate: 0.03,
  slowArielMs: 300,
  duplicateRate: 0.02,
  lateRate: 0.05,
  lateMs: 21_600_000,
};
/** Shares of the time between which the token counts as expired. */
const EXPIRED: readonly (readonly [from: number, to: number])[] = [
  [0.25, 0.29],
  [0.7, 0.74],
];
const DOWN_MS = 1000;
const LOOK_MS = 250;
/** How long the sidecar may take to store something before it is killed all the same. */
const PATIENCE_MS = 45_000;

export async function runFaults(options: FaultsOptions): Promise<FaultsResult> {
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-faults-'));
  const faults = { ...ALL_FAULTS, seed: options.seed };
  // Offenses are asked for by our clock, which may be a week ahead of where the console's begins.
  const backfillDays = options.historyDays + Math.max(8, options.liveDays + 1);
  const rig = createRig({ folder, faults, backfillDays, budgetShare: options.budgetShare });
  try {
    return await runIn(folder, faults, rig, options);
  } finally {
    rig.endAll();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, faults: object, rig: Rig, options: FaultsOptions): Promise<FaultsResult> {
  const { log } = options;
  const endMs = await startCompany(rig, options);
  const [disturbed, calm] = [join(folder, 'disturbed'), join(folder, 'calm')];
  await makeTwins(disturbed, calm);
  const begunAt = performance.now();
  const killed = await disturb(disturbed, faults, endMs, rig, options);

  log('no more faults');
  await rig.useFaults({});
  await rig.endConsole('SIGTERM');
  await rig.startConsole();
  await rig.waitUntilRead();
  await rig.endSidecar('SIGTERM');
  const seconds = (performance.now() - begunAt) / 1000;
  const offenses = await readUbaOffenses(rig.console());
  const left = await readSearchIds(rig.console());
  for (const id of left.filter((one) => !killed.left.has(one)))
    log(`left behind: ${JSON.stringify((await askConsole(rig.console(), `/ariel/searches/${id}`)).json)}`);
  const claims = await countClaims(rig.console());
  await rig.endConsole('SIGTERM');
  const ran = [...rig.searchTimes.values()];
  const spent = { ...rig.spent };

  log('the same console read by an undisturbed sidecar');
  await rig.startConsole();
  await rig.startSidecar(calm, 'assist');
  await rig.waitUntilRead(1);
  await rig.endSidecar('SIGTERM');
  await rig.endConsole('SIGTERM');
  const found = await readStored(disturbed);
  return {
    seconds,
    kills: killed.kills,
    killsInDays: killed.killsInDays,
    killsInSearch: killed.killsInSearch,
    spent,
    storedByKilled: killed.stored,
    differences: compareStored(found, await readStored(calm)),
    isChainSound: found.isChainSound,
    auditEntries: found.auditEntries,
    payloads: await countPayloads(rig.consoleData),
    notes: offenses.map(({ notes }) => notes),
    leftBehind: {
      byKills: killed.left.size,
      otherwise: left.filter((id) => !killed.left.has(id)).length,
      claims,
    },
    consoleSearches: { count: ran.length, ranMs: ran.reduce((sum, ms) => sum + ms, 0) },
  };
}

/** @returns when the last live day of the company ends, by the console's clock */
async function startCompany(rig: Rig, options: FaultsOptions): Promise<number> {
  const { people, historyDays, liveDays, speed, seed, log } = options;
  // The latest Monday: whenever this is run, the company lives through the same weekdays.
  const presentDay = Math.floor((Date.now() / DAY_MS - 4) / 7) * 7 + 4;
  const start = formatDay(presentDay - historyDays);
  const company = { people, days: historyDays, 'live-days': liveDays, seed, start, speed };
  await rig.startConsole(...Object.entries(company).flatMap(([name, value]) => [`--${name}`, String(value)]));
  log(`${people} people, ${historyDays} days from ${start} on; ${liveDays} days follow at ${speed} times the pace`);
  return (presentDay + liveDays) * DAY_MS;
}

interface Killed {
  kills: number;
  killsInDays: number;
  killsInSearch: number;
  /** Searches that nobody could end any more. */
  left: Set<string>;
  stored: number;
}

/** Leaves a sidecar running, when all kills are done and the company has lived its days. */
async function disturb(
  directory: string,
  faults: object,
  endMs: number,
  rig: Rig,
  { liveDays, speed, kills, seed, log }: FaultsOptions,
): Promise<Killed> {
  const random = createRandom(seed);
  const weekMs = (liveDays * DAY_MS) / speed;
  // Starting anew and waiting for something to be stored takes the rest.
  const meanMs = (0.6 * weekMs) / (kills + 1);
  const result: Killed = { kills: 0, killsInDays: 0, killsInSearch: 0, left: new Set(), stored: 0 };
  const begunAt = performance.now();
  const stay = async (untilAt: number) => {
    while (performance.now() < untilAt) {
      const share = (performance.now() - begunAt) / weekMs;
      const isExpired = EXPIRED.some(([from, to]) => share >= from && share < to);
      await rig.useFaults(isExpired ? { ...faults, expiredTokens: ['sidecar'] } : faults);
      await sleep(Math.min(LOOK_MS, Math.max(0, untilAt - performance.now())));
      rig.checkSidecar();
    }
  };
  await rig.startSidecar(directory, 'enrich');
  while (result.kills < kills) {
    await stay(performance.now() + 200 + random.next() * 2 * (meanMs - DOWN_MS - 200));
    // Every second one falls soon after something was stored.
    const patientUntilAt = performance.now() + PATIENCE_MS;
    if (result.kills % 2 === 1)
      while (performance.now() < patientUntilAt && !(await rig.hasStored())) await stay(performance.now() + LOOK_MS);
    await rig.endSidecar('SIGKILL');
    result.stored = rig.spent.activities;
    result.kills += 1;
    if (result.kills === Math.ceil(kills / 2)) {
      await rig.endConsole('SIGKILL');
      await rig.startConsole('--speed', String(speed));
    }
    const left = (await readSearchIds(rig.console())).filter((id) => !result.left.has(id));
    if (left.length > 0) result.killsInSearch += 1;
    for (const id of left) result.left.add(id);
    const { clockMs } = await askConsole(rig.console(), '/help/versions');
    if (clockMs < endMs) result.killsInDays += 1;
    log(`kill ${result.kills} at ${new Date(clockMs).toISOString()}, ${left.length} searches left`);
    await sleep(DOWN_MS);
    await rig.startSidecar(directory, 'enrich');
  }
  while ((await askConsole(rig.console(), '/help/versions')).clockMs < endMs) await stay(performance.now() + 1000);
  return result;
}
