import { type Quality, SEEDLESS } from './detect-options.ts';
import { fixed, formatTable, verdict } from './report.ts';
import { CLASSIC_QUALITY, type Scikit } from './scikit.ts';

/** The other detectors, beside what their names stand for in the published table and in scikit-learn. */
export function compareClassics(
  names: readonly string[],
  own: ReadonlyMap<string, ReadonlyMap<string, Quality>>,
  published: ReadonlyMap<string, ReadonlyMap<string, number>>,
  scikit: Scikit | undefined,
  fileOf: (name: string) => string,
  log: (text: string) => void,
): string[] {
  // Neighbours of half a million rows take scikit-learn too long.
  const small = names.filter((name) => name !== 'http');
  log('neighbours, local outlier factor and principal components of scikit-learn');
  const theirs = scikit?.run<Record<string, Record<'knn' | 'lof' | 'pca', Quality>>>(CLASSIC_QUALITY, {
    files: small.map(fileOf),
  });
  const shown = ['isolation-forest-extended', ...SEEDLESS];
  const libraries = ['knn', 'lof', 'pca'] as const;
  const cell = (quality: Quality | undefined) =>
    quality ? `${fixed(quality.aucRoc, 3)} / ${fixed(quality.aucPr, 3)}` : '';
  const meanOver = (qualities: (Quality | undefined)[]): string => {
    const known = qualities.filter((quality) => quality !== undefined);
    if (known.length < qualities.length) return '';
    const mean = (pick: (quality: Quality) => number) =>
      known.reduce((sum, quality) => sum + pick(quality) / known.length, 0);
    return cell({ aucRoc: mean(({ aucRoc }) => aucRoc), aucPr: mean(({ aucPr }) => aucPr) });
  };
  const columns = [
    ...shown.map((id) => (name: string) => own.get(id)?.get(name)),
    ...libraries.map((library) => (name: string) => theirs?.[fileOf(name)]?.[library]),
  ];
  const meanRow = (title: string, over: readonly string[]) => [
    `**${title}**`,
    ...columns.map((qualityOf) => meanOver(over.map(qualityOf))),
  ];
  const gaps = (id: string, methods: Quality[]) =>
    Math.max(...small.map((name, i) => Math.abs((own.get(id)?.get(name)?.aucRoc ?? Number.NaN) - methods[i]!.aucRoc)));
  const publishedMean = (method: string) =>
    fixed(
      small.reduce((sum, name) => sum + (published.get(name)?.get(method) ?? 0) / small.length, 0),
      3,
    );
  return [
    '#### Other detectors',
    'The same way. scikit-learn: distance to the fifth neighbour; local outlier factor of 20; reconstruction error of as many ' +
      'principal components as the detector takes, untrimmed. ROC-AUC / average precision.',
    formatTable(
      ['table', ...shown, 'scikit-learn kNN', 'scikit-learn LOF', 'scikit-learn PCA'],
      [
        ...names.map((name) => [name, ...columns.map((qualityOf) => cell(qualityOf(name)))]),
        meanRow('mean without http', small),
        ...(small.length < names.length ? [meanRow('mean', names)] : []),
      ],
    ),
    `Published means without http, ROC-AUC: ${['ECOD', 'COPOD', 'KNN', 'PCA', 'MCD', 'LOF'].map((method) => `${method} ${publishedMean(method)}`).join(', ')}. ` +
      'Published PCA weighs every component; MCD is the covariance without a ridge.',
    ...(theirs
      ? [
          verdict(
            'kNN ranks as that of scikit-learn does',
            `ROC-AUC differs by at most ${fixed(
              gaps(
                'knn',
                small.map((name) => theirs[fileOf(name)]!.knn),
              ),
              4,
            )}`,
            gaps(
              'knn',
              small.map((name) => theirs[fileOf(name)]!.knn),
            ) < 0.001,
          ),
        ]
      : []),
  ];
}
