import type { Database } from "sql.js";
import { suggest } from "../../../core/index.ts";
import { inputError } from "../text/problems.ts";
import { quoted, rowsOf } from "./database.ts";

/** A column as the database declares it. */
export interface DeclaredColumn {
  readonly name: string;
  /** In capitals; empty where none is declared. */
  readonly type: string;
}

/**
 * The table that is meant: the one named, or the only one.
 *
 * @throws KaaykoError (input) with the names of all tables
 */
export function chooseTable(database: Database, path: string, named: string | null): string {
  // Views are programs of the file's author, which may never end; virtual tables need modules that are not here.
  const tables = rowsOf(
    database,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
  ).map(([name]) => String(name));
  if (named !== null && tables.includes(named)) return named;
  if (named === null && tables.length === 1) return tables[0]!;
  const list = tables.slice(0, 20).join(", ") || "none";
  if (named === null)
    throw inputError(
      path,
      "it must be said which of its tables is meant",
      list,
      tables.length === 0 ? "Only tables can be read, no views." : `Name one behind the file: ${path}#${tables[0]}.`,
    );
  const near = suggest(named, tables);
  const remedy =
    near === undefined
      ? `It has: ${list}. Views cannot be read.`
      : `Did you mean ${path.slice(0, -named.length)}${near}?`;
  throw inputError(path, "the database must have that table", named, remedy);
}

export function declaredColumns(database: Database, table: string): DeclaredColumn[] {
  return rowsOf(database, `PRAGMA table_xinfo(${quoted(table)})`)
    .filter(([, , , , , , hidden]) => hidden !== 1)
    .map(([, name, type]) => ({ name: String(name), type: String(type ?? "").toUpperCase() }));
}

/** Rows in the order in which the table holds them: an index that has all columns asked for would give them in another. */
export function selectRows(table: string, columns: readonly string[], firstRow: number): string {
  const list = columns.length === 0 ? "1" : columns.map(quoted).join(", ");
  return `SELECT ${list} FROM ${quoted(table)} NOT INDEXED LIMIT -1 OFFSET ${firstRow}`;
}
