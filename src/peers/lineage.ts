import { adjustedRandIndex } from '../numeric/cluster-metrics.ts';
import { seedFor } from '../numeric/random.ts';
import type { LineageEvent, PreviousPeers } from './ports.ts';

/** Overlap (Jaccard) from which a group is the same as yesterday's. */
const SAME_GROUP = 0.3;
/** Share of a group's members from which another group counts as its source. */
const SOURCE_SHARE = 0.2;

export interface Lineage {
  /** Id of each group. */
  readonly ids: string[];
  readonly events: LineageEvent[];
  readonly ari: number;
  readonly churn: number;
}

/** Carries group ids over from the day before: pairs of greatest overlap first, counted over people known on both days.
 * @param people sorted pseudonyms @param group their groups, -1 = none */
export function traceLineage(
  day: number,
  people: readonly string[],
  group: Int32Array,
  groupCount: number,
  previous: PreviousPeers | undefined,
): Lineage {
  const before = groupsBefore(people, previous);
  const oldIds = previous?.groups.map(({ id }) => id) ?? [];
  const shared = Array.from({ length: groupCount }, () => new Float64Array(oldIds.length));
  const sizes = new Float64Array(groupCount);
  const oldSizes = new Float64Array(oldIds.length);
  for (let i = 0; i < people.length; i++) {
    const [now, then] = [group[i]!, before[i]!];
    if (then === UNKNOWN) continue;
    if (now >= 0) sizes[now]!++;
    if (then >= 0) oldSizes[then]!++;
    if (now >= 0 && then >= 0) shared[now]![then]!++;
  }
  const overlap = (now: number, then: number) => {
    const both = shared[now]![then]!;
    return both > 0 ? both / (sizes[now]! + oldSizes[then]! - both) : 0;
  };
  const pairs = shared
    .flatMap((row, now) => Array.from(row, (_, then) => ({ now, then, jaccard: overlap(now, then) })))
    .filter(({ jaccard }) => jaccard >= SAME_GROUP)
    .sort((a, b) => b.jaccard - a.jaccard || a.now - b.now || a.then - b.then);
  const ids = new Array<string>(groupCount).fill('');
  const takenOld = new Set<number>();
  for (const { now, then } of pairs) {
    if (ids[now] !== '' || takenOld.has(then)) continue;
    ids[now] = oldIds[then]!;
    takenOld.add(then);
  }
  nameNewGroups(day, people, group, ids, new Set(oldIds));
  const events = ids.map((id, now): LineageEvent => {
    const sources = oldIds
      .map((_, then) => then)
      .filter((then) => shared[now]![then]! > 0 && shared[now]![then]! >= SOURCE_SHARE * sizes[now]!)
      .sort((a, b) => overlap(now, b) - overlap(now, a) || a - b);
    const from = sources.map((then) => oldIds[then]!);
    const first = sources[0];
    const kept = oldIds.includes(id);
    const gave = first !== undefined && shared[now]![first]! >= SOURCE_SHARE * oldSizes[first]!;
    const kind = sources.length > 1 ? 'merged' : kept ? 'kept' : gave ? 'split' : 'new';
    return { kind, id, from, overlap: first === undefined ? 0 : overlap(now, first) };
  });
  for (const id of oldIds) if (!ids.includes(id)) events.push({ kind: 'ended', id, from: [id], overlap: 0 });
  return { ids, events, ...compareDays(group, before, ids, oldIds, previous !== undefined) };
}

const UNKNOWN = -2;

/** Yesterday's group of each of today's people: -1 = had none, -2 = was not known. */
function groupsBefore(people: readonly string[], previous: PreviousPeers | undefined): Int32Array {
  const groups = new Int32Array(people.length).fill(UNKNOWN);
  if (!previous) return groups;
  const rowOf = new Map(previous.people.map((person, row) => [person, row]));
  for (let i = 0; i < people.length; i++) {
    const row = rowOf.get(people[i]!);
    if (row !== undefined) groups[i] = previous.group[row]!;
  }
  return groups;
}

/** Ids of new groups come from the day and the members, so that they do not depend on the order of the groups. */
function nameNewGroups(
  day: number,
  people: readonly string[],
  group: Int32Array,
  ids: string[],
  used: Set<string>,
): void {
  const hashes = ids.map((_, g) => ({ low: seedFor(day, 'low'), high: seedFor(day, 'high'), g }));
  for (let i = 0; i < people.length; i++) {
    const hash = hashes[group[i]!];
    if (!hash) continue;
    hash.low = seedFor(hash.low, `${people[i]!}\n`);
    hash.high = seedFor(hash.high, `\n${people[i]!}`);
  }
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  for (const { low, high, g } of hashes) {
    if (ids[g] !== '') continue;
    let id = `g-${hex(high)}${hex(low)}`;
    for (let again = 1; used.has(id); again++) id = `g-${hex(high)}${hex(seedFor(low, String(again)))}`;
    used.add(id);
    ids[g] = id;
  }
}

function compareDays(
  group: Int32Array,
  before: Int32Array,
  ids: readonly string[],
  oldIds: readonly string[],
  compared: boolean,
): { ari: number; churn: number } {
  let known = 0;
  let changed = 0;
  for (let i = 0; i < group.length; i++) {
    if (before[i] === UNKNOWN) continue;
    known++;
    if ((ids[group[i]!] ?? '') !== (oldIds[before[i]!] ?? '')) changed++;
  }
  if (!compared || known === 0) return { ari: Number.NaN, churn: Number.NaN };
  return { ari: adjustedRandIndex(group, before), churn: changed / known };
}
