import { createRandom } from './random.ts';

/** Undirected weighted graph as compressed sparse rows; every edge is listed from both of its ends, none from a node to
 * itself. */
export interface Graph {
  /** nodes + 1. */
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  readonly weights: Float64Array;
}

interface Level extends Graph {
  /** Weight inside each node, twice counted, from nodes joined before. */
  readonly inner: Float64Array;
}

/** Communities by modularity with a resolution, one label per node from 0 (Blondel et al. 2008; Reichardt and Bornholdt
 * 2006 for the resolution: higher gives more and smaller communities). O(edges) a sweep. */
export function findCommunities(graph: Graph, options: { resolution: number; seed: number }): Int32Array {
  const n = graph.offsets.length - 1;
  const labels = Int32Array.from({ length: n }, (_, i) => i);
  let level: Level = { ...graph, inner: new Float64Array(n) };
  let total = 0;
  for (const weight of graph.weights) total += weight;
  if (!(total > 0)) return labels;
  const random = createRandom(options.seed);
  for (let depth = 0; depth < 20; depth++) {
    const { community, count, moved } = moveNodes(level, total, options.resolution, random.int);
    for (let i = 0; i < n; i++) labels[i] = community[labels[i]!]!;
    if (!moved) break;
    level = joinNodes(level, community, count);
  }
  return labels;
}

function moveNodes(
  level: Level,
  total: number,
  resolution: number,
  int: (n: number) => number,
): { community: Int32Array; count: number; moved: boolean } {
  const { offsets, targets, weights, inner } = level;
  const n = offsets.length - 1;
  const community = Int32Array.from({ length: n }, (_, i) => i);
  const degree = inner.slice();
  for (let i = 0; i < n; i++) for (let e = offsets[i]!; e < offsets[i + 1]!; e++) degree[i]! += weights[e]!;
  const degreeOf = degree.slice();
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = int(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  const links = new Float64Array(n);
  const touched: number[] = [];
  let moved = false;
  for (let sweep = 0; sweep < 30; sweep++) {
    let moves = 0;
    for (const i of order) {
      const own = community[i]!;
      touched.length = 0;
      for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
        const other = community[targets[e]!]!;
        if (links[other] === 0) touched.push(other);
        links[other]! += weights[e]!;
      }
      degreeOf[own]! -= degree[i]!;
      const gain = (c: number) => links[c]! - (resolution * degree[i]! * degreeOf[c]!) / total;
      let best = own;
      let bestGain = gain(own);
      for (const c of touched) {
        const value = gain(c);
        if (value > bestGain + 1e-12 || (value > bestGain - 1e-12 && c < best && best !== own)) {
          best = c;
          bestGain = value;
        }
      }
      degreeOf[best]! += degree[i]!;
      if (best !== own) {
        community[i] = best;
        moves++;
      }
      for (const c of touched) links[c] = 0;
    }
    if (moves === 0) break;
    moved = true;
  }
  const rename = new Int32Array(n).fill(-1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (rename[community[i]!]! < 0) rename[community[i]!] = count++;
    community[i] = rename[community[i]!]!;
  }
  return { community, count, moved };
}

function joinNodes(level: Level, community: Int32Array, count: number): Level {
  const { offsets, targets, weights, inner } = level;
  const members: number[][] = Array.from({ length: count }, () => []);
  community.forEach((c, i) => {
    members[c]!.push(i);
  });
  const joined = { offsets: new Int32Array(count + 1), inner: new Float64Array(count) };
  const newTargets: number[] = [];
  const newWeights: number[] = [];
  const links = new Float64Array(count);
  for (let c = 0; c < count; c++) {
    const touched: number[] = [];
    for (const i of members[c]!) {
      joined.inner[c]! += inner[i]!;
      for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
        const other = community[targets[e]!]!;
        if (other === c) joined.inner[c]! += weights[e]!;
        else {
          if (links[other] === 0) touched.push(other);
          links[other]! += weights[e]!;
        }
      }
    }
    for (const other of touched.sort((a, b) => a - b)) {
      newTargets.push(other);
      newWeights.push(links[other]!);
      links[other] = 0;
    }
    joined.offsets[c + 1] = newTargets.length;
  }
  return { ...joined, targets: Int32Array.from(newTargets), weights: Float64Array.from(newWeights) };
}
