import {
  type Code,
  defineKernel,
  type FunctionBuilder,
  f32,
  f32x4,
  forLoop,
  get,
  i32,
  increase,
  type Local,
  set,
  type WasmFunction,
} from '../numeric/wasm.ts';

/** Matrices are padded to multiples of this in rows and of twice this in columns. */
export const ROW_STEP = 4;
export const COLUMN_STEP = 8;

const params = (fn: FunctionBuilder, count: number): Local[] => Array.from({ length: count }, () => fn.param('i32'));
const locals = (fn: FunctionBuilder, count: number, type: Local['type']): Local[] =>
  Array.from({ length: count }, () => fn.local(type));

/**
 * multiply(a, b, out, rows, columns, inner, rowStride, innerStride, bias): out = bias + a b, with b and out row-major.
 * Strides of a are in bytes, so that its transpose needs no copy. `bias` is a row of `columns` numbers. Four rows by eight
 * columns are kept in registers.
 */
const MULTIPLY: WasmFunction = {
  name: 'multiply',
  build(fn) {
    const [a, b, out, rows, columns, inner, rowStride, innerStride, bias] = params(fn, 9) as [
      ...[Local, Local, Local, Local, Local],
      ...[Local, Local, Local, Local],
    ];
    const [row, column, k, aAt, bAt, rowBytes, outAt] = locals(fn, 7, 'i32') as [
      ...[Local, Local, Local, Local],
      ...[Local, Local, Local],
    ];
    const at = locals(fn, ROW_STEP, 'i32');
    const sums = locals(fn, ROW_STEP * 2, 'v128');
    const [left, right, value] = locals(fn, 3, 'v128') as [Local, Local, Local];
    const biasAt = i32.add(get(bias), i32.shl(get(column), i32.of(2)));
    return [
      ...set(rowBytes, i32.shl(get(columns), i32.of(2))),
      ...forLoop(row, i32.of(0), get(rows), ROW_STEP, [
        ...forLoop(column, i32.of(0), get(columns), COLUMN_STEP, [
          ...sums.flatMap((sum, i) => set(sum, f32x4.load(biasAt, (i % 2) * 16))),
          ...set(aAt, i32.add(get(a), i32.mul(get(row), get(rowStride)))),
          ...at.flatMap((local, i) => set(local, i === 0 ? get(aAt) : i32.add(get(at[i - 1]!), get(rowStride)))),
          ...set(bAt, i32.add(get(b), i32.shl(get(column), i32.of(2)))),
          ...forLoop(k, i32.of(0), get(inner), 1, [
            ...set(left, f32x4.load(get(bAt))),
            ...set(right, f32x4.load(get(bAt), 16)),
            ...at.flatMap((local, i) => [
              ...set(value, f32x4.loadSplat(get(local))),
              ...set(sums[2 * i]!, f32x4.add(get(sums[2 * i]!), f32x4.mul(get(value), get(left)))),
              ...set(sums[2 * i + 1]!, f32x4.add(get(sums[2 * i + 1]!), f32x4.mul(get(value), get(right)))),
              ...increase(local, get(innerStride)),
            ]),
            ...increase(bAt, get(rowBytes)),
          ]),
          ...set(outAt, i32.add(i32.add(get(out), i32.mul(get(row), get(rowBytes))), i32.shl(get(column), i32.of(2)))),
          ...at.flatMap((_, i) => [
            ...f32x4.store(get(outAt), get(sums[2 * i]!)),
            ...f32x4.store(get(outAt), get(sums[2 * i + 1]!), 16),
            ...increase(outAt, get(rowBytes)),
          ]),
        ]),
      ]),
    ];
  },
};

/** Runs `body` for every four numbers of `count`, with byte offset `at`. */
const eachVector = (at: Local, count: Local, body: Code): Code =>
  forLoop(at, i32.of(0), i32.shl(get(count), i32.of(2)), 16, body);

/** rectify(values, count): max(0, value) in place. */
const RECTIFY: WasmFunction = {
  name: 'rectify',
  build(fn) {
    const [values, count] = params(fn, 2) as [Local, Local];
    const at = fn.local('i32');
    const here = i32.add(get(values), get(at));
    return eachVector(at, count, f32x4.store(here, f32x4.max(f32x4.load(here), f32x4.zero())));
  },
};

/** gate(gradients, outputs, count): zero where the rectified output is zero. */
const GATE: WasmFunction = {
  name: 'gate',
  build(fn) {
    const [gradients, outputs, count] = params(fn, 3) as [Local, Local, Local];
    const at = fn.local('i32');
    const here = i32.add(get(gradients), get(at));
    const open = f32x4.gt(f32x4.load(i32.add(get(outputs), get(at))), f32x4.zero());
    return eachVector(at, count, f32x4.store(here, f32x4.and(f32x4.load(here), open)));
  },
};

