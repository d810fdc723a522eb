import { takeRows } from '../numeric/cluster-metrics.ts';
import { meansOf } from '../numeric/kmeans.ts';
import type { Graph } from '../numeric/louvain.ts';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';
import { type FormedGroups, refreshGroups, searchGroups, settleGroups } from './form-groups.ts';
import { assignMemberships, type GroupShape, type Memberships } from './membership.ts';
import type { NearestPeers } from './nearest-peers.ts';
import type { PeerInput } from './ports.ts';

/** Leaves out people far from everybody: distance to the peer that would complete a smallest group beyond the median plus
 * 6 robust deviations. Nobody is left out when that would be more than a tenth. */
export function withoutStrangers(nearest: NearestPeers, k: number, rows: Int32Array, minimumSize: number): Int32Array {
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

/** Groups of the given people, started from those of the previous model where there is one. */
export function formGroups(
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
export function rankGroups(
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
