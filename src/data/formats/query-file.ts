import { readFile, stat } from "node:fs/promises";
import { hasCode, type NumberColumn, type TableSource } from "../../core/index.ts";
import { withColumn } from "../added-column.ts";
import { inputError } from "./text/problems.ts";

/** What LightGBM and XGBoost put behind a file's name for the file of its queries' sizes. */
const ENDINGS = [".query", ".group"] as const;
const QUERY_COLUMN = "qid";
/** Bytes of such a file at most: a query takes two or more. */
const LARGEST = 256 * 2 ** 20;

/** The file of queries' sizes beside a table's file, or null where there is none. */
export async function queryFileOf(path: string): Promise<string | null> {
  for (const ending of ENDINGS) {
    const found = await stat(path + ending).catch((error: unknown) => {
      if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
      throw error;
    });
    if (found?.isFile()) return path + ending;
  }
  return null;
}

/**
 * The table with the column `qid`, from the file beside it that holds a query's number of rows a line, in the table's order. The table
 * itself where it has such a column or there is no such file.
 *
 * @throws KaaykoError (input) where a line is no number of rows, or they do not sum up to the table's
 */
export async function withQueryFile(source: TableSource): Promise<TableSource> {
  const file = await queryFileOf(source.path);
  if (file === null) return source;
  const { columns: known, rows } = await source.describe();
  if (known.some(({ name }) => name === QUERY_COLUMN)) return source;
  const ends = await readEnds(file);
  if (ends.at(-1) !== rows)
    throw inputError(
      file,
      "the rows of all queries must be as many as the table's",
      `${ends.at(-1) ?? 0} for ${rows}`,
      "Take the file away where it belongs to another table.",
    );
  return withColumn(source, {
    schema: { name: QUERY_COLUMN, kind: "numeric", physical: "sizes of queries, in a file beside" },
    place: 1,
    make: (firstRow, rows) => queryColumn(ends, firstRow, rows),
  });
}

/** Rows up to the end of each query. */
async function readEnds(file: string): Promise<number[]> {
  const { size } = await stat(file);
  if (size > LARGEST)
    throw inputError(file, "it may have 256 MiB", `${size} bytes`, "Write the queries as qid:N into the rows.");
  let sum = 0;
  const lines = (await readFile(file, "utf8")).trimEnd().split(/\r?\n/);
  return lines.map((line, i) => {
    if (!/^\s*\d{1,10}\s*$/.test(line))
      throw inputError(
        file,
        "each line must be the number of rows of a query",
        `${JSON.stringify(line.slice(0, 40))} in line ${i + 1}`,
        "Mend that line, or take the file away.",
      );
    sum += Number(line);
    return sum;
  });
}

/** The number, from 1, of each row's query. */
function queryColumn(ends: readonly number[], firstRow: number, rows: number): NumberColumn {
  const values = new Float64Array(rows);
  let query = firstAfter(ends, firstRow);
  for (let row = 0; row < rows; row++) {
    while (ends[query]! <= firstRow + row) query++;
    values[row] = query + 1;
  }
  return { kind: "numeric", name: QUERY_COLUMN, values };
}

/** The first query that ends after a row. */
function firstAfter(ends: readonly number[], row: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}
