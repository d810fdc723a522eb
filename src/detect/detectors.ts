import { AUTOENCODER_DETECTOR } from './autoencoder.ts';
import type { Detector } from './detector.ts';
import { ENSEMBLE_DETECTOR } from './ensemble.ts';
import { FOREST_DETECTOR } from './forest-detector.ts';

/** Every detector that a user can name. Adding one here puts it under the contract suite. */
export const DETECTORS: readonly Detector[] = [FOREST_DETECTOR, AUTOENCODER_DETECTOR, ENSEMBLE_DETECTOR];

export const findDetector = (id: string): Detector | undefined => DETECTORS.find((detector) => detector.id === id);
