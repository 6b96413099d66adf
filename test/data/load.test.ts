import { describe, expect, it } from "vitest";
import { hashJson, hashState, type StringColumn, type Table, type TableSource } from "../../src/core/index.ts";
import { createTableLoader, type LoadRequest, memorySource, readLabels, sampleRows } from "../../src/data/index.ts";
import { expectResumable } from "../conformance/resumable.ts";
import { mixedTable, numeric, strings, tableOf, withoutRows } from "./tables.ts";

const table = mixedTable(5000);
const source = memorySource(table);

async function load(request: LoadRequest) {
  const loader = await createTableLoader(request);
  while (!(await loader.step()).done);
  return loader.product();
}

function hashTable({ rows, columns }: Table): string {
  return hashState({
    json: { rows, dictionaries: columns.map((column) => ("codes" in column ? [...column.dictionary] : null)) },
    arrays: Object.fromEntries(
      columns.map((column) => [column.name, "codes" in column ? column.codes : column.values]),
    ),
  });
}

describe("the load stage", () => {
  const fifth = { size: { kind: "share", share: 0.2 } as const, seed: 3 };
  const requests: [string, LoadRequest][] = [
    ["in memory", { source, mode: "memory", batchRows: 700 }],
    ["streamed", { source, mode: "stream", batchRows: 700 }],
    ["a sample in memory", { source, mode: "memory", batchRows: 700, sample: fifth }],
    ["a sample streamed", { source, mode: "stream", batchRows: 700, sample: fifth }],
    ["a sample of rows to be counted", { source: withoutRows(source), mode: "memory", batchRows: 700, sample: fifth }],
  ];
  it.each(requests)("stops and goes on anywhere: %s", async (_, request) => {
    const steps = await expectResumable({
      make: () => createTableLoader(request),
      outcome: async (loader) => {
        const { profile, table: loaded, rowNumbers, sourceRows } = await loader.product();
        const rest = { profile, sourceRows, rows: rowNumbers === null ? null : [...rowNumbers] };
        return hashJson([rest, loaded === null ? null : hashTable(loaded)]);
      },
      dispose: (loader) => loader.dispose(),
    });
    expect(steps).toBeGreaterThanOrEqual(8);
  });

  it("keeps its state small", async () => {
    const loader = await createTableLoader({ source, mode: "memory", batchRows: 700 });
    await loader.step();
    const { arrays } = await loader.getState();
    const bytes = Object.values(arrays).reduce((sum, array) => sum + array.byteLength, 0);
    expect(bytes).toBeLessThan(100_000);
  });

  it("gives the same profile in memory and streamed, for any batch size", async () => {
    const profiles = await Promise.all(
      [
        { mode: "memory" as const },
        { mode: "stream" as const },
        { mode: "stream" as const, batchRows: 17 },
        { mode: "memory" as const, batchRows: 999 },
      ].map(async (options) => (await load({ source, ...options })).profile),
    );
    for (const profile of profiles) expect(profile).toEqual(profiles[0]);
  });

  it("keeps exactly the rows of a sample", async () => {
    const loaded = await load({ source, mode: "memory", sample: fifth, batchRows: 333 });
    const sample = sampleRows(5000, 1000, 3);
    const expected = Array.from({ length: 5000 }, (_, row) => row).filter((row) => sample.has(row));
    expect([...loaded.rowNumbers!]).toEqual(expected);
    expect(loaded.table!.rows).toBe(1000);
    const [rooms, note] = await loaded.readColumns(["rooms", "note"]);
    const all = table.columns[1] as { values: Float64Array };
    expect([...(rooms as { values: Float64Array }).values]).toEqual(expected.map((row) => all.values[row]));
    const texts = note as StringColumn;
    const whole = table.columns[5] as StringColumn;
    expect(Array.from(texts.codes, (code) => texts.dictionary[code - 1])).toEqual(
      expected.map((row) => whole.dictionary[whole.codes[row]! - 1]),
    );
    expect(texts.dictionary.length).toBe(1000);
    expect(loaded.profile.rows).toBe(1000);
  });

  it("reads whole columns of a streamed table when a split needs them", async () => {
    const loaded = await load({ source, mode: "stream" });
    expect(loaded.table).toBeNull();
    const [price] = await loaded.readColumns(["price"]);
    expect(price).toEqual(table.columns[7]);
  });

  it.each([undefined, fifth])("gives a split the same labels in memory and streamed", async (sample) => {
    const task = { kind: "regression" as const, target: "price" };
    const options = { source, ...(sample === undefined ? {} : { sample }) };
    const held = await load({ ...options, mode: "memory" });
    const streamed = await load({ ...options, mode: "stream" });
    const { usable, classes } = await readLabels(held, task);
    const places = held.rowNumbers ?? Uint32Array.from({ length: held.places }, (_, place) => place);
    const inFile = new Uint8Array(streamed.places);
    usable.forEach((use, place) => {
      inFile[places[place]!] = use;
    });
    expect((await readLabels(streamed, task)).usable).toEqual(inFile);
    expect(classes).toBeNull();
  });

  it("codes the classes of a streamed target", async () => {
    const labels = ["no", null, "yes", "no", "yes"];
    const small = memorySource(tableOf(strings("y", labels)));
    const task = { kind: "binary" as const, target: "y", classes: ["no", "yes"] };
    const { usable, classes } = await readLabels(await load({ source: small, mode: "stream" }), task);
    expect([...usable]).toEqual([1, 0, 1, 1, 1]);
    expect(classes).toEqual({ codes: Uint8Array.of(0, 0, 1, 0, 1), count: 2 });
  });

  it("takes other kinds where they are asked for", async () => {
    const loaded = await load({ source, mode: "memory", kinds: { rooms: "categorical" }, columns: ["rooms", "price"] });
    expect(loaded.table!.columns.map(({ kind }) => kind)).toEqual(["categorical", "numeric"]);
  });

  it("refuses a column that is not there, with the nearest name", async () => {
    const made = createTableLoader({ source, mode: "memory", columns: ["prise"] });
    await expect(made).rejects.toMatchObject({
      message: expect.stringContaining('"prise"'),
      remedy: 'Did you mean "price"?',
    });
  });

  it("refuses a table without rows or columns", async () => {
    await expect(
      createTableLoader({ source: memorySource(tableOf(numeric("a", []))), mode: "memory" }),
    ).rejects.toThrow(/must have rows/);
    const empty = withoutRows(memorySource(tableOf(numeric("a", []))));
    await expect(load({ source: empty, mode: "memory" })).rejects.toThrow(/must have rows/);
    await expect(createTableLoader({ source: memorySource({ rows: 0, columns: [] }), mode: "memory" })).rejects.toThrow(
      /can be read/,
    );
  });

  it("refuses a sample larger than the table", async () => {
    const sample = { size: { kind: "rows", rows: 5001 } as const, seed: 1 };
    await expect(createTableLoader({ source, mode: "memory", sample })).rejects.toThrow(/5,000 rows.*5,001/);
  });

  it("stops before memory runs out and says what would fit", async () => {
    const loading = load({ source, mode: "memory", maxMemory: 100_000, batchRows: 500 });
    await expect(loading).rejects.toMatchObject({ remedy: expect.stringMatching(/--sample-size \d+/) });
  });

  it("refuses to go on with a file that changed", async () => {
    const loader = await createTableLoader({ source, mode: "memory", batchRows: 700 });
    await loader.step();
    const state = await loader.getState();
    const other = await createTableLoader({ source: memorySource(mixedTable(4999)), mode: "memory", batchRows: 700 });
    expect(() => other.setState(state)).toThrow(/must be the one/);
  });

  it("notices a file that ends before its rows do", async () => {
    const lying: TableSource = { ...source, describe: async () => ({ ...(await source.describe()), rows: 6000 }) };
    await expect(load({ source: lying, mode: "memory" })).rejects.toThrow(/6000 rows/);
  });
});
