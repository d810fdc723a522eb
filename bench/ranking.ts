/** Area under the ROC curve by ranks; ties count half. NaN without both classes. */
export function rocAuc(scores: readonly number[], truth: readonly boolean[]): number {
  const order = scores.map((_, index) => index).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    const rank = (start + end + 1) / 2;
    for (let i = start; i < end; i++) {
      if (!truth[order[i]!]) continue;
      rankSum += rank;
      positives += 1;
    }
    start = end;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Average precision as in scikit-learn: sum over thresholds of precision times the rise in recall. */
export function averagePrecision(scores: readonly number[], truth: readonly boolean[]): number {
  const order = scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]!);
  const positives = truth.reduce((n, is) => n + (is ? 1 : 0), 0);
  let hits = 0;
  let sum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let here = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      if (truth[order[end]!]) here += 1;
      end++;
    }
    hits += here;
    sum += (here / positives) * (hits / end);
    start = end;
  }
  return sum;
}
