import type { Random } from '../numeric/random.ts';
import { adamStep, COLUMN_STEP, NETWORK_KERNEL, ROW_STEP } from './autoencoder-kernel.ts';

/** Dense layers with rectified hidden units and linear outputs, in 32-bit floats in one WebAssembly memory. */
export interface Network {
  /** Units of each layer, inputs first. */
  widths: number[];
  /** Rows that go through at once; a multiple of four. */
  batchRows: number;
  /** Rows kept beside the network, row stride `inputStride`; filled by the caller. */
  stored: Float32Array;
  /** Puts stored rows into `input`, at most `batchRows`. */
  load(indices: Uint32Array): void;
  /** Fill the first `rows` rows (row stride `inputStride`), then call `forward` or `train`. */
  input: Float32Array;
  inputStride: number;
  /** Reconstruction after `forward`, same layout as `input`. */
  output: Float32Array;
  forward(rows: number): void;
  /** One Adam step towards output = input. Of the rows, the `keptShare` that is given back best is learned from. */
  train(rows: number, learningRate: number, keptShare?: number): void;
  /** All weights and biases, padded. */
  parameters: Float32Array;
}

const padTo = (value: number, step: number) => Math.ceil(value / step) * step;

/** Numbers in `parameters` for these layers, padding included. */
export function countParameters(widths: readonly number[]): number {
  const sizes = widths.map((width) => padTo(width, COLUMN_STEP));
  return sizes.slice(1).reduce((sum, to, layer) => sum + (sizes[layer]! + 1) * to, 0);
}

export interface NetworkOptions {
  batch: number;
  /** Rows that `stored` has room for. */
  storedRows?: number;
  /** Draws the weights uniformly within sqrt(6 / (in + out)) (Glorot and Bengio 2010); all zero without. */
  random?: Random;
}

