import type { ThreadOptions } from '../numeric/threads.ts';
import { AUTOENCODER_DETECTOR } from './autoencoder.ts';
import { COPOD_DETECTOR } from './copod.ts';
import { COVARIANCE_DETECTOR } from './density-covariance.ts';
import { ECOD_DETECTOR } from './density-tails.ts';
import type { Detector, FittedDetector } from './detector.ts';
import { ENSEMBLE_DETECTOR } from './ensemble.ts';
import { EXTENDED_FOREST_DETECTOR, FOREST_DETECTOR } from './forest-detector.ts';
import { KNN_DETECTOR } from './knn.ts';
import { PCA_DETECTOR } from './pca.ts';
import { openModel } from './saved-model.ts';

/** Every detector that a user can name. Adding one here puts it under the contract suite. */
export const DETECTORS: readonly Detector[] = [
  FOREST_DETECTOR,
  AUTOENCODER_DETECTOR,
  ENSEMBLE_DETECTOR,
  EXTENDED_FOREST_DETECTOR,
  ECOD_DETECTOR,
  COPOD_DETECTOR,
  KNN_DETECTOR,
  PCA_DETECTOR,
  COVARIANCE_DETECTOR,
];

export const findDetector = (id: string): Detector | undefined => DETECTORS.find((detector) => detector.id === id);

/** A fitted detector of any kind from its saved form.
 * @throws AppError INPUT_INVALID for anything else, DATA_FORMAT for a later format version */
export function loadDetector(bytes: Uint8Array, options: ThreadOptions = {}): FittedDetector {
  const saved = openModel(bytes);
  const detector = DETECTORS.find(({ kind }) => kind === saved.kind);
  saved.require(detector !== undefined, 'no detector has such models');
  return detector!.load(bytes, options);
}
