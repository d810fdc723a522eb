/** Robust summaries. Inputs are not changed unless the name says so. */

const FEW = 32;

/** Insertion sort of the first `n` values, several times faster than the engine's sort for so few; false when one is NaN. */
function sortFew(values: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) return false;
    let at = i;
    for (; at > 0 && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
  return true;
}

/** Median of the first `n` values; sorts them in place. NaN when n is 0. */
export function medianInPlace(values: Float64Array, n: number): number {
  if (n === 0) return Number.NaN;
  const part = n <= FEW && sortFew(values, n) ? values : values.subarray(0, n).sort();
  const half = n >> 1;
  return n % 2 === 1 ? part[half]! : (part[half - 1]! + part[half]!) / 2;
}

/**
 * Mean absolute deviation from `centre`, scaled to a normal's standard deviation (x 1.2533). Unlike the median absolute
 * deviation it does not vanish for counts that are mostly zero.
 */
export function meanDeviation(values: Float64Array, n: number, centre: number): number {
  if (n === 0) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.abs(values[i]! - centre);
  return (1.2533141373155 * sum) / n;
}

/** How many of the ascending values are below `x` or, with `orEqual`, not above it. */
export function countBelow(sorted: Float64Array, x: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle]!;
    if (value < x || (orEqual && value === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}
