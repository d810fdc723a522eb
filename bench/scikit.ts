import { execFileSync, spawnSync } from 'node:child_process';

/** scikit-learn as a yardstick, through the distribution's Python. */

const PYTHONS = ['python3', '/usr/bin/python3'];
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

export interface Scikit {
  version: string;
  /** Runs the program with `args` as JSON in its first argument; it prints one JSON value. */
  run<Result>(program: string, args: object): Result;
}

const findPython = (): { python: string; version: string } | undefined => {
  for (const python of PYTHONS) {
    const { status, stdout } = spawnSync(python, ['-c', 'import sklearn; print(sklearn.__version__)'], {
      encoding: 'utf8',
    });
    if (status === 0) return { python, version: stdout.trim() };
  }
  return undefined;
};

/** Installs python3-sklearn from the distribution when it is missing and this process may. */
export function openScikit(log: (text: string) => void): Scikit | undefined {
  if (!findPython() && process.getuid?.() === 0) {
    log('installing python3-sklearn');
    spawnSync('apt-get', ['install', '-y', '-q', 'python3-sklearn'], { stdio: 'ignore' });
  }
  const found = findPython();
  if (!found) {
    log('scikit-learn is not there: its columns stay empty');
    return undefined;
  }
  return {
    version: found.version,
    run: (program, args) =>
      JSON.parse(
        execFileSync(found.python, ['-W', 'ignore', '-c', program, JSON.stringify(args)], {
          encoding: 'utf8',
          env: { ...process.env, ...ONE_THREAD },
          maxBuffer: 1 << 26,
        }),
      ),
  };
}

/** {files, seeds} -> {file: {aucRoc, aucPr}}: 100 trees of 256 samples, means over the seeds. */
export const FOREST_QUALITY = `
import sys, json, gzip, numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score, average_precision_score
args = json.loads(sys.argv[1]); out = {}
for file in args['files']:
    table = np.loadtxt(gzip.open(file), delimiter=',', skiprows=1)
    X, y = table[:, :-1], table[:, -1]; roc = []; pr = []
    for seed in args['seeds']:
        score = -IsolationForest(n_estimators=100, max_samples=min(256, len(X)), random_state=seed).fit(X).score_samples(X)
        roc.append(roc_auc_score(y, score)); pr.append(average_precision_score(y, score))
    out[file] = {'aucRoc': float(np.mean(roc)), 'aucPr': float(np.mean(pr))}
print(json.dumps(out))
`;

/** {files} -> {file: {knn, lof, pca: {aucRoc, aucPr}}}: columns scaled to unit deviation. */
export const CLASSIC_QUALITY = `
import sys, json, gzip, math, numpy as np
from sklearn.neighbors import NearestNeighbors, LocalOutlierFactor
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score, average_precision_score
args = json.loads(sys.argv[1]); out = {}
for file in args['files']:
    table = np.loadtxt(gzip.open(file), delimiter=',', skiprows=1)
    X, y = table[:, :-1], table[:, -1]; sd = X.std(0); X = (X - X.mean(0))[:, sd > 0] / sd[sd > 0]
    near = NearestNeighbors(n_neighbors=6).fit(X).kneighbors(X)[0][:, 5]
    lof = -LocalOutlierFactor(n_neighbors=min(20, len(X) - 1)).fit(X).negative_outlier_factor_
    model = PCA(min(64, max(1, math.ceil(X.shape[1] * 0.15)))).fit(X)
    rest = ((X - model.inverse_transform(model.transform(X))) ** 2).sum(1)
    out[file] = {name: {'aucRoc': float(roc_auc_score(y, s)), 'aucPr': float(average_precision_score(y, s))} for name, s in (('knn', near), ('lof', lof), ('pca', rest))}
print(json.dumps(out))
`;

/** {file, rows, columns, trees, sample} -> {fit, score, aucRoc, memory}: the last `anomalies` rows are anomalies. */
export const FOREST_SPEED = `
import sys, json, time, resource, numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
a = json.loads(sys.argv[1])
X = np.fromfile(a['file'], dtype=np.float64).reshape(a['rows'], a['columns'])
y = np.zeros(a['rows']); y[-a['anomalies']:] = 1
t = time.perf_counter(); m = IsolationForest(n_estimators=a['trees'], max_samples=a['sample'], random_state=0, n_jobs=1).fit(X)
u = time.perf_counter(); s = -m.score_samples(X); v = time.perf_counter()
print(json.dumps({'fit': u - t, 'score': v - u, 'aucRoc': roc_auc_score(y, s), 'memory': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
`;

/** {file, rows, columns, hidden, batch, epochs, rate} -> {seconds, loss, memory}: loss is the mean squared error of the rows. */
export const NETWORK_SPEED = `
import sys, json, time, resource, numpy as np
from sklearn.neural_network import MLPRegressor
a = json.loads(sys.argv[1])
X = np.fromfile(a['file'], dtype=np.float64).reshape(a['rows'], a['columns'])
t = time.perf_counter()
X = ((X - X.mean(0)) / X.std(0)).astype(np.float32)
m = MLPRegressor(tuple(a['hidden']), activation='relu', solver='adam', alpha=0, batch_size=a['batch'], max_iter=a['epochs'], learning_rate_init=a['rate'], tol=0, n_iter_no_change=10**6, random_state=a['seed']).fit(X, X)
u = time.perf_counter()
print(json.dumps({'seconds': u - t, 'loss': float(((m.predict(X) - X) ** 2).mean()), 'memory': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
`;
