import {
  meanKnown,
  pairwiseDistances,
  sampleRows,
  silhouettesFromDistances,
  takeRows,
} from '../numeric/cluster-metrics.ts';
import { assignToCentres, kMeans, meansOf } from '../numeric/kmeans.ts';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';

const SEARCH_SAMPLE = 3000;
const SILHOUETTE_SAMPLE = 1200;
/** Below this mean silhouette a division says no more than one made of noise. */
const LEAST_SILHOUETTE = 0.05;
/** Of divisions this close to the best silhouette the finest is taken: peers should be as alike as the data allow. */
const SILHOUETTE_SLACK = 0.02;
/** A fresh division must be this much better than the one carried over from yesterday to replace it. */
const REPLACE_GAIN = 0.02;

export interface FormedGroups {
  readonly centres: Matrix;
  readonly assignment: Int32Array;
  readonly silhouette: number;
}

/** Division of the rows into groups of at least `minimumSize`, their number chosen by silhouette between 1 and
 * sqrt(rows). */
export function searchGroups(points: Matrix, minimumSize: number, seed: number): FormedGroups {
  const most = Math.min(Math.floor(Math.sqrt(points.rows)), Math.floor(points.rows / minimumSize));
  const one = oneGroup(points);
  if (most < 2) return one;
  const sample = takeRows(points, sampleRows(points.rows, Math.max(SEARCH_SAMPLE, 20 * most), seedFor(seed, 'search')));
  const measured = sampleRows(sample.rows, SILHOUETTE_SAMPLE, seedFor(seed, 'silhouette'));
  const distances = pairwiseDistances(takeRows(sample, measured));
  const tried: FormedGroups[] = [];
  for (const clusters of candidateCounts(most)) {
    const { centres } = kMeans(sample, { clusters, seed, restarts: clusters > 64 ? 1 : 3, maxIterations: 30 });
    const scale = points.rows / sample.rows;
    const merged = dissolveSmall(sample, centres, Math.max(2, minimumSize / scale));
    if (merged.centres.rows < 2) continue;
    const labels = Int32Array.from(measured, (row) => merged.assignment[row]!);
    tried.push({ ...merged, silhouette: meanKnown(silhouettesFromDistances(distances, labels)) });
  }
  const best = Math.max(...tried.map((division) => division.silhouette), Number.NEGATIVE_INFINITY);
  if (!(best >= LEAST_SILHOUETTE)) return one;
  const chosen = tried.filter((division) => division.silhouette >= best - SILHOUETTE_SLACK).at(-1)!;
  return settleGroups(points, chosen.centres, minimumSize, seed);
}

/** k-means over all rows from given centres. */
export function settleGroups(points: Matrix, centres: Matrix, minimumSize: number, seed: number): FormedGroups {
  const settled = kMeans(points, { clusters: centres.rows, seed, initial: centres, maxIterations: 25 });
  const merged = dissolveSmall(points, settled.centres, minimumSize);
  if (merged.centres.rows < 2) return oneGroup(points);
  const rows = sampleRows(points.rows, SILHOUETTE_SAMPLE, seedFor(seed, 'settled'));
  const distances = pairwiseDistances(takeRows(points, rows));
  const labels = Int32Array.from(rows, (row) => merged.assignment[row]!);
  return { ...merged, silhouette: meanKnown(silhouettesFromDistances(distances, labels)) };
}

/** Yesterday's division moved to today's positions, or a fresh one when it is clearly better. */
export function refreshGroups(
  points: Matrix,
  carried: Matrix,
  searchAnew: boolean,
  minimumSize: number,
  seed: number,
): FormedGroups {
  const settled = settleGroups(points, carried, minimumSize, seed);
  if (!searchAnew && settled.centres.rows > 1) return settled;
  const fresh = searchGroups(points, minimumSize, seed);
  const gain = (Number.isNaN(fresh.silhouette) ? 0 : fresh.silhouette) - (settled.silhouette || 0);
  return settled.centres.rows > 1 && gain < REPLACE_GAIN ? settled : fresh;
}

function candidateCounts(most: number): number[] {
  const counts: number[] = [];
  for (let k = 2; k <= most; k = Math.max(k + 1, Math.round(k * 1.2))) counts.push(k);
  return counts;
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
