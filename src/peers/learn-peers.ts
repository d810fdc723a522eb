import {
  meanKnown,
  pairwiseDistances,
  sampleRows,
  silhouettesFromDistances,
  takeRows,
} from '../numeric/cluster-metrics.ts';
import { meansOf, squaredDistance } from '../numeric/kmeans.ts';
import type { Graph } from '../numeric/louvain.ts';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';
import { canonicalOrder, checkShapes, invert, reorderInput } from './canonical-order.ts';
import { embedPeople, meanSquare } from './embedding.ts';
import { type FormedGroups, refreshGroups, searchGroups, settleGroups } from './form-groups.ts';
import { buildTraitTables, labelOf, reasonsFor } from './group-reasons.ts';
import { traceLineage } from './lineage.ts';
import { assignMemberships, type GroupShape, MEMBERSHIPS, type Memberships, shapeGroups } from './membership.ts';
import { findMovers } from './movers.ts';
import { findNearestPeers, type NearestPeers } from './nearest-peers.ts';
import { graphWidth, sharedPeerGraph } from './peer-graph.ts';
import type { LearnedGroup, PeerInput, PeerModel } from './ports.ts';

/** People seen on fewer days do not shape the groups, they are only assigned. */
const SHAPING_DAYS = 3;
const SEARCH_EVERY_DAYS = 7;
const QUALITY_SAMPLE = 1500;

/** Peer groups and nearest peers of one day. Pure: same input, same model, whatever the order of the people. */
export function learnPeers(given: PeerInput): PeerModel {
  checkShapes(given);
  const order = canonicalOrder(given.people);
  const input = reorderInput(given, order);
  const n = input.people.length;
  const minimumSize = Math.max(2, input.minimumSize ?? 5);
  const shaping = shapingRows(input, minimumSize);
  const embedding = embedPeople(input, shaping);
  const { positions } = embedding;
  const placed = placedPeople(input, positions);
  const spread = 2 * meanSquare(positions, shaping);

  const k = Math.max(0, Math.min(input.neighbours ?? 25, n - 1));
  const nearest = findNearestPeers(positions, placed, k, seedFor(input.seed, 'nearest'));
  const typical = withoutStrangers(nearest, k, shaping, minimumSize);
  const points = takeRows(positions, typical);
  const searchAnew = !input.previous || input.day - input.previous.searchedDay >= SEARCH_EVERY_DAYS;
  const formed = formGroups(input, points, typical, searchAnew, minimumSize, () =>
    sharedPeerGraph(nearest.neighbours, k, typical, graphWidth(typical.length)),
  );
  const shape = shapeGroups(points, formed.assignment, formed.centres);
  const { ranked, rankedShape } = rankGroups(
    assignMemberships(positions, shape, placed),
    shape,
    minimumSize,
    positions,
    placed,
  );
  const lineage = traceLineage(input.day, input.people, ranked.group, rankedShape.centres.rows, input.previous);
  const changes = input.attributeChanges ?? [];
  const movers = findMovers({
    day: input.day,
    graceDays: Math.max(1, input.graceDays ?? 10),
    people: input.people,
    group: ranked.group,
    ids: lineage.ids,
    shape: rankedShape,
    positions,
    recent: embedding.recent,
    changes,
    expectedBefore: commonGroups(
      input,
      ranked.group,
      changes.map(({ before }) => before),
    ),
    expectedAfter: commonGroups(
      input,
      ranked.group,
      changes.map(({ person }) => input.attributes?.[person]),
    ),
    previous: input.previous,
  });
  const silhouettes = groupSilhouettes(positions, ranked.group, rankedShape.centres.rows, input.seed);
  const groups = describeGroups(input, positions, ranked.group, rankedShape, lineage.ids, silhouettes.perGroup, spread);

  const place = invert(order);
  const backRows = (matrix: Matrix) => takeRows(matrix, place);
  const toGiven = (row: number) => (row >= 0 ? order[row]! : -1);
  return {
    day: input.day,
    searchedDay: searchAnew ? input.day : input.previous!.searchedDay,
    people: [...given.people],
    groups: groups.map((group) => ({ ...group, members: group.members.map(toGiven).sort() })),
    group: place.map((row) => ranked.group[row]!),
    membership: {
      groups: takeBlocks(ranked.groups, place, MEMBERSHIPS),
      probabilities: takeBlocks(ranked.probabilities, place, MEMBERSHIPS),
    },
    neighbours: takeBlocks(nearest.neighbours, place, k).map(toGiven),
    similarity: takeBlocks(
      Float32Array.from(nearest.squared, (squared) => similarityOf(squared, spread)),
      place,
      k,
    ),
    neighbourCount: k,
    embedding: backRows(positions),
    spread,
    quality: {
      silhouette: silhouettes.mean,
      ari: lineage.ari,
      churn: lineage.churn,
      ungrouped: n ? ranked.group.filter((g) => g < 0).length / n : 0,
      attributeWeights: embedding.attributeWeights,
    },
    lineage: lineage.events,
    movers,
  };
}

