import type { FeatureSpec, FeatureTable, ParameterValues, RandomStream } from "../../core/index.ts";

/** Features of the rows of a table, one number each: a number, or the code of a category; NaN where it is missing or unknown. */
export interface RowReader {
  readonly rows: number;
  readonly features: number;
  /** Whether the values of a feature are codes. */
  isCategory(feature: number): boolean;
  value(feature: number, row: number): number;
}

/** What finds rows that are unlike the others, without being told which are. It is fitted piece by piece. Stateless. */
export interface Detector {
  pieces(features: readonly FeatureSpec[], parameters: ParameterValues): number;
  /** Fits a piece on training rows; `random` is its own. */
  fit(reader: RowReader, piece: number, parameters: ParameterValues, random: RandomStream): Float64Array;
  /** Whether a stored piece can be used with so many features. */
  isPiece(piece: Float64Array, features: number): boolean;
  /** How unlike the others a row is: finite, at or over 0, more for rarer rows. */
  score(pieces: readonly Float64Array[], reader: RowReader, row: number): number;
  /** What each feature says of a row, at or over 0. Absent where a detector cannot tell. */
  contributions?(pieces: readonly Float64Array[], reader: RowReader, row: number): Float64Array;
}

/** @param rows the rows that count, ascending; null for all */
export function readRows(table: FeatureTable, rows: Uint32Array | null = null): RowReader {
  const { columns } = table;
  return {
    rows: rows?.length ?? table.rows,
    features: columns.length,
    isCategory: (feature) => columns[feature]!.kind === "categorical",
    value: (feature, i) => {
      const column = columns[feature]!;
      const row = rows === null ? i : rows[i]!;
      if (column.kind === "numeric") return column.values[row]!;
      const code = column.codes[row]!;
      return code === 0 ? Number.NaN : code;
    },
  };
}
