import type { Column, ColumnKind, ColumnSchema, JsonObject } from "../../core/index.ts";
import type { EncodableRows } from "../encode.ts";

/** Makes columns from others, row after row: what stands before the encoders. */
export interface Deriver {
  readonly name: string;
  /** Raised when the same rows or state would give other columns than before. */
  readonly version: number;
  /** Columns that it reads; those that are not `needed` may be absent. */
  readonly inputs: readonly DeriverInput[];
  readonly outputs: readonly ColumnSchema[];
  /** What it means where one of its columns is far higher, or lower, than usual; undefined where it has no words. Default none. */
  readonly words?: (column: string, high: boolean) => string | undefined;
  /** The date column by which rows must come; ties keep the order of the table. Null where order says nothing. */
  readonly order: string | null;
  /**
   * Begins before the first row.
   *
   * @throws KaaykoError (damaged) for a state that is none of its own
   */
  start(options?: DeriveOptions): RowDeriver;
}

export interface DeriverInput {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly needed: boolean;
}

export interface DeriveOptions {
  /** What a model keeps (`Derivation.state`). Default nothing: rows are those of a training table. */
  readonly state?: JsonObject;
  /**
   * Share of rows, drawn by their number, that are shown as if nothing were known of the rows before them, so that a model learns to do
   * without. Default 0.
   */
  readonly hidden?: number;
  /**
   * Columns of the table's own strings that are missing in half as many rows, drawn apart, because rows may come without them.
   * Default none.
   */
  readonly blank?: readonly string[];
  /** Columns of the table that are read but not shown: they are no features. Default none. */
  readonly omit?: readonly string[];
}

/** The rows so far. */
export interface RowDeriver {
  /**
   * The columns of the next rows, each from what lies before it; then they belong to what is known.
   *
   * @param numberOf the table's number of a row
   */
  next(rows: EncodableRows, numberOf: (row: number) => number): Column[];
  /** The columns of rows of which nobody knows what lies before them. Changes nothing. */
  alone(rows: EncodableRows): Column[];
  /** What a model is to keep. */
  state(): JsonObject;
}
