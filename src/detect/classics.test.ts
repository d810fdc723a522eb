import { describe, expect, it } from 'vitest';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { createRandom } from '../numeric/random.ts';
import { COPOD_DETECTOR } from './copod.ts';
import { ECOD_DETECTOR } from './density-tails.ts';
import { KNN_DETECTOR } from './knn.ts';
import { PCA_DETECTOR } from './pca.ts';

const N = 120;
const D = 4;

/** Skewed to the right, skewed to the left, a count, and a column that follows the first two. */
function table(): Matrix {
  const random = createRandom(12);
  const matrix = createMatrix(N, D);
  for (let row = 0; row < N; row++) {
    const [a, b] = [random.normal() ** 2, -(random.normal() ** 2)];
    matrix.data.set([a, b, random.int(4), a + b + 0.05 * random.normal()], row * D);
  }
  return matrix;
}
const MATRIX = table();
const columnOf = (column: number) => Array.from({ length: N }, (_, row) => MATRIX.data[row * D + column]!);

async function score(detector: typeof ECOD_DETECTOR, matrix = MATRIX): Promise<Float64Array> {
  return (await detector.fit(matrix, { seed: 1, threads: 1 })).scoreSync(matrix);
}

/** -ln of both tails of each value of a column, by counting. */
const tailsOf = (column: number) => {
  const values = columnOf(column);
  return values.map((x) => ({
    left: -Math.log(values.filter((other) => other <= x).length / N),
    right: -Math.log(values.filter((other) => other >= x).length / N),
  }));
};

describe('ECOD and COPOD', () => {
  it('are the sums that the definitions say', async () => {
    const [ecod, copod] = [await score(ECOD_DETECTOR), await score(COPOD_DETECTOR)];
    const skew = [0, 1, 2, 3].map((column) => {
      const values = columnOf(column);
      const mean = values.reduce((a, b) => a + b, 0) / N;
      return Math.sign(values.reduce((sum, x) => sum + (x - mean) ** 3, 0));
    });
    expect(skew.slice(0, 2)).toEqual([1, -1]);
    const tails = [0, 1, 2, 3].map(tailsOf);
    for (let row = 0; row < N; row++) {
      const sum = (of: (left: number, right: number, sign: number) => number) =>
        tails.reduce((total, column, j) => total + of(column[row]!.left, column[row]!.right, skew[j]!), 0);
      expect(ecod[row]).toBeCloseTo(
        sum((left, right) => Math.max(left, right)),
        10,
      );
      expect(copod[row]).toBeCloseTo(
        sum((left, right, sign) => Math.max(sign > 0 ? right : left, (left + right) / 2)),
        10,
      );
    }
  });
});

describe('kNN', () => {
  it('is the distance to the fifth nearest other row, twins counted', async () => {
    const matrix = { ...MATRIX, data: MATRIX.data.slice() };
    for (let twin = 1; twin < 7; twin++) matrix.data.copyWithin(twin * D, 0, D);
    const fitted = await KNN_DETECTOR.fit(matrix, { seed: 1, threads: 1 });
    const scores = fitted.scoreSync(matrix);
    const scale = Array.from({ length: D }, (_, column) => {
      const values = Array.from({ length: N }, (_, row) => matrix.data[row * D + column]!);
      const mean = values.reduce((a, b) => a + b, 0) / N;
      return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / N);
    });
    for (let row = 0; row < N; row++) {
      const distances = Array.from({ length: N }, (_, other) =>
        Math.hypot(...scale.map((unit, j) => (matrix.data[row * D + j]! - matrix.data[other * D + j]!) / unit)),
      )
        .filter((_, other) => other !== row)
        .sort((a, b) => a - b);
      expect(scores[row]).toBeCloseTo(distances[4]!, 4);
    }
    expect(scores[3]).toBe(0);
  });

  it('has fewer neighbours where there are fewer rows', async () => {
    const few = createMatrix(3, 1, Float64Array.of(0, 1, 5));
    const fitted = await KNN_DETECTOR.fit(few, { seed: 1 });
    const unit = Math.sqrt(14 / 3);
    expect(Array.from(fitted.scoreSync(few), (x) => x * unit)).toEqual([5, 4, 5].map((x) => expect.closeTo(x, 4)));
  });
});

describe('PCA', () => {
  it('sees a broken relation, and says in which columns', async () => {
    const random = createRandom(4);
    const matrix = createMatrix(N, D);
    for (let row = 0; row < N; row++) {
      const x = random.normal();
      matrix.data.set([x, -2 * x, x + 0.1 * random.normal(), 3 * x + 0.1 * random.normal()], row * D);
    }
    matrix.data[7 * D + 3]! += 3;
    const fitted = await PCA_DETECTOR.fit(matrix, { seed: 1, threads: 1 });
    const scores = fitted.scoreSync(matrix);
    expect(scores.indexOf(Math.max(...scores))).toBe(7);
    const { perColumn } = fitted.attribute(matrix, 7);
    expect(perColumn.indexOf(Math.max(...perColumn))).toBe(3);
  });

  it('takes the same components from many columns, where they are found by iteration', async () => {
    const random = createRandom(3);
    const wide = createMatrix(400, 230);
    for (let row = 0; row < 400; row++) {
      const factors = [random.normal(), random.normal(), random.normal()];
      for (let column = 0; column < 230; column++)
        wide.data[row * 230 + column] = factors[column % 3]! * (1 + (column % 7)) + 0.3 * random.normal();
    }
    wide.data[5 * 230 + 9]! += 8;
    const scores = await score(PCA_DETECTOR, wide);
    expect(scores.indexOf(Math.max(...scores))).toBe(5);
  });
});
