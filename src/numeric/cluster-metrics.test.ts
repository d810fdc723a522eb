import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex, sampleRows, silhouette } from './cluster-metrics.ts';
import { createMatrix } from './matrix.ts';

describe('adjustedRandIndex', () => {
  it('gives the worked example of Hubert and Arabie', () => {
    // 10 rows, contingency table [[1,1,0],[1,2,1],[0,0,4]]: 0.3126 (Yeung and Ruzzo 2001).
    const a = [0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
    const b = [0, 1, 0, 1, 1, 2, 2, 2, 2, 2];
    expect(adjustedRandIndex(a, b)).toBeCloseTo(0.3126, 3);
  });

  it('is 1 for the same partition under other names and symmetric', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1 }), (labels) => {
        expect(
          adjustedRandIndex(
            labels,
            labels.map((label) => (label < 0 ? -1 : 9 - label)),
          ),
        ).toBeCloseTo(1);
        const other = labels.map((_, i) => i % 3);
        expect(adjustedRandIndex(labels, other)).toBeCloseTo(adjustedRandIndex(other, labels));
      }),
    );
  });

  it('leaves out rows without a label and survives nothing', () => {
    expect(adjustedRandIndex([0, 0, 1, 1, -1], [5, 5, 6, 6, 5])).toBe(1);
    expect(adjustedRandIndex([], [])).toBe(1);
    expect(adjustedRandIndex([-1], [0])).toBe(1);
  });
});

describe('silhouette', () => {
  it('is near 1 for far clusters, negative for swapped labels, NaN without labels', () => {
    const points = createMatrix(6, 1, Float64Array.from([0, 0.1, 0.2, 10, 10.1, 10.2]));
    const measure = (labels: number[]) => silhouette(points, Int32Array.from(labels), { sample: 100, seed: 1 });
    expect(measure([0, 0, 0, 1, 1, 1])).toBeGreaterThan(0.97);
    expect(measure([0, 1, 0, 1, 0, 1])).toBeLessThan(0);
    expect(measure([0, 0, 0, 0, 0, 0])).toBe(0);
    expect(measure([-1, -1, -1, -1, -1, -1])).toBeNaN();
  });
});

it('draws a repeatable sample without repeats', () => {
  const rows = sampleRows(1000, 50, 3);
  expect(rows).toEqual(sampleRows(1000, 50, 3));
  expect(new Set(rows).size).toBe(50);
  expect(sampleRows(5, 50, 3)).toEqual(Int32Array.from([0, 1, 2, 3, 4]));
});
