import { createFitted, type Detector } from './detector.ts';
import { attributeForest, BASELINE_SCORE, type ForestOptions } from './forest.ts';
import { fitForest, forestTask } from './forest-threads.ts';

export const createForestDetector = (id: string, settings: Omit<ForestOptions, 'seed'> = {}): Detector => ({
  id,
  async fit(matrix, options) {
    const forest = await fitForest(matrix, { ...settings, ...options });
    return createFitted(forestTask(forest), options, BASELINE_SCORE, (row) => attributeForest(forest, row));
  },
});

/** Isolation forest with default settings. */
export const FOREST_DETECTOR = createForestDetector('isolation-forest');
