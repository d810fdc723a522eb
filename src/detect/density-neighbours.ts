import type { Matrix } from '../numeric/matrix.ts';
import { createRandom, seedFor } from '../numeric/random.ts';
import { orderByContent } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { createNeighbourKernel, TILE } from './density-kernel.ts';
import { learnScaling, readScaling, requireColumns, type Scaling, scaleRow, scalingArrays } from './density-scale.ts';
import { type Detector, defineDetector } from './detector.ts';
import type { SavedForm } from './saved-model.ts';

/**
 * Mean distance to the nearest neighbour in many small random samples (Sugiyama and Borgwardt 2013; LeSiNN, Pang, Ting and
 * Albrecht 2015). Small samples are why it works beside groups of anomalies: a group that is rare in the data is rarer still
 * in a sample of sixteen, so its members have no near neighbour there, where they would have one in all rows.
 */
export interface SampledNeighbours {
  scaling: Scaling;
  samples: number;
  tilesPerSample: number;
  /** Scaled reference rows, 16 by 16 and column by column; infinity where a sample ends within a tile. */
  tiles: Float32Array;
  /** Infinity for a reference row without a twin: a row at distance zero is then itself, and no neighbour. */
  skips: Float32Array;
}

export interface NeighbourOptions {
  samples: number;
  sampleSize: number;
  seed: number;
}

/** @param order all rows in content order */
export function fitNeighbours(matrix: Matrix, order: Uint32Array, options: NeighbourOptions): SampledNeighbours {
  const scaling = learnScaling(matrix, order);
  const columns = scaling.kept.length;
  const size = Math.min(options.sampleSize, matrix.rows);
  const samples = size === 0 ? 0 : options.samples;
  const tilesPerSample = Math.ceil(size / TILE);
  const tiles = new Float32Array(samples * tilesPerSample * TILE * columns).fill(Number.POSITIVE_INFINITY);
  const skips = new Float32Array(samples * tilesPerSample * TILE);
  const row = new Float32Array(columns);
  const random = createRandom(seedFor(options.seed, `neighbours in ${options.sampleSize}`));
  for (let sample = 0; sample < samples; sample++) {
    const taken = new Set<number>();
    while (taken.size < size) taken.add(random.int(matrix.rows));
    let slot = sample * tilesPerSample * TILE;
    for (const position of taken) {
      scaleRow(scaling, matrix.data, order[position]! * matrix.columns, row, 0);
      const base = baseOf(slot, columns);
      for (let column = 0; column < columns; column++) tiles[base + column * TILE] = row[column]!;
      if (!hasTwin(matrix, order, position)) skips[slot] = Number.POSITIVE_INFINITY;
      slot++;
    }
  }
  return { scaling, samples, tilesPerSample, tiles, skips };
}

/** Whether another row has the same content; such rows stand side by side in content order. */
function hasTwin(matrix: Matrix, order: Uint32Array, position: number): boolean {
  return [position - 1, position + 1].some(
    (other) => other >= 0 && other < order.length && sameContent(matrix, order[position]!, order[other]!),
  );
}

function sameContent({ columns, data }: Matrix, a: number, b: number): boolean {
  for (let column = 0; column < columns; column++)
    if (!Object.is(data[a * columns + column], data[b * columns + column])) return false;
  return true;
}

export function createNeighbourScorer(model: SampledNeighbours): RowFunction {
  const { scaling, samples, tilesPerSample, tiles, skips } = model;
  const kernel = createNeighbourKernel(scaling.kept.length, tiles, skips);
  return (matrix, from, to, scores) => {
    requireColumns(scaling.columns, matrix);
    for (let row = from; row < to; row++) {
      scaleRow(scaling, matrix.data, row * matrix.columns, kernel.query, 0);
      let sum = 0;
      for (let sample = 0; sample < samples; sample++) {
        const squared = kernel.nearest(sample * tilesPerSample, (sample + 1) * tilesPerSample);
        if (squared < Number.POSITIVE_INFINITY) sum += Math.sqrt(squared);
      }
      scores[row] = samples === 0 ? 0 : sum / samples;
    }
  };
}

/** Each distance goes to the columns in proportion to their squared differences; the values sum to the score. */
export function attributeNeighbours(model: SampledNeighbours, row: Float64Array): Float64Array {
  const { scaling, samples, tilesPerSample, tiles, skips } = model;
  const columns = scaling.kept.length;
  const query = new Float32Array(columns);
  scaleRow(scaling, row, 0, query, 0);
  const out = new Float64Array(row.length);
  for (let sample = 0; sample < samples; sample++) {
    let least = Number.POSITIVE_INFINITY;
    let nearest = -1;
    for (let slot = sample * tilesPerSample * TILE; slot < (sample + 1) * tilesPerSample * TILE; slot++) {
      const base = baseOf(slot, columns);
      let squared = 0;
      for (let column = 0; column < columns; column++) squared += (query[column]! - tiles[base + column * TILE]!) ** 2;
      if (squared === 0) squared += skips[slot]!;
      if (squared < least) {
        least = squared;
        nearest = base;
      }
    }
    if (nearest < 0 || least === 0) continue;
    const scale = 1 / (Math.sqrt(least) * samples);
    for (let column = 0; column < columns; column++)
      out[scaling.kept[column]!]! += (query[column]! - tiles[nearest + column * TILE]!) ** 2 * scale;
  }
  return out;
}

const baseOf = (slot: number, columns: number) => Math.floor(slot / TILE) * TILE * columns + (slot % TILE);

const NEIGHBOURS_FORM: SavedForm<SampledNeighbours> = {
  kind: 'sampled-neighbours',
  version: 1,
  write: ({ scaling, samples, tilesPerSample, tiles, skips }) => ({
    values: { columns: scaling.columns, samples, tilesPerSample },
    arrays: { ...scalingArrays(scaling), tiles, skips },
  }),
  read(saved) {
    const scaling = readScaling(saved);
    const samples = saved.count('samples');
    const tilesPerSample = saved.count('tilesPerSample');
    const slots = samples * tilesPerSample * TILE;
    return {
      scaling,
      samples,
      tilesPerSample,
      tiles: saved.array('tiles', Float32Array, slots * scaling.kept.length, 'infinite'),
      skips: saved.array('skips', Float32Array, slots, 'infinite'),
    };
  },
};

/** Distance to the nearest neighbours in samples of one size. Part of the ensemble. */
export const createNeighbourDetector = (samples: number, sampleSize: number): Detector =>
  defineDetector<SampledNeighbours>({
    id: `neighbours-${sampleSize}`,
    form: NEIGHBOURS_FORM,
    fit: (matrix, { seed }) => fitNeighbours(matrix, orderByContent(matrix), { samples, sampleSize, seed }),
    task: (model) => ({
      task: { module: import.meta.url, name: 'createNeighbourScorer' },
      create: createNeighbourScorer,
      state: model,
      rowNs: samples * model.tilesPerSample * (model.scaling.kept.length * 4 + 20) + 1,
    }),
    attribute: attributeNeighbours,
  });
