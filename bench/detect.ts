import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitAutoencoder } from '../src/detect/autoencoder.ts';
import { DETECTORS } from '../src/detect/detectors.ts';
import { fitForest, scoreForest } from '../src/detect/forest-threads.ts';
import type { Matrix } from '../src/numeric/matrix.ts';
import { createRandom } from '../src/numeric/random.ts';
import { measureRanking } from '../src/numeric/ranking.ts';
import { evaluateTable } from '../src/pipeline/evaluate-table.ts';
import { hasShared, sharedPath } from './paths.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from './report.ts';
import { FOREST_QUALITY, FOREST_SPEED, NETWORK_SPEED, openScikit, type Scikit } from './scikit.ts';

export interface DetectBenchOptions {
  quick: boolean;
  log(text: string): void;
}

const SEEDS = [0, 1, 2, 3, 4];
/** Methods of the published table that are not deep networks. */
const CLASSIC = [
  ...['CBLOF', 'COPOD', 'ECOD', 'FeatureBagging', 'HBOS', 'IForest'],
  ...['KNN', 'LODA', 'LOF', 'MCD', 'OCSVM', 'PCA'],
];

/** Detectors against labelled tables and against scikit-learn: quality, speed, memory. Markdown. */
export async function runDetectBench(options: DetectBenchOptions): Promise<string> {
  const scikit = openScikit(options.log);
  const parts = [
    scikit
      ? `Beside scikit-learn ${scikit.version} on the same machine in the same run, one thread unless stated.`
      : 'scikit-learn was not there: its figures are missing.',
    await measureQuality(options, scikit),
    await measureForestSpeed(options, scikit),
    await measureNetworkSpeed(options, scikit),
  ];
  return parts.join('\n\n');
}

interface Quality {
  aucRoc: number;
  aucPr: number;
}

