import {
  type Column,
  type ColumnSchema,
  newCodes,
  randomStream,
  type Table,
  type TableSource,
} from "../../src/core/index.ts";
import { memorySource } from "../../src/data/index.ts";

/** A table of numbers, categories, missing values, a weight, a group and a date. */
export function makeTable(rows: number, seed = 1): Table {
  const random = randomStream(seed, "table");
  const x = Float64Array.from({ length: rows }, () => (random.float() < 0.05 ? Number.NaN : random.normal()));
  const color = newCodes(rows, 3).map(() => random.integer(4));
  const noise = Float64Array.from({ length: rows }, () => random.normal());
  const value = (i: number) => (Number.isNaN(x[i]) ? 0 : 2 * x[i]!) + color[i]! + 0.2 * noise[i]!;
  const dictionary = ["blue", "green", "red"];
  const text = (name: string, words: string[], codeOf: (i: number) => number): Column => ({
    kind: "categorical",
    name,
    dictionary: words,
    codes: newCodes(rows, words.length).map((_, i) => codeOf(i)),
  });
  const numbers = (name: string, of: (i: number) => number): Column => ({
    kind: "numeric",
    name,
    values: Float64Array.from({ length: rows }, (_, i) => of(i)),
  });
  return {
    rows,
    columns: [
      { kind: "numeric", name: "x", values: x },
      { kind: "categorical", name: "color", codes: color, dictionary },
      numbers("noise", (i) => noise[i]!),
      { kind: "date", name: "day", values: Float64Array.from({ length: rows }, (_, i) => 86_400_000 * (i % 400)) },
      numbers("w", (i) => 1 + (i % 3)),
      numbers("site", (i) => i % 20),
      numbers("y", value),
      text("yes", ["no", "yes"], (i) => (value(i) > 1 ? 2 : 1)),
      text("size", ["large", "medium", "small"], (i) => 1 + Math.min(2, Math.max(0, Math.floor(value(i))))),
    ],
  };
}

/** Opens tables by name, as files are opened by path. Batches are small, so that a few rows make many steps. */
export function openTables(tables: Readonly<Record<string, Table>>): (path: string) => Promise<TableSource> {
  return async (path) => {
    const source = memorySource(tables[path]!, path);
    return {
      ...source,
      open: (options) => source.open({ ...options, batchRows: Math.min(100, options?.batchRows ?? 100) }),
    };
  };
}

/** A writer that keeps what it is given. */
export function collectRows() {
  const rows: Record<string, unknown>[] = [];
  const state = { rows, columns: [] as readonly ColumnSchema[], finished: false, aborted: false };
  const openWriter = async (columns: readonly ColumnSchema[]) => {
    state.columns = columns;
    return {
      write: async (batch: { rows: number; columns: readonly Column[] }) => {
        for (let i = 0; i < batch.rows; i++) {
          const cells = batch.columns.map((column) => [
            column.name,
            "values" in column ? column.values[i] : (column.dictionary[column.codes[i]! - 1] ?? null),
          ]);
          rows.push(Object.fromEntries(cells));
        }
      },
      finish: async () => {
        state.finished = true;
        return { rows: rows.length, bytes: 0 };
      },
      abort: async () => {
        state.aborted = true;
      },
    };
  };
  return { ...state, state, openWriter };
}
