import { squaredDistance } from './kmeans.ts';
import { createMatrix, type Matrix } from './matrix.ts';

/** Agglomerative clustering of weighted points by least growth of the sum of squares (Ward 1963), down to one cluster.
 * O(n^2) memory and about O(n^2) time a merge at worst: for a few hundred points, such as the centres of many small
 * clusters.
 * @param weights rows behind each point
 * @returns labels of the points for each number of clusters: `at(k)` */
export function wardTree(points: Matrix, weights: Float64Array): { at(clusters: number): Int32Array } {
  const n = points.rows;
  const cost = createMatrix(n, n);
  const sizes = weights.slice();
  const alive = new Uint8Array(n).fill(1);
  const nearest = new Int32Array(n).fill(-1);
  const growth = (a: number, b: number, squared: number) => (squared * sizes[a]! * sizes[b]!) / (sizes[a]! + sizes[b]!);
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++)
      if (a !== b)
        cost.data[a * n + b] = growth(
          a,
          b,
          squaredDistance(points.data, a * points.columns, points.data, b * points.columns, points.columns),
        );
  const findNearest = (a: number) => {
    let best = -1;
    for (let b = 0; b < n; b++)
      if (b !== a && alive[b] && (best < 0 || cost.data[a * n + b]! < cost.data[a * n + best]!)) best = b;
    nearest[a] = best;
  };
  for (let a = 0; a < n; a++) findNearest(a);
  const merges: [number, number][] = [];
  while (merges.length < n - 1) {
    let a = -1;
    for (let c = 0; c < n; c++)
      if (alive[c] && (a < 0 || cost.data[c * n + nearest[c]!]! < cost.data[a * n + nearest[a]!]!)) a = c;
    const b = nearest[a]!;
    const between = cost.data[a * n + b]!;
    // Lance and Williams: cost of joining the union with each other cluster.
    for (let c = 0; c < n; c++) {
      if (!alive[c] || c === a || c === b) continue;
      const all = sizes[a]! + sizes[b]! + sizes[c]!;
      cost.data[a * n + c] = cost.data[c * n + a] =
        ((sizes[a]! + sizes[c]!) * cost.data[a * n + c]! +
          (sizes[b]! + sizes[c]!) * cost.data[b * n + c]! -
          sizes[c]! * between) /
        all;
    }
    sizes[a]! += sizes[b]!;
    alive[b] = 0;
    merges.push([a, b]);
    for (let c = 0; c < n; c++)
      if (alive[c] && (c === a || nearest[c] === a || nearest[c] === b)) findNearest(c);
      else if (alive[c] && cost.data[c * n + a]! < cost.data[c * n + nearest[c]!]!) nearest[c] = a;
  }
  return {
    at(clusters) {
      const parent = Int32Array.from({ length: n }, (_, i) => i);
      for (const [a, b] of merges.slice(0, Math.max(0, n - clusters))) parent[b] = a;
      const rootOf = (i: number): number => (parent[i] === i ? i : rootOf(parent[i]!));
      const names = new Map<number, number>();
      return Int32Array.from(parent, (_, i) => {
        const root = rootOf(i);
        if (!names.has(root)) names.set(root, names.size);
        return names.get(root)!;
      });
    },
  };
}
