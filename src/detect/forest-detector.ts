import type { Detector } from './detector.ts';
import { attributeForest } from './forest.ts';
import { fitForest, scoreForest } from './forest-threads.ts';

/** Isolation forest with default settings. */
export const FOREST_DETECTOR: Detector = {
  id: 'isolation-forest',
  async fit(matrix, options) {
    const forest = await fitForest(matrix, options);
    return {
      score: (rows) => scoreForest(forest, rows, options),
      attribute: (rows, row) => ({
        baseline: 0.5,
        perColumn: attributeForest(forest, rows.data.subarray(row * rows.columns, (row + 1) * rows.columns)),
      }),
    };
  },
};
