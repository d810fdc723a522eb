import { squaredDistance } from '../numeric/kmeans.ts';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';

export const MEMBERSHIPS = 3;

export interface GroupShape {
  readonly centres: Matrix;
  /** Distance beyond which nobody belongs. */
  readonly radii: Float64Array;
  /** Root mean square distance of the members within the radius. */
  readonly scales: Float64Array;
}

/** Centres and extents learned from the typical members: the radius is 1.5 times the 99th percentile of the distances,
 * but no more than the median plus 6 robust deviations, so that strangers put into a group do not widen it. */
export function shapeGroups(points: Matrix, assignment: Int32Array, start: Matrix): GroupShape {
  const { columns } = points;
  const groups = start.rows;
  let centres = start;
  let radii = new Float64Array(groups);
  const scales = new Float64Array(groups);
  for (let pass = 0; pass < 2; pass++) {
    const distances: number[][] = Array.from({ length: groups }, () => []);
    for (let i = 0; i < points.rows; i++) {
      const g = assignment[i]!;
      if (g < 0) continue;
      distances[g]!.push(Math.sqrt(squaredDistance(points.data, i * columns, centres.data, g * columns, columns)));
    }
    radii = Float64Array.from(distances, robustRadius);
    const sums = createMatrix(groups, columns);
    const counts = new Float64Array(groups);
    const squares = new Float64Array(groups);
    const at = new Int32Array(groups);
    for (let i = 0; i < points.rows; i++) {
      const g = assignment[i]!;
      if (g < 0) continue;
      const distance = distances[g]![at[g]!++]!;
      if (distance > radii[g]!) continue;
      counts[g]!++;
      squares[g]! += distance * distance;
      for (let c = 0; c < columns; c++) sums.data[g * columns + c]! += points.data[i * columns + c]!;
    }
    for (let g = 0; g < groups; g++) {
      scales[g] = counts[g]! > 0 ? Math.sqrt(squares[g]! / counts[g]!) : 0;
      for (let c = 0, p = g * columns; c < columns; c++)
        sums.data[p + c] = counts[g]! > 0 ? sums.data[p + c]! / counts[g]! : centres.data[p + c]!;
    }
    centres = sums;
  }
  return { centres, radii, scales };
}

function robustRadius(distances: readonly number[]): number {
  if (distances.length === 0) return 0;
  const sorted = Float64Array.from(distances).sort();
  const median = quantile(sorted, 0.5);
  const spread = 1.4826 * quantile(sorted.map((value) => Math.abs(value - median)).sort(), 0.5);
  return Math.max(1e-9, 1.5 * median, Math.min(1.5 * quantile(sorted, 0.99), median + 6 * spread));
}

const quantile = (sorted: Float64Array, q: number): number => sorted[Math.round(q * (sorted.length - 1))]!;

export interface Memberships {
  /** n; -1 = no group. */
  readonly group: Int32Array;
  /** n x 3. */
  readonly groups: Int32Array;
  readonly probabilities: Float32Array;
}

/** Higher = harder memberships. Normal densities in all the axes (half their number) would be all but certain of everything;
 * 2 leaves people between two groups visible. */
const SHARPNESS = 2;

/** Probability of each group as if its members were normally distributed with the group's own scale, tempered. A person belongs to the
 * likeliest group whose radius reaches them, to none when no radius does. @param eligible 0 = never in a group; n */
export function assignMemberships(positions: Matrix, shape: GroupShape, eligible: Uint8Array): Memberships {
  const { rows, columns, data } = positions;
  const count = shape.centres.rows;
  const group = new Int32Array(rows).fill(-1);
  const groups = new Int32Array(rows * MEMBERSHIPS).fill(-1);
  const probabilities = new Float32Array(rows * MEMBERSHIPS);
  const typical = Math.max(meanScale(shape.scales), 1e-9);
  const energy = new Float64Array(count);
  for (let i = 0; i < rows; i++) {
    if (eligible[i] !== 1) continue;
    let least = Number.POSITIVE_INFINITY;
    let chosen = Number.POSITIVE_INFINITY;
    for (let g = 0; g < count; g++) {
      const squared = squaredDistance(data, i * columns, shape.centres.data, g * columns, columns);
      const scale = Math.max(shape.scales[g]!, typical / 4);
      energy[g] = SHARPNESS * (squared / (scale * scale) + 2 * Math.log(scale / typical));
      if (energy[g]! < least) least = energy[g]!;
      if (squared <= shape.radii[g]! ** 2 && energy[g]! < chosen) {
        chosen = energy[g]!;
        group[i] = g;
      }
    }
    let total = 0;
    for (let g = 0; g < count; g++) total += Math.exp(least - energy[g]!);
    for (let slot = 0; slot < Math.min(MEMBERSHIPS, count); slot++) {
      let best = -1;
      for (let g = 0; g < count; g++) {
        if (taken(groups, i, slot, g)) continue;
        if (best < 0 || energy[g]! < energy[best]!) best = g;
      }
      groups[i * MEMBERSHIPS + slot] = best;
      probabilities[i * MEMBERSHIPS + slot] = Math.exp(least - energy[best]!) / total;
    }
  }
  return { group, groups, probabilities };
}

const taken = (groups: Int32Array, row: number, slots: number, g: number): boolean => {
  for (let slot = 0; slot < slots; slot++) if (groups[row * MEMBERSHIPS + slot] === g) return true;
  return false;
};

function meanScale(scales: Float64Array): number {
  let sum = 0;
  for (const scale of scales) sum += scale;
  return scales.length ? sum / scales.length : 0;
}
