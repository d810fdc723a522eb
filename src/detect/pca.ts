import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { breathe, type ThreadOptions } from '../numeric/threads.ts';
import { multiply, symmetricEigenpairs, topEigenpairs } from '../numeric/top-eigenpairs.ts';
import { KEPT_SHARE, LEAST_ERROR, middleOf, scaleInput } from './autoencoder.ts';
import { nearestToMedians } from './density-covariance.ts';
import { learnScaling, readScaling, requireColumns, type Scaling, scalingArrays } from './density-scale.ts';
import { defineDetector } from './detector.ts';
import type { SavedForm } from './saved-model.ts';

/**
 * Principal components as the linear counterpart of the autoencoder: the same scaling and bounds of the input, the same width
 * of the middle, the same trimming (components of the three quarters of the rows that they give back best, found by repeated
 * fits from the rows nearest to the medians, as in a minimum covariance determinant) and the same error of each column over what is usual for it. What the
 * autoencoder does better than this is what its non-linearity is worth.
 */
export interface PrincipalPlane {
  scaling: Scaling;
  /** Mean of the scaled rows that the components were taken from; kept columns. */
  centre: Float64Array;
  /** Orthonormal, one behind the other; components x kept columns. */
  components: Float64Array;
  /** Mean squared error of each kept column over the rows of the fit. */
  usualError: Float64Array;
}

const ROWS = 20_000;
const VALUES = 1 << 21;
const MOST_STEPS = 8;
/** Beyond this many columns the leading components are approximated by subspace iteration. */
const EXACT_COLUMNS = 200;
const ITERATIONS = 8;

export async function fitPca(matrix: Matrix, options: ThreadOptions): Promise<PrincipalPlane> {
  const order = orderByContent(matrix);
  const scaling = learnScaling(matrix, order);
  const d = scaling.kept.length;
  const used = spreadRows(order, Math.min(ROWS, Math.max(1, Math.ceil(VALUES / Math.max(1, d)))));
  const rows = createMatrix(used.length, d);
  for (const [i, row] of used.entries()) scaleInput(scaling, matrix.data, row * matrix.columns, rows.data, i * d);
  const inner = Math.ceil(used.length * KEPT_SHARE);
  let chosen = nearestToMedians(rows.data, rows.rows, d, inner);
  let plane: Plane = { centre: new Float64Array(d), components: new Float64Array(0) };
  for (let step = 0; step < MOST_STEPS && chosen.length > 0; step++) {
    await breathe(options.signal);
    plane = describe(rows, chosen);
    const next = bestGivenBack(rows, plane, inner);
    if (next.every((row, i) => row === chosen[i])) break;
    chosen = next;
  }
  const usualError = new Float64Array(d);
  const errors = new Float64Array(d);
  for (let i = 0; i < rows.rows; i++) {
    squaredErrors(plane, rows.data, i * d, errors);
    for (let j = 0; j < d; j++) usualError[j]! += errors[j]! / rows.rows;
  }
  return { scaling, ...plane, usualError };
}

type Plane = Pick<PrincipalPlane, 'centre' | 'components'>;

/** Mean and leading components of the chosen rows. */
function describe(rows: Matrix, chosen: Uint32Array): Plane {
  const d = rows.columns;
  const centre = new Float64Array(d);
  for (const row of chosen) for (let j = 0; j < d; j++) centre[j]! += rows.data[row * d + j]! / chosen.length;
  const centred = createMatrix(chosen.length, d);
  for (const [i, row] of chosen.entries())
    for (let j = 0; j < d; j++) centred.data[i * d + j] = rows.data[row * d + j]! - centre[j]!;
  // One column has nothing to be given back by.
  const count = Math.min(middleOf(d), Math.max(0, d - 1));
  const { vectors } =
    d > EXACT_COLUMNS
      ? topEigenpairs((block) => multiplyTransposed(centred, multiply(centred, block)), d, count, {
          seed: 0,
          iterations: ITERATIONS,
        })
      : symmetricEigenpairs(multiplyTransposed(centred, centred));
  const components = Float64Array.from(
    { length: count * d },
    (_, i) => vectors.data[(i % d) * vectors.columns + Math.floor(i / d)]!,
  );
  return { centre, components };
}

