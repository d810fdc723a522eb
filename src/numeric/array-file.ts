/**
 * Named typed arrays and a JSON header in one byte string: the saved form of models. Layout, little-endian: 8 bytes magic,
 * 4 bytes header length, header, zero bytes up to a multiple of 8, then the arrays in header order, each padded to 8.
 */

const TYPES = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;
type TypeName = keyof typeof TYPES;
export type SavedArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

const MAGIC = 'UCARRAYS';
const LARGEST_HEADER = 1024 * 1024;

export interface ArrayFile {
  /** What the arrays are, such as `isolation-forest`. */
  kind: string;
  /** Version of the kind's own format. */
  version: number;
  values: Record<string, unknown>;
  arrays: Record<string, SavedArray>;
}

const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;
const nameOfType = (array: SavedArray) =>
  (Object.keys(TYPES) as TypeName[]).find((name) => array instanceof TYPES[name])!;

export function encodeArrays({ kind, version, values, arrays }: ArrayFile): Uint8Array {
  const layout = Object.entries(arrays).map(([name, array]) => [name, nameOfType(array), array.length]);
  const header = new TextEncoder().encode(JSON.stringify({ kind, version, values, layout }));
  const start = padded(MAGIC.length + 4 + header.length);
  const bytes = new Uint8Array(Object.values(arrays).reduce((sum, array) => sum + padded(array.byteLength), start));
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, header.length, true);
  bytes.set(header, MAGIC.length + 4);
  let at = start;
  for (const array of Object.values(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  return bytes;
}

/** @throws RangeError when the bytes are not a complete file of this form */
export function decodeArrays(bytes: Uint8Array): ArrayFile {
  const fail = (what: string): never => {
    throw new RangeError(`not a saved model: ${what}`);
  };
  if (bytes.length < MAGIC.length + 4 || new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    fail('the first bytes are wrong');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const start = padded(MAGIC.length + 4 + length);
  if (length > LARGEST_HEADER || start > bytes.length) fail('the header is cut off');
  const header =
    readHeader(bytes.subarray(MAGIC.length + 4, MAGIC.length + 4 + length)) ?? fail('the header is damaged');
  const arrays: Record<string, SavedArray> = Object.create(null);
  let at = start;
  for (const [name, type, count] of header.layout) {
    const Type = TYPES[type];
    const size = count * Type.BYTES_PER_ELEMENT;
    if (at + size > bytes.length) fail(`array ${name} is cut off`);
    arrays[name] = new Type(Uint8Array.from(bytes.subarray(at, at + size)).buffer);
    at += padded(size);
  }
  return { kind: header.kind, version: header.version, values: header.values, arrays };
}

interface Header extends Omit<ArrayFile, 'arrays'> {
  layout: [name: string, type: TypeName, length: number][];
}

function readHeader(bytes: Uint8Array): Header | undefined {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof header !== 'object' || header === null) return undefined;
  const { kind, version, values, layout } = header as Record<string, unknown>;
  const fine =
    typeof kind === 'string' &&
    Number.isSafeInteger(version) &&
    typeof values === 'object' &&
    values !== null &&
    Array.isArray(layout) &&
    layout.every(
      (entry) =>
        Array.isArray(entry) &&
        typeof entry[0] === 'string' &&
        Object.hasOwn(TYPES, entry[1]) &&
        Number.isSafeInteger(entry[2]) &&
        entry[2] >= 0,
    );
  return fine ? (header as Header) : undefined;
}
