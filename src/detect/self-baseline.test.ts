import { describe, expect, it } from 'vitest';
import type { FeatureInfo, FeatureTable } from '../domain/features.ts';
import { createRandom } from '../numeric/random.ts';
import { placesOf } from './changes-of-place.ts';
import { compareWithPeers, indexRows } from './peer-baseline.ts';
import type { PersonDayInput } from './ports.ts';
import { compareWithSelf } from './self-baseline.ts';

const feature: FeatureInfo = {
  name: 'file_copies',
  family: 'volume',
  unit: 'count',
  direction: 'high',
  minimum: 1,
  stage: 'collection',
  fadesWithTenure: false,
  wording: 'file copies',
  blindSpot: 'none',
};

/** Nobody changes place. */
const HERE = placesOf({
  table: {
    people: new BigInt64Array(),
    person: new Int32Array(),
    day: new Int32Array(),
    values: new Float64Array(),
    hours: new Float64Array(),
    moves: new Float64Array(),
  },
});

/** P people x D days of one feature, `value(person, day)`. */
function inputOf(
  people: number,
  days: number,
  value: (person: number, day: number) => number,
  info = feature,
): PersonDayInput {
  const rows = people * days;
  const table: FeatureTable = {
    people: BigInt64Array.from({ length: people }, (_, i) => BigInt(i)),
    person: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / days)),
    day: Int32Array.from({ length: rows }, (_, row) => row % days),
    values: Float64Array.from({ length: rows }, (_, row) => value(Math.floor(row / days), row % days)),
    hours: new Float64Array(rows * 24),
    moves: new Float64Array(rows * 24),
  };
  const k = people - 1;
  const neighbours = Int32Array.from({ length: people * k }, (_, at) => {
    const person = Math.floor(at / k);
    const other = at % k;
    return other < person ? other : other + 1;
  });
  return { table, features: [info], dayOff: new Uint8Array(rows), epochs: [{ fromDay: 0, neighbours, k }], seed: 1 };
}

describe('a person against their own history', () => {
  it('stands out by a jump, not by the usual figure', () => {
    const random = createRandom(1);
    const input = inputOf(10, 40, (person, day) => (person === 3 && day === 39 ? 120 : 5 + random.int(4)));
    const cells = compareWithSelf(input, 0, HERE);
    const jump = cells.row.indexOf(3 * 40 + 39);
    expect(cells.selfMedian[jump]).toBeGreaterThanOrEqual(5);
    expect(cells.selfZ[jump]).toBeGreaterThan(6);
    expect(cells.selfZ.filter((z) => z > 5).length).toBe(1);
  });

  it('does not forget the frozen reference when growth is slow', () => {
    const input = inputOf(10, 60, (person, day) => (person === 2 && day > 35 ? 6 + (day - 35) : 6));
    const cells = compareWithSelf(input, 0, HERE);
    const last = cells.row.indexOf(2 * 60 + 59);
    const steady = cells.row.indexOf(4 * 60 + 59);
    expect(cells.sustainedZ[last]).toBeGreaterThan(5);
    expect(Math.abs(cells.sustainedZ[steady]!)).toBeLessThan(1);
  });

  it('stores nothing for figures too small to matter, and survives one row', () => {
    expect(
      compareWithSelf(
        inputOf(3, 5, () => 0),
        0,
        HERE,
      ).row.length,
    ).toBe(0);
    const single = compareWithSelf(
      inputOf(1, 1, () => 4),
      0,
      HERE,
    );
    expect(single.selfDays[0]).toBe(0);
  });

  it('judges first times against people as new as the person', () => {
    const novelty = { ...feature, fadesWithTenure: true };
    const input = inputOf(20, 30, (_, day) => Math.max(0, 20 - 4 * day), novelty);
    const cells = compareWithSelf(input, 0, HERE);
    expect(Math.max(...cells.selfZ)).toBeLessThan(1);
  });
});

describe('a person-day against peers', () => {
  it('takes what the day did to everybody as the day, not the person', () => {
    const input = inputOf(12, 30, (_, day) => (day === 29 ? 60 : 6));
    const cells = compareWithSelf(input, 0, HERE);
    const view = compareWithPeers(input, 0, cells, indexRows(input), HERE);
    const last = cells.row.indexOf(29);
    expect(cells.selfZ[last]).toBeGreaterThan(5);
    expect(view.dayEffect[last]).toBeCloseTo(cells.selfZ[last]!, 3);
    expect(view.peerMedian[last]).toBe(60);
  });

  it('makes no comparison with fewer than four peers', () => {
    const input = inputOf(4, 10, () => 6);
    const cells = compareWithSelf(input, 0, HERE);
    const view = compareWithPeers(input, 0, cells, indexRows(input), HERE);
    expect(view.peerZ.every(Number.isNaN)).toBe(true);
    expect(view.peers.every((n) => n === 3)).toBe(true);
  });
});
