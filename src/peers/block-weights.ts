import { sampleRows, takeRows } from '../numeric/cluster-metrics.ts';
import { findCommunities } from '../numeric/louvain.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';
import { explainedShare } from './explained-share.ts';
import { findNearestPeers } from './nearest-peers.ts';
import { graphWidth, sharedPeerGraph } from './peer-graph.ts';

const SAMPLE = 2000;
const NEIGHBOURS = 25;
/** Least weight of a block, against 1 for the best. */
const FLOOR = 0.1;

/** How much each kind of behaviour may say about who is alike: as much as the communities found in it alone explain of the
 * other kinds. Habits that are only personal (early risers) form communities too, but they tell nothing of what people work
 * on. The best block gets 1; without a second block, or when none explains another, all get 1. */
export function learnBlockWeights(blocks: readonly Matrix[], rows: Int32Array, seed: number): number[] {
  const sampled = sampleRows(rows.length, SAMPLE, seedFor(seed, 'block weights')).map((at) => rows[at]!);
  const samples = blocks.map((block) => takeRows(block, sampled));
  const everybody = Int32Array.from(sampled.keys());
  const eligible = new Uint8Array(sampled.length).fill(1);
  const worth = samples.map((block) => {
    const others = samples.filter((other) => other !== block && other.columns > 0);
    if (block.columns === 0 || others.length === 0) return 0;
    const k = Math.max(0, Math.min(NEIGHBOURS, sampled.length - 1));
    const { neighbours } = findNearestPeers(block, eligible, k, seed);
    const graph = sharedPeerGraph(neighbours, k, everybody, graphWidth(sampled.length));
    const labels = findCommunities(graph, { resolution: 1, seed: seedFor(seed, 'block communities') });
    return others.reduce((sum, other) => sum + explainedShare(other, labels), 0) / others.length;
  });
  const best = Math.max(...worth);
  return worth.map((value) => (best > 0.01 ? Math.max(FLOOR, value / best) : 1));
}
