import {
  type Code,
  defineKernel,
  f32,
  f32x4,
  forLoop,
  get,
  i32,
  increase,
  type Local,
  set,
  type WasmFunction,
  when,
  whileLoop,
} from '../numeric/wasm.ts';

/** Reference rows that are compared at once: four vectors of four. */
export const TILE = 16;
const VECTORS = TILE / 4;

/**
 * nearest(query, columns, tiles, skips, tile count, out): squared distances from one row to the reference rows, the
 * smallest of each of the 16 lanes over all tiles to `out`. A tile holds 16 rows column by column. A distance of exactly
 * zero has the tile's `skip` added (infinity where the reference row is the only one of its content: it is the query).
 */
const NEAREST: WasmFunction = {
  name: 'nearest',
  build(fn) {
    const [query, columns, tiles, skips, tileCount, out] = Array.from({ length: 6 }, () => fn.param('i32')) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    const [tile, at, stop, skip] = Array.from({ length: 4 }, () => fn.local('i32')) as [Local, Local, Local, Local];
    const [value, difference] = [fn.local('v128'), fn.local('v128')];
    const sums = Array.from({ length: VECTORS }, () => fn.local('v128'));
    const least = Array.from({ length: VECTORS }, () => fn.local('v128'));
    const zero = fn.local('v128');
    const queryAt = fn.local('i32');
    const each = (body: (vector: number) => Code) => Array.from({ length: VECTORS }, (_, i) => body(i)).flat();
    return [
      ...set(zero, f32x4.zero()),
      ...each((i) => set(least[i]!, f32x4.splat(f32.of(Number.POSITIVE_INFINITY)))),
      ...set(at, get(tiles)),
      ...set(skip, get(skips)),
      ...forLoop(tile, i32.of(0), get(tileCount), 1, [
        ...each((i) => set(sums[i]!, get(zero))),
        ...set(stop, i32.add(get(query), i32.shl(get(columns), i32.of(2)))),
        ...forLoop(queryAt, get(query), get(stop), 4, [
          ...set(value, f32x4.loadSplat(get(queryAt))),
          ...each((i) => [
            ...set(difference, f32x4.sub(get(value), f32x4.load(get(at), i * 16))),
            ...set(sums[i]!, f32x4.add(get(sums[i]!), f32x4.mul(get(difference), get(difference)))),
          ]),
          ...increase(at, i32.of(TILE * 4)),
        ]),
        ...each((i) => [
          ...set(
            sums[i]!,
            f32x4.add(get(sums[i]!), f32x4.and(f32x4.eq(get(sums[i]!), get(zero)), f32x4.load(get(skip), i * 16))),
          ),
          ...set(least[i]!, f32x4.min(get(least[i]!), get(sums[i]!))),
        ]),
        ...increase(skip, i32.of(TILE * 4)),
      ]),
      ...each((i) => f32x4.store(get(out), get(least[i]!), i * 16)),
    ];
  },
};

/**
 * scan(query, columns, tiles, tile, tile count, bound, out): squared distances from one row to the reference rows of tile
 * after tile, until one of them is below the number at `bound`. The 16 distances of that tile go to `out`, its number (tile
 * count when there is none) behind them.
 */
