import type { PeerEpoch } from '../detect/ports.ts';
import type { FeatureTable } from '../domain/features.ts';
import type { PersonAttributes } from '../domain/people.ts';
import { learnPeers } from '../peers/learn-peers.ts';
import type { PeerModel } from '../peers/ports.ts';
import { buildPeerInput, type TouchTable } from './peer-input.ts';

const PEER_WINDOW_DAYS = 28;
const PEER_STEP_DAYS = 7;

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
  onModel?(model: PeerModel): void;
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
  return days.length === 0 ? [lastDay] : days.reverse();
}

/** Peers every seventh day, each from the 28 days before it; the first also serves the days before. */
export function learnEpochs(
  table: FeatureTable,
  touches: TouchTable,
  options: EpochOptions,
): { epochs: PeerEpoch[]; last: PeerModel | undefined } {
  const { firstDay, lastDay, people, attributes } = options;
  const days = peerDays(table, firstDay, lastDay);
  const epochs: PeerEpoch[] = [];
  let previous: PeerModel | undefined;
  for (const [index, day] of days.entries()) {
    options.signal?.throwIfAborted();
    const input = buildPeerInput(table, touches, {
      day: index === 0 ? Math.max(day, Math.min(lastDay, firstDay + PEER_WINDOW_DAYS / 2)) : day,
      windowDays: PEER_WINDOW_DAYS,
      seed: options.seed,
      minimumSize: options.minimumPeers,
      people,
      attributes,
    });
    const model = learnPeers(previous ? { ...input, previous } : input);
    // Peers learned from the days up to `day` judge the days after it; the first model also judges those before.
    epochs.push({
      fromDay: index === 0 ? firstDay : day + 1,
      neighbours: model.neighbours,
      k: model.neighbourCount,
      alternates: peersWhereMoving(model),
    });
    options.onModel?.(model);
    previous = model;
    options.onProgress?.(index + 1, days.length);
  }
  return { epochs, last: previous };
}

/** For people changing place: members of the group they move to, as many as they have neighbours. */
function peersWhereMoving(model: PeerModel): Int32Array {
  const k = model.neighbourCount;
  const out = new Int32Array(model.people.length * k).fill(-1);
  const rowOf = new Map(model.people.map((person, row) => [person, row]));
  for (const { person, to } of model.movers) {
    const row = rowOf.get(person);
    const group = model.groups.find(({ id }) => id === to);
    if (row === undefined || !group) continue;
    const others = group.members.filter((member) => member !== row);
    // Evenly spread over the group, so that no part of it speaks for the whole.
    for (let slot = 0; slot < Math.min(k, others.length); slot++)
      out[row * k + slot] = others[Math.floor((slot * others.length) / Math.min(k, others.length))]!;
  }
  return out;
}
