import { AppError, messageOf } from '../domain/errors.ts';
import { decodeArrays, encodeArrays, type SavedArray } from '../numeric/array-file.ts';
import type { Forest } from './forest.ts';
import { widthOf } from './forest-columns.ts';

const KIND = 'isolation-forest';
const VERSION = 1;

/** A forest as bytes that this and every later version reads (`test/golden/models`). */
export function saveForest(forest: Forest): Uint8Array {
  const { columns, trees, sampleSize, seed, ...arrays } = forest;
  const { roots, feature, value, child, size, fill, pairs, weights } = arrays;
  return encodeArrays({
    kind: KIND,
    version: VERSION,
    values: { columns, trees, sampleSize, seed },
    arrays: { roots, feature, value, child, size, fill, pairs, weights },
  });
}

/** @throws AppError DATA_FORMAT for a later version, INPUT_INVALID for anything that is not a whole forest */
export function loadForest(bytes: Uint8Array): Forest {
  const { kind, version, values, arrays } = decode(bytes);
  if (kind !== KIND) throw damaged(`it holds "${kind.slice(0, 40)}"`);
  if (version > VERSION) throw new AppError('DATA_FORMAT', `forest format ${version} is newer than ${VERSION}`);
  const forest: Forest = {
    columns: wholeNumber(values, 'columns'),
    trees: wholeNumber(values, 'trees'),
    sampleSize: wholeNumber(values, 'sampleSize'),
    seed: wholeNumber(values, 'seed'),
    roots: typed(arrays, 'roots', Int32Array),
    feature: typed(arrays, 'feature', Int32Array),
    value: typed(arrays, 'value', Float64Array),
    child: typed(arrays, 'child', Int32Array),
    size: typed(arrays, 'size', Uint32Array),
    fill: typed(arrays, 'fill', Float64Array),
    pairs: typed(arrays, 'pairs', Int32Array),
    weights: typed(arrays, 'weights', Float64Array),
  };
  requireWhole(forest);
  return forest;
}

const damaged = (why: string) => new AppError('INPUT_INVALID', `the saved forest cannot be read: ${why}`);

function decode(bytes: Uint8Array) {
  try {
    return decodeArrays(bytes);
  } catch (error) {
    throw damaged(messageOf(error));
  }
}

function wholeNumber(values: Record<string, unknown>, name: string): number {
  const value = values[name];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw damaged(`${name} is not a whole number`);
  return value as number;
}

function typed<T extends SavedArray>(arrays: Record<string, SavedArray>, name: string, type: new (n: number) => T): T {
  const array = arrays[name];
  if (!(array instanceof type)) throw damaged(`array ${name} is missing`);
  return array;
}

/** Every walk ends inside the arrays: children come after their parents, columns exist. */
function requireWhole(forest: Forest): void {
  const { columns, trees, roots, feature, value, child, size, fill, pairs, weights } = forest;
  const nodes = feature.length;
  const width = widthOf(forest);
  const fits =
    roots.length === trees &&
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
    );
  if (!fits) throw damaged('its arrays do not fit together');
}
