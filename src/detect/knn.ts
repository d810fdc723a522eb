import type { Matrix } from '../numeric/matrix.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { createScanKernel, TILE } from './density-kernel.ts';
import { learnScaling, readScaling, requireColumns, type Scaling, scaleRow, scalingArrays } from './density-scale.ts';
import { defineDetector } from './detector.ts';
import type { SavedForm } from './saved-model.ts';

/**
 * Mean distance to the five nearest rows, over columns scaled to unit deviation (Ramaswamy, Rastogi and Shim 2000; the mean:
 * Angiulli and Pizzuti 2002). Exact for tables of up to 16,384 rows, beyond them against as many spread over the table. One
 * reference row at distance zero is taken for the row itself and left out.
 */
export interface NearestRows {
  scaling: Scaling;
  neighbours: number;
  /** Scaled reference rows, 16 by 16 and column by column; infinity where the rows end within a tile. */
  tiles: Float32Array;
}

/** The usual choice of the libraries; the sets of the benchmark change by 0.01 on average from 3 to 10. */
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

/** Finds the nearest reference rows of the row in `query`: their squared distances in ascending order, and their slots. */
function createSearch(model: NearestRows) {
  const kernel = createScanKernel(model.scaling.kept.length, model.tiles);
  const count = tilesOf(model);
  const room = model.neighbours + 1;
  const squared = new Float64Array(room);
  const slots = new Int32Array(room);
  return {
    query: kernel.query,
    /** The neighbours are those from `first` to `end`. */
    search(): { squared: Float64Array; slots: Int32Array; first: number; end: number } {
      squared.fill(Number.POSITIVE_INFINITY);
      for (let tile = kernel.next(0, count, squared[room - 1]!); tile < count; ) {
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
      let end = first;
      while (end < first + room - 1 && squared[end]! < Number.POSITIVE_INFINITY) end++;
      return { squared, slots, first, end };
    },
  };
}

export function createNearestScorer(model: NearestRows): RowFunction {
  const { scaling } = model;
  const { query, search } = createSearch(model);
  return (matrix, from, to, scores) => {
    requireColumns(scaling.columns, matrix);
    for (let row = from; row < to; row++) {
      scaleRow(scaling, matrix.data, row * matrix.columns, query, 0);
      const { squared, first, end } = search();
      let sum = 0;
      for (let i = first; i < end; i++) sum += Math.sqrt(squared[i]!);
      scores[row] = end === first ? 0 : sum / (end - first);
    }
  };
}

/** Each distance goes to the columns in proportion to their squared differences; the values sum to the score. */
function attributeNearest(model: NearestRows, row: Float64Array): Float64Array {
  const { scaling, tiles } = model;
  const columns = scaling.kept.length;
  const { query, search } = createSearch(model);
  scaleRow(scaling, row, 0, query, 0);
  const { squared, slots, first, end } = search();
  const out = new Float64Array(row.length);
  for (let i = first; i < end; i++) {
    if (squared[i] === 0) continue;
    const scale = 1 / (Math.sqrt(squared[i]!) * (end - first));
    for (let column = 0; column < columns; column++)
      out[scaling.kept[column]!]! += (query[column]! - tiles[placeOf(slots[i]!, column, columns)]!) ** 2 * scale;
  }
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
    const tiles = saved.array('tiles', Float32Array, undefined, 'infinite');
    const tile = TILE * scaling.kept.length;
    saved.require(tile === 0 ? tiles.length === 0 : tiles.length % tile === 0, 'the last tile is cut off');
    return { scaling, neighbours: saved.count('neighbours', MOST_NEIGHBOURS), tiles };
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
