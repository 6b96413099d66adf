import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openParquet } from "../../../../src/data/formats/parquet/index.ts";
import { type Cells, readCells, readExpected, rounded } from "../tables.ts";

const FIXTURES = new URL("../../../fixtures/parquet/", import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.parquet`, FIXTURES));

/** What pyarrow reads, by what was written: files of the same table differ only in how they store it. */
const TRUTHS: Record<string, readonly string[]> = {
  numbers: [
    "none",
    "snappy",
    "gzip",
    "brotli",
    "lz4",
    "zstd",
    "v2",
    "plain",
    "pages",
    "split",
    "delta",
    "no_statistics",
  ].map((variant) => `numbers_${variant}`),
  decimals: ["decimals", "decimals_integers"],
  times: ["times"],
  times_int96: ["times_int96"],
  strings: ["strings", "strings_plain"],
  strings_delta: ["strings_delta", "strings_delta_length"],
  nested: ["nested"],
  lists: ["lists", "lists_pages", "lists_v2", "lists_plain"],
  required: ["required"],
  no_rows: ["no_rows"],
};

/** Times and what statistics show to need it are float64; all else may be rounded to float32. */
function sameAs(actual: Cells, expected: Cells): void {
  for (const [name, { kind, values }] of Object.entries(actual)) {
    const exact = expected[name]!;
    const isFloat64 = JSON.stringify(values) === JSON.stringify(exact.values);
    expect({ name, kind, values }).toEqual({ name, ...(isFloat64 ? exact : rounded({ exact }).exact!) });
  }
}

describe("openParquet on files of pyarrow", () => {
  for (const [truth, files] of Object.entries(TRUTHS)) {
    const expected = readExpected(new URL(`${truth}.json`, FIXTURES));
    for (const file of files) {
      it(`reads ${file}`, async () => {
        const source = await openParquet(pathOf(file));
        const description = await source.describe();
        expect(description.rows).toBe(expected.rows);
        expect(description.unreadable.map((column) => column.name)).toEqual(expected.unreadable);
        const streamed = await readCells(source, { batchRows: 64 });
        if (expected.rows > 0) expect(Object.keys(streamed)).toEqual(Object.keys(expected.columns));
        sameAs(streamed, expected.columns);
        expect(await readCells(source, { batchRows: 64, retain: true })).toEqual(streamed);
        expect(await readCells(source, { batchRows: 1000 })).toEqual(streamed);
      });
    }
  }
});
