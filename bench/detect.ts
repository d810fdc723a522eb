import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { DETECTORS } from '../src/detect/detectors.ts';
import { evaluateTable } from '../src/pipeline/evaluate-table.ts';
import { compareClassics } from './detect-classics.ts';
import { type DetectBenchOptions, type Quality, SEEDLESS } from './detect-options.ts';
import { measureRefresh } from './detect-refresh.ts';
import { measureForestSpeed, measureNetworkSpeed } from './detect-speed.ts';
import { hasShared, sharedPath } from './paths.ts';
import { fixed, formatTable, verdict } from './report.ts';
import { FOREST_QUALITY, openScikit, type Scikit } from './scikit.ts';

const SEEDS = [0, 1, 2, 3, 4];
/** Methods of the published table that are not deep networks. */
const CLASSIC = [
  ...['CBLOF', 'COPOD', 'ECOD', 'FeatureBagging', 'HBOS', 'IForest'],
  ...['KNN', 'LODA', 'LOF', 'MCD', 'OCSVM', 'PCA'],
];

/** Detectors against labelled tables and against scikit-learn: quality, speed, memory. Markdown. */
export async function runDetectBench(options: DetectBenchOptions): Promise<string> {
  const scikit = openScikit(options.log);
  const before = loadavg()[0]!;
  const parts = [
    scikit
      ? `Beside scikit-learn ${scikit.version} on the same machine in the same run, one thread unless stated.`
      : 'scikit-learn was not there: its figures are missing.',
    await measureQuality(options, scikit),
    await measureRefresh(options),
    await measureForestSpeed(options, scikit),
    await measureNetworkSpeed(options, scikit),
  ];
  // Waiting work of others shows in every figure of seconds below, and most in those of two threads.
  parts.splice(
    1,
    0,
    `Load of the machine, of ${cpus().length} processors: ${fixed(before, 1)} before, ${fixed(loadavg()[0]!, 1)} after.`,
  );
  return parts.join('\n\n');
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
      const used = SEEDLESS.includes(detector.id) ? seeds.slice(0, 1) : seeds;
      for (const seed of used) {
        const result = await evaluateTable(fileOf(name), detector, {
          label: 'label',
          seed,
          clockMs: () => performance.now(),
        });
        sum.aucRoc += result.aucRoc / used.length;
        sum.aucPr += result.aucPr / used.length;
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
    ...compareClassics(names, own, published, scikit, fileOf, log),
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
