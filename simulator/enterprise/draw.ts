import { createRandom, type Random, seedFor } from '../../src/numeric/random.ts';

/** An independent generator for a named topic, so that a new topic never reshuffles the others. */
export const randomFor = (seed: number, name: string): Random => createRandom(seedFor(seed, name));

export const chance = (random: Random, probability: number): boolean => random.next() < probability;

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random.next();

/** Uniform integer in [low, high]. */
export const whole = (random: Random, low: number, high: number): number => low + random.int(high - low + 1);

export const logNormal = (random: Random, median: number, sigma: number): number =>
  median * Math.exp(sigma * random.normal());

export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random.next());

export function pick<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError('pick from an empty list');
  return items[random.int(items.length)]!;
}

/** Zipf-like pick: early items far more often than late ones; `skew` 1 is uniform. */
export function pickEarly<T>(random: Random, items: readonly T[], skew = 2.5): T {
  return items[Math.floor(items.length * random.next() ** skew)]!;
}

export function pickWeighted<T extends { weight: number }>(random: Random, items: readonly T[]): T {
  let total = 0;
  for (const item of items) total += item.weight;
  let left = random.next() * total;
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return items[items.length - 1]!;
}

/** A random subset in random order (partial Fisher-Yates); all items when `count` exceeds them. */
export function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const pool = items.slice();
  const size = Math.min(count, pool.length);
  for (let i = 0; i < size; i++) {
    const j = i + random.int(pool.length - i);
    const held = pool[i]!;
    pool[i] = pool[j]!;
    pool[j] = held;
  }
  return pool.slice(0, size);
}

/** Gamma with the given shape and mean (Marsaglia and Tsang 2000). */
export function gamma(random: Random, shape: number, mean: number): number {
  if (shape < 1) return gamma(random, shape + 1, mean * ((shape + 1) / shape)) * random.next() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = random.next();
    if (Math.log(1 - u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v * mean) / shape;
  }
}

export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count++;
  return count;
}

/** Negative binomial count: variance is mean + mean^2 / shape. */
export const overdispersed = (random: Random, mean: number, shape: number): number =>
  mean <= 0 ? 0 : poisson(random, gamma(random, shape, mean));
