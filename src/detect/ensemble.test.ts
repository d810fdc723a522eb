import { describe, expect, it } from 'vitest';
import { createMatrix } from '../numeric/matrix.ts';
import { createRandom } from '../numeric/random.ts';
import { orderByContent } from '../numeric/row-order.ts';
import { attributeNeighbours, createNeighbourScorer, fitNeighbours } from './density-neighbours.ts';
import { attributeTails, createTailScorer, fitTails } from './density-tails.ts';
import { learnCalibration, surpriseOfScore } from './ensemble-calibration.ts';

describe('calibration', () => {
  const calibration = learnCalibration(Float64Array.from({ length: 1000 }, (_, i) => i % 500));

  it('gives the surprise of the tail, ties counted half', () => {
    expect(surpriseOfScore(calibration, -1)).toBe(0);
    expect(surpriseOfScore(calibration, 249)).toBeCloseTo(-Math.log(1 - 499 / 1000), 9);
  });

  it('never falls as the score rises, far beyond the largest seen too', () => {
    const scores = [-5, 0, 0.5, 1, 250, 498, 499, 499.5, 600, 1e6, 1e300];
    const surprises = scores.map((score) => surpriseOfScore(calibration, score));
    expect(surprises).toEqual([...surprises].sort((a, b) => a - b));
    expect(new Set(surprises.slice(-5)).size).toBe(5);
    expect(surprises.every(Number.isFinite)).toBe(true);
  });

  it('knows nothing without scores', () => expect(surpriseOfScore(learnCalibration(new Float64Array(0)), 3)).toBe(0));
});

describe('sampled neighbours', () => {
  it('are the nearest of each sample, a row itself left out, twins counted', () => {
    const random = createRandom(3);
    const matrix = createMatrix(40, 3);
    for (let i = 0; i < 120; i++) matrix.data[i] = random.normal();
    matrix.data.copyWithin(3, 0, 3);
    const model = fitNeighbours(matrix, orderByContent(matrix), { samples: 1, sampleSize: 40, seed: 1 });
    const scores = new Float64Array(40);
    createNeighbourScorer(model)(matrix, 0, 40, scores);
    const { mean, deviation } = model.scaling;
    const scaled = (row: number, j: number) => (matrix.data[row * 3 + j]! - mean[j]!) / deviation[j]!;
    for (let row = 0; row < 40; row++) {
      const distances = Array.from({ length: 40 }, (_, other) =>
        other === row
          ? Number.POSITIVE_INFINITY
          : Math.hypot(...[0, 1, 2].map((j) => scaled(row, j) - scaled(other, j))),
      );
      expect(scores[row]).toBeCloseTo(Math.min(...distances), 4);
      const shares = attributeNeighbours(model, matrix.data.subarray(row * 3, row * 3 + 3));
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(scores[row]!, 4);
    }
    expect([scores[0], scores[1]]).toEqual([0, 0]);
  });
});

describe('tails', () => {
  it('are those of each column, on both sides', () => {
    const matrix = createMatrix(100, 2);
    for (let row = 0; row < 100; row++) matrix.data.set([row, row < 90 ? 0 : 5], row * 2);
    const model = fitTails(matrix, orderByContent(matrix));
    const row = Float64Array.of(99, 5);
    expect(Array.from(attributeTails(model, row))).toEqual([
      expect.closeTo(Math.log(100), 12),
      expect.closeTo(Math.log(10), 12),
    ]);
    expect(Array.from(attributeTails(model, Float64Array.of(-3, Number.NaN)))).toEqual([
      expect.closeTo(Math.log(200), 12),
      0,
    ]);
    const scores = new Float64Array(100);
    createTailScorer(model)(matrix, 0, 100, scores);
    expect(scores[99]).toBeCloseTo(Math.log(1000), 9);
  });
});
