import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { createRandom } from '../numeric/random.ts';
import { measureRanking } from '../numeric/ranking.ts';
import { attributeForest, type Forest, fitForestSync, scoreForestSync } from './forest.ts';
import { expandRow, widthOf } from './forest-columns.ts';
import { loadForest, saveForest } from './forest-state.ts';
import { fitForest, scoreForest } from './forest-threads.ts';
import { averagePathLength } from './forest-tree.ts';

/** Normal cloud; the last `odd` rows are shifted in the first column. */
function cloud(rows: number, columns: number, odd: number, seed = 1): Matrix {
  const random = createRandom(seed);
  const matrix = createMatrix(rows, columns);
  for (let i = 0; i < matrix.data.length; i++) matrix.data[i] = random.normal();
  for (let row = rows - odd; row < rows; row++) matrix.data[row * columns]! += 6;
  return matrix;
}

const rowOf = (matrix: Matrix, row: number) => matrix.data.subarray(row * matrix.columns, (row + 1) * matrix.columns);

/** The definition, one row and one tree at a time. */
function scorePlainly(forest: Forest, row: Float64Array): number {
  const finite = new Float64Array(widthOf(forest));
  expandRow(forest, row, 0, finite, 0);
  let path = 0;
  for (const root of forest.roots) {
    let node = root;
    while (forest.feature[node]! >= 0)
      node = forest.child[node]! + (finite[forest.feature[node]!]! <= forest.value[node]! ? 0 : 1);
    path += forest.value[node]!;
  }
  return 2 ** (-path / (forest.trees * averagePathLength(forest.sampleSize)));
}

describe('isolation forest', () => {
  it('uses the exact average path length', () => {
    expect([0, 1, 2, 3].map(averagePathLength)).toEqual([0, 0, 1, expect.closeTo(5 / 3, 12)]);
    expect(averagePathLength(256)).toBeCloseTo(10.2487, 3);
    // Table and series meet.
    expect(averagePathLength(1025) - averagePathLength(1024)).toBeCloseTo(2 / 1025 - 2 / (1024 * 1025) + 0, 5);
  });

  it.each([false, true])('scores as the definition says, extended %s', (extended) => {
    const matrix = cloud(333, 5, 10);
    const forest = fitForestSync(matrix, { seed: 3, trees: 20, extended });
    const scores = scoreForestSync(forest, matrix);
    expect(Array.from(scores)).toEqual(
      Array.from({ length: 333 }, (_, row) => scorePlainly(forest, rowOf(matrix, row))),
    );
  });

  it.each([false, true])('attributes the score to columns without rest, extended %s', (extended) => {
    const matrix = cloud(400, 6, 5);
    const forest = fitForestSync(matrix, { seed: 3, trees: 100, extended });
    const scores = scoreForestSync(forest, matrix);
    for (const row of [0, 17, 399]) {
      const shares = attributeForest(forest, rowOf(matrix, row));
      expect(0.5 + shares.reduce((a, b) => a + b, 0)).toBeCloseTo(scores[row]!, 12);
    }
    const shares = attributeForest(forest, rowOf(matrix, 399));
    expect(shares.indexOf(Math.max(...shares))).toBe(0);
  });

  it('finds what stands apart', () => {
    const matrix = cloud(1000, 4, 20);
    const labels = Uint8Array.from({ length: 1000 }, (_, row) => (row >= 980 ? 1 : 0));
    expect(measureRanking(scoreForestSync(fitForestSync(matrix, { seed: 1 }), matrix), labels).aucRoc).toBeGreaterThan(
      0.97,
    );
  });

  it('is the same with any number of threads', async () => {
    const matrix = cloud(9000, 8, 9);
    const sync = fitForestSync(matrix, { seed: 5, trees: 80, sampleSize: 8192 });
    const forest = await fitForest(matrix, { seed: 5, trees: 80, sampleSize: 8192, threads: 3 });
    expect(forest).toEqual(sync);
    expect(await scoreForest(forest, matrix, { threads: 3 })).toEqual(scoreForestSync(sync, matrix));
  });

  it('stops when told', async () => {
    const stop = new AbortController();
    const work = fitForest(cloud(9000, 8, 9), {
      seed: 5,
      trees: 200,
      sampleSize: 8192,
      threads: 2,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('enough')), 30);
    await expect(work).rejects.toThrow('enough');
  });

  it('comes back from its saved form, and refuses anything else', () => {
    const matrix = cloud(100, 3, 3);
    const forest = fitForestSync(matrix, { seed: 2, trees: 10, extended: true });
    const bytes = saveForest(forest);
    expect(loadForest(bytes)).toEqual(forest);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          scoreForestSync(loadForest(changed), createMatrix(2, loadForest(changed).columns));
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/INPUT_INVALID|DATA_FORMAT/);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(() => loadForest(bytes.subarray(0, 200))).toThrow(/cut off/);
  });

  it('reads every format ever released and scores as then', () => {
    const folder = new URL('../../test/golden/models/', import.meta.url);
    const model = new URL('isolation-forest-1.bin', folder);
    const matrix = cloud(40, 3, 2, 9);
    const expected = JSON.parse(readFileSync(new URL('isolation-forest-1.json', folder), 'utf8'));
    const scores = scoreForestSync(loadForest(readFileSync(model)), matrix);
    expect(Array.from(scores)).toEqual(expected.map((score: number) => expect.closeTo(score, 12)));
  });
});
