import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, formatDay, parseDay } from '../../../src/domain/time.ts';
import { type Enterprise, generateEnterprise } from '../../enterprise/generate.ts';
import { formatAliases, writeDirectory } from '../../enterprise/writers/directory-files.ts';
import type { World } from '../world.ts';
import { importCompany } from './import-company.ts';
import { FILL_PAUSE, Player } from './player.ts';

export interface PlayOptions {
  people: number;
  /** Days of history before the console's present. */
  days: number;
  /** Days that the company lives on after that. */
  liveDays: number;
  seed: number;
  /** First day of history; without it history ends at the real present. */
  startDay?: string;
}

/** What of it outlives a restart. */
interface PlayRecord extends PlayOptions {
  startDay: string;
  playedUntilMs: number;
}
const KEY = 'play';

export function readPlay(world: Pick<World, 'state'>): PlayRecord | undefined {
  const kept = world.state.settings.get(KEY)?.value;
  return typeof kept === 'string' ? (JSON.parse(kept) as PlayRecord) : undefined;
}

export interface Play {
  truthFile: string;
  directory: string;
  player: Player;
  stop(): Promise<void>;
}

/** Where the console's clock begins: at the end of the history, or where it was before a restart; `undefined` for real time. */
export function baseOfClock(options: PlayOptions | undefined, kept: PlayRecord | undefined): number | undefined {
  if (options?.startDay === undefined) return undefined;
  return Math.max((parseDay(options.startDay)! + options.days) * DAY_MS, kept?.playedUntilMs ?? 0);
}

/** Fills the history up to the console's present, or what of it is missing, and gets ready to play on. */
export async function playCompany(
  world: World,
  data: string,
  options: PlayOptions,
  now: () => number,
  onProgress: (day: string, events: number) => void,
): Promise<Play> {
  const kept = readPlay(world);
  const startDay = kept?.startDay ?? options.startDay ?? formatDay(Math.floor(now() / DAY_MS) - options.days);
  const plan = kept ?? { ...options, startDay, playedUntilMs: 0 };
  const { people, seed } = plan;
  const enterprise = generateEnterprise({ people, seed, days: plan.days + plan.liveDays, startDay });
  if (!kept) importCompany(world.state, enterprise, parseDay(startDay)! * DAY_MS);
  const directory = join(data, 'directory');
  const truthFile = join(data, 'truth.jsonl');
  writeDirectory(directory, enterprise.company, enterprise.directory, {
    plainIds: false,
    projects: true,
    timeZone: false,
  });
  writeFileSync(join(directory, 'aliases.csv'), formatAliases(enterprise.directory));
  const record: PlayRecord = { ...plan };
  const player = new Player({
    world,
    enterprise,
    playedUntilMs: plan.playedUntilMs,
    stored: kept ? await world.ariel.storedSince(plan.playedUntilMs) : new Set(),
    onPlayed(untilMs, events) {
      record.playedUntilMs = untilMs;
      world.state.settings.put(KEY, { value: JSON.stringify(record) });
      onProgress(formatDay(Math.floor(untilMs / DAY_MS)), events);
    },
  });
  await player.play(now(), FILL_PAUSE);
  writeTruth(enterprise, truthFile);
  return {
    truthFile,
    directory,
    player,
    async stop() {
      await player.stop();
      writeTruth(enterprise, truthFile);
    },
  };
}

/** The truth of what has been played so far. */
const writeTruth = (enterprise: Enterprise, path: string): void =>
  writeFileSync(path, `${enterprise.truth.lines().join('\n')}\n`);
