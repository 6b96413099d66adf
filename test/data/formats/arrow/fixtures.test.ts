import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openArrow } from "../../../../src/data/formats/arrow/index.ts";
import { readCells, readExpected, rounded } from "../tables.ts";

const FIXTURES = new URL("../../../fixtures/arrow/", import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.arrow`, FIXTURES));

const TRUTHS: Record<string, readonly string[]> = {
  numbers: ["numbers_file", "numbers_stream", "numbers_lz4", "numbers_zstd"],
  decimals: ["decimals_file", "decimals_stream"],
  times: ["times_file", "times_stream"],
  seconds: ["seconds_file", "seconds_stream"],
  strings: ["strings_file", "strings_stream"],
  views: ["views"],
  nested: ["nested_file", "nested_stream"],
  lists: ["lists_file", "lists_stream"],
  no_rows: ["no_rows"],
};

describe("openArrow on files of pyarrow", () => {
  for (const [truth, files] of Object.entries(TRUTHS)) {
    const expected = readExpected(new URL(`${truth}.json`, FIXTURES));
    for (const file of files) {
      it(`reads ${file}`, async () => {
        const source = await openArrow(pathOf(file));
        const description = await source.describe();
        expect(description.rows).toBe(expected.rows);
        expect(description.unreadable.map((column) => column.name)).toEqual(expected.unreadable);
        const cells = await readCells(source, { batchRows: 64 });
        if (expected.rows > 0) expect(Object.keys(cells)).toEqual(Object.keys(expected.columns));
        for (const [name, column] of Object.entries(cells)) {
          const truth = expected.columns[name]!;
          const exact = JSON.stringify(column.values) === JSON.stringify(truth.values);
          expect({ name, ...column }).toEqual({ name, ...(exact ? truth : rounded({ truth }).truth!) });
        }
        expect(await readCells(source, { retain: true })).toEqual(cells);
      });
    }
  }
});
