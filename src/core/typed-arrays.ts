import { KaaykoError } from "./errors.ts";

/** The array types that state, models and columns are made of. Little-endian on disk. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Codes of a dictionary column: 0 is missing, k is `dictionary[k - 1]`. */
export type CodeArray = Uint8Array | Uint16Array | Uint32Array;

const CONSTRUCTORS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

export type DType = keyof typeof CONSTRUCTORS;
export const DTYPES = Object.keys(CONSTRUCTORS) as readonly DType[];

/** The dtype's name of an array, as it is written in manifests and model packages. */
export function dtypeOf(array: TypedArray): DType {
  for (const name of DTYPES) if (array instanceof CONSTRUCTORS[name]) return name;
  throw new KaaykoError({ action: "name a dtype", rule: "the array must be a typed array", got: typeof array });
}

/** Bytes of one element. */
export function dtypeBytes(dtype: DType): number {
  return CONSTRUCTORS[dtype].BYTES_PER_ELEMENT;
}

/**
 * Reads bytes as an array of a dtype. Shares the memory where alignment allows it, copies otherwise.
 *
 * @throws KaaykoError where the length is not a whole number of elements
 */
export function fromBytes(dtype: DType, bytes: Uint8Array): TypedArray {
  const ArrayType = CONSTRUCTORS[dtype];
  const size = ArrayType.BYTES_PER_ELEMENT;
  if (bytes.byteLength % size !== 0) {
    throw new KaaykoError({
      action: `read ${dtype} values`,
      rule: `the length must be a multiple of ${size} bytes`,
      got: String(bytes.byteLength),
      kind: "damaged",
    });
  }
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new ArrayType(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}

/** The bytes of an array, without copying. */
export function toBytes(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** An empty code array wide enough for `categories` categories and the missing code 0. */
export function newCodes(rows: number, categories: number): CodeArray {
  if (categories <= 0xff) return new Uint8Array(rows);
  return categories <= 0xffff ? new Uint16Array(rows) : new Uint32Array(rows);
}
