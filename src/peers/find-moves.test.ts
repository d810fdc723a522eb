import { describe, expect, it } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { findMoves, type MoveSearch } from './find-moves.ts';

const PEOPLE = 40;
const DAYS = 40;

/** Two groups of 20 with 30 things each; `placeOf` says whose things a person uses on a day. */
function searchOf(placeOf: (person: number, day: number) => number, extra = (_person: number, _day: number) => -1) {
  const random = createRandom(7);
  const seen: [number, number, number][] = [];
  for (let person = 0; person < PEOPLE; person++)
    for (let day = 0; day < DAYS; day++) {
      const things = new Set(Array.from({ length: 6 }, () => placeOf(person, day) * 30 + random.int(30)));
      if (extra(person, day) >= 0) things.add(extra(person, day));
      for (const thing of things) seen.push([person, thing, day]);
    }
  seen.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const column = (at: 0 | 1 | 2) => Int32Array.from(seen, (touch) => touch[at]);
  const before = seen.filter(([, , day]) => day < 26);
  const rows = Array.from({ length: PEOPLE }, (_, person) => [
    ...new Set(before.filter(([who]) => who === person).map(([, thing]) => thing)),
  ]);
  const offsets = new Int32Array(PEOPLE + 1);
  for (const [person, things] of rows.entries()) offsets[person + 1] = offsets[person]! + things.length;
  const indices = Int32Array.from(rows.flat());
  const members = (group: number) => Int32Array.from({ length: 20 }, (_, i) => group * 20 + i);
  const search: MoveSearch = {
    fromDay: 26,
    toDay: 39,
    touches: { person: column(0), resource: column(1), day: column(2) },
    users: { columns: 60, offsets, indices, counts: new Float32Array(indices.length).fill(1) },
    group: Int32Array.from({ length: PEOPLE }, (_, person) => Math.floor(person / 20)),
    groups: [{ members: members(0) }, { members: members(1) }],
    settled: new Uint8Array(PEOPLE),
    peers: 10,
  };
  return search;
}

const home = (person: number) => Math.floor(person / 20);

describe('findMoves', () => {
  it('finds who takes up the work of another group, within a week, and the people there', () => {
    const moves = findMoves(searchOf((person, day) => (person === 3 && day >= 29 ? 1 : home(person))));
    expect(moves.map(({ person }) => person)).toEqual([3]);
    expect(moves[0]!.knownDay).toBeGreaterThanOrEqual(29);
    expect(moves[0]!.knownDay).toBeLessThanOrEqual(34);
    expect(moves[0]!.sinceDay).toBeLessThanOrEqual(30);
    expect(moves[0]!.peers).toHaveLength(10);
    expect(moves[0]!.peers.every((peer) => peer >= 20)).toBe(true);
  });

  it('takes nobody for a mover who stays, who looks into one foreign thing, or who has moved lately', () => {
    expect(findMoves(searchOf(home))).toEqual([]);
    expect(findMoves(searchOf(home, (person, day) => (person === 5 && day >= 28 ? 45 : -1)))).toEqual([]);
    const moved = searchOf((person, day) => (person === 3 && day >= 29 ? 1 : home(person)));
    moved.settled[3] = 1;
    expect(findMoves(moved)).toEqual([]);
  });

  it('decides on the days up to the day asked for only', () => {
    const all = searchOf((person, day) => (person === 3 && day >= 29 ? 1 : home(person)));
    const known = findMoves(all)[0]!.knownDay;
    expect(findMoves({ ...all, toDay: known - 1 })).toEqual([]);
    expect(findMoves({ ...all, toDay: known })).toHaveLength(1);
  });

  it('needs two groups and touches', () => {
    const search = searchOf(home);
    expect(findMoves({ ...search, groups: [search.groups[0]!] })).toEqual([]);
    const none = new Int32Array();
    expect(findMoves({ ...search, touches: { person: none, day: none, resource: none } })).toEqual([]);
  });
});
