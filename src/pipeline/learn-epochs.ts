import type { PeerEpoch } from '../detect/ports.ts';
import type { FeatureTable } from '../domain/features.ts';
import type { PersonAttributes } from '../domain/people.ts';
import { DAY_MS } from '../domain/time.ts';
import { announcedMoves, dividedByRole } from '../peers/announced-moves.ts';
import { findMoves, type Move } from '../peers/find-moves.ts';
import { learnPeers } from '../peers/learn-peers.ts';
import type { PeerModel, SparseRows } from '../peers/ports.ts';
import { attributesOn, buildPeerInput, type TouchTable } from './peer-input.ts';

const PEER_WINDOW_DAYS = 28;
const PEER_STEP_DAYS = 7;
/** After a change of place nobody is looked at again for so long: everything is still new. */
const SETTLING_DAYS = 28;
const NEVER = -2_147_483_648;

export interface EpochOptions {
  /** Day numbers, inclusive. */
  firstDay: number;
  lastDay: number;
  seed: number;
  minimumPeers: number;
  /** Per person of the table: pseudonym, and HR attributes by date. */
  people: readonly string[];
  attributes: readonly (readonly PersonAttributes[])[];
  onProgress?(done: number, total: number): void;
  onModel?(model: PeerModel, moves: readonly Move[]): void;
  signal?: AbortSignal | undefined;
}

/** Every seventh day back from the last; spans without any activity (a log with a clock gone wrong) are leapt over. */
function peerDays(table: FeatureTable, firstDay: number, lastDay: number): number[] {
  const active = [...new Set(table.day)].sort((a, b) => b - a);
  const days: number[] = [];
  for (let day = lastDay, next = 0; day > firstDay; ) {
    days.push(day);
    day -= PEER_STEP_DAYS;
    while (next < active.length && active[next]! > day) next++;
    day = Math.min(day, (active[next] ?? firstDay) + PEER_STEP_DAYS - 1);
  }
  if (days.length === 0) return [lastDay];
  days.reverse();
  // The first peers need half a window: what would be learned before, or hardly after, is left out.
  while (days.length > 1 && days[1]! <= firstDay + (PEER_WINDOW_DAYS + PEER_STEP_DAYS) / 2) days.shift();
  return days;
}

export interface LearnedEpochs {
  epochs: PeerEpoch[];
  /** Changes of place, by the day they could be known. */
  moves: Move[];
  last: PeerModel | undefined;
}

/** Peers every seventh day, each from the 28 days before it; the first also serves the days before. Between two of them
 * changes of place are looked for, and whoever has changed is described by the days since. */
export function learnEpochs(table: FeatureTable, touches: TouchTable, options: EpochOptions): LearnedEpochs {
  const { firstDay, lastDay, people, attributes } = options;
  const days = peerDays(table, firstDay, lastDay);
  const epochs: PeerEpoch[] = [];
  const moves: Move[] = [];
  const since = new Int32Array(people.length).fill(NEVER);
  let known: { model: PeerModel; users: SparseRows } | undefined;
  for (const [index, day] of days.entries()) {
    options.signal?.throwIfAborted();
    const until = index === 0 ? Math.max(day, Math.min(lastDay, firstDay + PEER_WINDOW_DAYS / 2)) : day;
    if (known) {
      const settled = Uint8Array.from(since, (from) => (from > known!.model.day - SETTLING_DAYS ? 1 : 0));
      const span = { fromDay: known.model.day + 1, toDay: until, settled, peers: known.model.neighbourCount };
      const announced = announcedMoves({ ...span, attributes });
      for (const { person } of announced) settled[person] = 1;
      const found = [...announced];
      for (const division of [known.model, dividedByRole(attributes, known.model.day)]) {
        const { group, groups } = division;
        const seen = findMoves({ ...span, touches, users: known.users, group, groups });
        for (const { person } of seen) settled[person] = 1;
        found.push(...seen);
      }
      moves.push(...found.sort((a, b) => a.knownDay - b.knownDay || a.person - b.person));
      for (const move of found) since[move.person] = move.sinceDay;
    }
    const input = buildPeerInput(table, touches, {
      day: until,
      windowDays: PEER_WINDOW_DAYS,
      seed: options.seed,
      minimumSize: options.minimumPeers,
      people,
      attributes: attributes.map((history, person) => (isOutdated(history, since[person]!, until) ? [] : history)),
      since,
    });
    const model = learnPeers(known ? { ...input, previous: known.model } : input);
    // Peers learned from the days up to `day` judge the days after it; the first model also judges those before.
    const fromDay = index === 0 ? firstDay : day + 1;
    epochs.push({ fromDay, neighbours: model.neighbours, k: model.neighbourCount });
    options.onModel?.(model, moves);
    known = { model, users: input.resources };
    options.onProgress?.(index + 1, days.length);
  }
  return { epochs, moves, last: known?.model };
}

/** HR still writes the old place of somebody who was seen to have left it. */
function isOutdated(history: readonly PersonAttributes[], since: number, day: number): boolean {
  const record = since === NEVER ? undefined : attributesOn(history, day);
  return record !== undefined && Date.parse(record.fromDay) / DAY_MS < since;
}
