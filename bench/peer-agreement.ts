import { adjustedRandIndex } from '../src/numeric/cluster-metrics.ts';
import type { PeerModel } from '../src/peers/ports.ts';

/** Numbers names in the order they come; undefined becomes -1. */
export function codesOf(names: readonly (string | undefined)[]): Int32Array {
  const codes = new Map<string, number>();
  return Int32Array.from(names, (name) => {
    if (name === undefined) return -1;
    if (!codes.has(name)) codes.set(name, codes.size);
    return codes.get(name)!;
  });
}

export interface Agreement {
  /** Adjusted Rand index of the groups against the labels. */
  ari: number;
  /** Share of the 10 nearest peers with the same label, and the share to expect of peers drawn at random. */
  sameOfTen: number;
  byChance: number;
}

/** How well groups and nearest peers agree with a known division; people labelled -1 are left out. */
export function agreementWith(model: PeerModel, labels: Int32Array): Agreement {
  const k = model.neighbourCount;
  let [same, pairs, known] = [0, 0, 0];
  const sizes = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    if (labels[i]! < 0) continue;
    known++;
    sizes.set(labels[i]!, (sizes.get(labels[i]!) ?? 0) + 1);
    for (let j = 0; j < Math.min(10, k); j++) {
      const peer = model.neighbours[i * k + j]!;
      if (peer < 0 || labels[peer]! < 0) continue;
      pairs++;
      if (labels[peer] === labels[i]) same++;
    }
  }
  const byChance = [...sizes.values()].reduce((sum, size) => sum + (size / known) ** 2, 0);
  return { ari: adjustedRandIndex(model.group, labels), sameOfTen: same / pairs, byChance };
}
