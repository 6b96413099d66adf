import { builtUrl, compileWasm } from "../../parallel/index.ts";
import { constantsOf, type KernelConstants } from "../constants.ts";

/** How a number is encoded. */
export interface Standardisation {
  readonly mean: number;
  readonly scale: number;
  /** Borders of the pieces, ascending; none for none. */
  readonly borders: readonly number[];
}

/** One value of a packed row, and how it is encoded. */
export type RowField = {
  /** Bytes from the beginning of the row. */
  readonly place: number;
  /** Its first dense column; of an embedding, its place among the codes. */
  readonly column: number;
} & (
  | (Standardisation & {
      readonly kind: "float32" | "float64";
      /** True where a column marks missing values. */
      readonly indicator: boolean;
    })
  | { readonly kind: "oneHot" | "embedding"; readonly cardinality: number }
);

export interface RowKernel {
  /**
   * Encodes rows that lie one behind the other, in any order. Addresses are those of the memory.
   *
   * @param order u32 numbers of the rows that are wanted
   * @param dense count × `width` float32, filled
   * @param codes int32, filled: one field's after the other, `capacity` each
   */
  encode(
    rows: number,
    stride: number,
    order: number,
    count: number,
    fields: number,
    fieldCount: number,
    dense: number,
    width: number,
    codes: number,
    capacity: number,
  ): void;
}

const wasm = () => compileWasm(builtUrl(import.meta.url, "./rows.wasm"));

/** The kernel over a shared memory. Its naive twin is `encodeRows` of the neural room, which gives the same bytes. */
export function loadRowKernel(memory: WebAssembly.Memory): RowKernel {
  const instance = new WebAssembly.Instance(wasm(), { env: { memory } });
  return instance.exports as unknown as RowKernel;
}

/** Bytes that the records of some fields take. */
export function fieldBytes(fields: readonly RowField[]): number {
  return fields.reduce((sum, field) => sum + RECORD_BYTES + 8 * bordersOf(field).length, 0);
}

/** Writes the records of fields, and the borders behind them. @param address of `fieldBytes` bytes, a multiple of 8 */
export function writeFields(memory: WebAssembly.Memory, address: number, fields: readonly RowField[]): void {
  const constants = constantsOf(new WebAssembly.Instance(wasm(), { env: { memory } }).exports);
  const view = new DataView(memory.buffer);
  let borders = address + fields.length * RECORD_BYTES;
  fields.forEach((field, i) => {
    writeRecord(view, address + i * RECORD_BYTES, field, borders, constants);
    const own = bordersOf(field);
    if (isSingle(field)) new Float32Array(memory.buffer, borders).set(piecesOf(own));
    else new Float64Array(memory.buffer, borders).set(own);
    borders += 8 * own.length;
  });
}

/** Of the kernel's `FIELD_BYTES`. */
const RECORD_BYTES = 48;
const KINDS = { float32: "FLOAT32", float64: "FLOAT64", oneHot: "ONE_HOT", embedding: "EMBEDDING" } as const;

const bordersOf = (field: RowField): readonly number[] => ("borders" in field ? field.borders : []);

const isSingle = (field: RowField): boolean => field.kind === "float32" && fitsSingle(field);

/**
 * True where a number's encoding loses nothing by float32 arithmetic, if the values are float32: its borders are such numbers, and
 * its mean and scale no larger than they can be.
 */
export function fitsSingle({ mean, scale, borders }: Standardisation): boolean {
  return (
    [mean, scale].every((number) => Number.isFinite(Math.fround(number))) && borders.every((b) => Math.fround(b) === b)
  );
}

/** Lower borders, then what a distance from them is multiplied by to be a share of the piece. */
function piecesOf(borders: readonly number[]): number[] {
  const lows = borders.slice(0, -1);
  return [...lows, ...lows.map((low, i) => inverseWidth(low, borders[i + 1]!))];
}

/** Of a piece, in float32. */
export function inverseWidth(low: number, high: number): number {
  return Math.fround(1 / Math.fround(high - low));
}

function writeRecord(view: DataView, at: number, field: RowField, borders: number, names: KernelConstants): void {
  const integer = (name: string, value: number): void => view.setInt32(at + names[name]!, value, true);
  integer("AT_KIND", names[isSingle(field) ? "SINGLE" : KINDS[field.kind]]!);
  integer("AT_PLACE", field.place);
  integer("AT_COLUMN", field.column);
  integer("AT_SIZE", "cardinality" in field ? field.cardinality : Number(field.indicator));
  integer("AT_PIECES", Math.max(0, bordersOf(field).length - 1));
  integer("AT_BORDERS", borders);
  view.setFloat64(at + names.AT_MEAN!, "mean" in field ? field.mean : 0, true);
  view.setFloat64(at + names.AT_SCALE!, "scale" in field ? field.scale : 0, true);
}
