/**
 * A small WebAssembly assembler: expressions are functions that return bytes, so that kernels read like the loops they are.
 * Only what the kernels need is here. Instruction codes: WebAssembly core specification 2.0 with fixed-width SIMD.
 */

export type Code = number[];
export type ValueType = 'i32' | 'i64' | 'f64' | 'f32' | 'v128';

const TYPE_CODE: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

function unsigned(value: number): Code {
  const out: Code = [];
  let rest = value;
  do {
    const byte = rest & 127;
    rest >>>= 7;
    out.push(rest === 0 ? byte : byte | 128);
  } while (rest !== 0);
  return out;
}

function signed(value: bigint): Code {
  const out: Code = [];
  for (let rest = value; ; ) {
    const byte = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && (byte & 64) === 0) || (rest === -1n && (byte & 64) !== 0)) {
      out.push(byte);
      return out;
    }
    out.push(byte | 128);
  }
}

const binary =
  (...operation: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...operation];
const unary =
  (...operation: Code) =>
  (a: Code): Code => [...a, ...operation];
const simd = (operation: number): Code => [0xfd, ...unsigned(operation)];
const load =
  (alignment: number, ...operation: Code) =>
  (address: Code, offset = 0): Code => [...address, ...operation, alignment, ...unsigned(offset)];
const store =
  (alignment: number, ...operation: Code) =>
  (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...operation,
    alignment,
    ...unsigned(offset),
  ];

export const i32 = {
  of: (value: number): Code => [0x41, ...signed(BigInt(value | 0))],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  shl: binary(0x74),
  shrU: binary(0x76),
  lt: binary(0x48),
  ge: binary(0x4e),
  load: load(2, 0x28),
  store: store(2, 0x36),
};

export const i64 = {
  of: (value: bigint): Code => [0x42, ...signed(BigInt.asIntN(64, value))],
  mul: binary(0x7e),
  xor: binary(0x85),
  shrU: binary(0x88),
  load: load(3, 0x29),
  store: store(3, 0x37),
};

export const f64 = {
  add: binary(0xa0),
  gt: binary(0x64),
  load: load(3, 0x2b),
  store: store(3, 0x39),
};

export const f32 = {
  of: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  mul: binary(0x94),
  load: load(2, 0x2a),
  store: store(2, 0x38),
  lt: binary(0x5d),
};

export const f32x4 = {
  load: load(2, ...simd(0)),
  store: store(2, ...simd(11)),
  /** One number from memory in all four lanes. */
  loadSplat: load(2, ...simd(9)),
  splat: unary(...simd(19)),
  add: binary(...simd(228)),
  sub: binary(...simd(229)),
  mul: binary(...simd(230)),
  div: binary(...simd(231)),
  min: binary(...simd(232)),
  max: binary(...simd(233)),
  sqrt: unary(...simd(227)),
  eq: binary(...simd(65)),
  gt: binary(...simd(68)),
  lt: binary(...simd(67)),
  and: binary(...simd(78)),
  anyTrue: unary(...simd(83)),
  zero: (): Code => [...simd(12), ...new Array<number>(16).fill(0)],
};

/** A local variable or parameter of the function being assembled. */
export interface Local {
  index: number;
  type: ValueType;
}

export const get = ({ index }: Local): Code => [0x20, ...unsigned(index)];
export const set = ({ index }: Local, value: Code): Code => [...value, 0x21, ...unsigned(index)];
export const increase = (local: Local, by: Code): Code => set(local, i32.add(get(local), by));
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b];

/** `while (condition) body` */
export const whileLoop = (condition: Code, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...condition,
  ...[0x45, 0x0d, 1],
  ...body,
  ...[0x0c, 0, 0x0b, 0x0b],
];

/** `for (local = from; local < to; local += step) body` */
export const forLoop = (local: Local, from: Code, to: Code, step: number, body: Code): Code => [
  ...set(local, from),
  ...whileLoop(i32.lt(get(local), to), [...body, ...increase(local, i32.of(step))]),
];

export interface FunctionBuilder {
  param(type: ValueType): Local;
  local(type: ValueType): Local;
}

export interface WasmFunction {
  name: string;
  /** Parameters come before locals. The function returns nothing. */
  build(builder: FunctionBuilder): Code;
}

const text = (value: string): Code => [...unsigned(value.length), ...new TextEncoder().encode(value)];
const section = (id: number, body: Code): Code => [id, ...unsigned(body.length), ...body];
const list = (items: Code[]): Code => [...unsigned(items.length), ...items.flat()];

/** Bytes of a module with these functions over one imported memory (`env.memory`). */
function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types: Code[] = [];
  const bodies: Code[] = [];
  for (const { build } of functions) {
    const params: ValueType[] = [];
    const locals: ValueType[] = [];
    const code = build({
      param(type) {
        if (locals.length > 0) throw new Error('parameters come before locals');
        params.push(type);
        return { index: params.length - 1, type };
      },
      local(type) {
        locals.push(type);
        return { index: params.length + locals.length - 1, type };
      },
    });
    types.push([0x60, ...list(params.map((type) => [TYPE_CODE[type]])), 0]);
    const body = [...list(locals.map((type) => [1, TYPE_CODE[type]])), ...code, 0x0b];
    bodies.push([...unsigned(body.length), ...body]);
  }
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([[...text('env'), ...text('memory'), 2, 0, 0]])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]))),
    ...section(10, list(bodies)),
  ]);
}

const PAGE = 65536;

/** The part of the WebAssembly interface used here; the compiler's standard library has it only beside the browser's. */
interface WasmInterface {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Memory: new (limits: { initial: number }) => { buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { exports: Record<string, (...values: number[]) => void> };
}
const { Module, Memory, Instance } = (globalThis as unknown as { WebAssembly: WasmInterface }).WebAssembly;

export interface KernelModule<Names extends string> {
  /** An instance of its own, with zeroed memory of at least `bytes`. */
  instantiate(bytes: number): { buffer: ArrayBuffer; call: Record<Names, (...values: number[]) => void> };
}

/** Compiles the functions once, when first needed. */
export function defineKernel<Names extends string>(functions: readonly WasmFunction[]): KernelModule<Names> {
  let compiled: object | undefined;
  return {
    instantiate(bytes) {
      compiled ??= new Module(assembleModule(functions));
      const memory = new Memory({ initial: Math.ceil(bytes / PAGE) });
      const { exports } = new Instance(compiled, { env: { memory } });
      return { buffer: memory.buffer, call: exports as Record<Names, (...values: number[]) => void> };
    },
  };
}
