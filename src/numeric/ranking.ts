/** Positions by descending score; equal scores keep their order. NaN counts as the lowest score. */
function rankDescending(scores: ArrayLike<number>): Uint32Array {
  const keys = Float64Array.from(scores, (score) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score));
  return Uint32Array.from(keys.keys()).sort((a, b) => (keys[a]! > keys[b]! ? -1 : keys[a]! < keys[b]! ? 1 : a - b));
}

export interface RankingQuality {
  positives: number;
  /** Area under the ROC curve; tied scores count half. NaN without both classes. */
  aucRoc: number;
  /** Average precision as scikit-learn defines it: the sum over thresholds of precision x rise in recall. */
  aucPr: number;
}

/** How well scores rank the rows labelled 1 above the rest. O(n log n). */
export function measureRanking(scores: ArrayLike<number>, labels: ArrayLike<number>): RankingQuality {
  const n = scores.length;
  const order = rankDescending(scores);
  let positives = 0;
  for (let i = 0; i < n; i++) positives += labels[i] === 1 ? 1 : 0;
  const negatives = n - positives;
  let hits = 0;
  let misses = 0;
  let area = 0;
  let precisionSum = 0;
  for (let start = 0; start < n; ) {
    const score = scores[order[start]!]!;
    let end = start;
    let here = 0;
    for (; end < n; end++) {
      const other = scores[order[end]!]!;
      if (other !== score && !(Number.isNaN(other) && Number.isNaN(score))) break;
      if (labels[order[end]!] === 1) here++;
    }
    const wrong = end - start - here;
    area += wrong * (hits + here / 2);
    hits += here;
    misses += wrong;
    precisionSum += here * (hits / (hits + misses));
    start = end;
  }
  const both = positives > 0 && negatives > 0;
  return {
    positives,
    aucRoc: both ? area / (positives * negatives) : Number.NaN,
    aucPr: both ? precisionSum / positives : Number.NaN,
  };
}
