import type { Matrix } from '../numeric/matrix.ts';
import { createRandom, seedFor } from '../numeric/random.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import type { RowFunction } from '../numeric/row-threads.ts';
import { breathe } from '../numeric/threads.ts';
import { countParameters, createNetwork, type Network } from './autoencoder-network.ts';
import { learnScaling, readScaling, requireColumns, type Scaling, scaleRow, scalingArrays } from './density-scale.ts';
import { defineDetector } from './detector.ts';
import type { SavedForm } from './saved-model.ts';

/**
 * A dense network that is trained to give back its input through a narrow middle: rows unlike most are given back badly.
 * Of each batch only the best reconstructed three quarters are learned from, so that anomalies do not teach it (trimmed loss).
 * The error of each column is measured against what is usual for that column, so that columns that cannot be predicted do
 * not drown the others.
 */
export interface Autoencoder {
  scaling: Scaling;
  widths: number[];
  parameters: Float32Array;
  /** Mean squared error of each kept column over the rows of the fit. */
  usualError: Float64Array;
  epochs: number;
  /** Mean squared error over scaled values: on the rows trained on and on those held back. */
  loss: number;
  heldBackLoss: number;
}

export interface AutoencoderOptions {
  seed: number;
  /** Units of the hidden layers. Default: 34, 15 and 34 per cent of the columns, at most 128, 64 and 128. */
  hidden?: readonly number[] | undefined;
  /** Most passes over the rows. */
  epochs?: number | undefined;
  batchRows?: number | undefined;
  learningRate?: number | undefined;
  /** Passes without a lower error on the rows held back, after which training ends. Infinity: never early. */
  patience?: number | undefined;
  /** Share of each batch that is learned from, the best reconstructed rows: anomalies should not be learned. */
  keptShare?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Few: what most rows share is learned first, the oddities of single rows later. */
const EPOCHS = 25;
const PATIENCE = 8;
/** As the inner share of a minimum covariance determinant. */
export const KEPT_SHARE = 0.75;
const LEARNING_RATE = 0.003;
/** Rows trained on; each pass over more would see no more kinds of rows. */
const TRAIN_ROWS = 100_000;
const TRAIN_VALUES = 1 << 24;
const HELD_BACK_SHARE = 0.1;
const LARGEST_INPUT = 8;
/** A tenth of a percent better counts as better. */
const BETTER = 0.999;

/** Units of the narrow middle. */
export const middleOf = (columns: number) => Math.max(1, Math.min(64, Math.ceil(columns * 0.15)));

const defaultHidden = (columns: number) => {
  const outer = Math.max(1, Math.min(128, Math.ceil(columns * 0.34)));
  return [outer, middleOf(columns), outer];
};

export async function fitAutoencoder(matrix: Matrix, options: AutoencoderOptions): Promise<Autoencoder> {
  const order = orderByContent(matrix);
  const scaling = learnScaling(matrix, order);
  const columns = scaling.kept.length;
  const widths = [columns, ...(options.hidden ?? defaultHidden(columns)), columns];
  const used = spreadRows(order, Math.min(TRAIN_ROWS, Math.ceil(TRAIN_VALUES / Math.max(1, columns))));
  const network = createNetwork(widths, {
    batch: options.batchRows ?? Math.min(256, Math.max(16, used.length >> 4)),
    storedRows: used.length,
    random: createRandom(seedFor(options.seed, 'weights')),
  });
  for (const [i, row] of used.entries())
    scaleInput(scaling, matrix.data, row * matrix.columns, network.stored, i * network.inputStride);
  const trained = columns === 0 || used.length === 0 ? NOT_TRAINED : await train(network, used.length, options);
  const usualError = measureErrors(network, Uint32Array.from(used.keys()));
  return { scaling, widths, parameters: network.parameters.slice(), usualError, ...trained };
}

const NOT_TRAINED = { epochs: 0, loss: 0, heldBackLoss: 0 };

/** Scaled and softly bounded: one absurd value must not steer the whole training. */
export function scaleInput(
  scaling: Scaling,
  data: Float64Array,
  from: number,
  into: Float32Array | Float64Array,
  to: number,
): void {
  scaleRow(scaling, data, from, into, to);
  for (let i = to; i < to + scaling.kept.length; i++) {
    const x = into[i]!;
    if (x > LARGEST_INPUT) into[i] = LARGEST_INPUT + Math.log1p(x - LARGEST_INPUT);
    else if (x < -LARGEST_INPUT) into[i] = -LARGEST_INPUT - Math.log1p(-x - LARGEST_INPUT);
  }
}

async function train(network: Network, n: number, options: AutoencoderOptions) {
  const { epochs = EPOCHS, patience = PATIENCE, learningRate = LEARNING_RATE, signal } = options;
  const random = createRandom(seedFor(options.seed, 'batches'));
  const heldBack = patience === Number.POSITIVE_INFINITY || n < 20 ? 0 : Math.max(2, Math.floor(n * HELD_BACK_SHARE));
  const deck = Uint32Array.from({ length: n }, (_, i) => i);
  shuffle(deck, n, random);
  const training = deck.subarray(0, n - heldBack);
  const testing = deck.subarray(n - heldBack);
  let best = { loss: Number.POSITIVE_INFINITY, epoch: 0, parameters: network.parameters.slice() };
  let epoch = 0;
  while (epoch < epochs) {
    epoch += 1;
    shuffle(training, training.length, random);
    for (let start = 0; start < training.length; start += network.batchRows) {
      const count = Math.min(network.batchRows, training.length - start);
      network.load(training.subarray(start, start + count));
      network.train(count, learningRate, options.keptShare ?? KEPT_SHARE);
    }
    await breathe(signal);
    if (heldBack === 0) continue;
    const loss = mean(measureErrors(network, testing));
    if (loss < best.loss * BETTER) best = { loss, epoch, parameters: network.parameters.slice() };
    else if (epoch - best.epoch >= patience) break;
  }
  if (heldBack > 0) network.parameters.set(best.parameters);
  return {
    epochs: epoch,
    loss: mean(measureErrors(network, training)),
    heldBackLoss: heldBack === 0 ? Number.NaN : best.loss,
  };
}

function shuffle(deck: Uint32Array, n: number, random: { int(n: number): number }): void {
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [deck[i], deck[j]] = [deck[j]!, deck[i]!];
  }
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean squared error of each column over stored rows. */
function measureErrors(network: Network, taken: Uint32Array): Float64Array {
  const errors = new Float64Array(network.widths[0]!);
  for (let start = 0; errors.length > 0 && start < taken.length; start += network.batchRows) {
    const part = taken.subarray(start, start + network.batchRows);
    network.load(part);
    network.forward(part.length);
    for (let i = 0; i < part.length; i++)
      for (let column = 0, at = i * network.inputStride; column < errors.length; column++, at++)
        errors[column]! += (network.output[at]! - network.input[at]!) ** 2 / taken.length;
  }
  return errors;
}

const SCORE_ROWS = 256;
/** Part of a column's variance that its usual error counts as at least. */
export const LEAST_ERROR = 0.01;

export function createAutoencoderScorer(model: Autoencoder): RowFunction {
  const errorsOf = createErrorFunction(model);
  const columns = model.scaling.kept.length;
  return (matrix, from, to, scores) => {
    requireColumns(model.scaling.columns, matrix);
    for (let start = from; start < to; start += SCORE_ROWS) {
      const count = Math.min(SCORE_ROWS, to - start);
      const errors = errorsOf(matrix, start, count);
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let column = 0; column < columns; column++) sum += errors[i * columns + column]!;
        scores[start + i] = columns === 0 ? 0 : sum / columns;
      }
    }
  };
}

