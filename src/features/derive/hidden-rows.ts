import { type Column, isStringColumn, rowHash, streamKey } from "../../core/index.ts";

const HIDDEN = streamKey(0, "derive", "hidden");
const BLANK = streamKey(0, "derive", "blank");

/** Whether a row, by its number in the table, is among the share of rows that are shown as if nothing were known before. */
export function isHidden(row: number, share: number): boolean {
  return rowHash(HIDDEN, row) < share * 2 ** 32;
}

/** Columns without their values in half as many rows as are hidden, drawn apart from these; other columns as they are. */
export function blankColumns(
  columns: readonly Column[],
  { blank = [], hidden = 0 }: { readonly blank?: readonly string[]; readonly hidden?: number },
  numberOf: (row: number) => number,
): Column[] {
  return columns.map((column) => {
    if (!blank.includes(column.name) || !isStringColumn(column)) return column;
    return {
      ...column,
      codes: column.codes.map((code, row) => (rowHash(BLANK, numberOf(row)) < hidden * 2 ** 31 ? 0 : code)),
    };
  });
}
