import { countBelow } from '../numeric/robust.ts';

/** What a detector's score is worth: its surprise among the scores of the rows it was fitted on. */
export interface Calibration {
  /** Scores of the calibration rows in ascending order. */
  sorted: Float64Array;
  /** Mean excess over the 95th percentile: the scale of the tail beyond the largest score seen. */
  tailScale: number;
}

export function learnCalibration(scores: Float64Array): Calibration {
  const sorted = scores.slice().sort();
  const start = Math.floor(sorted.length * 0.95);
  const threshold = sorted[start] ?? 0;
  let sum = 0;
  for (let i = start; i < sorted.length; i++) sum += sorted[i]! - threshold;
  return { sorted, tailScale: sorted.length === 0 ? 0 : sum / (sorted.length - start) };
}

/**
 * -ln P(score >= s) in nats. Ties count half; beyond the largest score seen the tail goes on as a Pareto tail, so that a row
 * stranger than all before ranks above one less so without drowning the other views.
 */
export function surpriseOfScore({ sorted, tailScale }: Calibration, score: number): number {
  const n = sorted.length;
  if (n === 0) return 0;
  const largest = sorted[n - 1]!;
  const beyond = score > largest && tailScale > 0 ? Math.log1p((score - largest) / tailScale) : 0;
  const below = countBelow(sorted, score, false);
  const upTo = countBelow(sorted, score, true);
  return beyond - Math.log(1 - Math.min((below + upTo) / 2, n - 0.5) / n);
}
