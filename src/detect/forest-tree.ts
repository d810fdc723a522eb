import type { Random } from '../numeric/random.ts';

/**
 * Isolation trees as flat arrays (Liu, Ting and Zhou 2008, 2012). Node i splits on `feature[i]`: rows with
 * `x <= value[i]` go to `child[i]`, others to `child[i] + 1`. A leaf has `feature[i] === -1` and holds in `value[i]` the
 * path length it stands for: its depth plus the average depth of an unfinished subtree of its size.
 */
export interface TreeNodes {
  feature: Int32Array;
  value: Float64Array;
  child: Int32Array;
  /** Rows of the sample that reached the node. */
  size: Uint32Array;
}

const EULER = 0.5772156649015329;
const HARMONIC = new Float64Array(1024);
for (let n = 1; n < HARMONIC.length; n++) HARMONIC[n] = HARMONIC[n - 1]! + 1 / n;

/** Average path length of an unsuccessful search in a binary search tree of n keys: 2 H(n-1) - 2 (n-1) / n, H exact. */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  const k = n - 1;
  // Beyond the table the asymptotic series of H is exact to the last bit or two.
  const harmonic = k < HARMONIC.length ? HARMONIC[k]! : Math.log(k) + EULER + 1 / (2 * k) - 1 / (12 * k * k);
  return 2 * harmonic - (2 * k) / n;
}

export interface TreeSample {
  /** Row-major rows of the sample, finite; rows x columns. */
  data: Float64Array;
  rows: number;
  columns: number;
}

export interface TreeScratch {
  index: Int32Array;
  /** Columns to draw from; one that stands several times is drawn more often. */
  slots: Int32Array;
}

/** Grows one tree into `nodes` from `offset` on and returns the number of nodes. At most 2 x rows - 1 are needed. */
export function growTree(
  sample: TreeSample,
  random: Random,
  nodes: TreeNodes,
  offset: number,
  scratch: TreeScratch,
): number {
  const { data, rows, columns } = sample;
  const { index, slots } = scratch;
  const { feature, value, child, size } = nodes;
  const depthLimit = Math.ceil(Math.log2(Math.max(2, rows)));
  for (let i = 0; i < rows; i++) index[i] = i;
  let next = offset + 1;

  /** `live`: slots[0..live) may still vary in this node; the set, not its order, is what subtrees inherit. */
  const grow = (node: number, start: number, end: number, depth: number, live: number): void => {
    size[node] = end - start;
    child[node] = node;
    if (depth < depthLimit && end - start > 1) {
      while (live > 0) {
        const drawn = random.int(live);
        const column = slots[drawn]!;
        let low = Number.POSITIVE_INFINITY;
        let high = Number.NEGATIVE_INFINITY;
        for (let i = start; i < end; i++) {
          const x = data[index[i]! * columns + column]!;
          if (x < low) low = x;
          if (x > high) high = x;
        }
        if (low < high) {
          const threshold = drawBetween(low, high, random.next());
          let left = start;
          let right = end;
          while (left < right) {
            const row = index[left]!;
            if (data[row * columns + column]! <= threshold) left++;
            else {
              right--;
              index[left] = index[right]!;
              index[right] = row;
            }
          }
          feature[node] = column;
          value[node] = threshold;
          child[node] = next;
          next += 2;
          grow(child[node]!, start, left, depth + 1, live);
          grow(child[node]! + 1, left, end, depth + 1, live);
          return;
        }
        live--;
        slots[drawn] = slots[live]!;
        slots[live] = column;
      }
    }
    feature[node] = -1;
    value[node] = depth + averagePathLength(end - start);
  };
  grow(offset, 0, rows, 0, slots.length);
  return next - offset;
}

/** A threshold in [low, high). */
function drawBetween(low: number, high: number, u: number): number {
  const drawn = low + u * (high - low);
  return drawn < high ? drawn : low;
}
