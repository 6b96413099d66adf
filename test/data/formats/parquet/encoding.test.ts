import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Column, ColumnSchema } from "../../../../src/core/index.ts";
import { encodeFooter, encodeRowGroup, MAGIC } from "../../../../src/data/formats/parquet/index.ts";
import { openSource } from "../../../../src/data/index.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-encode-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCHEMA: ColumnSchema[] = [
  { name: "number", kind: "numeric", physical: "float" },
  { name: "flag", kind: "boolean", physical: "boolean" },
  { name: "text", kind: "categorical", physical: "string" },
];
const WORDS = ["", "alpha", "β and γ", "delta"];

interface Row {
  readonly number: number | null;
  readonly flag: boolean | null;
  readonly text: string | null;
}

function columnsOf(rows: readonly Row[]): Column[] {
  return [
    { kind: "numeric", name: "number", values: Float32Array.from(rows, ({ number }) => number ?? Number.NaN) },
    {
      kind: "boolean",
      name: "flag",
      values: Float32Array.from(rows, ({ flag }) => (flag === null ? Number.NaN : +flag)),
    },
    {
      kind: "categorical",
      name: "text",
      codes: Uint8Array.from(rows, ({ text }) => (text === null ? 0 : 1 + WORDS.indexOf(text))),
      dictionary: WORDS,
    },
  ];
}

function writeGroups(path: string, groups: readonly (readonly Row[])[]): void {
  const encoded = groups.map((rows) => encodeRowGroup(columnsOf(rows), rows.length));
  const footer = encodeFooter(
    SCHEMA,
    encoded.map(({ group }) => group),
  );
  writeFileSync(path, Buffer.concat([MAGIC, ...encoded.map(({ bytes }) => bytes), footer]));
}

async function readBack(path: string): Promise<Row[]> {
  const reader = await (await openSource(path)).open();
  const rows: Row[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
    const [number, flag, text] = batch.columns as [
      Column & { values: Float32Array },
      Column & { values: Float32Array },
      Column,
    ];
    for (let row = 0; row < batch.rows; row++) {
      const code = "codes" in text ? text.codes[row]! : 0;
      rows.push({
        number: Number.isNaN(number.values[row]) ? null : number.values[row]!,
        flag: Number.isNaN(flag.values[row]) ? null : flag.values[row] === 1,
        text: "codes" in text ? (text.dictionary[code - 1] ?? null) : null,
      });
    }
  }
  await reader.close();
  return rows;
}

const anyRow = fc.record({
  number: fc.option(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.float({ noNaN: true }))),
  flag: fc.option(fc.boolean()),
  text: fc.option(fc.constantFrom(...WORDS)),
});

/** The part of parquetjs-lite that is used here. */
interface Peer {
  readonly ParquetReader: { openFile(path: string): Promise<PeerReader> };
}

interface PeerReader {
  getCursor(): { next(): Promise<object | null> };
  close(): Promise<void>;
}

describe("row groups that kaayko encodes", () => {
  it("read back exactly, whatever is in them", async () => {
    const path = join(folder, "any.parquet");
    const groups = fc.array(fc.array(anyRow, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(groups, async (tables) => {
        writeGroups(path, tables);
        expect(await readBack(path)).toEqual(tables.flat());
      }),
      { numRuns: 60 },
    );
  });

  it("read back where numbers repeat, where they do not, and where none is there", async () => {
    const path = join(folder, "many.parquet");
    const many = (number: (i: number) => number | null): Row[] =>
      Array.from({ length: 20_000 }, (_, i) => ({ number: number(i), flag: i % 3 === 0, text: WORDS[i % 4]! }));
    const groups = [
      many((i) => (i % 3000) / 8),
      many((i) => Math.fround(1 / (i + 1))),
      many(() => null),
      many(() => 1),
    ];
    writeGroups(path, groups);
    expect(await readBack(path)).toEqual(groups.flat());
  });

  it("read back with parquetjs-lite, which takes version 1 only", async () => {
    const path = join(folder, "peer.parquet");
    const rows: Row[] = Array.from({ length: 300 }, (_, i) => ({
      number: i % 7 === 0 ? null : (i % 50) / 2,
      flag: i % 2 === 0,
      text: i % 5 === 0 ? null : WORDS[i % 4]!,
    }));
    writeGroups(path, [rows.slice(0, 200), rows.slice(200)]);
    const { ParquetReader } = createRequire(import.meta.url)("parquetjs-lite") as Peer;
    const reader = await ParquetReader.openFile(path);
    const cursor = reader.getCursor();
    const read: unknown[] = [];
    for (let row = await cursor.next(); row !== null; row = await cursor.next()) read.push(row);
    await reader.close();
    const present = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
    // It gives the entries of dictionaries as texts.
    const asTexts = present.map((row) => ("number" in row ? { ...row, number: String(row.number) } : row));
    expect(read).toEqual(asTexts);
  });
});
