import type { Column } from "../../../core/columns.ts";

/** Where the columns of a batch come from. */
export interface BatchSupply {
  /** The columns of rows `row` to `row + rows`. Called in order, or again from an earlier row. */
  columns(row: number, rows: number): Promise<Column[]>;
  /** All rows; undefined where they are not kept. */
  table(): Column[] | undefined;
  /** Reads what no batch asked for, so that `table` has all rows. */
  complete(): Promise<void>;
  close(): Promise<void>;
}