/** Transposed a times b. */
function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  const out = createMatrix(a.columns, b.columns);
  for (let i = 0; i < a.rows; i++)
    for (let p = 0; p < a.columns; p++) {
      const x = a.data[i * a.columns + p]!;
      if (x === 0) continue;
      for (let q = 0, at = i * b.columns, to = p * b.columns; q < b.columns; q++)
        out.data[to + q]! += x * b.data[at + q]!;
    }
  return out;
}

/** The `count` rows with the smallest errors, by row number. */
function bestGivenBack(rows: Matrix, plane: Plane, count: number): Uint32Array {
  const errors = new Float64Array(rows.columns);
  const total = Float64Array.from({ length: rows.rows }, (_, i) => {
    squaredErrors(plane, rows.data, i * rows.columns, errors);
    return errors.reduce((sum, error) => sum + error, 0);
  });
  const order = Uint32Array.from(total.keys()).sort((a, b) => total[a]! - total[b]! || a - b);
  return order.slice(0, count).sort();
}

/** Squared error of each column of one scaled row. */
function squaredErrors({ centre, components }: Plane, row: Float64Array, at: number, out: Float64Array): void {
  const d = centre.length;
  for (let j = 0; j < d; j++) out[j] = row[at + j]! - centre[j]!;
  for (let from = 0; from < components.length; from += d) {
    // The components are orthonormal: what one has taken away does not change the projection on the next.
    let projection = 0;
    for (let j = 0; j < d; j++) projection += components[from + j]! * out[j]!;
    for (let j = 0; j < d; j++) out[j]! -= projection * components[from + j]!;
  }
  for (let j = 0; j < d; j++) out[j]! **= 2;
}

export function createPcaScorer(model: PrincipalPlane): RowFunction {
  const { scaling } = model;
  const errorsOf = createErrorFunction(model);
  return (matrix, from, to, scores) => {
    requireColumns(scaling.columns, matrix);
    for (let row = from; row < to; row++) {
      let sum = 0;
      for (const part of errorsOf(matrix.data, row * matrix.columns)) sum += part;
      scores[row] = sum;
    }
  };
}

/** Each kept column's part of the score. */
function createErrorFunction(model: PrincipalPlane) {
  const { scaling, usualError } = model;
  const d = scaling.kept.length;
  const scaled = new Float64Array(d);
  const errors = new Float64Array(d);
  return (data: Float64Array, from: number): Float64Array => {
    scaleInput(scaling, data, from, scaled, 0);
    squaredErrors(model, scaled, 0, errors);
    for (let j = 0; j < d; j++) errors[j] = errors[j]! / (usualError[j]! + LEAST_ERROR) / d;
    return errors;
  };
}

function attributePca(model: PrincipalPlane, row: Float64Array): Float64Array {
  const out = new Float64Array(row.length);
  for (const [j, part] of createErrorFunction(model)(row, 0).entries()) out[model.scaling.kept[j]!] = part;
  return out;
}

const PCA_FORM: SavedForm<PrincipalPlane> = {
  kind: 'pca',
  version: 1,
  write: ({ scaling, centre, components, usualError }) => ({
    values: { columns: scaling.columns },
    arrays: { ...scalingArrays(scaling), centre, components, usualError },
  }),
  read(saved) {
    const scaling = readScaling(saved);
    const d = scaling.kept.length;
    const components = saved.array('components', Float64Array);
    saved.require(d === 0 ? components.length === 0 : components.length % d === 0, 'a component is cut off');
    const usualError = saved.array('usualError', Float64Array, d);
    saved.require(
      usualError.every((value) => value >= 0),
      'a usual error is below zero',
    );
    return { scaling, centre: saved.array('centre', Float64Array, d), components, usualError };
  },
};

export const PCA_DETECTOR = defineDetector<PrincipalPlane>({
  id: 'pca',
  form: PCA_FORM,
  fit: fitPca,
  task: (model) => ({
    task: { module: import.meta.url, name: 'createPcaScorer' },
    create: createPcaScorer,
    state: model,
    rowNs: 2 * model.components.length + 10 * model.centre.length + 20,
  }),
  attribute: attributePca,
});
