import type { Matrix } from '../numeric/matrix.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { createScanKernel, TILE } from './density-kernel.ts';
import { learnScaling, readScaling, requireColumns, type Scaling, scaleRow, scalingArrays } from './density-scale.ts';
import { defineDetector } from './detector.ts';
import type { SavedForm } from './saved-model.ts';

/**
 * Distance to the fifth nearest row, over columns scaled to unit deviation (Ramaswamy, Rastogi and Shim 2000), as PyOD has it
 * by default. Exact for tables of up to 16,384 rows, beyond them against as many spread over the table. One reference row at
 * distance zero is taken for the row itself and left out.
 */
export interface NearestRows {
  scaling: Scaling;
  neighbours: number;
  /** Scaled reference rows, 16 by 16 and column by column; infinity where the rows end within a tile. */
  tiles: Float32Array;
}

/** The usual choice of the libraries. */
const NEIGHBOURS = 5;
const REFERENCE_ROWS = 16_384;

export function fitNearestRows(matrix: Matrix): NearestRows {
  const order = orderByContent(matrix);
  const scaling = learnScaling(matrix, order);
  const columns = scaling.kept.length;
  const used = spreadRows(order, REFERENCE_ROWS);
  const tiles = new Float32Array(Math.ceil(used.length / TILE) * TILE * columns).fill(Number.POSITIVE_INFINITY);
  const row = new Float32Array(columns);
  for (const [slot, from] of used.entries()) {
    scaleRow(scaling, matrix.data, from * matrix.columns, row, 0);
    for (let column = 0; column < columns; column++) tiles[placeOf(slot, column, columns)] = row[column]!;
  }
  return { scaling, neighbours: NEIGHBOURS, tiles };
}

const placeOf = (slot: number, column: number, columns: number) =>
  (Math.floor(slot / TILE) * columns + column) * TILE + (slot % TILE);

const tilesOf = ({ tiles, scaling }: NearestRows) =>
  scaling.kept.length === 0 ? 0 : tiles.length / (TILE * scaling.kept.length);

/** Finds the neighbour of the row in `query` whose distance is the score: squared distance, and slot; -1 without any. */
function createSearch(model: NearestRows) {
  const kernel = createScanKernel(model.scaling.kept.length, model.tiles);
  const count = tilesOf(model);
  // One more, in case the first is the row itself.
  const room = model.neighbours + 1;
  const squared = new Float64Array(room);
  const slots = new Int32Array(room);
  const search = (): { squared: number; slot: number } => {
    squared.fill(Number.POSITIVE_INFINITY);
    let tile = kernel.next(0, count, Number.POSITIVE_INFINITY);
    while (tile < count) {
      for (let lane = 0; lane < TILE; lane++) {
        const distance = kernel.squared[lane]!;
        if (!(distance < squared[room - 1]!)) continue;
        let at = room - 1;
        for (; at > 0 && squared[at - 1]! > distance; at--) {
          squared[at] = squared[at - 1]!;
          slots[at] = slots[at - 1]!;
        }
        squared[at] = distance;
        slots[at] = tile * TILE + lane;
      }
      tile = kernel.next(tile + 1, count, squared[room - 1]!);
    }
    const first = squared[0] === 0 ? 1 : 0;
    let last = first + room - 2;
    while (last >= first && squared[last] === Number.POSITIVE_INFINITY) last--;
    return last < first ? { squared: 0, slot: -1 } : { squared: squared[last]!, slot: slots[last]! };
  };
  return { query: kernel.query, search };
}

export function createNearestScorer(model: NearestRows): RowFunction {
  const { scaling } = model;
  const { query, search } = createSearch(model);
  return (matrix, from, to, scores) => {
    requireColumns(scaling.columns, matrix);
    for (let row = from; row < to; row++) {
      scaleRow(scaling, matrix.data, row * matrix.columns, query, 0);
      scores[row] = Math.sqrt(search().squared);
    }
  };
}

/** The distance goes to the columns in proportion to their squared differences; the values sum to the score. */
function attributeNearest(model: NearestRows, row: Float64Array): Float64Array {
  const { scaling, tiles } = model;
  const columns = scaling.kept.length;
  const { query, search } = createSearch(model);
  scaleRow(scaling, row, 0, query, 0);
  const { squared, slot } = search();
  const out = new Float64Array(row.length);
  if (squared === 0) return out;
  for (let column = 0; column < columns; column++)
    out[scaling.kept[column]!] = (query[column]! - tiles[placeOf(slot, column, columns)]!) ** 2 / Math.sqrt(squared);
  return out;
}

const MOST_NEIGHBOURS = 1000;

const NEAREST_FORM: SavedForm<NearestRows> = {
  kind: 'knn',
  version: 1,
  write: ({ scaling, neighbours, tiles }) => ({
    values: { columns: scaling.columns, neighbours },
    arrays: { ...scalingArrays(scaling), tiles },
  }),
  read(saved) {
    const scaling = readScaling(saved);
    const neighbours = saved.count('neighbours', MOST_NEIGHBOURS);
    saved.require(neighbours > 0, 'it has no neighbours');
    const tiles = saved.array('tiles', Float32Array, undefined, 'infinite');
    const tile = TILE * scaling.kept.length;
    saved.require(tile === 0 ? tiles.length === 0 : tiles.length % tile === 0, 'the last tile is cut off');
    return { scaling, neighbours, tiles };
  },
};

export const KNN_DETECTOR = defineDetector<NearestRows>({
  id: 'knn',
  form: NEAREST_FORM,
  fit: fitNearestRows,
  task: (model) => ({
    task: { module: import.meta.url, name: 'createNearestScorer' },
    create: createNearestScorer,
    state: model,
    rowNs: tilesOf(model) * (model.scaling.kept.length * 4 + 8) + 2000,
  }),
  attribute: attributeNearest,
});