/** 1 at distance 0, 1/e at the distance of two people drawn at random; 1 for everybody when all are the same. */
export const similarityOf = (squared: number, spread: number): number =>
  squared === Number.POSITIVE_INFINITY ? 0 : spread > 0 ? Math.exp(-squared / spread) : 1;

function shapingRows(input: PeerInput, minimumSize: number): Int32Array {
  const everybody = Int32Array.from(input.people.keys());
  for (const days of [SHAPING_DAYS, 1]) {
    const rows = everybody.filter((row) => input.activeDays[row]! >= days);
    if (rows.length >= 2 * minimumSize) return rows;
  }
  return everybody;
}

/** 1 = somewhere to be placed: any activity, or attributes that tell something. */
function placedPeople(input: PeerInput, positions: Matrix): Uint8Array {
  return Uint8Array.from(input.people, (_, row) => {
    if (input.activeDays[row]! > 0) return 1;
    return positions.data.subarray(row * positions.columns, (row + 1) * positions.columns).some((x) => x !== 0) ? 1 : 0;
  });
}

/** Leaves out people far from everybody: distance to the peer that would complete a smallest group beyond the median plus
 * 6 robust deviations. Nobody is left out when that would be more than a tenth. */
function withoutStrangers(nearest: NearestPeers, k: number, rows: Int32Array, minimumSize: number): Int32Array {
  const rank = Math.min(k, minimumSize - 1) - 1;
  if (rank < 0) return rows;
  const distance = Float64Array.from(rows, (row) => Math.sqrt(nearest.squared[row * k + rank]!));
  const known = distance.filter(Number.isFinite).sort();
  const median = known[known.length >> 1] ?? 0;
  const deviations = known.map((value) => Math.abs(value - median)).sort();
  const limit = median + 6 * 1.4826 * (deviations[deviations.length >> 1] ?? 0);
  const typical = rows.filter((_, i) => distance[i]! <= limit);
  return typical.length >= 0.9 * rows.length ? typical : rows;
}

function formGroups(
  input: PeerInput,
  points: Matrix,
  rows: Int32Array,
  searchAnew: boolean,
  minimumSize: number,
  graph: () => Graph,
): FormedGroups {
  if (points.rows < minimumSize)
    return {
      centres: createMatrix(0, points.columns),
      assignment: new Int32Array(points.rows).fill(-1),
      silhouette: Number.NaN,
    };
  const seed = seedFor(input.seed, 'groups');
  const search = () => searchGroups(points, graph(), minimumSize, seed);
  const carried = input.previous ? carriedCentres(input, points, rows) : createMatrix(0, points.columns);
  if (carried.rows === 0) return search();
  return searchAnew
    ? refreshGroups(points, carried, search, minimumSize, seed)
    : settleGroups(points, carried, minimumSize, seed);
}

