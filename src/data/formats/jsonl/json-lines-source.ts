import { stat } from "node:fs/promises";
import { kindFor, type OpenOptions, type SourceDescription, suggest, type TableSource } from "../../../core/index.ts";
import { LineTableReader } from "../text/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError } from "../text/problems.ts";
import { JsonColumns, type JsonPlan, type Refuse } from "./json-columns.ts";
import { type JsonLinesScan, scanJsonLines } from "./scan.ts";

/**
 * A table in JSON Lines: one object a line, UTF-8. Columns are the keys, in order of first appearance; a key that a line lacks, or
 * `null`, is missing. Numbers are `numeric`, booleans `boolean`, strings `date` where all of them are dates (as in `openCsv`), else
 * `categorical`; so is a mixture, by its text. Keys with nested values are no columns and named in `unreadable`.
 *
 * @throws KaaykoError of kind `input`, with the line number, from `describe` and `open`
 */
export async function openJsonLines(path: string): Promise<TableSource> {
  const { file } = await openTextFile(path);
  await file.close();
  let known: JsonLinesScan | undefined;
  const scan = async (): Promise<JsonLinesScan> => {
    const now = await stat(path);
    if (known?.bytes !== now.size || known.modified !== now.mtimeMs) known = await scanJsonLines(path);
    return known;
  };
  return {
    format: "jsonl",
    path,
    describe: async () => describeScan(await scan()),
    open: async (options = {}) => {
      const scanned = await scan();
      const plans = planColumns(path, scanned, options);
      const keepRows = options.retain ? scanned.rows : undefined;
      const refuse: Refuse = (plan, value) => {
        const got = JSON.stringify(value).slice(0, 40);
        throw inputError(path, `column ${plan.name} is read as ${plan.kind}`, got, "Read it as categorical.");
      };
      const makeParser = () => new JsonColumns(plans, keepRows, refuse);
      return new LineTableReader(path, scanned.rows, scanned.start, makeParser, options);
    },
  };
}

function describeScan(scan: JsonLinesScan): SourceDescription {
  const columns = scan.columns.flatMap(({ name, kind }) => (kind ? [{ name, kind, physical: "JSON" }] : []));
  const unreadable = scan.columns.flatMap(({ name, kind }) => (kind ? [] : [{ name, reason: "nested values" }]));
  return { columns, rows: scan.rows, bytes: scan.bytes, unreadable };
}

function planColumns(path: string, scan: JsonLinesScan, { columns, kinds = {} }: OpenOptions): JsonPlan[] {
  const readable = new Map(
    scan.columns.filter(({ kind }) => kind !== undefined).map((column) => [column.name, column]),
  );
  return (columns ?? [...readable.keys()]).map((name) => {
    const column = readable.get(name);
    if (column === undefined) {
      const near = suggest(name, readable.keys());
      const remedy = near === undefined ? `It has ${readable.size} columns.` : `Did you mean ${JSON.stringify(near)}?`;
      throw inputError(path, "a column must be in the file", JSON.stringify(name), remedy);
    }
    const kind = kindFor(name, kinds) ?? column.kind!;
    return { name, kind, double: kind === "date" || column.wide, dayFirst: column.dayFirst };
  });
}