const SCAN: WasmFunction = {
  name: 'scan',
  build(fn) {
    const [query, columns, tiles, first, tileCount, bound, out] = Array.from({ length: 7 }, () => fn.param('i32')) as [
      ...[Local, Local, Local, Local],
      ...[Local, Local, Local],
    ];
    const [tile, at, stop, queryAt, going] = Array.from({ length: 5 }, () => fn.local('i32')) as [
      ...[Local, Local, Local],
      ...[Local, Local],
    ];
    const [value, difference, limit] = Array.from({ length: 3 }, () => fn.local('v128')) as [Local, Local, Local];
    const sums = Array.from({ length: VECTORS }, () => fn.local('v128'));
    const each = (body: (vector: number) => Code) => Array.from({ length: VECTORS }, (_, i) => body(i)).flat();
    const smallest = sums.slice(1).reduce((least, sum) => f32x4.min(least, get(sum)), get(sums[0]!));
    const tileBytes = i32.mul(get(columns), i32.of(TILE * 4));
    return [
      ...set(limit, f32x4.loadSplat(get(bound))),
      ...set(stop, i32.add(get(query), i32.shl(get(columns), i32.of(2)))),
      ...set(at, i32.add(get(tiles), i32.mul(get(first), tileBytes))),
      ...set(tile, get(first)),
      ...set(going, i32.lt(get(tile), get(tileCount))),
      ...whileLoop(get(going), [
        ...each((i) => set(sums[i]!, f32x4.zero())),
        ...forLoop(queryAt, get(query), get(stop), 4, [
          ...set(value, f32x4.loadSplat(get(queryAt))),
          ...each((i) => [
            ...set(difference, f32x4.sub(get(value), f32x4.load(get(at), i * 16))),
            ...set(sums[i]!, f32x4.add(get(sums[i]!), f32x4.mul(get(difference), get(difference)))),
          ]),
          ...increase(at, i32.of(TILE * 4)),
        ]),
        ...set(going, i32.lt(f32x4.anyTrue(f32x4.lt(smallest, get(limit))), i32.of(1))),
        ...when(get(going), [...increase(tile, i32.of(1)), ...set(going, i32.lt(get(tile), get(tileCount)))]),
      ]),
      ...each((i) => f32x4.store(get(out), get(sums[i]!), i * 16)),
      ...i32.store(get(out), get(tile), TILE * 4),
    ];
  },
};

const KERNEL = defineKernel<'nearest' | 'scan'>([NEAREST, SCAN]);

export interface NeighbourKernel {
  /** The row to compare; columns. */
  query: Float32Array;
  /** Smallest squared distance to the reference rows of tiles [from, to). Infinity when all are skipped. */
  nearest(from: number, to: number): number;
}

/** @param tiles tile after tile, 16 x columns each
 * @param skips 16 for each tile */
export function createNeighbourKernel(columns: number, tiles: Float32Array, skips: Float32Array): NeighbourKernel {
  const queryAt = 64;
  const tilesAt = Math.ceil((queryAt + columns * 4) / 16) * 16;
  const skipsAt = tilesAt + tiles.byteLength;
  const { buffer, call } = KERNEL.instantiate(skipsAt + skips.byteLength);
  new Float32Array(buffer, tilesAt, tiles.length).set(tiles);
  new Float32Array(buffer, skipsAt, skips.length).set(skips);
  const lanes = new Float32Array(buffer, 0, TILE);
  const tileBytes = TILE * columns * 4;
  return {
    query: new Float32Array(buffer, queryAt, columns),
    nearest(from, to) {
      call.nearest(queryAt, columns, tilesAt + from * tileBytes, skipsAt + from * TILE * 4, to - from, 0);
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < TILE; i++) least = Math.min(least, lanes[i]!);
      return least;
    },
  };
}

export interface ScanKernel {
  /** The row to compare; columns. */
  query: Float32Array;
  /** The first tile from `tile` on with a squared distance below `bound`; `count` when there is none. */
  next(tile: number, count: number, bound: number): number;
  /** The squared distances of that tile; 16. */
  squared: Float32Array;
}

/** @param tiles tile after tile, 16 x columns each */
export function createScanKernel(columns: number, tiles: Float32Array): ScanKernel {
  const numberAt = TILE * 4;
  const boundAt = numberAt + 4;
  const queryAt = boundAt + 12;
  const tilesAt = Math.ceil((queryAt + columns * 4) / 16) * 16;
  const { buffer, call } = KERNEL.instantiate(tilesAt + tiles.byteLength);
  new Float32Array(buffer, tilesAt, tiles.length).set(tiles);
  const limit = new Float32Array(buffer, boundAt, 1);
  const found = new Int32Array(buffer, numberAt, 1);
  return {
    query: new Float32Array(buffer, queryAt, columns),
    squared: new Float32Array(buffer, 0, TILE),
    next(tile, count, bound) {
      limit[0] = bound;
      call.scan(queryAt, columns, tilesAt, tile, count, boundAt, 0);
      return found[0]!;
    },
  };
}
