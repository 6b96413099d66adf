import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Batch, Column, ColumnSchema } from "../../../../src/core/columns.ts";
import {
  createParquetWriter,
  openParquet,
  type ParquetWriterOptions,
} from "../../../../src/data/formats/parquet/index.ts";
import { cellsOf, readCells } from "../tables.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-writer-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXTS = ["", "a", "žluť", "日本 🎉", "line\nbreak"];

/** A row of every kind, with missing values and edges in each. */
function columnsOf(firstRow: number, rows: number): Column[] {
  const at = (i: number): number => firstRow + i;
  const fill = (value: (row: number) => number) => (_: unknown, i: number) => value(at(i));
  return [
    {
      name: "single",
      kind: "numeric",
      values: new Float32Array(rows).map(fill((row) => (row % 5 === 0 ? Number.NaN : row / 3))),
    },
    {
      name: "edges",
      kind: "numeric",
      values: new Float32Array(rows).map(fill((row) => [Infinity, -Infinity, -0, 1e-45][row % 4]!)),
    },
    {
      name: "key",
      kind: "numeric",
      values: new Float64Array(rows).map(fill((row) => (row % 7 === 0 ? Number.NaN : 2 ** 40 + row))),
    },
    { name: "flag", kind: "boolean", values: new Float32Array(rows).map(fill((row) => [1, 0, Number.NaN][row % 3]!)) },
    {
      name: "day",
      kind: "date",
      values: new Float64Array(rows).map(fill((row) => (row % 4 === 0 ? Number.NaN : (row - 50) * 86_399_999))),
    },
    { name: "word", kind: "categorical", codes: new Uint8Array(rows).map(fill((row) => row % 6)), dictionary: TEXTS },
    {
      name: "many",
      kind: "text",
      codes: new Uint16Array(rows).map(fill((row) => (row % 400) + 1)),
      dictionary: Array.from({ length: 400 }, (_, i) => `text ${i}`),
    },
    { name: "none", kind: "categorical", codes: new Uint8Array(rows), dictionary: [] },
  ];
}

const SCHEMA: ColumnSchema[] = columnsOf(0, 0).map(({ name, kind }) => ({ name, kind, physical: "" }));
const batchOf = (firstRow: number, rows: number): Batch => ({ firstRow, rows, columns: columnsOf(firstRow, rows) });

async function write(name: string, rows: number, batchRows: number, options?: ParquetWriterOptions): Promise<string> {
  const path = join(folder, name);
  const writer = await createParquetWriter(path, SCHEMA, options);
  for (let row = 0; row < rows; row += batchRows) await writer.write(batchOf(row, Math.min(batchRows, rows - row)));
  const result = await writer.finish();
  expect(result).toEqual({ rows, bytes: readFileSync(path).length });
  return path;
}

const expected = (rows: number): Record<string, unknown[]> =>
  Object.fromEntries(columnsOf(0, rows).map((column) => [column.name, cellsOf(column)]));

