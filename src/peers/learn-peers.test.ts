import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex } from '../numeric/cluster-metrics.ts';
import { createMatrix } from '../numeric/matrix.ts';
import { createRandom } from '../numeric/random.ts';
import { invert, reorderInput } from './canonical-order.ts';
import { explainMembership } from './explain-membership.ts';
import { learnPeers } from './learn-peers.ts';
import { roleChangeGrace } from './movers.ts';
import { plantPeople } from './planted-people.ts';
import type { PeerInput, PeerModel } from './ports.ts';
import { lookAlikes, staticDivergence } from './static-divergence.ts';

const easy = plantPeople({ people: 240, groups: 6, seed: 11, strangers: 6, wrongRoles: 0.05 });
const model = learnPeers(easy.input);

const nobody = (people: number): PeerInput => ({
  day: 1,
  people: Array.from({ length: people }, (_, i) => `person ${i}`),
  volumes: createMatrix(people, 2),
  volumeLabels: ['a', 'b'],
  rhythm: createMatrix(people, 168),
  resources: {
    columns: 0,
    offsets: new Int32Array(people + 1),
    indices: new Int32Array(0),
    counts: new Float32Array(0),
  },
  activeDays: new Float64Array(people).fill(10),
  seed: 1,
});

function expectSound(result: PeerModel, n: number): void {
  expect(result.group).toHaveLength(n);
  expect(result.neighbours).toHaveLength(n * result.neighbourCount);
  const counted = new Int32Array(result.groups.length);
  for (const g of result.group) if (g >= 0) counted[g]!++;
  result.groups.forEach((group, g) => {
    expect(group.size).toBe(counted[g]);
    expect(group.size).toBe(group.members.length);
    for (const row of group.members) expect(result.group[row]).toBe(g);
    expect(group.cohesion).toBeGreaterThanOrEqual(0);
    expect(group.cohesion).toBeLessThanOrEqual(1);
  });
  for (let row = 0; row < n; row++) {
    const peers = result.neighbours.slice(row * result.neighbourCount, (row + 1) * result.neighbourCount);
    expect(peers).not.toContain(row);
    const used = peers.filter((peer) => peer >= 0);
    expect(new Set(used).size).toBe(used.length);
  }
  for (const value of result.similarity) expect(value >= 0 && value <= 1).toBe(true);
  for (const value of result.embedding.data) expect(Number.isFinite(value)).toBe(true);
}

