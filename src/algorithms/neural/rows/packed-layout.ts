import type { Examples, FeatureColumn, FeatureTable } from "../../../core/index.ts";
import type { RowField } from "../../../kernels/rows/index.ts";
import { denseWidth, type InputEncoding } from "../encoding.ts";

/** How one row lies in memory: its target (float64), its wide numbers, its weight (float32), its other numbers and its codes. */
export interface PackedLayout {
  /** Bytes of a row; a multiple of 8. */
  readonly stride: number;
  readonly weight: number;
  /** By feature. */
  readonly fields: readonly { readonly place: number; readonly kind: "float32" | "float64" | "code" }[];
}

/** @param like a table with the columns that will be packed */
export function planLayout({ columns }: Pick<FeatureTable, "columns">): PackedLayout {
  const kinds = columns.map(kindOf);
  let end = 8;
  const places = new Map<number, number>();
  kinds.forEach((kind, i) => {
    if (kind !== "float64") return;
    places.set(i, end);
    end += 8;
  });
  const weight = end;
  end += 4;
  kinds.forEach((kind, i) => {
    if (kind === "float64") return;
    places.set(i, end);
    end += 4;
  });
  return {
    stride: Math.ceil(end / 8) * 8,
    weight,
    fields: kinds.map((kind, i) => ({ kind, place: places.get(i)! })),
  };
}

function kindOf(column: FeatureColumn): "float32" | "float64" | "code" {
  if (column.kind === "categorical") return "code";
  return column.values instanceof Float64Array ? "float64" : "float32";
}

/** Packs examples of one number of target each, one behind the other. */
export function packRows({ stride, weight, fields }: PackedLayout, examples: Examples): Uint8Array<ArrayBuffer> {
  const { table, rows, target } = examples;
  const count = rows?.length ?? table.rows;
  const buffer = new ArrayBuffer(count * stride);
  const views = {
    float64: new Float64Array(buffer),
    float32: new Float32Array(buffer),
    code: new Int32Array(buffer),
  };
  scatter(target, rows, count, views.float64, 0, stride / 8);
  if (examples.weight === null)
    for (let i = 0, at = weight / 4; i < count; i++, at += stride / 4) views.float32[at] = 1;
  else scatter(examples.weight, rows, count, views.float32, weight / 4, stride / 4);
  fields.forEach(({ kind, place }, i) => {
    const column = table.columns[i]!;
    const values = column.kind === "numeric" ? column.values : column.codes;
    const size = kind === "float64" ? 8 : 4;
    scatter(values, rows, count, views[kind], place / size, stride / size);
  });
  return new Uint8Array(buffer);
}

function scatter(
  from: ArrayLike<number>,
  rows: Uint32Array | null,
  count: number,
  to: Float64Array | Float32Array | Int32Array,
  start: number,
  step: number,
): void {
  for (let i = 0, at = start; i < count; i++, at += step) to[at] = from[rows === null ? i : rows[i]!]!;
}

/** What the kernel encodes packed rows by. */
export function rowFields({ fields }: PackedLayout, inputs: readonly InputEncoding[]): RowField[] {
  let dense = 0;
  let embedded = 0;
  return inputs.map((input, i) => {
    const { place, kind } = fields[i]!;
    const column = input.kind === "embedding" ? embedded++ : dense;
    dense += denseWidth(input);
    if (input.kind === "numeric") return { ...input, kind: kind as "float32" | "float64", place, column };
    return { kind: input.kind, cardinality: input.cardinality, place, column };
  });
}
