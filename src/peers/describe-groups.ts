import {
  meanKnown,
  pairwiseDistances,
  sampleRows,
  silhouettesFromDistances,
  takeRows,
} from '../numeric/cluster-metrics.ts';
import { squaredDistance } from '../numeric/kmeans.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';
import { buildTraitTables, labelOf, reasonsFor } from './group-reasons.ts';
import type { GroupShape } from './membership.ts';
import type { LearnedGroup, PeerInput } from './ports.ts';

const QUALITY_SAMPLE = 1500;

/** 1 at distance 0, 1/e at the distance of two people drawn at random; 1 for everybody when all are the same. */
export const similarityOf = (squared: number, spread: number): number =>
  squared === Number.POSITIVE_INFINITY ? 0 : spread > 0 ? Math.exp(-squared / spread) : 1;

/** Mean silhouette of each group and of everybody in one, over a sample. */
export function groupSilhouettes(positions: Matrix, group: Int32Array, groups: number, seed: number) {
  const perGroup = new Float64Array(groups).fill(Number.NaN);
  if (groups < 2) return { mean: Number.NaN, perGroup };
  const rows = sampleRows(positions.rows, QUALITY_SAMPLE, seedFor(seed, 'quality'));
  const labels = Int32Array.from(rows, (row) => group[row]!);
  const values = silhouettesFromDistances(pairwiseDistances(takeRows(positions, rows)), labels);
  for (let g = 0; g < groups; g++) perGroup[g] = meanKnown(values.filter((_, i) => labels[i] === g));
  return { mean: meanKnown(values), perGroup };
}

export function describeGroups(
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
