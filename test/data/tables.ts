import { type Column, randomStream, type Table, type TableSource } from "../../src/core/index.ts";

/** A table of every kind of column, with missing values; `score` depends on the others. */
export function mixedTable(rows: number, seed = 1): Table {
  const random = randomStream(seed, "mixed");
  const numbers = (make: (i: number) => number, missing: number) =>
    Float64Array.from({ length: rows }, (_, i) => (random.float() < missing ? Number.NaN : make(i)));
  const colours = ["red", "green", "blue", "rare"];
  const words = ["old", "small house", "near the river, 3 rooms", "A very LONG text!", "bright and sunny place"];
  const codes = Uint8Array.from({ length: rows }, () => (random.float() < 0.1 ? 0 : 1 + (random.integer(31) % 4)));
  const notes = Array.from({ length: rows }, (_, i) => `${words[random.integer(5)]} number ${i} of the street`);
  const columns: Column[] = [
    { kind: "numeric", name: "size", values: Float32Array.from(numbers(() => 20 + 10 * random.normal(), 0.05)) },
    { kind: "numeric", name: "rooms", values: numbers(() => 1 + random.integer(6), 0) },
    { kind: "boolean", name: "garden", values: Float32Array.from(numbers(() => random.integer(2), 0.02)) },
    { kind: "date", name: "built", values: numbers((i) => Date.UTC(1990, 0, 1) + i * 7_200_000, 0.01) },
    { kind: "categorical", name: "colour", codes, dictionary: colours },
    { kind: "text", name: "note", codes: Uint32Array.from(notes, (_, i) => i + 1), dictionary: notes },
    { kind: "numeric", name: "street", values: Float32Array.from({ length: rows }, () => random.integer(40)) },
    { kind: "numeric", name: "price", values: numbers(() => 100 + 5 * random.normal(), 0.03) },
  ];
  return { rows, columns };
}

export function numeric(
  name: string,
  values: ArrayLike<number>,
  kind: "numeric" | "boolean" | "date" = "numeric",
): Column {
  return { kind, name, values: Float64Array.from(values) };
}

export function strings(
  name: string,
  values: readonly (string | null)[],
  kind: "categorical" | "text" = "categorical",
): Column {
  const dictionary = [...new Set(values.filter((value) => value !== null))];
  return {
    kind,
    name,
    codes: Uint32Array.from(values, (value) => (value === null ? 0 : dictionary.indexOf(value) + 1)),
    dictionary,
  };
}

export function tableOf(...columns: Column[]): Table {
  const first = columns[0]!;
  return { rows: "codes" in first ? first.codes.length : first.values.length, columns };
}

/** The same source, not knowing its rows before it was read. */
export function withoutRows(source: TableSource): TableSource {
  return { ...source, describe: async () => ({ ...(await source.describe()), rows: undefined }) };
}
