import type { CompressionCodec } from "hyparquet";
import type { ColumnSchema } from "../../../core/columns.ts";
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
  /** Whether values may be missing, which is when pages carry definition levels. */
  readonly optional: boolean;
  /**
   * Array type of its numbers. float32 unless the statistics show what it would lose: whole numbers beyond 2^24 or values
   * beyond its range. Dates and times are float64.
   */
  readonly array: "float32" | "float64";
  /** One a row group. */
  readonly chunks: readonly ChunkLayout[];
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
