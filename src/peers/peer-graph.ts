import type { Graph } from '../numeric/louvain.ts';

/** Peers a person is linked to in the graph: fewer in a small company, or everybody would be linked to everybody. */
export const graphWidth = (people: number): number => Math.max(5, Math.min(25, Math.round(Math.sqrt(people))));

/** Graph of people who share nearest peers: an edge joins a person and each of the nearest `width` peers, its weight is the
 * overlap (Jaccard) of their two lists, each with its owner (Levine et al. 2015). Overlap, unlike distance, does not depend
 * on how dense a region is. @param rows people in the graph; node i is rows[i] */
export function sharedPeerGraph(neighbours: Int32Array, k: number, rows: Int32Array, width: number): Graph {
  const n = rows.length;
  const used = Math.min(k, width);
  const nodeOf = new Int32Array(k > 0 ? neighbours.length / k : n).fill(-1);
  for (let i = 0; i < n; i++) nodeOf[rows[i]!] = i;
  const lists = new Int32Array(n * used).fill(-1);
  for (let i = 0; i < n; i++) {
    let end = 0;
    for (let j = 0; j < k && end < used; j++) {
      const peer = neighbours[rows[i]! * k + j]!;
      if (peer >= 0 && nodeOf[peer]! >= 0) lists[i * used + end++] = nodeOf[peer]!;
    }
  }
  const mark = new Int32Array(n).fill(-1);
  const edges = { from: [] as number[], to: [] as number[], weight: [] as number[] };
  for (let i = 0; i < n; i++) {
    mark[i] = i;
    let own = 1;
    for (let a = 0; a < used && lists[i * used + a]! >= 0; a++, own++) mark[lists[i * used + a]!] = i;
    for (let a = 0; a < own - 1; a++) {
      const j = lists[i * used + a]!;
      let shared = mark[j] === i ? 1 : 0;
      let other = 1;
      let mutual = false;
      for (let b = 0; b < used && lists[j * used + b]! >= 0; b++, other++) {
        const member = lists[j * used + b]!;
        if (mark[member] === i) shared++;
        if (member === i) mutual = true;
      }
      // A mutual pair is met twice: it is listed when its lower node is.
      if (mutual && j < i) continue;
      edges.from.push(i);
      edges.to.push(j);
      edges.weight.push(shared / (own + other - shared));
    }
  }
  return toGraph(n, edges);
}

function toGraph(n: number, edges: { from: number[]; to: number[]; weight: number[] }): Graph {
  const offsets = new Int32Array(n + 1);
  for (let e = 0; e < edges.from.length; e++) {
    offsets[edges.from[e]! + 1]!++;
    offsets[edges.to[e]! + 1]!++;
  }
  for (let i = 0; i < n; i++) offsets[i + 1]! += offsets[i]!;
  const next = offsets.slice();
  const targets = new Int32Array(offsets[n]!);
  const weights = new Float64Array(offsets[n]!);
  for (let e = 0; e < edges.from.length; e++) {
    const [i, j, weight] = [edges.from[e]!, edges.to[e]!, edges.weight[e]!];
    const [p, q] = [next[i]!++, next[j]!++];
    targets[p] = j;
    targets[q] = i;
    weights[p] = weights[q] = weight;
  }
  return { offsets, targets, weights };
}
