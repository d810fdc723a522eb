import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitAutoencoder } from '../src/detect/autoencoder.ts';
import { fitForest, scoreForest } from '../src/detect/forest-threads.ts';
import type { Matrix } from '../src/numeric/matrix.ts';
import { createRandom } from '../src/numeric/random.ts';
import { measureRanking } from '../src/numeric/ranking.ts';
import type { DetectBenchOptions } from './detect-options.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from './report.ts';
import { FOREST_SPEED, NETWORK_SPEED, type Scikit } from './scikit.ts';

/** Six correlated groups; the last rows have three to five columns shifted. */
function createMixture(rows: number, columns: number, anomalies: number, seed: number): Matrix {
  const random = createRandom(seed);
  const data = new Float64Array(new SharedArrayBuffer(rows * columns * 8));
  const centres = Float64Array.from({ length: 6 * columns }, () => 3 * random.normal());
  const mixing = Float64Array.from({ length: 6 * columns * 4 }, () => random.normal());
  for (let row = 0; row < rows; row++) {
    const group = random.int(6);
    const factors = [random.normal(), random.normal(), random.normal(), random.normal()];
    for (let column = 0; column < columns; column++) {
      let x = centres[group * columns + column]! + 0.5 * random.normal();
      for (let k = 0; k < 4; k++) x += 0.5 * factors[k]! * mixing[(group * columns + column) * 4 + k]!;
      data[row * columns + column] = x;
    }
    if (row < rows - anomalies) continue;
    for (let shifts = 3 + random.int(3); shifts > 0; shifts--)
      data[row * columns + random.int(columns)]! += (random.int(2) ? 1 : -1) * (4 + 2 * random.next());
  }
  return { rows, columns, data };
}

async function withFile<Result>(matrix: Matrix, work: (file: string) => Promise<Result> | Result): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'undercurrent-bench-'));
  try {
    const file = join(folder, 'rows.f64');
    writeFileSync(file, new Uint8Array(matrix.data.buffer, matrix.data.byteOffset, matrix.data.byteLength));
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface SpeedResult {
  fit: number;
  score: number;
  aucRoc: number;
  memory: number;
}

const seconds = (sinceMs: number) => (performance.now() - sinceMs) / 1000;
const peakMemory = () => process.resourceUsage().maxRSS * 1024;

export async function measureForestSpeed(
  { quick, log }: DetectBenchOptions,
  scikit: Scikit | undefined,
): Promise<string> {
  const [rows, columns, anomalies] = [quick ? 50_000 : 1_000_000, 32, quick ? 250 : 5000];
  const matrix = createMixture(rows, columns, anomalies, 7);
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row >= rows - anomalies ? 1 : 0));
  const run = async (threads: number, settings: { trees?: number; sampleSize?: number }): Promise<SpeedResult> => {
    log(`forest on ${threads} thread(s)`);
    const start = performance.now();
    const forest = await fitForest(matrix, { seed: 0, threads, ...settings });
    const fit = seconds(start);
    const between = performance.now();
    const scores = await scoreForest(forest, matrix, { threads });
    const score = seconds(between);
    return { fit, score, aucRoc: measureRanking(scores, labels).aucRoc, memory: peakMemory() };
  };
  /** The quickest of three: the machine may have other work. */
  const best = async (threads: number, settings: { trees?: number; sampleSize?: number }) => {
    const runs: SpeedResult[] = [];
    for (let i = 0; i < (quick ? 1 : 3); i++) runs.push(await run(threads, settings));
    return runs.sort((a, b) => a.fit + a.score - b.fit - b.score)[0]!;
  };
  const same = { trees: 100, sampleSize: 256 };
  const [one, two, ownOne, ownTwo] = [await best(1, same), await best(2, same), await best(1, {}), await best(2, {})];
  log('forest of scikit-learn');
  const theirs =
    scikit &&
    (await withFile(matrix, (file) =>
      scikit.run<SpeedResult>(FOREST_SPEED, { file, rows, columns, anomalies, trees: 100, sample: 256 }),
    ));
  const line = (name: string, { fit, score, aucRoc, memory }: SpeedResult) => [
    name,
    fixed(fit),
    fixed(score),
    fixed(fit + score),
    fixed(aucRoc, 3),
    megabytes(memory),
  ];
  const total = ({ fit, score }: SpeedResult) => fit + score;
  return [
    '### Speed of the isolation forest',
    `${thousands(rows)} x ${columns} numbers in memory, six correlated groups, ${thousands(anomalies)} rows with three to five columns shifted. ` +
      'Quickest of three runs; memory is the peak of the process, the table included.',
    formatTable(
      ['', 'fit s', 'score s', 'sum s', 'ROC-AUC', 'peak memory'],
      [
        line('100 trees of 256, one thread', one),
        line('100 trees of 256, two threads', two),
        line('default (250 trees of 512), one thread', ownOne),
        line('default, two threads', ownTwo),
        ...(theirs ? [line('scikit-learn, 100 trees of 256, one thread', theirs)] : []),
      ],
    ),
    ...(theirs
      ? [
          verdict(
            'fit and score in at most a quarter of the time of scikit-learn on one thread',
            `${fixed(total(one) / total(theirs))} with the same trees, ${fixed(total(ownOne) / total(theirs))} by default`,
            total(one) <= total(theirs) / 4 && total(ownOne) <= total(theirs) / 4,
          ),
        ]
      : []),
    verdict(
      'two threads in at most 0.6 of the time of one',
      `${fixed(total(ownTwo) / total(ownOne))} by default, ${fixed(total(two) / total(one))} with 100 trees of 256, where ordering the rows, which one thread does, weighs more`,
      total(ownTwo) <= 0.6 * total(ownOne),
    ),
  ].join('\n\n');
}