/** Today's mean position of the members of each of yesterday's groups. */
function carriedCentres(input: PeerInput, points: Matrix, shaping: Int32Array): Matrix {
  const previous = input.previous!;
  const before = new Map(previous.people.map((person, row) => [person, previous.group[row]!]));
  const labels = Int32Array.from(shaping, (row) => before.get(input.people[row]!) ?? -1);
  const present = Int32Array.from(previous.groups.keys()).filter((g) => labels.includes(g));
  const renumbered = labels.map((g) => present.indexOf(g));
  return meansOf(points, renumbered, createMatrix(present.length, points.columns));
}

/** Groups by falling size; those that ended below the minimum are dropped and their members looked at again. */
function rankGroups(
  memberships: Memberships,
  shape: GroupShape,
  minimumSize: number,
  positions: Matrix,
  placed: Uint8Array,
): { ranked: Memberships; rankedShape: GroupShape } {
  const sizes = new Int32Array(shape.centres.rows);
  for (const g of memberships.group) if (g >= 0) sizes[g]!++;
  const bySize = Int32Array.from(sizes.keys()).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const kept = bySize.filter((g) => sizes[g]! >= minimumSize);
  const rankedShape = {
    centres: takeRows(shape.centres, kept),
    radii: Float64Array.from(kept, (g) => shape.radii[g]!),
    scales: Float64Array.from(kept, (g) => shape.scales[g]!),
  };
  const ranked = assignMemberships(positions, rankedShape, placed);
  const settled = kept.length === shape.centres.rows || kept.length === 0;
  return settled ? { ranked, rankedShape } : rankGroups(ranked, rankedShape, minimumSize, positions, placed);
}

/** Group in which people with the same attributes mostly are: by role, else by team, else by department. */
function commonGroups(
  input: PeerInput,
  group: Int32Array,
  wanted: readonly NonNullable<PeerInput['attributes']>[number][],
): Int32Array {
  return Int32Array.from(wanted, (attributes) => {
    for (const name of ['role', 'team', 'department'] as const) {
      if (!attributes || attributes[name] === '') continue;
      const counts = new Map<number, number>();
      for (let i = 0; i < group.length; i++)
        if (group[i]! >= 0 && input.attributes?.[i]?.[name] === attributes[name])
          counts.set(group[i]!, (counts.get(group[i]!) ?? 0) + 1);
      const best = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
      if (best) return best[0];
    }
    return -1;
  });
}

function groupSilhouettes(positions: Matrix, group: Int32Array, groups: number, seed: number) {
  const perGroup = new Float64Array(groups).fill(Number.NaN);
  if (groups < 2) return { mean: Number.NaN, perGroup };
  const rows = sampleRows(positions.rows, QUALITY_SAMPLE, seedFor(seed, 'quality'));
  const labels = Int32Array.from(rows, (row) => group[row]!);
  const values = silhouettesFromDistances(pairwiseDistances(takeRows(positions, rows)), labels);
  for (let g = 0; g < groups; g++) perGroup[g] = meanKnown(values.filter((_, i) => labels[i] === g));
  return { mean: meanKnown(values), perGroup };
}

function describeGroups(
  input: PeerInput,
  positions: Matrix,
  group: Int32Array,
  shape: GroupShape,
  ids: readonly string[],
  silhouettes: Float64Array,
  spread: number,
): LearnedGroup[] {
  const tables = buildTraitTables(input);
  const d = positions.columns;
  const members: number[][] = ids.map(() => []);
  for (let i = 0; i < group.length; i++) members[group[i]!]?.push(i);
  return ids.map((id, g) => {
    const rows = Int32Array.from(members[g]!);
    let sum = 0;
    for (const row of rows)
      sum += similarityOf(squaredDistance(positions.data, row * d, shape.centres.data, g * d, d), spread);
    const reasons = reasonsFor(input, tables, rows);
    const label = ids.length === 1 ? 'everybody' : labelOf(reasons);
    const [cohesion, silhouette, radius] = [sum / rows.length, silhouettes[g]!, shape.radii[g]!];
    return { id, label, members: rows, size: rows.length, cohesion, silhouette, radius, reasons };
  });
}

function takeBlocks<A extends Int32Array | Float32Array>(values: A, rows: Int32Array, width: number): A {
  const out = values.slice() as A;
  for (let i = 0; i < rows.length; i++) out.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  return out;
}
