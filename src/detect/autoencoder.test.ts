import { describe, expect, it } from 'vitest';
import { createMatrix } from '../numeric/matrix.ts';
import { createRandom } from '../numeric/random.ts';
import { fitAutoencoder } from './autoencoder.ts';
import { adamStep } from './autoencoder-kernel.ts';
import { createNetwork } from './autoencoder-network.ts';

/** The same network and step written down plainly in 64-bit floats. */
function trainPlainly(widths: number[], parameters: number[][], biases: number[][], rows: number[][], rate: number) {
  const layers = widths.length - 1;
  const gradients = parameters.map((weights) => weights.map(() => 0));
  const biasGradients = biases.map((values) => values.map(() => 0));
  for (const row of rows) {
    const outputs = [row];
    for (let l = 0; l < layers; l++)
      outputs.push(
        biases[l]!.map((bias, j) => {
          let sum = bias;
          for (let i = 0; i < widths[l]!; i++) sum += outputs[l]![i]! * parameters[l]![i * widths[l + 1]! + j]!;
          return l < layers - 1 ? Math.max(0, sum) : sum;
        }),
      );
    let delta = outputs[layers]!.map((value, j) => (value - row[j]!) / rows.length);
    for (let l = layers - 1; l >= 0; l--) {
      const width = widths[l + 1]!;
      for (let i = 0; i < widths[l]!; i++)
        for (let j = 0; j < width; j++) gradients[l]![i * width + j]! += outputs[l]![i]! * delta[j]!;
      for (let j = 0; j < width; j++) biasGradients[l]![j]! += delta[j]!;
      const current = delta;
      delta = outputs[l]!.map((value, i) =>
        value > 0 ? current.reduce((sum, d, j) => sum + d * parameters[l]![i * width + j]!, 0) : 0,
      );
    }
  }
  const [step, epsilon] = adamStep(rate, 1);
  const move = (value: number, gradient: number) =>
    value - (step * 0.1 * gradient) / (Math.sqrt(0.001 * gradient * gradient) + epsilon);
  return {
    weights: parameters.map((values, l) => values.map((value, i) => move(value, gradients[l]![i]!))),
    biases: biases.map((values, l) => values.map((value, j) => move(value, biasGradients[l]![j]!))),
  };
}

describe('autoencoder', () => {
  it('takes the step that the plain network takes', () => {
    const widths = [5, 9, 3, 9, 5];
    const pad = (n: number) => Math.ceil(n / 8) * 8;
    const random = createRandom(4);
    const network = createNetwork(widths, { batch: 7, random });
    const weights: number[][] = [];
    const biases: number[][] = [];
    const read = (from: Float32Array) => {
      let at = 0;
      for (let l = 0; l < widths.length - 1; l++) {
        const [rows, columns] = [widths[l]!, widths[l + 1]!];
        const stride = pad(columns);
        weights[l] = Array.from(
          { length: rows * columns },
          (_, i) => from[at + Math.floor(i / columns) * stride + (i % columns)]!,
        );
        at += pad(rows) * stride;
        biases[l] = Array.from(from.subarray(at, at + columns));
        at += stride;
      }
    };
    read(network.parameters);
    const rows = Array.from({ length: 7 }, () => Array.from({ length: 5 }, () => Math.fround(random.normal())));
    for (const [i, row] of rows.entries()) network.input.set(row, i * network.inputStride);
    const expected = trainPlainly(widths, weights, biases, rows, 0.01);
    network.train(7, 0.01);
    read(network.parameters);
    for (let l = 0; l < 4; l++) {
      expect(weights[l]).toEqual(expected.weights[l]!.map((value) => expect.closeTo(value, 4)));
      expect(biases[l]).toEqual(expected.biases[l]!.map((value) => expect.closeTo(value, 4)));
    }
  });

  it('learns what most rows share and stops early', async () => {
    const random = createRandom(2);
    const matrix = createMatrix(2000, 8);
    for (let row = 0; row < 2000; row++) {
      const [a, b] = [random.normal(), random.normal()];
      for (let j = 0; j < 8; j++) matrix.data[row * 8 + j] = (j % 2 ? a : b) * (1 + j / 8) + 0.05 * random.normal();
    }
    const model = await fitAutoencoder(matrix, { seed: 1, hidden: [8, 3, 8], epochs: 300, keptShare: 1 });
    expect(model.loss).toBeLessThan(0.02);
    expect(model.epochs).toBeLessThan(300);
    expect(model.heldBackLoss).toBeLessThan(0.03);
  });

  it('can be stopped', async () => {
    const stop = new AbortController();
    const work = fitAutoencoder(
      createMatrix(
        5000,
        3,
        Float64Array.from({ length: 15000 }, (_, i) => i % 7),
      ),
      {
        seed: 1,
        epochs: 1e6,
        patience: Number.POSITIVE_INFINITY,
        signal: stop.signal,
      },
    );
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(work).rejects.toThrow('enough');
  });
});