/** differ(out, targets, count, scale): out = (out - target) x scale. `scale` is the address of one number. */
const DIFFER: WasmFunction = {
  name: 'differ',
  build(fn) {
    const [out, targets, count, scale] = params(fn, 4) as [Local, Local, Local, Local];
    const at = fn.local('i32');
    const factor = fn.local('v128');
    const here = i32.add(get(out), get(at));
    const difference = f32x4.sub(f32x4.load(here), f32x4.load(i32.add(get(targets), get(at))));
    return [
      ...set(factor, f32x4.loadSplat(get(scale))),
      ...eachVector(at, count, f32x4.store(here, f32x4.mul(difference, get(factor)))),
    ];
  },
};

/** sumRows(values, rows, columns, out): column sums. */
const SUM_ROWS: WasmFunction = {
  name: 'sumRows',
  build(fn) {
    const [values, rows, columns, out] = params(fn, 4) as [Local, Local, Local, Local];
    const [row, at, from] = locals(fn, 3, 'i32') as [Local, Local, Local];
    const sum = fn.local('v128');
    return eachVector(at, columns, [
      ...set(sum, f32x4.zero()),
      ...set(from, i32.add(get(values), get(at))),
      ...forLoop(row, i32.of(0), get(rows), 1, [
        ...set(sum, f32x4.add(get(sum), f32x4.load(get(from)))),
        ...increase(from, i32.shl(get(columns), i32.of(2))),
      ]),
      ...f32x4.store(i32.add(get(out), get(at)), get(sum)),
    ]);
  },
};

/** gather(rows, indices, count, row bytes, out): copies the rows with these numbers one behind the other. */
const GATHER: WasmFunction = {
  name: 'gather',
  build(fn) {
    const [rows, indices, count, rowBytes, out] = params(fn, 5) as [Local, Local, Local, Local, Local];
    const [row, at, from, to] = locals(fn, 4, 'i32') as [Local, Local, Local, Local];
    const index = i32.load(i32.add(get(indices), i32.shl(get(row), i32.of(2))));
    return [
      ...set(to, get(out)),
      ...forLoop(row, i32.of(0), get(count), 1, [
        ...set(from, i32.add(get(rows), i32.mul(index, get(rowBytes)))),
        ...forLoop(at, i32.of(0), get(rowBytes), 16, [
          ...f32x4.store(i32.add(get(to), get(at)), f32x4.load(i32.add(get(from), get(at)))),
        ]),
        ...increase(to, get(rowBytes)),
      ]),
    ];
  },
};

/** Adam (Kingma and Ba 2015) without the constant factors that the caller puts into the step. */
const BETA1 = 0.9;
const BETA2 = 0.999;

/** adam(weights, gradients, means, squares, count, step): `step` holds the step size and epsilon, corrected for bias. */
const ADAM: WasmFunction = {
  name: 'adam',
  build(fn) {
    const [weights, gradients, means, squares, count, step] = params(fn, 6) as [
      ...[Local, Local, Local],
      ...[Local, Local, Local],
    ];
    const at = fn.local('i32');
    const [gradient, mean, square, rate, epsilon] = locals(fn, 5, 'v128') as [Local, Local, Local, Local, Local];
    const here = (base: Local) => i32.add(get(base), get(at));
    const constant = (value: number) => f32x4.splat(f32.of(value));
    const blend = (old: Code, fresh: Code, keep: number) =>
      f32x4.add(f32x4.mul(old, constant(keep)), f32x4.mul(fresh, constant(1 - keep)));
    return [
      ...set(rate, f32x4.loadSplat(get(step))),
      ...set(epsilon, f32x4.loadSplat(get(step), 4)),
      ...eachVector(at, count, [
        ...set(gradient, f32x4.load(here(gradients))),
        ...set(mean, blend(f32x4.load(here(means)), get(gradient), BETA1)),
        ...set(square, blend(f32x4.load(here(squares)), f32x4.mul(get(gradient), get(gradient)), BETA2)),
        ...f32x4.store(here(means), get(mean)),
        ...f32x4.store(here(squares), get(square)),
        ...f32x4.store(
          here(weights),
          f32x4.sub(
            f32x4.load(here(weights)),
            f32x4.div(f32x4.mul(get(rate), get(mean)), f32x4.add(f32x4.sqrt(get(square)), get(epsilon))),
          ),
        ),
      ]),
    ];
  },
};

/** Step size and epsilon of step t (from 1) with the bias corrections of Adam folded in. */
export function adamStep(learningRate: number, t: number): [rate: number, epsilon: number] {
  const correction = Math.sqrt(1 - BETA2 ** t);
  return [(learningRate * correction) / (1 - BETA1 ** t), 1e-8 * correction];
}

export const NETWORK_KERNEL = defineKernel<'multiply' | 'rectify' | 'gate' | 'differ' | 'sumRows' | 'gather' | 'adam'>([
  MULTIPLY,
  RECTIFY,
  GATE,
  DIFFER,
  SUM_ROWS,
  GATHER,
  ADAM,
]);
