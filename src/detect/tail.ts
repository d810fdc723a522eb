import { countBelow } from '../numeric/robust.ts';

/**
 * Empirical tail probability over all person-days, with an exponential tail beyond the data.
 *
 * `population` person-days were looked at, of which only those with a figure worth a look have a statistic; the others
 * count as less than any. The highest k = max(20, 0.1 %) statistics are replaced by an exponential with their mean excess
 * (peaks over threshold, shape 0), so that the probability keeps falling beyond the largest value seen. With fewer than 20
 * statistics there is no tail to fit and the plain rank stands.
 */
export interface Tail {
  /** P(statistic >= x) for a person-day drawn at random, in (0, 1]. */
  probability(statistic: number): number;
}

const MIN_EXCEEDANCES = 20;
const FLOOR = 1e-12;

export function fitTail(statistics: Float64Array, population: number): Tail {
  const sorted = statistics.slice().sort();
  const n = sorted.length;
  const exceedances = Math.max(MIN_EXCEEDANCES, Math.floor(population * 0.001));
  const fitted = n > exceedances;
  const threshold = fitted ? sorted[n - exceedances]! : Number.POSITIVE_INFINITY;
  let excess = 0;
  if (fitted) for (let i = n - exceedances; i < n; i++) excess += sorted[i]! - threshold;
  const meanExcess = Math.max(excess / exceedances, 1e-6);
  return {
    probability(statistic) {
      if (Number.isNaN(statistic)) return 1;
      if (statistic > threshold) {
        const beyond = (exceedances / (population + 1)) * Math.exp(-(statistic - threshold) / meanExcess);
        return Math.max(beyond, FLOOR);
      }
      return Math.min(1, (n - countBelow(sorted, statistic, false) + 0.5) / (population + 1));
    },
  };
}
