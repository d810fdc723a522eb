import { type Detector, defineDetector } from './detector.ts';
import { attributeForest, BASELINE_SCORE, type ForestOptions } from './forest.ts';
import { FOREST_FORM } from './forest-state.ts';
import { fitForest, forestTask } from './forest-threads.ts';

export const createForestDetector = (id: string, settings: Omit<ForestOptions, 'seed'> = {}): Detector =>
  defineDetector({
    id,
    form: FOREST_FORM,
    fit: (matrix, options) => fitForest(matrix, { ...settings, ...options }),
    task: forestTask,
    baseline: BASELINE_SCORE,
    attribute: attributeForest,
  });

/** Isolation forest with default settings. */
export const FOREST_DETECTOR = createForestDetector('isolation-forest');

/** With oblique cuts beside those along the columns. */
export const EXTENDED_FOREST_DETECTOR = createForestDetector('isolation-forest-extended', { extended: true });
