import { sampleRows, takeRows } from '../numeric/cluster-metrics.ts';
import { assignToCentres, kMeans, squaredDistance } from '../numeric/kmeans.ts';
import type { Matrix } from '../numeric/matrix.ts';

/** Up to this many people every pair is looked at. */
const EXACT_LIMIT = 5000;
/** People looked at for each person above that: recall of the true 25 nearest is measured in the benchmark. */
const CANDIDATES = 3000;
/** Axes compared before a candidate can be dropped; the axes come by falling variance. */
const FIRST_AXES = 12;

export interface NearestPeers {
  /** n x k rows, nearest first, -1 = unused. */
  readonly neighbours: Int32Array;
  /** n x k squared distances, infinite where unused. */
  readonly squared: Float64Array;
}

/** k nearest rows of each row, itself left out; ties go to the lower row. Exact for up to 5,000 rows, above that among the
 * rows of the nearest cells of a k-means partition (an inverted file). @param eligible 1 = may take part; n */
export function findNearestPeers(positions: Matrix, eligible: Uint8Array, k: number, seed: number): NearestPeers {
  const n = positions.rows;
  const neighbours = new Int32Array(n * k).fill(-1);
  const squared = new Float64Array(n * k).fill(Number.POSITIVE_INFINITY);
  const rows = Int32Array.from(positions.data.length ? eligible.keys() : []).filter((row) => eligible[row] === 1);
  if (k === 0 || rows.length < 2) return { neighbours, squared };
  const table = takeRows(positions, rows);
  const cells = rows.length <= EXACT_LIMIT ? undefined : buildCells(table, seed);
  const data = cells ? takeRows(table, cells.order).data : table.data;
  const idOf = cells ? cells.order.map((at) => rows[at]!) : rows;
  const d = positions.columns;
  const scan = (query: number, from: number, to: number) => {
    const at = idOf[query]! * k;
    for (let j = from; j < to; j++) {
      if (j === query) continue;
      const limit = squared[at + k - 1]!;
      let sum = 0;
      let c = 0;
      const [p, q] = [query * d, j * d];
      for (const end = Math.min(d, FIRST_AXES); c < end; c++) {
        const difference = data[p + c]! - data[q + c]!;
        sum += difference * difference;
      }
      if (sum > limit) continue;
      for (; c < d; c++) {
        const difference = data[p + c]! - data[q + c]!;
        sum += difference * difference;
      }
      if (sum <= limit) insert(neighbours, squared, at, k, idOf[j]!, sum);
    }
  };
  if (!cells) for (let i = 0; i < rows.length; i++) scan(i, 0, rows.length);
  else
    for (let cell = 0; cell + 1 < cells.offsets.length; cell++)
      for (let i = cells.offsets[cell]!; i < cells.offsets[cell + 1]!; i++)
        for (const near of nearestCells(data, i, d, cells)) scan(i, cells.offsets[near]!, cells.offsets[near + 1]!);
  return { neighbours, squared };
}

function insert(ids: Int32Array, squared: Float64Array, at: number, k: number, id: number, value: number): void {
  let place = at + k - 1;
  if (value === squared[place]! && ids[place]! >= 0 && id > ids[place]!) return;
  while (place > at && (squared[place - 1]! > value || (squared[place - 1]! === value && ids[place - 1]! > id))) {
    squared[place] = squared[place - 1]!;
    ids[place] = ids[place - 1]!;
    place--;
  }
  squared[place] = value;
  ids[place] = id;
}

interface Cells {
  readonly centres: Matrix;
  /** Rows, cell by cell. */
  readonly order: Int32Array;
  /** cells + 1. */
  readonly offsets: Int32Array;
}

function buildCells(table: Matrix, seed: number): Cells {
  const count = Math.round(Math.sqrt(table.rows));
  const sample = takeRows(table, sampleRows(table.rows, count * 40, seed));
  const { centres } = kMeans(sample, { clusters: count, seed, restarts: 1, maxIterations: 8 });
  const cellOf = assignToCentres(table, centres);
  const offsets = new Int32Array(count + 1);
  for (const cell of cellOf) offsets[cell + 1]!++;
  for (let c = 0; c < count; c++) offsets[c + 1]! += offsets[c]!;
  const next = offsets.slice();
  const order = new Int32Array(table.rows);
  for (let i = 0; i < table.rows; i++) order[next[cellOf[i]!]!++] = i;
  return { centres, order, offsets };
}

function nearestCells(data: Float64Array, query: number, d: number, { centres, offsets }: Cells): Int32Array {
  const distance = new Float64Array(centres.rows);
  for (let c = 0; c < centres.rows; c++) distance[c] = squaredDistance(data, query * d, centres.data, c * d, d);
  const byDistance = Int32Array.from(distance.keys()).sort((a, b) => distance[a]! - distance[b]! || a - b);
  let people = 0;
  let used = 0;
  while (used < byDistance.length && people < CANDIDATES) {
    const cell = byDistance[used++]!;
    people += offsets[cell + 1]! - offsets[cell]!;
  }
  return byDistance.subarray(0, used);
}
