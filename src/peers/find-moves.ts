import type { SparseRows } from './ports.ts';

/**
 * People who have begun to work somewhere else, from the things they touch.
 *
 * Over a person's last 5 active days, the weight of what they had never touched before and what the members of one other
 * group use is taken as a share of the weight of all they touched (weight: log of people per user, as for the embedding).
 * Somebody who changes place touches another group's things in number and day after day; a person who looks around, or
 * copies much, does not. The limit is learned from everybody's shares of the same days: median and 2.5 robust deviations
 * on a log scale, so that a new system for all moves nobody; it has to be passed on two active days in a row.
 * A change point by comparison of two windows with a limit learned from the population; cf. Page 1954.
 */

const RECENT = 5;
/** Active days before the recent ones that are needed to say what is new. */
const HISTORY = 15;
const DEVIATIONS = 2.5;
/** Least share, whatever the company's limit. Chosen on generated companies, seeds 11 to 13 (docs/models/peer-groups.md). */
const LEAST_SHARE = 0.1;
/** More new things than this, each counted by the share of its users who are in the other group: one folder is no place. */
const ONE_THING = 1.01;
/** Added before the logarithm: shares below say nothing. */
const SMALLEST = 0.005;
/** Users looked at for each resource, evenly spread over all of them. */
const USERS = 50;

/** Touches of everybody over a span, ordered by person, then resource, then day. */
export interface TouchHistory {
  readonly person: Int32Array;
  readonly day: Int32Array;
  readonly resource: Int32Array;
}

export interface Move {
  /** Row of the person. */
  readonly person: number;
  /** First day of the work in the new place, as far as seen. */
  readonly sinceDay: number;
  /** Day on which it could be known. */
  readonly knownDay: number;
  readonly reason: 'behaviour' | 'attributes';
  /** Rows of people in the new place. */
  readonly peers: Int32Array;
}

export interface MoveSearch {
  /** Days to decide on, inclusive; groups and users are from before `fromDay`. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly touches: TouchHistory;
  /** Who touched what in the window that the groups were learned from. */
  readonly users: SparseRows;
  /** Group of each person, -1 = none. */
  readonly group: Int32Array;
  readonly groups: readonly { readonly members: Int32Array }[];
  /** 1 = has moved lately: not looked at again. */
  readonly settled: Uint8Array;
  /** Peers named in a move, at most. */
  readonly peers: number;
}

interface Share {
  person: number;
  day: number;
  sinceDay: number;
  share: number;
  to: number;
}

export function findMoves(search: MoveSearch): Move[] {
  if (search.groups.length < 2) return [];
  const shares = newPlaceShares(search);
  const limit = limitOf(shares);
  const moves: Move[] = [];
  const done = search.settled.slice();
  for (let at = 1; at < shares.length; at++) {
    const [before, now] = [shares[at - 1]!, shares[at]!];
    if (done[now.person] || before.person !== now.person || before.to !== now.to) continue;
    if (before.share < limit || now.share < limit || now.day < search.fromDay) continue;
    done[now.person] = 1;
    moves.push({
      person: now.person,
      sinceDay: before.sinceDay,
      knownDay: now.day,
      reason: 'behaviour',
      peers: spreadOver(search.groups[now.to]!.members, search.peers, now.person),
    });
  }
  return moves;
}

/** At most `count` of the rows, evenly spread, so that no part of them speaks for the whole. */
export function spreadOver(rows: Int32Array, count: number, without: number): Int32Array {
  const others = rows.filter((row) => row !== without);
  const kept = Math.min(count, others.length);
  return Int32Array.from({ length: kept }, (_, slot) => others[Math.floor((slot * others.length) / kept)]!);
}

function limitOf(shares: readonly Share[]): number {
  const logs = Float64Array.from(shares, ({ share }) => Math.log(share + SMALLEST)).sort();
  if (logs.length === 0) return Number.POSITIVE_INFINITY;
  const quantile = (q: number) => logs[Math.floor(q * (logs.length - 1))]!;
  const deviation = (quantile(0.95) - quantile(0.5)) / 1.645;
  return Math.max(LEAST_SHARE, Math.exp(quantile(0.5) + DEVIATIONS * deviation) - SMALLEST);
}

