import { stat } from "node:fs/promises";
import type { TableSource } from "../../../core/index.ts";
import { planValues, zoneRemarks } from "../text/index.ts";
import { withDatabase } from "./database.ts";
import { type SqliteScan, scanTable } from "./scan-table.ts";
import { SqliteReader } from "./sqlite-reader.ts";

/**
 * A table of an SQLite database, by what its cells hold rather than by what is declared, which SQLite does not enforce: numbers are
 * `numeric`, columns declared BOOLEAN that hold 0 and 1 `boolean`, strings `date` where all of them are dates, else `categorical`; so is
 * a mixture, by its text. NULL is missing, and so is an empty string among numbers. Columns with binary values are named in
 * `unreadable`. Whole numbers beyond 2^53 lose their last digits.
 *
 * @param path what errors call it
 * @param table null for the only one
 * @throws KaaykoError (input) from `describe` and `open`
 */
export async function openSqlite(path: string, file: string, table: string | null): Promise<TableSource> {
  let known: SqliteScan | undefined;
  const scan = async (): Promise<SqliteScan> => {
    const { size, mtimeMs } = await stat(file);
    if (known?.bytes !== size || known.modified !== mtimeMs)
      known = await withDatabase(path, file, (database) => ({
        ...scanTable(database, path, table),
        bytes: size,
        modified: mtimeMs,
      }));
    return known;
  };
  return {
    format: "sqlite",
    path,
    describe: async () => {
      const { rows, bytes, columns } = await scan();
      return {
        columns: columns.flatMap(({ name, kind, type }) => (kind ? [{ name, kind, physical: type || "SQLite" }] : [])),
        rows,
        bytes,
        unreadable: columns.flatMap(({ name, kind }) => (kind ? [] : [{ name, reason: "binary values" }])),
        ...zoneRemarks(columns),
      };
    },
    open: async (options = {}) => {
      const scanned = await scan();
      return new SqliteReader({ path, file }, scanned, planValues(path, scanned.columns, options), options);
    },
  };
}
