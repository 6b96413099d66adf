import type { ColumnKind } from "./columns.ts";
import type { JsonObject } from "./json.ts";

/**
 * How columns were made from others before anything was fitted, as plain data: part of the model, so that they are made alike for
 * rows that are to be predicted. What makes them is code of ours, found by its name; nothing stored is executed.
 */
export interface Derivation {
  /** Name of what makes the columns, such as "transactions". */
  readonly by: string;
  /** Version of the meaning of the columns and of `state`. */
  readonly version: number;
  /** Columns of the table that they are made from. */
  readonly inputs: readonly { readonly name: string; readonly kind: ColumnKind }[];
  /** Names of the columns that are made. */
  readonly outputs: readonly string[];
  /** What is known of the rows that the model was made from, beyond any single one of them. */
  readonly state: JsonObject;
}
