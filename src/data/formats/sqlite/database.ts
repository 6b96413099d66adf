import { readFile, stat } from "node:fs/promises";
import type { Database, SqlJsStatic, Statement } from "sql.js";
import { hasCode, KaaykoError } from "../../../core/index.ts";
import { inputError } from "../text/problems.ts";

/** The whole file is held in memory while it is read. */
const MOST_BYTES = 2 ** 31 - 1;
/** Bytes of the header that say whether changes are written ahead into another file: 2, else 1. */
const WRITE_AHEAD = [18, 19] as const;

/**
 * Does something with an SQLite database, which is read into memory and never written.
 *
 * @param path what errors call it
 * @throws KaaykoError (input) where the file is damaged, too large, or not complete without a file beside it
 */
export async function withDatabase<T>(path: string, file: string, work: (database: Database) => Promise<T> | T) {
  const database = await openDatabase(path, file);
  try {
    return await named(path, () => work(database));
  } finally {
    database.close();
  }
}

export async function openDatabase(path: string, file: string): Promise<Database> {
  await checkFile(path, file);
  const bytes = await readFile(file);
  // The engine would look for the other file, which was found to be empty.
  for (const at of WRITE_AHEAD) if (bytes[at] === 2) bytes[at] = 1;
  const engine = await loadEngine();
  return named(path, () => new engine.Database(bytes));
}

async function checkFile(path: string, file: string): Promise<void> {
  const { size } = await stat(file);
  if (size > MOST_BYTES)
    throw inputError(path, "an SQLite database may have 2 GB", `${size} bytes`, "Export the table as Parquet or CSV.");
  for (const ending of ["-wal", "-journal"]) {
    const beside = await stat(file + ending).catch((error: unknown) => {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    });
    if (beside !== null && beside.size > 0)
      throw inputError(
        path,
        "all changes must be in the database itself",
        `some in ${file}${ending}`,
        `Close the programs that use it, then: sqlite3 ${file} 'PRAGMA wal_checkpoint(TRUNCATE)'.`,
      );
  }
}

let engine: Promise<SqlJsStatic> | undefined;

async function loadEngine(): Promise<SqlJsStatic> {
  engine ??= import("sql.js").then(({ default: load }) => load());
  return engine;
}

/** The engine's own errors as errors of the file. */
export async function named<T>(path: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KaaykoError) throw error;
    const got = error instanceof Error ? error.message : String(error);
    throw inputError(
      path,
      "it must be a whole SQLite database",
      got,
      "Check it with: sqlite3 FILE 'PRAGMA integrity_check'.",
    );
  }
}

/** A name in SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** All rows of a small query. */
export function rowsOf(database: Database, sql: string): (string | number | Uint8Array | null)[][] {
  const statement: Statement = database.prepare(sql);
  const rows = [];
  while (statement.step()) rows.push(statement.get());
  statement.free();
  return rows;
}
