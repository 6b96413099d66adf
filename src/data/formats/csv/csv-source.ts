import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { ColumnKind, OpenOptions, SourceDescription, TableSource } from "../../../core/index.ts";
import { kindFor, suggest } from "../../../core/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { EncodingError, inputError } from "../text/problems.ts";
import { zoneRemarks } from "../text/zone-remarks.ts";
import type { CellTarget } from "./block-parser.ts";
import type { ColumnPlan } from "./column-builders.ts";
import { CsvReader } from "./csv-reader.ts";
import type { CsvOptions } from "./head.ts";
import { type Scan, type ScannedColumn, scanFile } from "./scan.ts";

/**
 * A table in a text file: CSV, TSV or alike (RFC 4180, with the liberties that files take). Rows may end with LF, CR LF or CR; blank
 * lines are skipped; a quote opens a quoted cell only at the cell's start; blanks around unquoted cells do not count. Empty cells
 * and `NA N/A n/a NaN nan NAN NaT null NULL Null None <NA> #N/A ? -` are missing; in a column of strings only where they are not quoted.
 * Kinds come from all cells: numbers (also infinite ones), booleans (true, false, yes, no, t, f), dates (ISO 8601, YYYY/MM/DD, and
 * MM/DD/YYYY or DD/MM/YYYY where some row shows which; without a zone they are UTC), else `categorical`. Numbers are rounded to the
 * nearest double, then to float32; a column with integers that float32 would merge stays float64. A repeated name gets `_2`.
 *
 * Text that is not UTF-8 is read as Windows-1252, from a copy in the temporary folder, unless it looks like UTF-8 that was damaged.
 * Reads no compressed files. A row may have 16 MB at most.
 *
 * @param path the file
 * @throws KaaykoError of kind `input`, with the line number, from `describe` and `open`
 */
export async function openCsv(path: string, options: CsvOptions = {}): Promise<TableSource> {
  const { file } = await openTextFile(path);
  await file.close();
  let known: Promise<Scanned> | undefined;
  const scan = async (): Promise<Scanned> => {
    const last = await known?.catch(() => undefined);
    if (last === undefined || !(await isUnchanged(path, last))) known = scanText(path, options);
    return known!;
  };
  return {
    format: "csv",
    path,
    describe: async () => describeScan(path, await scan()),
    open: async (openOptions = {}) => {
      const { scan: scanned, file: text } = await scan();
      return new CsvReader(text, scanned, planColumns(path, scanned, openOptions), openOptions);
    },
  };
}

/** What was scanned: the file, or a copy of it in UTF-8. */
interface Scanned {
  readonly scan: Scan;
  readonly file: string;
  readonly bytes: number;
  readonly modified: number;
}

async function scanText(path: string, options: CsvOptions): Promise<Scanned> {
  const { size: bytes, mtimeMs: modified } = await stat(path);
  try {
    return { scan: await scanFile(path, options), file: path, bytes, modified };
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    const copy = await (await import("./utf8-copy.ts")).utf8Copy(path);
    if (copy === null) throw error;
    return { scan: await scanFile(copy, options), file: copy, bytes, modified };
  }
}

async function isUnchanged(path: string, { bytes, modified }: Scanned): Promise<boolean> {
  const now = await stat(path);
  return now.size === bytes && now.mtimeMs === modified;
}

function describeScan(path: string, { scan, file, bytes }: Scanned): SourceDescription {
  const columns = scan.columns.map(({ name, kind, dayFirst }) => {
    const physical = kind === "date" && dayFirst ? "text, day first" : "text";
    return { name, kind, physical };
  });
  const { remarks = [] } = zoneRemarks(scan.columns);
  const all = file === path ? remarks : [latinRemark(path), ...remarks];
  const description = { columns, rows: scan.rows, bytes, unreadable: [] };
  return all.length === 0 ? description : { ...description, remarks: all };
}

function latinRemark(path: string): string {
  return `${basename(path)} is not UTF-8; it is read as Windows-1252 (Latin-1). Where letters come out wrong, convert it to UTF-8 first.`;
}

function planColumns(path: string, scan: Scan, { columns, kinds = {} }: OpenOptions): ColumnPlan[] {
  const numbers = new Map(scan.columns.map(({ name }, index) => [name, index]));
  return (columns ?? scan.columns.map(({ name }) => name)).map((name) => {
    const number = numbers.get(name);
    if (number === undefined) {
      const near = suggest(name, numbers.keys());
      const remedy = near === undefined ? `It has ${numbers.size} columns.` : `Did you mean ${JSON.stringify(near)}?`;
      throw inputError(path, "a column must be in the file", JSON.stringify(name), remedy);
    }
    const scanned = scan.columns[number]!;
    const kind = kindFor(name, kinds) ?? scanned.kind;
    return { name, kind, column: number, as: targetOf(kind, scanned) };
  });
}

function targetOf(kind: ColumnKind, column: ScannedColumn): CellTarget {
  if (kind === "categorical" || kind === "text") return "codes";
  if (kind === "date") return column.dayFirst ? "dayFirstDate" : "date";
  if (kind === "boolean" || column.kind === "boolean") return "boolean";
  return column.wide ? "f64" : "f32";
}
