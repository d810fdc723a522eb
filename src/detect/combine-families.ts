import { FEATURE_FAMILIES, type FeatureFamily } from '../domain/features.ts';

/**
 * Evidence of several feature families about one person-day, without counting the same thing twice.
 *
 * Families move together: somebody who logs on to twice as many computers also has more logons and more first times. The
 * strongest family counts in full; each further one is discounted by 1.5 times its highest correlation with those counted
 * before, and by a factor of 0.85 a place. Correlations are those of the families' surprises over all person-days of the
 * run (Pearson, negative ones as 0).
 */

/** Prior weights: how directly a departure bears on insider threat. Not learned, not fitted to data. */
export const FAMILY_WEIGHTS: Record<FeatureFamily, number> = {
  volume: 0.5,
  rhythm: 0.7,
  novelty: 0.8,
  authentication: 0.7,
  breadth: 0.6,
  bytes: 0.7,
  removable: 1,
  mail: 0.8,
  sensitive: 1,
  privilege: 0.8,
  execution: 0.8,
  web: 1,
  cloud: 1,
};

const DEPENDENCE = 1.5;
const PLACE = 0.85;
/** Surprise that an ordinary day shows in a family and that does not count, nats. */
const ORDINARY = 1;

const FAMILIES = FEATURE_FAMILIES.length;

/** @param surprise R x families, nats. @returns families x families, in [0, 1] */
export function correlateFamilies(surprise: Float64Array, rows: number): Float64Array {
  const mean = new Float64Array(FAMILIES);
  const products = new Float64Array(FAMILIES * FAMILIES);
  for (let row = 0; row < rows; row++)
    for (let family = 0; family < FAMILIES; family++) mean[family]! += surprise[row * FAMILIES + family]! / rows;
  for (let row = 0; row < rows; row++) {
    for (let a = 0; a < FAMILIES; a++) {
      const left = surprise[row * FAMILIES + a]! - mean[a]!;
      for (let b = 0; b <= a; b++) products[a * FAMILIES + b]! += left * (surprise[row * FAMILIES + b]! - mean[b]!);
    }
  }
  const out = new Float64Array(FAMILIES * FAMILIES);
  for (let a = 0; a < FAMILIES; a++) {
    for (let b = 0; b <= a; b++) {
      const scale = Math.sqrt(products[a * FAMILIES + a]! * products[b * FAMILIES + b]!);
      const value = scale > 0 ? Math.max(0, products[a * FAMILIES + b]! / scale) : 0;
      out[a * FAMILIES + b] = value;
      out[b * FAMILIES + a] = value;
    }
  }
  return out;
}

/** Nats that each family adds to one person-day. @param surprise the families of that day. @param out filled in place */
export function combineFamilies(surprise: Float64Array, correlation: Float64Array, out: Float64Array): number {
  const weighed = Array.from(
    FEATURE_FAMILIES,
    (name, family) => FAMILY_WEIGHTS[name] * Math.max(0, surprise[family]! - ORDINARY),
  );
  const order = Array.from(weighed.keys())
    .filter((family) => weighed[family]! > 0)
    .sort((a, b) => weighed[b]! - weighed[a]! || a - b);
  out.fill(0);
  let total = 0;
  let place = 1;
  for (const [index, family] of order.entries()) {
    let shared = 0;
    for (let before = 0; before < index; before++)
      shared = Math.max(shared, correlation[family * FAMILIES + order[before]!]!);
    out[family] = weighed[family]! * Math.max(0, 1 - DEPENDENCE * shared) * place;
    total += out[family]!;
    place *= PLACE;
  }
  return total;
}
