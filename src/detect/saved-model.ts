import { AppError, messageOf } from '../domain/errors.ts';
import { decodeArrays, encodeArrays, type SavedArray } from '../numeric/array-file.ts';

/**
 * How a model is kept: a JSON header (kind, format version, plain values) and typed arrays, no code. A format version that
 * was ever released is read for ever; one file of each is in `test/golden/models`.
 */
export interface SavedForm<Model> {
  kind: string;
  version: number;
  write(model: Model): { values: Record<string, unknown>; arrays: Record<string, SavedArray> };
  /** Reads this version and every earlier one. The model must be safe to score with, whatever the bytes were. */
  read(saved: SavedModel): Model;
}

export interface SavedModel {
  kind: string;
  version: number;
  values: Record<string, unknown>;
  /** A whole number from 0 up to `most`. */
  count(name: string, most?: number): number;
  /** Numbers in it are finite unless infinity is allowed for; it has `length` items where that is given. */
  array<T extends SavedArray>(name: string, type: new (n: number) => T, length?: number, infinite?: 'infinite'): T;
  require(holds: boolean, what: string): void;
}

export const saveModel = <Model>({ kind, version, write }: SavedForm<Model>, model: Model): Uint8Array =>
  encodeArrays({ kind, version, ...write(model) });

/** @throws AppError DATA_FORMAT for a later version, INPUT_INVALID for anything that is not a whole model of the kind */
export function loadModel<Model>(form: SavedForm<Model>, bytes: Uint8Array): Model {
  const saved = openModel(bytes);
  saved.require(saved.kind === form.kind, `it holds another kind than ${form.kind}`);
  if (saved.version > form.version)
    throw new AppError('DATA_FORMAT', `${form.kind} format ${saved.version} is newer than ${form.version}`);
  return form.read(saved);
}

/** @throws AppError INPUT_INVALID when the bytes are not a saved model */
export function openModel(bytes: Uint8Array): SavedModel {
  const { kind, version, values, arrays } = decode(bytes);
  const require = (holds: boolean, what: string) => {
    if (!holds) throw damaged(what);
  };
  return {
    kind,
    version,
    values,
    require,
    count(name, most = Number.MAX_SAFE_INTEGER) {
      const value = values[name] as number;
      require(Number.isSafeInteger(value) && value >= 0 && value <= most, `${name} is not a whole number in its range`);
      return value;
    },
    array(name, type, length, infinite) {
      const array = arrays[name];
      if (!(array instanceof type)) throw damaged(`array ${name} is missing`);
      require(length === undefined || array.length === length, `array ${name} has another length`);
      require(array.every((value) =>
        infinite ? !Number.isNaN(value) : Number.isFinite(value),
      ), `${name} holds no number`);
      return array;
    },
  };
}

const damaged = (what: string) => new AppError('INPUT_INVALID', `the saved model cannot be read: ${what}`);

function decode(bytes: Uint8Array) {
  try {
    return decodeArrays(bytes);
  } catch (error) {
    throw damaged(messageOf(error));
  }
}
