import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex } from './cluster-metrics.ts';
import { assignToCentres, kMeans, squaredDistance } from './kmeans.ts';
import { findCommunities, type Graph } from './louvain.ts';
import { createMatrix, type Matrix } from './matrix.ts';
import { createRandom } from './random.ts';
import { multiply, symmetricEigenpairs, topEigenpairs } from './top-eigenpairs.ts';
import { wardTree } from './ward.ts';

function blobs(clusters: number, each: number, seed: number): { points: Matrix; truth: Int32Array } {
  const random = createRandom(seed);
  const points = createMatrix(clusters * each, 3);
  const truth = Int32Array.from({ length: points.rows }, (_, i) => i % clusters);
  for (let i = 0; i < points.rows; i++)
    for (let c = 0; c < 3; c++) points.data[i * 3 + c] = 10 * Math.cos((truth[i]! + 1) * (c + 2)) + random.normal();
  return { points, truth };
}

const randomMatrix = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), fc.integer())
  .map(([rows, columns, seed]) => {
    const random = createRandom(seed);
    return createMatrix(
      rows,
      columns,
      Float64Array.from({ length: rows * columns }, () => Math.round(4 * random.normal())),
    );
  });

describe('kMeans', () => {
  it('finds blobs, the same way every time', () => {
    const { points, truth } = blobs(4, 50, 1);
    const result = kMeans(points, { clusters: 4, seed: 7 });
    expect(adjustedRandIndex(truth, result.assignment)).toBeGreaterThan(0.99);
    expect(kMeans(points, { clusters: 4, seed: 7 })).toEqual(result);
  });

  it('ends with every row at its nearest centre and centres at their means', () => {
    fc.assert(
      fc.property(randomMatrix, fc.integer({ min: 1, max: 6 }), (points, clusters) => {
        const { centres, assignment, inertia } = kMeans(points, { clusters, seed: 1, restarts: 1, maxIterations: 500 });
        const nearest = assignToCentres(points, centres);
        let sum = 0;
        for (let i = 0; i < points.rows; i++) {
          const d = points.columns;
          const own = squaredDistance(points.data, i * d, centres.data, assignment[i]! * d, d);
          const best = squaredDistance(points.data, i * d, centres.data, nearest[i]! * d, d);
          expect(own).toBeCloseTo(best, 9);
          sum += own;
        }
        expect(inertia).toBeCloseTo(sum, 6);
      }),
      { numRuns: 100 },
    );
  });

  it('survives no rows, one row and rows all alike', () => {
    expect(kMeans(createMatrix(0, 2), { clusters: 3, seed: 1 }).assignment).toHaveLength(0);
    expect([...kMeans(createMatrix(1, 2), { clusters: 3, seed: 1 }).assignment]).toEqual([0]);
    expect(kMeans(createMatrix(9, 2), { clusters: 3, seed: 1 }).inertia).toBe(0);
  });
});

describe('wardTree', () => {
  it('joins the parts of a blob before blobs, at every number of clusters', () => {
    const { points, truth } = blobs(5, 12, 2);
    const tree = wardTree(points, new Float64Array(points.rows).fill(1));
    expect(adjustedRandIndex(truth, tree.at(5))).toBe(1);
    for (const k of [1, 2, 7, 60]) expect(new Set(tree.at(k)).size).toBe(k);
  });

  it('survives nothing and one point', () => {
    expect(wardTree(createMatrix(0, 2), new Float64Array(0)).at(3)).toHaveLength(0);
    expect([...wardTree(createMatrix(1, 2), new Float64Array([1])).at(3)]).toEqual([0]);
  });
});

describe('findCommunities', () => {
  const ring = (cliques: number, size: number): Graph => {
    const pairs: [number, number][] = [];
    for (let q = 0; q < cliques; q++) {
      for (let a = 0; a < size; a++) for (let b = a + 1; b < size; b++) pairs.push([q * size + a, q * size + b]);
      pairs.push([q * size, ((q + 1) % cliques) * size + 1]);
    }
    const lists: number[][] = Array.from({ length: cliques * size }, () => []);
    for (const [a, b] of pairs) {
      lists[a]!.push(b);
      lists[b]!.push(a);
    }
    const offsets = new Int32Array(lists.length + 1);
    lists.forEach((list, i) => {
      offsets[i + 1] = offsets[i]! + list.length;
    });
    const targets = Int32Array.from(lists.flat());
    return { offsets, targets, weights: new Float64Array(targets.length).fill(1) };
  };

  it('finds cliques on a ring, more and smaller ones at a higher resolution', () => {
    const labels = findCommunities(ring(8, 6), { resolution: 1, seed: 1 });
    expect(new Set(labels).size).toBe(8);
    expect(
      adjustedRandIndex(
        labels,
        Int32Array.from(labels, (_, i) => Math.floor(i / 6)),
      ),
    ).toBe(1);
    expect(new Set(findCommunities(ring(8, 6), { resolution: 100, seed: 1 })).size).toBe(48);
  });

  it('leaves lone nodes alone', () => {
    const graph = { offsets: new Int32Array(4), targets: new Int32Array(0), weights: new Float64Array(0) };
    expect([...findCommunities(graph, { resolution: 1, seed: 1 })]).toEqual([0, 1, 2]);
  });
});

describe('eigenpairs', () => {
  const random = createRandom(5);
  const table = createMatrix(
    60,
    12,
    Float64Array.from({ length: 720 }, (_, i) => random.normal() / (1 + (i % 12))),
  );
  const covariance = createMatrix(12, 12);
  for (let i = 0; i < 60; i++)
    for (let p = 0; p < 12; p++)
      for (let q = 0; q < 12; q++) covariance.data[p * 12 + q]! += table.data[i * 12 + p]! * table.data[i * 12 + q]!;

  it('satisfy their equation and fall', () => {
    const { values, vectors } = symmetricEigenpairs(covariance);
    const image = multiply(covariance, vectors);
    for (let k = 0; k < 12; k++) {
      for (let i = 0; i < 12; i++)
        expect(image.data[i * 12 + k]!).toBeCloseTo(values[k]! * vectors.data[i * 12 + k]!, 8);
      if (k > 0) expect(values[k]!).toBeLessThanOrEqual(values[k - 1]!);
    }
  });

  it('agree between the whole and the leading ones by iteration', () => {
    const all = symmetricEigenpairs(covariance).values;
    const top = topEigenpairs((block) => multiply(covariance, block), 12, 3, { seed: 1, iterations: 20 }).values;
    for (let k = 0; k < 3; k++) expect(top[k]! / all[k]!).toBeCloseTo(1, 6);
  });

  it('are zero for a zero operator', () => {
    const zero = topEigenpairs((block) => createMatrix(block.rows, block.columns), 5, 2, { seed: 1, iterations: 2 });
    expect([...zero.values]).toEqual([0, 0]);
  });
});