/** Squared error of each kept column over its usual error; count x kept columns. */
function createErrorFunction({ scaling, widths, parameters, usualError }: Autoencoder) {
  const columns = scaling.kept.length;
  const network = createNetwork(widths, { batch: SCORE_ROWS });
  network.parameters.set(parameters);
  const errors = new Float64Array(SCORE_ROWS * columns);
  return (matrix: Matrix, start: number, count: number): Float64Array => {
    for (let i = 0; i < count; i++)
      scaleInput(scaling, matrix.data, (start + i) * matrix.columns, network.input, i * network.inputStride);
    network.forward(count);
    for (let i = 0; i < count; i++)
      for (let column = 0; column < columns; column++) {
        const at = i * network.inputStride + column;
        errors[i * columns + column] =
          (network.output[at]! - network.input[at]!) ** 2 / (usualError[column]! + LEAST_ERROR);
      }
    return errors;
  };
}

/** Each column's part of the score. */
export function attributeAutoencoder(model: Autoencoder, row: Float64Array): Float64Array {
  const { kept } = model.scaling;
  const errors = createErrorFunction(model)({ rows: 1, columns: row.length, data: row }, 0, 1);
  const out = new Float64Array(row.length);
  for (let i = 0; i < kept.length; i++) out[kept[i]!] = errors[i]! / kept.length;
  return out;
}

export const AUTOENCODER_FORM: SavedForm<Autoencoder> = {
  kind: 'autoencoder',
  version: 1,
  write: ({ scaling, widths, parameters, usualError, epochs, loss, heldBackLoss }) => ({
    values: { columns: scaling.columns, layers: widths.length, epochs, loss, heldBackLoss },
    arrays: { ...scalingArrays(scaling), widths: Int32Array.from(widths), parameters, usualError },
  }),
  read(saved) {
    const scaling = readScaling(saved);
    const columns = scaling.kept.length;
    const widths = Array.from(saved.array('widths', Int32Array, saved.count('layers', MOST_LAYERS)));
    saved.require(
      widths.length > 1 && widths.every((width) => width >= 0) && widths[0] === columns && widths.at(-1) === columns,
      'its layers do not fit its columns',
    );
    const usualError = saved.array('usualError', Float64Array, columns);
    saved.require(
      usualError.every((value) => value >= 0),
      'a usual error is below zero',
    );
    return {
      scaling,
      widths,
      parameters: saved.array('parameters', Float32Array, countParameters(widths)),
      usualError,
      epochs: saved.count('epochs'),
      loss: Number(saved.values.loss),
      heldBackLoss: Number(saved.values.heldBackLoss ?? Number.NaN),
    };
  },
};
const MOST_LAYERS = 16;

export const AUTOENCODER_DETECTOR = defineDetector<Autoencoder>({
  id: 'autoencoder',
  form: AUTOENCODER_FORM,
  fit: (matrix, { seed, signal }) => fitAutoencoder(matrix, { seed, signal }),
  task: (model) => ({
    task: { module: import.meta.url, name: 'createAutoencoderScorer' },
    create: createAutoencoderScorer,
    state: model,
    rowNs: model.parameters.length * 0.3 + 50,
  }),
  attribute: attributeAutoencoder,
});
