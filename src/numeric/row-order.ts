import type { Matrix } from './matrix.ts';
import {
  type Code,
  defineKernel,
  forLoop,
  get,
  i32,
  i64,
  increase,
  type Local,
  set,
  type WasmFunction,
} from './wasm.ts';

/**
 * Rows in an order that depends on their content alone, so that whatever is fitted on them does not depend on the order in
 * which they arrived. Sorted by a 64-bit hash over the bits of a row; equal rows are interchangeable. O(rows x columns).
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

/** At most `count` rows, evenly spread over content order: a sample that any order of the table gives alike. */
export function spreadRows(order: Uint32Array, count: number): Uint32Array {
  if (order.length <= count) return order;
  return Uint32Array.from({ length: count }, (_, i) => order[Math.floor((i * order.length) / count)]!);
}

const LANES = 4;
const BLOCK_BYTES = 64 * 1024;
const MULTIPLIER = 0x9fb21c651e98df25n;
const SHIFT = i64.of(32n);
/** Multiply and fold (as in rrmxmx by Pelle Evensen), a value at a time, four rows interleaved. */
const mix = (hash: Local, value: Code): Code => [
  ...set(hash, i64.mul(i64.xor(get(hash), value), i64.of(MULTIPLIER))),
  ...set(hash, i64.xor(get(hash), i64.shrU(get(hash), SHIFT))),
];

/** hash(rows, row bytes, row count, hashes): 8 bytes a row, in place order. The row count is a multiple of four. */
const HASH: WasmFunction = {
  name: 'hash',
  build(fn) {
    const [rows, rowBytes, rowCount, hashes] = [fn.param('i32'), fn.param('i32'), fn.param('i32'), fn.param('i32')];
    const [row, at, end] = [fn.local('i32'), fn.local('i32'), fn.local('i32')];
    const start = Array.from({ length: LANES }, () => fn.local('i32'));
    const hash = Array.from({ length: LANES }, () => fn.local('i64'));
    const lanes = (body: (lane: number) => Code) => Array.from({ length: LANES }, (_, lane) => body(lane)).flat();
    return [
      ...set(start[0]!, get(rows)),
      ...forLoop(row, i32.of(0), get(rowCount), LANES, [
        ...lanes((lane) => [
          ...(lane > 0 ? set(start[lane]!, i32.add(get(start[lane - 1]!), get(rowBytes))) : []),
          ...set(hash[lane]!, i64.of(0x2545f4914f6cdd1dn)),
        ]),
        ...set(end, get(rowBytes)),
        ...forLoop(
          at,
          i32.of(0),
          get(end),
          8,
          lanes((lane) => mix(hash[lane]!, i64.load(i32.add(get(start[lane]!), get(at))))),
        ),
        ...lanes((lane) => [
          ...mix(hash[lane]!, i64.of(0x632be59bd9b4e019n)),
          ...i64.store(i32.add(get(hashes), i32.shl(get(row), i32.of(3))), get(hash[lane]!), lane * 8),
        ]),
        ...increase(start[0]!, i32.mul(get(rowBytes), i32.of(LANES))),
      ]),
    ];
  },
};
const KERNEL = defineKernel<'hash'>([HASH]);

function hashRows({ rows, columns, data }: Matrix): { first: Uint32Array; second: Uint32Array } {
  const rowBytes = columns * 8;
  const blockRows = Math.max(LANES, Math.floor(BLOCK_BYTES / Math.max(8, rowBytes)) & ~(LANES - 1));
  const { buffer, call } = KERNEL.instantiate(blockRows * (rowBytes + 8));
  const block = new Float64Array(buffer, 0, blockRows * columns);
  const halves = new Uint32Array(buffer, blockRows * rowBytes, blockRows * 2);
  const first = new Uint32Array(rows);
  const second = new Uint32Array(rows);
  for (let start = 0; start < rows; start += blockRows) {
    const count = Math.min(blockRows, rows - start);
    block.set(data.subarray(start * columns, (start + count) * columns));
    call.hash(0, rowBytes, (count + LANES - 1) & ~(LANES - 1), blockRows * rowBytes);
    for (let i = 0; i < count; i++) {
      first[start + i] = halves[2 * i]!;
      second[start + i] = halves[2 * i + 1]!;
    }
  }
  return { first, second };
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
