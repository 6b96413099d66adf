import { type ColumnSchema, KaaykoError, type TableSource, type TableWriter, unknownName } from "../../core/index.ts";
import { fileSet } from "./file-set.ts";
import { type FormatName, sniffFormat, unreadable } from "./sniff.ts";
import { tableAddress } from "./table-address.ts";

interface Format {
  readonly title: string;
  readonly endings: readonly string[];
  readonly open: (path: string) => Promise<TableSource>;
  readonly createWriter?: (path: string, columns: readonly ColumnSchema[]) => Promise<TableWriter>;
}

/** Every table format there is; loaded when it is used. */
const FORMATS: Readonly<Record<FormatName, Format>> = {
  parquet: {
    title: "Parquet",
    endings: [".parquet", ".pq", ".parq"],
    open: async (path) => (await import("./parquet/index.ts")).openParquet(path),
    createWriter: async (path, columns) => (await import("./parquet/index.ts")).createParquetWriter(path, columns),
  },
  csv: {
    title: "CSV or TSV",
    endings: [".csv", ".tsv", ".tab"],
    open: async (path) => (await import("./csv/index.ts")).openCsv(path),
    createWriter: async (path, columns) => (await import("./csv/index.ts")).createCsvWriter(path, columns),
  },
  arrow: {
    title: "Arrow IPC",
    endings: [".arrow", ".feather", ".ipc", ".arrows"],
    open: async (path) => (await import("./arrow/index.ts")).openArrow(path),
  },
  jsonl: {
    title: "JSON Lines",
    endings: [".jsonl", ".ndjson"],
    open: async (path) => (await import("./jsonl/index.ts")).openJsonLines(path),
    createWriter: async (path, columns) => (await import("./jsonl/index.ts")).createJsonLinesWriter(path, columns),
  },
  json: {
    title: "JSON",
    endings: [".json"],
    open: async (path) => (await import("./json/index.ts")).openJson(path),
  },
  sqlite: {
    title: "SQLite",
    endings: [".sqlite", ".sqlite3", ".db"],
    open: async (path) => {
      const { file, table } = tableAddress(path);
      return (await import("./sqlite/index.ts")).openSqlite(path, file, table);
    },
  },
  libsvm: {
    title: "libsvm",
    endings: [".libsvm", ".svm", ".svmlight"],
    open: async (path) => {
      const [{ openLibsvm }, { withQueryFile }] = await Promise.all([
        import("./libsvm/index.ts"),
        import("./query-file.ts"),
      ]);
      return withQueryFile(await openLibsvm(path));
    },
  },
  fasttext: {
    title: "fastText",
    endings: [".ft", ".fasttext"],
    open: async (path) => (await import("./fasttext/index.ts")).openFastText(path),
  },
  conll: {
    title: "CoNLL",
    endings: [".conll", ".iob", ".iob2", ".bio", ".conll2003"],
    open: async (path) => (await import("./conll/index.ts")).openConll(path),
    createWriter: async (path, columns) => (await import("./conll/index.ts")).createConllWriter(path, columns),
  },
};

/** Endings of the files that can be read, with their dot. */
export const TABLE_ENDINGS: readonly string[] = Object.values(FORMATS).flatMap(({ endings }) => endings);

/** Formats that the first bytes prove, whatever the ending says. */
const PROVED: readonly FormatName[] = ["parquet", "arrow", "sqlite", "conll", "fasttext"];

/**
 * Opens a table file; of an SQLite database the table named behind a `#`, or the only one; of slot filling the folder, or a part of it
 * behind a `#`. The format is the one named; else what the first bytes say where that is certain; else what the ending says; else what
 * the first line looks like; else CSV.
 *
 * @throws KaaykoError (input) where the file is missing, empty or not a table; (usage) for an unknown format's name
 */
export async function openSource(path: string, options: { readonly format?: string } = {}): Promise<TableSource> {
  const { format } = options;
  if (format !== undefined) {
    if (!Object.hasOwn(FORMATS, format)) throw unknownName("format", format, Object.keys(FORMATS));
    return FORMATS[format as FormatName].open(path);
  }
  const set = fileSet(path);
  if (set !== null) return (await import("./conll/index.ts")).openFileSet(path, set);
  const { file, table } = tableAddress(path);
  const sniffed = await sniffFormat(file);
  if (table !== null && sniffed !== "sqlite")
    throw unreadable(path, "only a database has several tables", "a file of one", `Leave #${table} out.`);
  if (sniffed !== null && PROVED.includes(sniffed)) return FORMATS[sniffed].open(path);
  const named = formatOfEnding(path);
  if (named === undefined && sniffed === null && looksForeign(path))
    throw unreadable(
      path,
      `it must be one of ${formatList()}`,
      `the ending ${endingOf(path)}`,
      "Save the table as one of these.",
    );
  // Lines of objects are often called JSON.
  if (named === "json" && sniffed === "jsonl") return FORMATS.jsonl.open(path);
  return FORMATS[named ?? sniffed ?? "csv"].open(path);
}

/**
 * Makes the writer of a table file, by its ending: Parquet, CSV, TSV or JSON Lines.
 *
 * @throws KaaykoError (usage) for another ending
 */
export async function createWriter(path: string, columns: readonly ColumnSchema[]): Promise<TableWriter> {
  const name = formatOfEnding(path);
  const create = name === undefined ? undefined : FORMATS[name].createWriter;
  if (create !== undefined) return create(path, columns);
  const writable = Object.values(FORMATS).filter((format) => format.createWriter !== undefined);
  throw new KaaykoError({
    action: `write ${path}`,
    rule: `its ending must be one of ${writable.flatMap(({ endings }) => endings).join(" ")}`,
    got: endingOf(path) || "none",
    kind: "usage",
  });
}

function formatOfEnding(path: string): FormatName | undefined {
  const ending = endingOf(path);
  return (Object.keys(FORMATS) as FormatName[]).find((name) => FORMATS[name].endings.includes(ending));
}

function endingOf(path: string): string {
  return /(?:\.[^./\\]*)?$/.exec(path.toLowerCase())?.[0] ?? "";
}

/** Endings of files that hold something else for sure. */
function looksForeign(path: string): boolean {
  return /\.(?:xml|html?|xlsx?|ods|pdf|png|jpe?g|zip|gz|sql|pkl|pickle|npy|npz|h5|hdf5|orc|avro|docx?|md|js|ts|py)$/i.test(
    path,
  );
}

function formatList(): string {
  return Object.values(FORMATS)
    .map(({ title, endings }) => `${title} (${endings.join(" ")})`)
    .join(", ");
}