interface NetworkResult {
  seconds: number;
  loss: number;
  memory: number;
}

export async function measureNetworkSpeed(
  { quick, log }: DetectBenchOptions,
  scikit: Scikit | undefined,
): Promise<string> {
  const [rows, columns] = [quick ? 20_000 : 100_000, 40];
  const matrix = createMixture(rows, columns, 0, 9);
  const shape = { hidden: [16, 8, 16], epochs: 10, batch: 256, rate: 0.001 };
  const seeds = quick ? [0] : [0, 1, 2];
  const own: NetworkResult[] = [];
  for (const seed of seeds) {
    log(`autoencoder, seed ${seed}`);
    const start = performance.now();
    const model = await fitAutoencoder(matrix, {
      seed,
      hidden: shape.hidden,
      epochs: shape.epochs,
      batchRows: shape.batch,
      learningRate: shape.rate,
      keptShare: 1,
      patience: Number.POSITIVE_INFINITY,
    });
    own.push({ seconds: seconds(start), loss: model.loss, memory: peakMemory() });
  }
  log('MLPRegressor of scikit-learn');
  const theirs =
    scikit &&
    (await withFile(matrix, (file) =>
      seeds.map((seed) => scikit.run<NetworkResult>(NETWORK_SPEED, { file, rows, columns, ...shape, seed })),
    ));
  const summary = (results: NetworkResult[]): NetworkResult => ({
    seconds: Math.min(...results.map(({ seconds }) => seconds)),
    loss: results.reduce((sum, { loss }) => sum + loss / results.length, 0),
    memory: Math.max(...results.map(({ memory }) => memory)),
  });
  const [ours, their] = [summary(own), theirs && summary(theirs)];
  const line = (name: string, result: NetworkResult) => [name, fixed(result.seconds), fixed(result.loss, 4)];
  return [
    '### Speed of the autoencoder',
    `${thousands(rows)} x ${columns} numbers, layers 40-16-8-16-40, rectified, Adam, batches of 256, ten epochs, no early stopping, nothing trimmed, one thread; scaling included. ` +
      `Time: the quickest of seeds ${seeds.join(', ')}; loss: mean squared error over scaled values, mean of the seeds.`,
    formatTable(
      ['', 'seconds', 'loss'],
      [line('WebAssembly SIMD', ours), ...(their ? [line('scikit-learn MLPRegressor', their)] : [])],
    ),
    ...(their
      ? [
          verdict(
            'at most the time of MLPRegressor at no worse loss',
            `${fixed(ours.seconds / their.seconds)} of the time, loss ${fixed(ours.loss, 4)} against ${fixed(their.loss, 4)}`,
            ours.seconds <= their.seconds && ours.loss <= their.loss * 1.005,
          ),
        ]
      : []),
  ].join('\n\n');
}
