import type { Matrix } from '../numeric/matrix.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { learnScaling, readScaling, requireColumns, type Scaling, scaleRow, scalingArrays } from './density-scale.ts';
import { defineDetector } from './detector.ts';
import type { SavedForm } from './saved-model.ts';

/**
 * Mahalanobis distance with a mean and covariance of the inner three quarters of the rows, found by concentration steps
 * (minimum covariance determinant: Rousseeuw and Van Driessen 1999) from the column medians, so that anomalies do not
 * widen the measure they are judged by. A tenth of the mean variance is added to the diagonal, for columns that
 * depend on each other. Sees broken linear relations between columns; knows one centre only.
 */
export interface RobustCovariance {
  scaling: Scaling;
  centre: Float64Array;
  /** Lower triangle of the Cholesky factor, row by row, kept columns x kept columns; or its diagonal alone. */
  factor: Float64Array;
}

const INNER_SHARE = 0.75;
const RIDGE = 0.1;
const ROWS = 20_000;
const MOST_STEPS = 20;
/** Beyond this many columns they are taken as independent. */
const MOST_COLUMNS = 300;

/** @param order all rows in content order */
export function fitCovariance(matrix: Matrix, order: Uint32Array): RobustCovariance {
  const scaling = learnScaling(matrix, order);
  const d = scaling.kept.length;
  const used = spreadRows(order, ROWS);
  const rows = new Float64Array(used.length * d);
  for (const [i, row] of used.entries()) scaleRow(scaling, matrix.data, row * matrix.columns, rows, i * d);
  const inner = Math.ceil(used.length * INNER_SHARE);
  let { centre, factor } = startFromMedians(rows, used.length, d);
  let chosen = nearest(rows, used.length, centre, factor, inner);
  for (let step = 0; step < MOST_STEPS && d > 0 && inner > 0; step++) {
    ({ centre, factor } = describe(rows, chosen, d));
    const next = nearest(rows, used.length, centre, factor, inner);
    if (next.every((row, i) => row === chosen[i])) break;
    chosen = next;
  }
  return { scaling, centre, factor };
}

/** The `count` rows nearest to the column medians, each column in units of its mean deviation from there; by row number. */
export function nearestToMedians(rows: Float64Array, n: number, d: number, count: number): Uint32Array {
  const { centre, factor } = startFromMedians(rows, n, d);
  return nearest(rows, n, centre, factor, count);
}

function startFromMedians(rows: Float64Array, n: number, d: number): { centre: Float64Array; factor: Float64Array } {
  const centre = new Float64Array(d);
  const factor = new Float64Array(d);
  const column = new Float64Array(n);
  for (let j = 0; j < d; j++) {
    for (let i = 0; i < n; i++) column[i] = rows[i * d + j]!;
    centre[j] = column.sort()[n >> 1]!;
    let spread = 0;
    for (let i = 0; i < n; i++) spread += Math.abs(rows[i * d + j]! - centre[j]!);
    factor[j] = Math.max(spread / n, 1e-6);
  }
  return { centre, factor };
}

/** The `count` rows nearest to the centre, by row number. */
function nearest(
  rows: Float64Array,
  n: number,
  centre: Float64Array,
  factor: Float64Array,
  count: number,
): Uint32Array {
  const solved = new Float64Array(centre.length);
  const squared = Float64Array.from({ length: n }, (_, i) =>
    squaredDistance(rows, i * centre.length, centre, factor, solved),
  );
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => squared[a]! - squared[b]! || a - b);
  return order.slice(0, count).sort();
}

/** Mean and Cholesky factor of the ridged covariance of the chosen rows. */
function describe(rows: Float64Array, chosen: Uint32Array, d: number): { centre: Float64Array; factor: Float64Array } {
  const centre = new Float64Array(d);
  for (const row of chosen) for (let j = 0; j < d; j++) centre[j]! += rows[row * d + j]! / chosen.length;
  // Row by row; for many columns only the diagonal.
  const size = d > MOST_COLUMNS ? 1 : d;
  const covariance = new Float64Array(d * size);
  const shifted = new Float64Array(d);
  for (const row of chosen) {
    for (let j = 0; j < d; j++) shifted[j] = rows[row * d + j]! - centre[j]!;
    if (size === 1) for (let j = 0; j < d; j++) covariance[j]! += shifted[j]! ** 2 / chosen.length;
    else
      for (let j = 0; j < d; j++)
        for (let k = 0; k <= j; k++) covariance[j * d + k]! += (shifted[j]! * shifted[k]!) / chosen.length;
  }
  const step = size === 1 ? 1 : d + 1;
  let trace = 0;
  for (let j = 0; j < d; j++) trace += covariance[j * step]!;
  const ridge = Math.max((RIDGE * trace) / d, 1e-9);
  for (let j = 0; j < d; j++) covariance[j * step]! += ridge;
  return { centre, factor: size === 1 ? covariance.map(Math.sqrt) : factorise(covariance, d) };
}

