import type { Matrix } from './matrix.ts';

/**
 * Rows in an order that depends on their content alone, so that whatever is fitted on them does not depend on the order in
 * which they arrived. Two 32-bit hashes over the bits of a row; equal rows are interchangeable. O(rows x columns).
 */
export function orderByContent(matrix: Matrix): Uint32Array {
  const { first, second } = hashRows(matrix);
  const order = sortByKey(first);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    let mixed = false;
    for (; end < order.length && first[order[end]!] === first[order[start]!]; end++)
      mixed ||= second[order[end]!] !== second[order[start]!];
    if (mixed) order.subarray(start, end).sort((a, b) => second[a]! - second[b]!);
    start = end;
  }
  return order;
}

/** Murmur3-like mixing of the words of each row, with two seeds. */
function hashRows({ rows, columns, data }: Matrix): { first: Uint32Array; second: Uint32Array } {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  const first = new Uint32Array(rows);
  const second = new Uint32Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let a = 0x9e3779b9;
    let b = 0x85ebca6b;
    for (const end = at + columns * 2; at < end; at += 2) {
      const low = words[at]!;
      const high = words[at + 1]!;
      a = Math.imul(a ^ low, 0xcc9e2d51);
      a = Math.imul((a ^ (a >>> 15)) + high, 0x1b873593);
      a ^= a >>> 13;
      b = Math.imul(b ^ high, 0xc2b2ae35);
      b = Math.imul((b ^ (b >>> 16)) + low, 0x27d4eb2f);
      b ^= b >>> 14;
    }
    first[row] = finish(a);
    second[row] = finish(b);
  }
  return { first, second };
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Stable radix sort (11 bits a pass) of positions by an unsigned 32-bit key. */
export function sortByKey(keys: Uint32Array): Uint32Array {
  const n = keys.length;
  let from = new Uint32Array(n);
  for (let i = 0; i < n; i++) from[i] = i;
  let to = new Uint32Array(n);
  for (let shift = 0; shift < 33; shift += 11) {
    const offsets = new Uint32Array(2049);
    for (let i = 0; i < n; i++) offsets[((keys[i]! >>> shift) & 2047) + 1]! += 1;
    for (let i = 1; i < 2049; i++) offsets[i]! += offsets[i - 1]!;
    for (let i = 0; i < n; i++) {
      const position = from[i]!;
      const bucket = (keys[position]! >>> shift) & 2047;
      to[offsets[bucket]!] = position;
      offsets[bucket]! += 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
