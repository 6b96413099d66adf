import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createTableLoader, openSource, TABLE_ENDINGS, tableAddress } from "../../data/index.ts";
import { loadRecipe } from "../../recipes/index.ts";
import type { SchemaRow } from "../../reports/index.ts";
import { digestFile } from "../../training/index.ts";
import type { DataService, TableDescription } from "../services.ts";
import { MADE_UP_TARGET, writeMadeUpTable } from "./made-up-table.ts";
import { generateRecipe } from "./recipe-request.ts";

const MADE_UP_ROWS = 3000;

/** Tables in files. */
export const dataService: DataService = {
  extensions: TABLE_ENDINGS,
  describe: (path, options) => (options.statistics ? profile(path, options.rows) : schema(path)),
  digest: (path) => digestFile(path),
  async generate({ recipe, out, rows, seed = 42 }, watch) {
    if (recipe === undefined) {
      const { sha256 } = await writeMadeUpTable(out, rows ?? MADE_UP_ROWS, seed);
      return { path: out, rows: rows ?? MADE_UP_ROWS, sha256, target: MADE_UP_TARGET };
    }
    const loaded = await loadRecipe(recipe);
    const made = await generateRecipe(loaded, { path: out, seed, ...(rows === undefined ? {} : { rows }) }, watch);
    return { path: out, rows: made.rows, sha256: await sha256OfFile(out), target: loaded.target };
  },
};

async function schema(path: string): Promise<TableDescription> {
  const source = await openSource(path);
  const { columns, rows, bytes, unreadable } = await source.describe();
  return {
    format: source.format,
    rows: rows ?? null,
    bytes,
    columns: [...columns.map(({ name, kind }): SchemaRow => ({ name, kind })), ...unreadable.map(unreadableRow)],
  };
}

async function profile(path: string, atMost: number | undefined): Promise<TableDescription> {
  const source = await openSource(path);
  const { unreadable } = await source.describe();
  const sample = atMost === undefined ? {} : { sample: { size: { kind: "atMost" as const, rows: atMost }, seed: 42 } };
  const loader = await createTableLoader({ source, mode: "stream", ...sample });
  try {
    while (!(await loader.step()).done);
    const loaded = await loader.product();
    const columns = loaded.profile.columns.map((column): SchemaRow => {
      const numeric = column.kind === "numeric";
      return {
        name: column.name,
        kind: column.kind,
        missing: column.missing / Math.max(1, column.rows),
        ...(column.distinct === null ? {} : { distinct: column.distinct }),
        ...(numeric ? { min: column.min, max: column.max, mean: column.mean } : {}),
        ...(column.example === "" ? {} : { examples: [column.example] }),
        ...(column.infinite > 0 ? { note: `${column.infinite} infinite values` } : {}),
      };
    });
    const { size } = await stat(tableAddress(path).file);
    return {
      format: source.format,
      rows: loaded.sourceRows,
      bytes: size,
      columns: [...columns, ...unreadable.map(unreadableRow)],
    };
  } finally {
    await loader.dispose();
  }
}

function unreadableRow({ name, reason }: { name: string; reason: string }): SchemaRow {
  return { name, kind: "unreadable", note: reason };
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
