import type { Database } from "sql.js";
import type { JsonValue } from "../../../core/index.ts";
import { type SeenColumn, ValueSights } from "../text/index.ts";
import { inputError } from "../text/problems.ts";
import { chooseTable, type DeclaredColumn, declaredColumns, selectRows } from "./tables.ts";

/** What one pass over a table tells. */
export interface SqliteScan {
  readonly modified: number;
  readonly bytes: number;
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly (SeenColumn & { readonly type: string })[];
}

/** Reads the whole table once: kinds, and how many rows. @param wanted null for the only table */
export function scanTable(database: Database, path: string, wanted: string | null) {
  const table = chooseTable(database, path, wanted);
  const declared = declaredColumns(database, table);
  const sights = declared.map(() => new ValueSights());
  const empty = declared.map(() => false);
  const bits = declared.map(({ type }) => type.startsWith("BOOL"));
  const statement = database.prepare(
    selectRows(
      table,
      declared.map(({ name }) => name),
      0,
    ),
  );
  let rows = 0;
  try {
    for (; statement.step(); rows++)
      statement.get().forEach((value, i) => {
        if (value === "") empty[i] = true;
        else sights[i]!.note(value as JsonValue);
        if (value !== null && value !== 0 && value !== 1) bits[i] = false;
      });
  } finally {
    statement.free();
  }
  if (rows === 0)
    throw inputError(path, "a table must have at least one row", `none in ${table}`, "Name another table.");
  return { table, rows, columns: declared.map((column, i) => seenColumn(column, sights[i]!, empty[i]!, bits[i]!)) };
}

/** Empty strings are a category where there are other strings, or nothing else at all; among numbers and dates they are missing. */
function seenColumn({ name, type }: DeclaredColumn, sights: ValueSights, hasEmpty: boolean, isBits: boolean) {
  const { nothing } = sights;
  const column = sights.column(name);
  const kind = hasEmpty && nothing ? "categorical" : isBits && !nothing ? "boolean" : column.kind;
  return { ...column, type, kind };
}
