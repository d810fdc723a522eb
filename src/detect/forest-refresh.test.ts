import { describe, expect, it } from 'vitest';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { createRandom } from '../numeric/random.ts';
import { measureRanking } from '../numeric/ranking.ts';
import { attributeForest, fitForestSync, scoreForestSync } from './forest.ts';
import { refreshForest } from './forest-refresh.ts';
import { loadForest, saveForest } from './forest-state.ts';

/** A normal cloud around `centre` in every column; the last `odd` rows stand six away in the first. */
function cloud(rows: number, centre: number, odd = 0, seed = 1): Matrix {
  const random = createRandom(seed);
  const matrix = createMatrix(rows, 4);
  for (let i = 0; i < matrix.data.length; i++) matrix.data[i] = centre + random.normal();
  for (let row = rows - odd; row < rows; row++) matrix.data[row * 4]! += 6;
  return matrix;
}

const OLD = cloud(600, 0);
const FRESH = cloud(500, 8, 0, 2);
const forest = fitForestSync(OLD, { seed: 3, trees: 40, sampleSize: 64 });

describe('refresh of a forest', () => {
  it('keeps the younger trees as they are, the new ones behind them, and the forest it was given', async () => {
    const before = saveForest(forest);
    const next = await refreshForest(forest, FRESH, { share: 0.25 });
    expect(saveForest(forest)).toEqual(before);
    expect([next.trees, next.grown, next.sampleSize]).toEqual([40, 50, 64]);
    const kept = forest.roots[10]!;
    expect(next.roots.slice(0, 30)).toEqual(forest.roots.slice(10).map((root) => root - kept));
    expect(next.value.slice(0, forest.value.length - kept)).toEqual(forest.value.slice(kept));
    expect(loadForest(saveForest(next))).toEqual(next);
  });

  it('gives the same trees for any number of threads and order of rows, and other ones each time', async () => {
    const large = cloud(9000, 1, 0, 4);
    const base = fitForestSync(large, { seed: 5, trees: 60, sampleSize: 8192 });
    const next = await refreshForest(base, large, { share: 1, threads: 1 });
    expect(await refreshForest(base, large, { share: 1, threads: 3 })).toEqual(next);
    const turned = createMatrix(9000, 4);
    for (let row = 0; row < 9000; row++) turned.data.set(large.data.subarray(row * 4, row * 4 + 4), (8999 - row) * 4);
    expect(await refreshForest(base, turned, { share: 1, threads: 1 })).toEqual(next);
    const again = await refreshForest(next, large, { share: 1, threads: 1 });
    expect(again.value).not.toEqual(next.value);
    expect(again.grown).toBe(180);
  });

  it('forgets the old rows over time', async () => {
    const week = cloud(500, 8, 10, 6);
    const labels = Uint8Array.from({ length: 500 }, (_, row) => (row >= 490 ? 1 : 0));
    let next = forest;
    for (let day = 0; day < 10; day++) next = await refreshForest(next, cloud(500, 8, 0, 10 + day));
    const quality = (judge: typeof forest) => measureRanking(scoreForestSync(judge, week), labels).aucRoc;
    const refit = fitForestSync(FRESH, { seed: 3, trees: 40, sampleSize: 64 });
    expect(quality(next)).toBeGreaterThan(quality(refit) - 0.05);
    expect(quality(next)).toBeGreaterThan(quality(forest) + 0.1);
    const usual = scoreForestSync(next, FRESH);
    expect(usual.reduce((sum, score) => sum + score, 0) / 500).toBeLessThan(0.5);
  });

  it('measures trees of few rows like the others, and attributes them without rest', async () => {
    const next = await refreshForest(forest, cloud(20, 0, 0, 7), { share: 0.5 });
    const [before, after] = [scoreForestSync(forest, OLD), scoreForestSync(next, OLD)];
    const meanOf = (scores: Float64Array) => scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(Math.abs(meanOf(after) - meanOf(before))).toBeLessThan(0.05);
    const shares = attributeForest(next, OLD.data.subarray(0, 4));
    expect(0.5 + shares.reduce((a, b) => a + b, 0)).toBeCloseTo(after[0]!, 12);
  });

  it('stays as it is without rows that differ', async () => {
    for (const rows of [createMatrix(0, 4), cloud(1, 0), createMatrix(50, 4)])
      expect(await refreshForest(forest, rows, { share: 1 })).toBe(forest);
    await expect(refreshForest(forest, createMatrix(3, 5))).rejects.toThrow(RangeError);
    await expect(refreshForest(forest, FRESH, { share: 2 })).rejects.toThrow(RangeError);
  });

  it('takes the place of missing values from the new rows', async () => {
    const next = await refreshForest(forest, FRESH);
    expect(next.fill[0]).toBeCloseTo(8, 0);
  });
});
