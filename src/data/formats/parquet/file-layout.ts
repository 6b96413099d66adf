import type { CompressionCodec } from "hyparquet";
import type { ColumnKind, ColumnSchema } from "../../../core/columns.ts";
import type { Decoding } from "./column-type.ts";

/** What the footer says, checked, as plain data that threads can be sent. */
export interface FileLayout {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  readonly groups: readonly GroupLayout[];
  readonly columns: readonly ColumnLayout[];
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
}

export interface GroupLayout {
  readonly firstRow: number;
  readonly rows: number;
}

export interface ColumnLayout {
  readonly schema: ColumnSchema;
  readonly decoding: Decoding;
  /** What its values are as they are stored; those of its elements where it has lists. */
  readonly valueKind: ColumnKind;
  /** Whether values may be missing, which is when pages carry definition levels. */
  readonly optional: boolean;
  /**
   * Array type of its numbers. float32 unless the statistics show what it would lose: whole numbers beyond 2^24 or values
   * beyond its range. Dates and times are float64.
   */
  readonly array: "float32" | "float64";
  /** Of a column of lists, whose decoding and `array` are those of their elements; undefined where a row has one value. */
  readonly list: ListLevels | undefined;
  /** What whole numbers from 0 on stand for, where the file's metadata say so. */
  readonly names: readonly string[] | undefined;
  /** One a row group. */
  readonly chunks: readonly ChunkLayout[];
}

/** What definition levels mean in a column of lists; repetition levels are 0 at the start of a row, 1 within it. */
export interface ListLevels {
  /** The level of a list without elements; below it the list is missing. */
  readonly empty: number;
  /** The level of an element that is there; between this and `empty` it is missing. */
  readonly present: number;
}

/** Where the pages of a column lie for one row group. */
export interface ChunkLayout {
  readonly start: number;
  readonly end: number;
  readonly values: number;
  readonly codec: CompressionCodec;
  /** Bytes before compression, as the footer says: for sharing work only. */
  readonly work: number;
}
