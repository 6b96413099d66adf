import { DataType, type Field, TimeUnit, type Vector } from "apache-arrow";
import type { ColumnKind } from "../../../core/columns.ts";
import { numberFormatter } from "../kind-conversion.ts";

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
  /** The string of a value as the library gives it; null where that means that there is none. */
  readonly toText: (value: unknown) => string | null;
  /** Whether strings are its own, not numbers that are written as such. */
  readonly strings: boolean;
}

const PER_MILLISECOND = {
  [TimeUnit.SECOND]: 1 / 1000,
  [TimeUnit.MILLISECOND]: 1,
  [TimeUnit.MICROSECOND]: 1000,
  [TimeUnit.NANOSECOND]: 1_000_000,
};

/**
 * The column of a field, or why it cannot be one. A dictionary's values decide. A list of plain values is a string, its JSON.
 *
 * @param names what whole numbers from 0 on stand for, of the field's values or of its lists' elements
 */
export function arrowColumn(
  field: Field,
  names?: readonly string[],
): ArrowColumn | { readonly name: string; readonly reason: string } {
  const { name } = field;
  const physical = String(field.type);
  const type = valueType(field.type);
  const column =
    DataType.isList(type) || DataType.isFixedSizeList(type) || DataType.isLargeList(type)
      ? listColumn(valueType(type.children[0]!.type), names)
      : named(columnOf(type), names);
  if (column === undefined) {
    const nested = (type.children?.length ?? 0) > 0;
    const reason = nested
      ? "it is nested (a map, a struct, or lists of more than plain values)"
      : `${physical} is not supported`;
    return { name, reason };
  }
  return { name, physical, ...column };
}

type Converted = Omit<ArrowColumn, "name" | "physical">;

/** Elements of one list; more are no row of a table. */
const MOST_ELEMENTS = 1 << 20;

function valueType(type: DataType): DataType {
  return DataType.isDictionary(type) ? (type.dictionary as DataType) : type;
}

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
  return { kind, array, toNumber, toText: String, strings: false };
}

function strings(toText: (value: unknown) => string | null): Converted {
  return { kind: "categorical", array: "float32", toNumber: Number, toText, strings: true };
}

/** Numbers by their names; writers mark what has none by -1. */
function named(column: Converted | undefined, names: readonly string[] | undefined): Converted | undefined {
  if (column?.kind !== "numeric" || names === undefined) return column;
  return {
    ...strings((value) => names[Number(value)] ?? (Number(value) < 0 ? null : String(value))),
    toNumber: column.toNumber,
  };
}

/** Lists as JSON; undefined where their elements are no plain values. */
function listColumn(elements: DataType, names: readonly string[] | undefined): Converted | undefined {
  const own = columnOf(elements);
  const element = named(own, names);
  if (own === undefined || element === undefined) return undefined;
  const json = element.strings || own.kind === "date" ? (text: string | null) => JSON.stringify(text) : String;
  const format = numberFormatter(own.kind, String(elements) === "Float32");
  const textOf = element.strings ? element.toText : (value: unknown) => finiteText(element.toNumber(value), format);
  return strings((list) => {
    const values = list as Vector;
    if (!(values.length <= MOST_ELEMENTS)) throw new RangeError(`a list of ${values.length} elements`);
    const items = Array.from(values, (value) => (value === null ? "null" : json(textOf(value))));
    return `[${items.join(",")}]`;
  });
}

function finiteText(value: number, format: (value: number) => string): string | null {
  return Number.isFinite(value) ? format(value) : null;
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
