import { weekday } from '../domain/time.ts';
import { squaredDistance } from '../numeric/kmeans.ts';
import type { Matrix } from '../numeric/matrix.ts';
import type { GroupShape } from './membership.ts';
import type { AttributeChange, Mover, PreviousPeers } from './ports.ts';

/** A behaviour mover's last days are at most this share of their distance to the old centre away from the new one ... */
const NEARER = 0.9;
/** ... and that share has at least this much fallen from what it is over the whole window. */
const TURNED = 0.6;
/** Somebody re-grouped is at most this share of the distance to the old centre away from the new one. */
const SETTLED = 0.85;

export interface MoverInput {
  readonly day: number;
  readonly graceDays: number;
  readonly people: readonly string[];
  readonly group: Int32Array;
  readonly ids: readonly string[];
  readonly shape: GroupShape;
  readonly positions: Matrix;
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
    const old = oldIdOf(person);
    const ahead = idOf(nearerGroup(input, i));
    const known = (id: string) => input.ids.includes(id);
    if (before && known(before.from)) {
      const arrived = idOf(own) === before.to ? before.to : '';
      const to = before.reason === 'attributes' ? before.to : arrived || ahead;
      if (known(to)) start(person, before.reason, before.sinceDay, before.from, to);
    } else if (known(old) && own >= 0 && old !== idOf(own)) {
      if (hasLeft(input, i, input.ids.indexOf(old))) start(person, 'behaviour', input.day, old, idOf(own));
    } else start(person, 'behaviour', input.day, idOf(own), ahead);
  }
  return [...movers.values()].sort((a, b) => (a.person < b.person ? -1 : 1));
}

/** People on the border of two groups change sides without going anywhere. */
function hasLeft({ positions, group, shape: { centres } }: MoverInput, row: number, old: number): boolean {
  const d = centres.columns;
  const away = (g: number) => Math.sqrt(squaredDistance(positions.data, row * d, centres.data, g * d, d));
  return away(group[row]!) <= SETTLED * away(old);
}

/** Group to which the last days of a person have clearly turned, -1 = none. */
function nearerGroup({ positions, recent, group, shape }: MoverInput, row: number): number {
  const own = group[row]!;
  if (!recent || own < 0) return -1;
  const { centres, radii } = shape;
  const d = centres.columns;
  const distance = (from: Matrix, g: number) => Math.sqrt(squaredDistance(from.data, row * d, centres.data, g * d, d));
  const [fromOwn, usuallyFromOwn] = [distance(recent, own), distance(positions, own)];
  let best = -1;
  let least = NEARER * fromOwn;
  for (let g = 0; g < centres.rows; g++) {
    const away = distance(recent, g);
    if (g === own || away > radii[g]! || away >= least) continue;
    if (away * usuallyFromOwn > TURNED * fromOwn * distance(positions, g)) continue;
    least = away;
    best = g;
  }
  return best;
}

/** How to compare a person while they change place: with both groups, by weight. Undefined = with their own group only. */
export function roleChangeGrace(model: { readonly movers: readonly Mover[] }, person: string): Mover | undefined {
  return model.movers.find((mover) => mover.person === person);
}
