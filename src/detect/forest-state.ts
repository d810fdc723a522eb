import type { Forest } from './forest.ts';
import { widthOf } from './forest-columns.ts';
import { loadModel, type SavedForm, type SavedModel, saveModel } from './saved-model.ts';

/** Version 2 adds `grown`; in version 1 no tree has been replaced. */
export const FOREST_FORM: SavedForm<Forest> = {
  kind: 'isolation-forest',
  version: 2,
  write({ columns, trees, sampleSize, seed, grown, ...arrays }) {
    const { roots, feature, value, child, size, fill, pairs, weights } = arrays;
    return {
      values: { columns, trees, sampleSize, seed, grown },
      arrays: { roots, feature, value, child, size, fill, pairs, weights },
    };
  },
  read(saved) {
    const trees = saved.count('trees');
    const forest: Forest = {
      columns: saved.count('columns'),
      trees,
      sampleSize: saved.count('sampleSize'),
      seed: saved.count('seed'),
      grown: saved.version >= 2 ? saved.count('grown') : trees,
      roots: saved.array('roots', Int32Array, trees),
      feature: saved.array('feature', Int32Array),
      value: saved.array('value', Float64Array),
      child: saved.array('child', Int32Array),
      size: saved.array('size', Uint32Array),
      fill: saved.array('fill', Float64Array),
      pairs: saved.array('pairs', Int32Array),
      weights: saved.array('weights', Float64Array),
    };
    requireWhole(forest, saved);
    return forest;
  },
};

/** A forest as bytes that this and every later version reads. */
export const saveForest = (forest: Forest): Uint8Array => saveModel(FOREST_FORM, forest);

/** @throws AppError DATA_FORMAT for a later version, INPUT_INVALID for anything that is not a whole forest */
export const loadForest = (bytes: Uint8Array): Forest => loadModel(FOREST_FORM, bytes);

/** Every walk ends inside the arrays: children come after their parents, columns exist. */
function requireWhole(forest: Forest, saved: SavedModel): void {
  const { columns, roots, feature, value, child, size, fill, pairs, weights } = forest;
  const nodes = feature.length;
  const width = widthOf(forest);
  saved.require(
    fill.length === columns &&
      pairs.length % 2 === 0 &&
      weights.length === pairs.length &&
      [value.length, child.length, size.length].every((length) => length === nodes) &&
      roots.every((root) => root >= 0 && root < nodes) &&
      pairs.every((column) => column >= 0 && column < columns) &&
      feature.every((column, node) =>
        column < 0
          ? column === -1 && child[node] === node
          : column < width && child[node]! > node && child[node]! + 1 < nodes,
      ),
    'its arrays do not fit together',
  );
}
