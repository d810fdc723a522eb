import {
  meanKnown,
  pairwiseDistances,
  sampleRows,
  silhouettesFromDistances,
  takeRows,
} from '../numeric/cluster-metrics.ts';
import { assignToCentres, kMeans, meansOf } from '../numeric/kmeans.ts';
import { findCommunities, type Graph } from '../numeric/louvain.ts';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';
import { wardTree } from '../numeric/ward.ts';

/** Below this mean silhouette a division says no more than one made of noise. */
const LEAST_SILHOUETTE = 0.05;
/** Of the numbers of groups at which silhouette peaks, the greatest whose peak reaches this share of the best is taken:
 * companies are nested (department, role), and the finer level makes the better peers. */
const PEAK_SHARE = 0.6;
/** A fresh division must be this much better than the one carried over from before to replace it. */
const REPLACE_GAIN = 0.02;

export interface FormedGroups {
  readonly centres: Matrix;
  readonly assignment: Int32Array;
  /** NaN when there is one group. */
  readonly silhouette: number;
}

interface Silhouettes {
  of(labels: Int32Array): number;
}

/** Division of the points into groups of at least `minimumSize`, their number between 1 and sqrt(points) chosen by
 * silhouette: many small communities of the graph, joined step by step (Ward), the chosen step settled by k-means.
 * @param graph of shared peers over the same points */
export function searchGroups(points: Matrix, graph: Graph, minimumSize: number, seed: number): FormedGroups {
  const most = Math.min(Math.floor(Math.sqrt(points.rows)), Math.floor(points.rows / minimumSize));
  if (most < 2) return oneGroup(points);
  const small = smallCommunities(graph, 1.5 * most, seed);
  let count = 0;
  for (const label of small) count = Math.max(count, label + 1);
  const weights = new Float64Array(count);
  for (const label of small) weights[label]!++;
  const tree = wardTree(meansOf(points, small, createMatrix(count, points.columns)), weights);
  const silhouettes = measureSilhouettes(points, most, seed);
  const tried = candidateCounts(Math.min(most, count)).map((clusters) => {
    const joined = tree.at(clusters);
    const labels = small.map((label) => joined[label]!);
    return { clusters, labels, silhouette: silhouettes.of(labels) };
  });
  const best = Math.max(...tried.map((division) => division.silhouette), Number.NEGATIVE_INFINITY);
  if (!(best >= LEAST_SILHOUETTE)) return oneGroup(points);
  const chosen = tried.findLast(
    ({ silhouette }, at) =>
      silhouette >= PEAK_SHARE * best &&
      tried.slice(Math.max(0, at - 3), at + 4).every((other) => other.silhouette <= silhouette),
  )!;
  const centres = meansOf(points, chosen.labels, createMatrix(chosen.clusters, points.columns));
  return settleGroups(points, centres, minimumSize, seed);
}

/** k-means over all points from given centres, groups below the minimum dissolved. */
export function settleGroups(points: Matrix, centres: Matrix, minimumSize: number, seed: number): FormedGroups {
  const settled = kMeans(points, { clusters: centres.rows, seed, initial: centres, maxIterations: 25 });
  const merged = dissolveSmall(points, settled.centres, minimumSize);
  if (merged.centres.rows < 2) return oneGroup(points);
  return { ...merged, silhouette: measureSilhouettes(points, merged.centres.rows, seed).of(merged.assignment) };
}

/** The division carried over from before, or a fresh one when it is clearly better. */
export function refreshGroups(
  points: Matrix,
  carried: Matrix,
  fresh: () => FormedGroups,
  minimumSize: number,
  seed: number,
): FormedGroups {
  const settled = settleGroups(points, carried, minimumSize, seed);
  const found = fresh();
  const gain = (found.silhouette || 0) - (settled.silhouette || 0);
  return settled.centres.rows > 1 && gain < REPLACE_GAIN ? settled : found;
}

/** Raises the resolution until there are enough communities to build from. */
function smallCommunities(graph: Graph, wanted: number, seed: number): Int32Array {
  let labels = new Int32Array(0);
  for (let resolution = 1; resolution <= 4096; resolution *= 2) {
    labels = findCommunities(graph, { resolution, seed: seedFor(seed, 'communities') }) as Int32Array<ArrayBuffer>;
    let count = 0;
    for (const label of labels) count = Math.max(count, label + 1);
    if (count >= wanted) break;
  }
  return labels;
}

function candidateCounts(most: number): number[] {
  const counts: number[] = [];
  for (let k = 2; k <= most; k = Math.max(k + 1, Math.round(k * 1.05))) counts.push(k);
  return counts;
}

/** Silhouettes over one sample, the distances of which are computed once; a bigger sample for many groups. */
function measureSilhouettes(points: Matrix, groups: number, seed: number): Silhouettes {
  const rows = sampleRows(points.rows, Math.max(1000, Math.min(3000, 10 * groups)), seedFor(seed, 'silhouette'));
  const distances = pairwiseDistances(takeRows(points, rows));
  return {
    of: (labels) => {
      const sampled = Int32Array.from(rows, (row) => labels[row]!);
      return meanKnown(silhouettesFromDistances(distances, sampled));
    },
  };
}

function oneGroup(points: Matrix): FormedGroups {
  const assignment = new Int32Array(points.rows);
  const centres = meansOf(points, assignment, createMatrix(1, points.columns));
  return { centres, assignment, silhouette: Number.NaN };
}

/** Gives up the smallest group below `minimumSize`, hands its rows to their nearest other group, and so on. */
function dissolveSmall(
  points: Matrix,
  start: Matrix,
  minimumSize: number,
): { centres: Matrix; assignment: Int32Array } {
  let centres = start;
  for (;;) {
    const assignment = assignToCentres(points, centres);
    const sizes = new Int32Array(centres.rows);
    for (const c of assignment) sizes[c]!++;
    let smallest = 0;
    for (let c = 1; c < sizes.length; c++) if (sizes[c]! < sizes[smallest]!) smallest = c;
    if (centres.rows < 2 || sizes[smallest]! >= minimumSize) return { centres, assignment };
    const others = Int32Array.from(sizes.keys()).filter((c) => c !== smallest);
    centres = takeRows(centres, others);
  }
}
