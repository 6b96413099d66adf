import { type Data, DataType, type Vector } from "apache-arrow";
import { codeOf, type StringCoder } from "../string-coder.ts";
import type { ArrowColumn } from "./column-type.ts";

type NumberArray = Float32Array | Float64Array;

/** Values of rows `from` to `from + count` as numbers into `out` from `at` on; NaN where missing. */
export function arrowNumbers(
  column: ArrowColumn,
  vector: Vector,
  from: number,
  count: number,
  out: NumberArray,
  at: number,
): void {
  const data = vector.data[0]!;
  if (isPlain(data)) {
    checkLength(data.values.length, from + count);
    out.set(data.values.subarray(from, from + count) as Float64Array, at);
    if (data.nullCount > 0) {
      for (let i = 0; i < count; i++) if (!data.getValid(from + i)) out[at + i] = Number.NaN;
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    const value: unknown = vector.get(from + i);
    if (value === undefined) throw new RangeError("the values end too early");
    out[at + i] = value === null ? Number.NaN : column.toNumber(value);
  }
}

/** Values of rows `from` to `from + count` as codes of `coder` into `out`; 0 where missing. */
export function arrowCodes(
  vector: Vector,
  from: number,
  count: number,
  out: Uint32Array,
  coder: StringCoder,
  toText: ArrowColumn["toText"],
): void {
  const data = vector.data[0]!;
  if (DataType.isDictionary(data.type)) {
    dictionaryCodes(data as Data & { values: ArrayLike<number | bigint> }, from, count, out, coder, toText);
    return;
  }
  for (let i = 0; i < count; i++) {
    const value: unknown = vector.get(from + i);
    if (value === undefined) throw new RangeError("the values end too early");
    const text = value === null ? null : toText(value);
    out[i] = text === null ? 0 : codeOf(coder, text);
  }
}

function dictionaryCodes(
  data: Data & { values: ArrayLike<number | bigint> },
  from: number,
  count: number,
  out: Uint32Array,
  coder: StringCoder,
  toText: ArrowColumn["toText"],
): void {
  const { dictionary, values } = data;
  if (dictionary === undefined) throw new RangeError("a dictionary is not there");
  checkLength(values.length, from + count);
  const codes = new Int32Array(dictionary.length).fill(-1);
  for (let i = 0; i < count; i++) {
    if (!data.getValid(from + i)) {
      out[i] = 0;
      continue;
    }
    const entry = Number(values[from + i]);
    if (!(entry >= 0 && entry < codes.length))
      throw new RangeError(`entry ${entry} of a dictionary of ${codes.length}`);
    if (codes[entry] === -1) {
      const value: unknown = dictionary.get(entry);
      const text = value === null || value === undefined ? null : toText(value);
      codes[entry] = text === null ? 0 : codeOf(coder, text);
    }
    out[i] = codes[entry]!;
  }
}

/** Whether the library's array holds the numbers as they are. */
function isPlain(data: Data): data is Data & { values: Float32Array | Float64Array | Int32Array } {
  const { type, values } = data;
  const number = DataType.isInt(type) || (DataType.isFloat(type) && type.precision !== 0);
  return (
    number && ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)
  );
}

function checkLength(length: number, needed: number): void {
  if (length < needed) throw new RangeError(`${length} values where ${needed} were promised`);
}