/** By person and active day of the span (and the active day before it): the largest share of another group. */
function newPlaceShares(search: MoveSearch): Share[] {
  const { touches, group, groups, settled, fromDay, toDay } = search;
  const byResource = usersOf(search.users);
  const people = group.length;
  const toward = Array.from({ length: 64 }, () => new Float64Array(groups.length));
  const things = toward.map((weights) => weights.slice());
  const out: Share[] = [];
  let at = 0;
  while (at < touches.person.length) {
    const person = touches.person[at]!;
    let end = at;
    while (end < touches.person.length && touches.person[end] === person) end++;
    if (person >= 0 && !settled[person]) lookAt(person, at, end);
    at = end;
  }
  return out;

  function lookAt(person: number, start: number, end: number): void {
    const days = activeDays(touches.day, start, end, toDay);
    const index = new Map(days.map((day, i) => [day, i]));
    const firstEnd = Math.max(RECENT + HISTORY - 1, days.findIndex((day) => day >= fromDay) - 1);
    if (days.length === 0 || days.at(-1)! < fromDay || firstEnd >= days.length) return;
    const ends = Math.min(toward.length, days.length - firstEnd);
    const weight = new Float64Array(ends);
    for (let e = 0; e < ends; e++) for (const sums of [toward[e]!, things[e]!]) sums.fill(0);
    for (let i = start, first = 0; i < end; i++) {
      const day = touches.day[i]!;
      const place = index.get(day);
      if (i === start || touches.resource[i] !== touches.resource[i - 1]) first = place ?? days.length;
      if (place === undefined || place + RECENT <= firstEnd) continue;
      const resource = touches.resource[i]!;
      const users = byResource.offsets[resource + 1]! - byResource.offsets[resource]!;
      const worth = Math.log((people + 1) / (users + 1));
      const lastNew = first + RECENT - 1;
      for (let window = Math.max(place, firstEnd); window < Math.min(place + RECENT, firstEnd + ends); window++)
        weight[window - firstEnd]! += worth;
      if (users === 0 || place > lastNew) continue;
      const step = Math.max(1, Math.ceil(users / USERS));
      const looked = Math.ceil(users / step);
      for (let u = byResource.offsets[resource]!; u < byResource.offsets[resource + 1]!; u += step) {
        const of = group[byResource.indices[u]!]!;
        if (of < 0 || of === group[person]) continue;
        for (let window = Math.max(place, firstEnd); window <= Math.min(lastNew, place + RECENT - 1); window++) {
          if (window - firstEnd >= ends) break;
          toward[window - firstEnd]![of]! += worth / looked;
          if (place === first) things[window - firstEnd]![of]! += 1 / looked;
        }
      }
    }
    for (let e = 0; e < ends; e++) {
      let to = 0;
      for (let g = 1; g < groups.length; g++) if (toward[e]![g]! > toward[e]![to]!) to = g;
      const enough = weight[e]! > 0 && things[e]![to]! > ONE_THING;
      const share = enough ? toward[e]![to]! / weight[e]! : 0;
      const last = firstEnd + e;
      out.push({ person, day: days[last]!, sinceDay: days[last - RECENT + 1]!, share, to });
    }
  }
}

function activeDays(day: Int32Array, start: number, end: number, toDay: number): number[] {
  const days = new Set<number>();
  for (let i = start; i < end; i++) if (day[i]! <= toDay) days.add(day[i]!);
  return [...days].sort((a, b) => a - b);
}

/** Rows of the users of each resource: the transposed table. */
function usersOf({ columns, offsets, indices }: SparseRows): { offsets: Int32Array; indices: Int32Array } {
  const out = new Int32Array(columns + 1);
  for (const resource of indices) out[resource + 1]!++;
  for (let r = 0; r < columns; r++) out[r + 1]! += out[r]!;
  const next = out.slice();
  const rows = new Int32Array(indices.length);
  for (let row = 0; row + 1 < offsets.length; row++)
    for (let e = offsets[row]!; e < offsets[row + 1]!; e++) rows[next[indices[e]!]!++] = row;
  return { offsets: out, indices: rows };
}
