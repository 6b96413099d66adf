import { DataType, type Field, TimeUnit } from "apache-arrow";
import type { ColumnKind } from "../../../core/columns.ts";

/** What an Arrow field becomes. */
export interface ArrowColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly physical: string;
  /**
   * Array type of its numbers. float32 for 8- and 16-bit integers, all floats (as features are) and decimals; float64 for wider
   * integers, which it could merge, and for dates and times.
   */
  readonly array: "float32" | "float64";
  /** The number of a value as the library gives it. */
  readonly toNumber: (value: unknown) => number;
  /** The string of a value as the library gives it. */
  readonly toText: (value: unknown) => string;
}

const PER_MILLISECOND = {
  [TimeUnit.SECOND]: 1 / 1000,
  [TimeUnit.MILLISECOND]: 1,
  [TimeUnit.MICROSECOND]: 1000,
  [TimeUnit.NANOSECOND]: 1_000_000,
};

/** The column of a field, or why it cannot be one. A dictionary's values decide. */
export function arrowColumn(field: Field): ArrowColumn | { readonly name: string; readonly reason: string } {
  const { name } = field;
  const physical = String(field.type);
  const type: DataType = DataType.isDictionary(field.type) ? (field.type.dictionary as DataType) : field.type;
  const column = columnOf(type);
  if (column === undefined) {
    const nested = (type.children?.length ?? 0) > 0;
    return { name, reason: nested ? "it is nested (a list, a map or a struct)" : `${physical} is not supported` };
  }
  return { name, physical, ...column };
}

type Converted = Omit<ArrowColumn, "name" | "physical">;

function columnOf(type: DataType): Converted | undefined {
  if (DataType.isBool(type)) return numbers("boolean", "float32", Number);
  if (DataType.isFloat(type) || DataType.isNull(type)) return numbers("numeric", "float32", Number);
  if (DataType.isInt(type)) return numbers("numeric", type.bitWidth < 32 ? "float32" : "float64", Number);
  if (DataType.isDecimal(type)) {
    const divisor = 10 ** type.scale;
    return numbers("numeric", "float32", (value) => wordsToNumber(value as Uint32Array) / divisor);
  }
  if (DataType.isDate(type) || DataType.isTimestamp(type) || DataType.isTime(type) || DataType.isDuration(type)) {
    return timeColumn(type);
  }
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return strings(String);
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type)) return strings(utf8);
  return DataType.isFixedSizeBinary(type) ? strings(hex) : undefined;
}

function numbers(kind: ColumnKind, array: "float32" | "float64", toNumber: (value: unknown) => number): Converted {
  return { kind, array, toNumber, toText: String };
}

function strings(toText: (value: unknown) => string): Converted {
  return { kind: "categorical", array: "float32", toNumber: Number, toText };
}

/** Everything in milliseconds, rounded down. The library itself gives dates and timestamps in milliseconds. */
function timeColumn(type: DataType): Converted {
  if (DataType.isDate(type)) return numbers("date", "float64", Number);
  if (DataType.isTimestamp(type)) return numbers("date", "float64", (value) => Math.floor(Number(value)));
  const per = PER_MILLISECOND[(type as unknown as { unit: TimeUnit }).unit];
  return numbers("numeric", "float64", (value) => Math.floor(Number(value) / per));
}

function utf8(value: unknown): string {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
}

function hex(value: unknown): string {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength).toString("hex");
}

/** A two's complement number of 32-bit words, the lowest first. */
function wordsToNumber(words: Uint32Array): number {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!);
  return Number(BigInt.asIntN(words.length * 32, value));
}