export function createNetwork(widths: readonly number[], { batch, storedRows = 0, random }: NetworkOptions): Network {
  const batchRows = padTo(batch, ROW_STEP);
  const sizes = widths.map((width) => padTo(width, COLUMN_STEP));
  const layers = sizes.length - 1;

  let next = 16;
  const reserve = (numbers: number) => {
    const at = next;
    next += padTo(numbers, 4) * 4;
    return at;
  };
  const stepAt = 0;
  const weightsAt: number[] = [];
  const biasesAt: number[] = [];
  const parametersAt = next;
  for (let layer = 0; layer < layers; layer++) {
    weightsAt.push(reserve(sizes[layer]! * sizes[layer + 1]!));
    biasesAt.push(reserve(sizes[layer + 1]!));
  }
  const count = (next - parametersAt) / 4;
  const gradientsAt = reserve(count);
  const meansAt = reserve(count);
  const squaresAt = reserve(count);
  const activationsAt = sizes.map((size) => reserve(batchRows * size));
  const widest = Math.max(...sizes);
  const deltasAt = [reserve(batchRows * widest), reserve(batchRows * widest)];
  const transposedAt = reserve(Math.max(...sizes.slice(1).map((to, layer) => sizes[layer]! * to)));
  const zerosAt = reserve(widest);
  const indicesAt = reserve(batchRows);
  const storedAt = reserve(storedRows * sizes[0]!);

  const { buffer, call } = NETWORK_KERNEL.instantiate(next);
  const floats = new Float32Array(buffer);
  const ints = new Uint32Array(buffer);
  if (random)
    for (let layer = 0; layer < layers; layer++) {
      const limit = Math.sqrt(6 / (widths[layer]! + widths[layer + 1]!));
      for (let i = 0; i < widths[layer]!; i++)
        for (let j = 0; j < widths[layer + 1]!; j++)
          floats[weightsAt[layer]! / 4 + i * sizes[layer + 1]! + j] = (2 * random.next() - 1) * limit;
    }

  const forward = (rows: number) => {
    const padded = padTo(rows, ROW_STEP);
    for (let layer = 0; layer < layers; layer++) {
      const [from, to] = [sizes[layer]!, sizes[layer + 1]!];
      call.multiply(
        ...[activationsAt[layer]!, weightsAt[layer]!, activationsAt[layer + 1]!],
        ...[padded, to, from, from * 4, 4, biasesAt[layer]!],
      );
      if (layer < layers - 1) call.rectify(activationsAt[layer + 1]!, padded * to);
    }
  };

  /** Gradients of the mean over rows of half the squared error. Padding rows of the input are zero in and zero out. */
  const backward = (rows: number, keptShare: number) => {
    const padded = padTo(rows, ROW_STEP);
    const last = sizes[layers]!;
    floats[stepAt / 4 + 2] = 1 / rows;
    floats.copyWithin(deltasAt[0]! / 4, activationsAt[layers]! / 4, activationsAt[layers]! / 4 + padded * last);
    call.differ(deltasAt[0]!, activationsAt[0]!, padded * last, stepAt + 8);
    floats.fill(0, deltasAt[0]! / 4 + rows * last, deltasAt[0]! / 4 + padded * last);
    if (keptShare < 1) dropWorst(floats.subarray(deltasAt[0]! / 4), rows, last, keptShare);
    for (let layer = layers - 1; layer >= 0; layer--) {
      const [from, to] = [sizes[layer]!, sizes[layer + 1]!];
      const delta = deltasAt[(layers - 1 - layer) % 2]!;
      const offset = gradientsAt - parametersAt;
      call.multiply(
        ...[activationsAt[layer]!, delta, weightsAt[layer]! + offset],
        ...[from, to, padded, 4, from * 4, zerosAt],
      );
      call.sumRows(delta, padded, to, biasesAt[layer]! + offset);
      if (layer === 0) break;
      transpose(floats, weightsAt[layer]! / 4, transposedAt / 4, from, to);
      const before = deltasAt[(layers - layer) % 2]!;
      call.multiply(...[delta, transposedAt, before], ...[padded, from, to, to * 4, 4, zerosAt]);
      call.gate(before, activationsAt[layer]!, padded * from);
    }
  };

  let steps = 0;
  return {
    widths: [...widths],
    batchRows,
    stored: floats.subarray(storedAt / 4, storedAt / 4 + storedRows * sizes[0]!),
    load(indices) {
      ints.set(indices, indicesAt / 4);
      call.gather(storedAt, indicesAt, indices.length, sizes[0]! * 4, activationsAt[0]!);
    },
    input: floats.subarray(activationsAt[0]! / 4, activationsAt[0]! / 4 + batchRows * sizes[0]!),
    inputStride: sizes[0]!,
    output: floats.subarray(activationsAt[layers]! / 4, activationsAt[layers]! / 4 + batchRows * sizes[layers]!),
    forward,
    train(rows, learningRate, keptShare = 1) {
      forward(rows);
      backward(rows, keptShare);
      steps += 1;
      floats.set(adamStep(learningRate, steps), stepAt / 4);
      call.adam(parametersAt, gradientsAt, meansAt, squaresAt, count, stepAt);
    },
    parameters: floats.subarray(parametersAt / 4, parametersAt / 4 + count),
  };
}

function transpose(floats: Float32Array, from: number, to: number, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) floats[to + j * rows + i] = floats[from + i * columns + j]!;
}

/** Sets the gradients of the rows with the largest errors to zero. */
function dropWorst(deltas: Float32Array, rows: number, columns: number, keptShare: number): void {
  const errors = new Float64Array(rows);
  for (let row = 0, at = 0; row < rows; row++)
    for (const end = at + columns; at < end; at++) errors[row]! += deltas[at]! ** 2;
  const limit = errors.slice().sort()[Math.max(0, Math.ceil(rows * keptShare) - 1)]!;
  for (let row = 0; row < rows; row++) if (errors[row]! > limit) deltas.fill(0, row * columns, (row + 1) * columns);
}
