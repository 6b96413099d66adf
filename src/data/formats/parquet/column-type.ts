import type { SchemaElement } from "hyparquet";
import type { ColumnKind } from "../../../core/columns.ts";

/** How bytes become numbers before scaling. */
export type RawNumber =
  | "boolean"
  | "float32"
  | "float64"
  | "float16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "int96"
  | "bytes"
  | "byteArray";

/** What happens to a raw number: a decimal is divided, days and epochs become whole milliseconds (rounded down). */
export type Scaling =
  | { readonly to: "same" }
  | { readonly to: "quotient"; readonly divisor: number }
  | { readonly to: "milliseconds"; readonly perMillisecond: number }
  | { readonly to: "days" };

export interface NumberDecoding {
  readonly values: "numbers";
  readonly raw: RawNumber;
  /** Bytes of a value in PLAIN pages; 0 where it varies (`byteArray`) or is a bit (`boolean`). */
  readonly width: number;
  readonly scaling: Scaling;
}

export interface StringDecoding {
  readonly values: "strings";
  readonly text: "utf8" | "hex" | "uuid";
  /** Bytes of a value of fixed length, 0 where each has its own. */
  readonly width: number;
}

export type Decoding = NumberDecoding | StringDecoding;

export interface ReadableType {
  readonly kind: ColumnKind;
  readonly physical: string;
  readonly decoding: Decoding;
}

export interface UnreadableType {
  readonly reason: string;
}

const MAX_FIXED_WIDTH = 1 << 16;
const SAME: Scaling = { to: "same" };
const PER_MILLISECOND = { MILLIS: 1, MICROS: 1_000, NANOS: 1_000_000 } as const;

/**
 * What a leaf of the schema becomes: its kind and how its bytes are decoded, or why it cannot be read.
 * Logical types follow parquet-format's LogicalTypes.md, the older converted types included. Times of the day become
 * milliseconds since midnight.
 */
export function columnType(element: SchemaElement): ReadableType | UnreadableType {
  const physical = physicalName(element);
  const refused = refusal(element);
  if (refused !== undefined) return { reason: refused };
  const text = textType(element);
  if (text !== undefined) return { kind: "categorical", physical, decoding: text };
  const number = numberType(element);
  if (number === undefined) return { reason: `${physical} is not supported` };
  return { ...number, physical };
}

function physicalName({ type, logical_type, converted_type, scale, precision }: SchemaElement): string {
  const logical = logical_type?.type ?? converted_type;
  if (logical === undefined) return String(type);
  if (logical === "DECIMAL") return `${type} (decimal ${precision ?? "?"},${scale ?? 0})`;
  const unit =
    logical_type !== undefined && "unit" in logical_type ? ` ${String(logical_type.unit).toLowerCase()}` : "";
  return `${type} (${String(logical).toLowerCase()}${unit})`;
}

function refusal({ type, type_length, logical_type, converted_type }: SchemaElement): string | undefined {
  const logical = String(logical_type?.type ?? converted_type ?? "");
  if (["BSON", "INTERVAL", "VARIANT", "GEOMETRY", "GEOGRAPHY"].includes(logical))
    return `${logical} is not a table's value`;
  if (type !== "FIXED_LEN_BYTE_ARRAY") return undefined;
  const length = type_length ?? 0;
  return length > 0 && length <= MAX_FIXED_WIDTH ? undefined : `values of ${length} bytes are not supported`;
}

function textType({ type, type_length, logical_type, converted_type }: SchemaElement): StringDecoding | undefined {
  const logical = logical_type?.type ?? converted_type;
  if (logical === "DECIMAL" || logical === "FLOAT16") return undefined;
  if (type === "BYTE_ARRAY") return { values: "strings", text: "utf8", width: 0 };
  if (type !== "FIXED_LEN_BYTE_ARRAY") return undefined;
  return {
    values: "strings",
    text: logical === "UUID" && type_length === 16 ? "uuid" : "hex",
    width: type_length ?? 0,
  };
}

type NumberType = Omit<ReadableType, "physical">;

function numberType(element: SchemaElement): NumberType | undefined {
  const { type } = element;
  if (type === "BOOLEAN") return numbers("boolean", "boolean", 0);
  if (type === "FLOAT") return numbers("numeric", "float32", 4);
  if (type === "DOUBLE") return numbers("numeric", "float64", 8);
  if (type === "INT96") return numbers("date", "int96", 12, { to: "milliseconds", perMillisecond: 1_000_000 });
  const logical = element.logical_type?.type ?? element.converted_type;
  if (logical === "FLOAT16") return element.type_length === 2 ? numbers("numeric", "float16", 2) : undefined;
  if (logical === "DECIMAL") return decimal(element);
  return integer(element);
}

function numbers(kind: ColumnKind, raw: RawNumber, width: number, scaling: Scaling = SAME): NumberType {
  return { kind, decoding: { values: "numbers", raw, width, scaling } };
}

function decimal({ type, type_length, scale, logical_type }: SchemaElement): NumberType | undefined {
  const places = (logical_type?.type === "DECIMAL" ? logical_type.scale : undefined) ?? scale ?? 0;
  if (!(Math.abs(places) <= 300)) return undefined;
  const scaling: Scaling = places === 0 ? SAME : { to: "quotient", divisor: 10 ** places };
  if (type === "INT32") return numbers("numeric", "int32", 4, scaling);
  if (type === "INT64") return numbers("numeric", "int64", 8, scaling);
  return type === "BYTE_ARRAY"
    ? numbers("numeric", "byteArray", 0, scaling)
    : numbers("numeric", "bytes", type_length ?? 0, scaling);
}

function integer({ type, logical_type, converted_type }: SchemaElement): NumberType | undefined {
  if (type !== "INT32" && type !== "INT64") return undefined;
  const [bits, width] = type === "INT32" ? ([32, 4] as const) : ([64, 8] as const);
  const unsigned =
    converted_type?.startsWith("UINT_") || (logical_type?.type === "INTEGER" && logical_type.isSigned === false);
  const raw: RawNumber = `${unsigned ? "uint" : "int"}${bits}`;
  if (logical_type?.type === "DATE" || converted_type === "DATE") return numbers("date", raw, width, { to: "days" });
  const unit = timeUnit(logical_type, converted_type);
  if (unit === undefined) return numbers("numeric", raw, width);
  const scaling: Scaling = { to: "milliseconds", perMillisecond: PER_MILLISECOND[unit.unit] };
  return numbers(unit.clock ? "numeric" : "date", raw, width, scaling);
}

function timeUnit(
  logical: SchemaElement["logical_type"],
  converted: SchemaElement["converted_type"],
): { unit: keyof typeof PER_MILLISECOND; clock: boolean } | undefined {
  if (logical?.type === "TIMESTAMP" || logical?.type === "TIME") {
    return { unit: logical.unit, clock: logical.type === "TIME" };
  }
  const match = /^(TIMESTAMP|TIME)_(MILLIS|MICROS)$/.exec(converted ?? "");
  if (match === null) return undefined;
  return { unit: match[2] as "MILLIS" | "MICROS", clock: match[1] === "TIME" };
}