describe("createParquetWriter", () => {
  it.each(["SNAPPY", "UNCOMPRESSED", "GZIP", "BROTLI"] as const)("writes %s that reads back exactly", async (codec) => {
    const path = await write(`${codec}.parquet`, 1000, 170, { codec, rowGroupRows: 300 });
    const source = await openParquet(path);
    expect((await source.describe()).columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual(
      SCHEMA.map(({ name, kind }) => `${name} ${kind === "text" ? "categorical" : kind}`),
    );
    const cells = await readCells(source, { batchRows: 128, kinds: { many: "text" } });
    for (const [name, values] of Object.entries(expected(1000)))
      expect({ name, values: cells[name]!.values }).toEqual({ name, values });
  });

  it("writes what hyparquet reads", async () => {
    const path = await write("peer.parquet", 500, 500);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    const truth = expected(500);
    for (const [i, row] of rows.entries()) {
      expect(row.single).toBe(truth.single![i]);
      expect(row.key).toBe(truth.key![i]);
      expect(row.flag).toBe(truth.flag![i] === null ? null : truth.flag![i] === 1);
      expect(row.day?.getTime() ?? null).toBe(truth.day![i]);
      expect(row.word).toBe(truth.word![i]);
      expect(row.many).toBe(truth.many![i]);
      expect(row.none).toBeNull();
    }
  });

  it("gives the same bytes for the same rows, however they are cut into batches", async () => {
    const one = readFileSync(await write("one.parquet", 700, 700, { rowGroupRows: 250 }));
    expect(readFileSync(await write("two.parquet", 700, 33, { rowGroupRows: 250 }))).toEqual(one);
  });

  it("writes a table without rows", async () => {
    const source = await openParquet(await write("empty.parquet", 0, 1));
    expect(await source.describe()).toMatchObject({ rows: 0, columns: SCHEMA.map(({ name }) => ({ name })) });
    const reader = await source.open({ retain: true });
    expect(await reader.next()).toBeNull();
    expect(reader.table().rows).toBe(0);
    await reader.close();
  });

  it("is there complete or not at all", async () => {
    const path = join(folder, "late.parquet");
    const before = readdirSync(folder);
    const writer = await createParquetWriter(path, SCHEMA, { rowGroupRows: 10 });
    await writer.write(batchOf(0, 50));
    expect(readdirSync(folder)).not.toContain("late.parquet");
    await writer.abort();
    expect(readdirSync(folder)).toEqual(before);
    await writer.abort();
    await expect(writer.write(batchOf(0, 1))).rejects.toThrow("must be open");
    const finished = await createParquetWriter(path, SCHEMA);
    await finished.finish();
    await finished.abort();
    expect(readdirSync(folder).sort()).toEqual([...before, "late.parquet"].sort());
  });

  it("refuses batches that do not fit, and leaves nothing", async () => {
    const before = readdirSync(folder);
    const path = join(folder, "unfit.parquet");
    const wrong: Batch[] = [
      { firstRow: 0, rows: 1, columns: columnsOf(0, 1).slice(1) },
      { firstRow: 0, rows: 1, columns: columnsOf(0, 1).reverse() },
      { firstRow: 0, rows: 3, columns: columnsOf(0, 1) },
    ];
    for (const batch of wrong) {
      const writer = await createParquetWriter(path, SCHEMA);
      await expect(writer.write(batch)).rejects.toMatchObject({ kind: "usage" });
    }
    const dates: ColumnSchema[] = [{ name: "day", kind: "date", physical: "" }];
    const writer = await createParquetWriter(path, dates);
    const values = Float64Array.of(Infinity);
    await expect(
      writer.write({ firstRow: 0, rows: 1, columns: [{ name: "day", kind: "date", values }] }),
    ).rejects.toThrow("8.64e15");
    await expect(createParquetWriter(path, [])).rejects.toThrow("must have columns");
    await expect(createParquetWriter(path, [...dates, ...dates])).rejects.toThrow("different names");
    await expect(createParquetWriter(join(folder, "no", "where.parquet"), SCHEMA)).rejects.toMatchObject({
      kind: "input",
    });
    expect(readdirSync(folder)).toEqual(before);
  });
});

/** The part of parquetjs-lite that is used here. It writes only; it refuses files of version 2, which ours are. */
interface Peer {
  ParquetSchema: new (fields: Record<string, object>) => object;
  ParquetWriter: {
    openFile(
      schema: object,
      path: string,
    ): Promise<{ appendRow(row: Record<string, unknown>): Promise<void>; close(): Promise<void> }>;
  };
}

describe("openParquet", () => {
  it("reads what parquetjs-lite writes", async () => {
    const { ParquetSchema, ParquetWriter } = createRequire(import.meta.url)("parquetjs-lite") as Peer;
    const path = join(folder, "lite.parquet");
    const schema = new ParquetSchema({
      name: { type: "UTF8", compression: "GZIP" },
      count: { type: "INT64", optional: true },
      price: { type: "DOUBLE", compression: "SNAPPY" },
      sold: { type: "BOOLEAN" },
      when: { type: "TIMESTAMP_MILLIS" },
    });
    const writer = await ParquetWriter.openFile(schema, path);
    const rows = Array.from({ length: 300 }, (_, i) => ({
      name: `name ${i % 20}`,
      ...(i % 3 === 0 ? {} : { count: i }),
      price: i / 4,
      sold: i % 2 === 0,
      when: new Date(i * 1_000_000),
    }));
    for (const row of rows) await writer.appendRow(row);
    await writer.close();
    const cells = await readCells(await openParquet(path), { batchRows: 77 });
    expect(cells.name!.values).toEqual(rows.map((row) => row.name));
    expect(cells.count!.values).toEqual(rows.map((row) => row.count ?? null));
    expect(cells.price!.values).toEqual(rows.map((row) => row.price));
    expect(cells.sold!.values).toEqual(rows.map((row) => Number(row.sold)));
    expect(cells.when).toEqual({ kind: "date", values: rows.map((row) => row.when.getTime()) });
  });
});