async function measureQuality({ quick, log }: DetectBenchOptions, scikit: Scikit | undefined): Promise<string> {
  if (!hasShared('adbench')) return 'The labelled tables (ADBench) were not there.';
  const seeds = quick ? SEEDS.slice(0, 1) : SEEDS;
  const names = readdirSync(sharedPath('adbench'))
    .filter((file) => file.endsWith('.csv.gz') && !(quick && file.startsWith('http')))
    .map((file) => file.slice(0, -'.csv.gz'.length));
  const fileOf = (name: string) => sharedPath('adbench', `${name}.csv.gz`);
  const published = readPublished(sharedPath('adbench', 'published.csv'));
  const own = new Map<string, Map<string, Quality>>();
  const http: string[] = [];
  for (const detector of DETECTORS) {
    const results = new Map<string, Quality>();
    for (const name of names) {
      log(`${detector.id} on ${name}`);
      const sum = { aucRoc: 0, aucPr: 0 };
      for (const seed of seeds) {
        const result = await evaluateTable(fileOf(name), detector, {
          label: 'label',
          seed,
          clockMs: () => performance.now(),
        });
        sum.aucRoc += result.aucRoc / seeds.length;
        sum.aucPr += result.aucPr / seeds.length;
        if (name === 'http' && seed === 0)
          http.push(`${detector.id} ${fixed(result.fitSeconds + result.scoreSeconds, 1)} s`);
      }
      results.set(name, sum);
    }
    own.set(detector.id, results);
  }
  log('scikit-learn on the same tables');
  const theirs = scikit?.run<Record<string, Quality>>(FOREST_QUALITY, { files: names.map(fileOf), seeds });
  const [forest, network, ensemble] = ['isolation-forest', 'autoencoder', 'ensemble'].map((id) => own.get(id)!);
  const cell = (quality: Quality | undefined) =>
    quality ? `${fixed(quality.aucRoc, 3)} / ${fixed(quality.aucPr, 3)}` : '';
  const rows = names.map((name) => {
    const best = CLASSIC.map((method) => [method, published.get(name)?.get(method) ?? 0] as const).sort(
      (a, b) => b[1] - a[1],
    )[0]!;
    return [
      name,
      cell(forest!.get(name)),
      cell(network!.get(name)),
      cell(ensemble!.get(name)),
      cell(theirs?.[fileOf(name)]),
      `${best[0]} ${fixed(best[1], 3)}`,
    ];
  });
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const overall = (results: Map<string, Quality>): Quality => ({
    aucRoc: meanOf([...results.values()].map(({ aucRoc }) => aucRoc)),
    aucPr: meanOf([...results.values()].map(({ aucPr }) => aucPr)),
  });
  const their = theirs && overall(new Map(names.map((name) => [name, theirs[fileOf(name)]!])));
  const [bestClassic, bestMean] = CLASSIC.map(
    (method) => [method, meanOf(names.map((name) => published.get(name)?.get(method) ?? 0))] as const,
  ).sort((a, b) => b[1] - a[1])[0]!;
  const means = [forest!, network!, ensemble!].map(overall);
  const below = (name: string) => ensemble!.get(name)!.aucRoc - forest!.get(name)!.aucRoc;
  const lowest = names.toSorted((a, b) => below(a) - below(b))[0]!;
  const gap = (name: string) => forest!.get(name)!.aucRoc - (theirs?.[fileOf(name)]?.aucRoc ?? Number.NaN);
  const widest = names.toSorted((a, b) => gap(a) - gap(b))[0]!;
  return [
    '### Labelled tables',
    `ADBench tables, fitted on all rows without labels and scored on the same rows, ROC-AUC / average precision, means of seeds ${seeds.join(', ')}. ` +
      'Published: the best classic method of the table in Livernoche et al. (ICLR 2024), ROC-AUC. scikit-learn: 100 trees of 256 samples. ' +
      'No setting differs from table to table.',
    formatTable(
      ['table', 'isolation-forest', 'autoencoder', 'ensemble', 'scikit-learn forest', 'published best classic'],
      [...rows, ['**mean**', ...means.map(cell), cell(their), `${bestClassic} ${fixed(bestMean, 3)}`]],
    ),
    ...(their
      ? [
          verdict(
            'isolation forest no more than 0.01 below that of scikit-learn on any table, and not below on average',
            `lowest on ${widest} (${fixed(gap(widest), 3)}), mean ${fixed(means[0]!.aucRoc, 4)} against ${fixed(their.aucRoc, 4)}`,
            gap(widest) >= -0.01 && means[0]!.aucRoc >= their.aucRoc,
          ),
        ]
      : []),
    verdict(
      'ensemble at least as good on average as the best single classic method of the published table',
      `ROC-AUC ${fixed(means[2]!.aucRoc, 3)} against ${fixed(bestMean, 3)} (${bestClassic})`,
      means[2]!.aucRoc >= bestMean,
    ),
    ...(their
      ? [
          verdict(
            'ensemble at least at the average precision of the forest of scikit-learn (the table publishes none)',
            `${fixed(means[2]!.aucPr, 3)} against ${fixed(their.aucPr, 3)}`,
            means[2]!.aucPr >= their.aucPr,
          ),
        ]
      : []),
    verdict(
      'ensemble on no table more than 0.03 below the isolation forest',
      `lowest on ${lowest} (${fixed(below(lowest), 3)})`,
      below(lowest) >= -0.03,
    ),
    ...(http.length > 0 ? [`Fit and score of http (567,498 x 3), all threads: ${http.join(', ')}.`] : []),
  ].join('\n\n');
}

/** Method -> ROC-AUC in [0, 1] for each table, fitted without labels. */
function readPublished(file: string): Map<string, Map<string, number>> {
  const [header, ...lines] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return new Map(
    lines
      .filter(([metric, setting]) => metric === 'auc_roc' && setting === 'unsup')
      .map((fields) => [fields[2]!, new Map(header!.slice(3).map((name, i) => [name, Number(fields[i + 3]) / 100]))]),
  );
}

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

async function measureForestSpeed({ quick, log }: DetectBenchOptions, scikit: Scikit | undefined): Promise<string> {
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

async function measureNetworkSpeed({ quick, log }: DetectBenchOptions, scikit: Scikit | undefined): Promise<string> {
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
