import { weekday } from '../domain/time.ts';
import { squaredDistance } from '../numeric/kmeans.ts';
import type { Matrix } from '../numeric/matrix.ts';
import type { GroupShape } from './membership.ts';
import type { AttributeChange, Mover, PreviousPeers } from './ports.ts';

/** The recent days must be at most this share of the distance to the old centre away from the new one. */
const NEARER = 0.7;

export interface MoverInput {
  readonly day: number;
  readonly graceDays: number;
  readonly people: readonly string[];
  readonly group: Int32Array;
  readonly ids: readonly string[];
  readonly shape: GroupShape;
  /** Positions from the last few days. */
  readonly recent?: Matrix | undefined;
  /** Positions with attributes as they were before a change. */
  readonly changes: readonly AttributeChange[];
  /** Group, by index, that the attributes before each change let expect; -1 = none. */
  readonly expectedBefore: Int32Array;
  readonly expectedAfter: Int32Array;
  readonly previous?: PreviousPeers | undefined;
}

/** Days from Monday to Friday after `from`, up to and with `to`. */
export function workingDaysBetween(from: number, to: number): number {
  let count = 0;
  for (let day = from + 1; day <= to && count < 1000; day++) if (weekday(day) < 5) count++;
  return count;
}

/** People under way from one group to another, sorted by pseudonym: those whose attributes changed within the grace
 * period, those whose last days lie clearly nearer another group than the one of the whole window, those who have just
 * been re-grouped, and those of the day before whose grace is not over. */
export function findMovers(input: MoverInput): Mover[] {
  const movers = new Map<string, Mover>();
  const carried = new Map((input.previous?.movers ?? []).map((mover) => [mover.person, mover]));
  const groupBefore = new Map(input.previous?.people.map((person, row) => [person, input.previous!.group[row]!]));
  const oldIdOf = (person: string) => input.previous?.groups[groupBefore.get(person) ?? -1]?.id ?? '';
  const idOf = (g: number) => input.ids[g] ?? '';
  const start = (person: string, reason: Mover['reason'], sinceDay: number, from: string, to: string) => {
    const workingDays = workingDaysBetween(sinceDay, input.day);
    if (workingDays >= input.graceDays || from === to || from === '' || to === '') return;
    movers.set(person, { person, reason, sinceDay, workingDays, from, to, weight: workingDays / input.graceDays });
  };
  input.changes.forEach((change, c) => {
    const person = input.people[change.person];
    if (person === undefined || change.day > input.day) return;
    const now = idOf(input.group[change.person]!);
    const to = idOf(input.expectedAfter[c]!) || now;
    const from =
      carried.get(person)?.from || (oldIdOf(person) !== to ? oldIdOf(person) : '') || idOf(input.expectedBefore[c]!);
    start(person, 'attributes', change.day, from, to);
  });
  for (let i = 0; i < input.people.length; i++) {
    const person = input.people[i]!;
    if (movers.has(person)) continue;
    const own = input.group[i]!;
    const before = carried.get(person);
    if (before && input.ids.includes(before.from)) {
      const to =
        before.reason === 'attributes'
          ? before.to
          : nearerGroup(input, i) >= 0
            ? idOf(nearerGroup(input, i))
            : before.to;
      if (input.ids.includes(to)) start(person, before.reason, before.sinceDay, before.from, to);
      if (movers.has(person)) continue;
    }
    const regrouped = oldIdOf(person);
    if (own >= 0 && regrouped !== '' && regrouped !== idOf(own) && input.ids.includes(regrouped) && !before)
      start(person, 'behaviour', input.day, regrouped, idOf(own));
    const other = nearerGroup(input, i);
    if (!movers.has(person) && other >= 0 && !before) start(person, 'behaviour', input.day, idOf(own), idOf(other));
  }
  return [...movers.values()].sort((a, b) => (a.person < b.person ? -1 : 1));
}

/** Group clearly nearer to the last days of a person than their own, -1 = none. */
function nearerGroup({ recent, group, shape }: MoverInput, row: number): number {
  const own = group[row]!;
  if (!recent || own < 0) return -1;
  const { centres, radii } = shape;
  const d = centres.columns;
  const distanceTo = (g: number) => Math.sqrt(squaredDistance(recent.data, row * d, centres.data, g * d, d));
  let best = -1;
  let least = NEARER * distanceTo(own);
  for (let g = 0; g < centres.rows; g++) {
    const distance = distanceTo(g);
    if (g === own || distance > radii[g]! || distance >= least) continue;
    least = distance;
    best = g;
  }
  return best;
}

/** How to compare a person while they change place: with both groups, by weight. Undefined = with their own group only. */
export function roleChangeGrace(model: { readonly movers: readonly Mover[] }, person: string): Mover | undefined {
  return model.movers.find((mover) => mover.person === person);
}