/** Cholesky, in place: the covariance is positive definite because of the ridge. */
function factorise(a: Float64Array, d: number): Float64Array {
  for (let j = 0; j < d; j++)
    for (let k = 0; k <= j; k++) {
      let sum = a[j * d + k]!;
      for (let i = 0; i < k; i++) sum -= a[j * d + i]! * a[k * d + i]!;
      a[j * d + k] = j === k ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[k * d + k]!;
    }
  return a;
}

/** |L^-1 (x - centre)|^2; leaves L^-1 (x - centre) in `solved`. */
function squaredDistance(
  rows: Float64Array,
  at: number,
  centre: Float64Array,
  factor: Float64Array,
  solved: Float64Array,
): number {
  const d = centre.length;
  const diagonal = factor.length === d;
  let sum = 0;
  for (let j = 0; j < d; j++) {
    let value = rows[at + j]! - centre[j]!;
    if (diagonal) {
      solved[j] = value / factor[j]!;
      sum += solved[j]! ** 2;
      continue;
    }
    for (let k = 0, row = j * d; k < j; k++) value -= factor[row + k]! * solved[k]!;
    value /= factor[j * d + j]!;
    solved[j] = value;
    sum += value * value;
  }
  return sum;
}

export function createCovarianceScorer({ scaling, centre, factor }: RobustCovariance): RowFunction {
  const row = new Float64Array(centre.length);
  const solved = new Float64Array(centre.length);
  return (matrix, from, to, scores) => {
    requireColumns(scaling.columns, matrix);
    for (let i = from; i < to; i++) {
      scaleRow(scaling, matrix.data, i * matrix.columns, row, 0);
      scores[i] = Math.sqrt(squaredDistance(row, 0, centre, factor, solved));
    }
  };
}

/** (x - centre) times the gradient of the squared distance, column by column; may be below zero. */
export function attributeCovariance({ scaling, centre, factor }: RobustCovariance, row: Float64Array): Float64Array {
  const d = centre.length;
  const scaled = new Float64Array(d);
  const solved = new Float64Array(d);
  scaleRow(scaling, row, 0, scaled, 0);
  squaredDistance(scaled, 0, centre, factor, solved);
  const out = new Float64Array(row.length);
  if (factor.length === d) {
    for (let j = 0; j < d; j++) out[scaling.kept[j]!] = solved[j]! ** 2;
    return out;
  }
  for (let j = d - 1; j >= 0; j--) {
    let value = solved[j]!;
    for (let k = j + 1; k < d; k++) value -= factor[k * d + j]! * solved[k]!;
    solved[j] = value / factor[j * d + j]!;
    out[scaling.kept[j]!] = solved[j]! * (scaled[j]! - centre[j]!);
  }
  return out;
}

const COVARIANCE_FORM: SavedForm<RobustCovariance> = {
  kind: 'covariance',
  version: 1,
  write: ({ scaling, centre, factor }) => ({
    values: { columns: scaling.columns },
    arrays: { ...scalingArrays(scaling), centre, factor },
  }),
  read(saved) {
    const scaling = readScaling(saved);
    const d = scaling.kept.length;
    const factor = saved.array('factor', Float64Array);
    saved.require(factor.length === d || factor.length === d * d, 'the factor has another size');
    const diagonal = Array.from({ length: d }, (_, j) => factor[factor.length === d ? j : j * (d + 1)]!);
    saved.require(
      diagonal.every((value) => value > 0),
      'the factor is not positive',
    );
    return { scaling, centre: saved.array('centre', Float64Array, d), factor };
  },
};

/** Broken linear relations. Part of the ensemble. */
export const COVARIANCE_DETECTOR = defineDetector<RobustCovariance>({
  id: 'covariance',
  form: COVARIANCE_FORM,
  fit: (matrix) => fitCovariance(matrix, orderByContent(matrix)),
  task: (model) => ({
    task: { module: import.meta.url, name: 'createCovarianceScorer' },
    create: createCovarianceScorer,
    state: model,
    rowNs: model.factor.length + model.centre.length + 20,
  }),
  attribute: attributeCovariance,
});