describe('learnPeers', () => {
  it('recovers planted groups and leaves strangers without one', () => {
    expectSound(model, 240);
    expect(adjustedRandIndex(easy.truth, model.group)).toBeGreaterThan(0.95);
    expect(model.groups).toHaveLength(6);
    const strangers = [...easy.truth.keys()].filter((row) => easy.truth[row]! < 0);
    expect(strangers.filter((row) => model.group[row]! >= 0)).toEqual([]);
    expect(model.quality.silhouette).toBeGreaterThan(0.2);
  });

  it('repeats exactly', () => expect(learnPeers(easy.input)).toEqual(model));

  it('does not depend on the order of the people', () => {
    const random = createRandom(4);
    const order = Int32Array.from({ length: 240 }, (_, i) => i);
    for (let i = 239; i > 0; i--) {
      const j = random.int(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const shuffled = learnPeers(reorderInput(easy.input, order));
    const place = invert(order);
    expect(shuffled.groups.map(({ id }) => id)).toEqual(model.groups.map(({ id }) => id));
    expect(shuffled.quality).toEqual(model.quality);
    expect(Int32Array.from(place, (row) => shuffled.group[row]!)).toEqual(model.group);
    for (const row of [0, 17, 239])
      expect(
        Array.from(
          shuffled.neighbours.slice(place[row]! * 25, place[row]! * 25 + 25),
          (peer) => shuffled.people[peer]!,
        ),
      ).toEqual(Array.from(model.neighbours.slice(row * 25, row * 25 + 25), (peer) => model.people[peer]!));
  });

  it('gives attributes a weight only where they predict behaviour', () => {
    expect(model.quality.attributeWeights.role).toBeGreaterThan(0.2);
    const random = plantPeople({ people: 240, groups: 6, seed: 11, wrongRoles: 1 });
    const blind = learnPeers(random.input);
    expect(blind.quality.attributeWeights.role).toBeLessThan(0.05);
    expect(adjustedRandIndex(random.truth, blind.group)).toBeGreaterThan(0.95);
  });

  it.each([0, 1, 3, 6, 11])('serves a company of %i', (people) => {
    const { input } = plantPeople({ people, groups: 2, seed: 5 });
    const small = learnPeers(input);
    expectSound(small, people);
    expect(small.groups.length).toBeLessThanOrEqual(people < 5 ? 0 : 2);
    expect(small.neighbourCount).toBe(Math.max(0, Math.min(25, people - 1)));
    if (people > 1) expect([...small.neighbours].every((peer) => peer >= 0)).toBe(true);
  });

  it('puts people who are all alike into one group', () => {
    const same = learnPeers(nobody(40));
    expectSound(same, 40);
    expect(same.groups.map(({ size, label }) => [size, label])).toEqual([[40, 'everybody']]);
  });

  it('survives unknown, constant, infinite and negative figures', () => {
    const { input } = plantPeople({ people: 80, groups: 3, seed: 6 });
    for (let row = 0; row < 80; row++) {
      input.volumes.data.set([Number.NaN, Number.POSITIVE_INFINITY, 7, row % 9 ? 1 : Number.NaN], row * 40);
      if (row % 7 === 0) input.rhythm.data.fill(0, row * 168, row * 168 + 168);
    }
    input.rhythm.data[5] = Number.NaN;
    input.rhythm.data[9] = -4;
    input.resources.counts.set([Number.NaN, -1, 1e38, 0]);
    const hostile = learnPeers({ ...input, attributes: input.people.map(() => undefined) });
    expectSound(hostile, 80);
    expect(hostile.groups.length).toBeGreaterThan(1);
  });

  it('never throws on arbitrary figures', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, Number.NaN));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 30 }), (rows) => {
        const input = { ...nobody(rows.length), volumes: createMatrix(rows.length, 2, Float64Array.from(rows.flat())) };
        expectSound(learnPeers({ ...input, activeDays: input.activeDays.map((_, i) => i % 4) }), rows.length);
      }),
      { numRuns: 40 },
    );
  });

  it('has no place for people without activity and attributes, and one by role for newcomers', () => {
    const { input, truth } = plantPeople({ people: 121, groups: 4, seed: 8 });
    const columns = input.volumes.columns;
    for (const row of [0, 1]) {
      input.volumes.data.fill(Number.NaN, row * columns, (row + 1) * columns);
      input.rhythm.data.fill(0, row * 168, (row + 1) * 168);
      input.transitions!.data.fill(0, row * 25, (row + 1) * 25);
      input.activeDays[row] = 0;
      const [from, to] = [input.resources.offsets[row]!, input.resources.offsets[row + 1]!];
      input.resources.counts.fill(0, from, to);
    }
    const attributes = input.attributes!.map((person, row) => (row === 0 ? undefined : person));
    const learned = learnPeers({ ...input, attributes });
    expect(learned.group[0]).toBe(-1);
    expect([...learned.neighbours.slice(0, 25)].every((peer) => peer === -1)).toBe(true);
    expect(learned.group[1]).toBe(learned.group[[...truth.keys()].findLast((row) => truth[row] === truth[1])!]);
  });

  it('refuses parts of different sizes', () => {
    expect(() => learnPeers({ ...nobody(3), activeDays: new Float64Array(2) })).toThrow(RangeError);
    expect(() => learnPeers({ ...nobody(3), volumes: createMatrix(2, 2) })).toThrow(RangeError);
  });
});

describe('days in sequence', () => {
  it('keeps ids while little changes', () => {
    let previous = model;
    for (let step = 1; step <= 3; step++) {
      const next = plantPeople({ people: 240, groups: 6, seed: 11, strangers: 6, wrongRoles: 0.05, dayNoise: step });
      const today = learnPeers({ ...next.input, day: easy.input.day + step, previous });
      expect(new Set(today.groups.map(({ id }) => id))).toEqual(new Set(model.groups.map(({ id }) => id)));
      expect(today.quality.ari).toBeGreaterThan(0.97);
      expect(today.quality.churn).toBeLessThan(0.03);
      expect(today.lineage.every(({ kind }) => kind === 'kept')).toBe(true);
      previous = today;
    }
  });

  it('records a merger and an end', () => {
    const rows = Int32Array.from({ length: 240 }, (_, i) => i).filter((row) => easy.truth[row]! > 0);
    const fewer = learnPeers({ ...reorderInput(easy.input, rows), day: easy.input.day + 7, previous: model });
    expect(fewer.groups).toHaveLength(5);
    expect(fewer.lineage.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
    const halves = learnPeers({ ...plantPeople({ people: 240, groups: 3, seed: 11 }).input, day: easy.input.day + 7 });
    const joined = learnPeers({
      ...plantPeople({ people: 240, groups: 3, seed: 11 }).input,
      day: easy.input.day + 7,
      previous: { ...model, people: halves.people },
    });
    expect(joined.lineage.some(({ kind }) => kind === 'merged')).toBe(true);
  });

  it('sees who moves before the window does, and blends over the grace period', () => {
    const moving = plantPeople({ people: 240, groups: 6, seed: 11, moved: new Map([[0, 3]]) });
    const first = learnPeers(moving.input);
    const target = first.groups[first.group[3]!]!.id;
    const mover = roleChangeGrace(first, first.people[0]!);
    expect(mover).toMatchObject({
      reason: 'behaviour',
      from: first.groups[first.group[0]!]!.id,
      to: target,
      weight: 0,
    });
    expect(first.movers).toHaveLength(1);
    const later = learnPeers({ ...moving.input, day: moving.input.day + 7, previous: first });
    expect(roleChangeGrace(later, later.people[0]!)).toMatchObject({ to: target, workingDays: 5, weight: 0.5 });
    const over = learnPeers({ ...moving.input, day: moving.input.day + 14, previous: first });
    expect(roleChangeGrace(over, over.people[0]!)).toBeUndefined();
  });

  it('gives grace after a change of attributes', () => {
    const before = { role: 'role 2', department: 'department 2', team: '', projects: [] };
    const changed = learnPeers({
      ...easy.input,
      attributeChanges: [{ person: 0, day: easy.input.day - 4, before }],
    });
    const old = easy.truth.indexOf(2);
    expect(roleChangeGrace(changed, changed.people[0]!)).toMatchObject({
      reason: 'attributes',
      from: changed.groups[changed.group[old]!]!.id,
      to: changed.groups[changed.group[0]!]!.id,
    });
  });
});

describe('reasons', () => {
  it('name the role, the traits and the shared rare resources', () => {
    const group = model.groups[model.group[0]!]!;
    expect(group.label).toMatch(/^role role 0 \(\d+ %\)$/);
    expect(group.reasons.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['attribute', 'volume', 'resource']));
    const told = explainMembership(model, easy.input, 0);
    expect(told.group?.id).toBe(group.id);
    expect(told.memberships[0]!.probability).toBeGreaterThan(0.5);
    expect(told.nearest).toHaveLength(25);
    expect(told.nearest[0]!.similarity).toBeGreaterThanOrEqual(told.nearest[24]!.similarity);
    expect(told.attributeShares.role).toBeGreaterThan(0.8);
    expect(told.own.map(({ trait }) => trait)).toEqual(
      group.reasons.flatMap((reason) => (reason.kind === 'volume' ? [reason.trait] : [])),
    );
    // Resources 20 to 49 are those of planted group 0.
    expect(told.sharedResources.length).toBeGreaterThan(0);
    for (const { resource, peers } of told.sharedResources) {
      expect(resource).toBeGreaterThanOrEqual(20);
      expect(resource).toBeLessThan(50);
      expect(peers).toBeGreaterThan(0);
    }
  });

  it('exist for people without a group too', () => {
    const told = explainMembership(model, easy.input, 239);
    expect(told.group).toBeUndefined();
    expect(told.nearest.length).toBe(25);
  });

  it('measure the distance from the static group', () => {
    const wrong = plantPeople({ people: 240, groups: 6, seed: 11 });
    const attributes = wrong.input.attributes!.map((person, row) =>
      row === 0 ? { ...person!, role: 'role 1', department: 'department 1' } : row === 1 ? undefined : person,
    );
    const input = { ...wrong.input, attributes };
    const learned = learnPeers(input);
    const divergence = staticDivergence(learned, input);
    expect(divergence[0]).toBeGreaterThan(80);
    expect(divergence[1]).toBeNaN();
    expect(divergence[2]).toBeLessThan(20);
    const alike = lookAlikes(learned, input, 0);
    expect(alike.length).toBeGreaterThan(20);
    expect(alike[0]!.value).toBe('department 0');
  });
});
