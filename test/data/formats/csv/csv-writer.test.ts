import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch, Column, ColumnKind } from "../../../../src/core/index.ts";
import { createCsvWriter, openCsv } from "../../../../src/data/formats/csv/index.ts";
import { createJsonLinesWriter, openJsonLines } from "../../../../src/data/formats/jsonl/index.ts";
import { cellsOf, temporaryFiles } from "../text-tables.ts";

const files = temporaryFiles();
const schemaOf = (columns: readonly Column[]) => columns.map(({ name, kind }) => ({ name, kind, physical: "" }));

function column(name: string, kind: ColumnKind, cells: readonly (number | string | null)[], wide = false): Column {
  if (kind === "categorical" || kind === "text") {
    const dictionary = [...new Set(cells.filter((cell) => cell !== null))] as string[];
    const codes = Uint32Array.from(cells, (cell) => (cell === null ? 0 : dictionary.indexOf(cell as string) + 1));
    return { name, kind, codes, dictionary };
  }
  const numbers = cells.map((cell) => (cell === null ? Number.NaN : (cell as number)));
  return { name, kind, values: wide || kind === "date" ? Float64Array.from(numbers) : Float32Array.from(numbers) };
}

function batchOf(...columns: Column[]): Batch {
  const [first] = columns;
  return { firstRow: 0, rows: "values" in first! ? first.values.length : first!.codes.length, columns };
}

describe("what the CSV writer writes", () => {
  it("is short, quoted where needed, and reads back", async () => {
    const batch = batchOf(
      column("n", "numeric", [0.1, -0, null, Number.POSITIVE_INFINITY, 16777216]),
      column("w", "numeric", [0.1, 1e21, 1 / 3, Number.NEGATIVE_INFINITY, null], true),
      column("flag", "boolean", [1, 0, null, 1, 0]),
      column("t", "date", [0, 1.5, null, 86400000 * 3 + 1000, -86400000]),
      column('s, "x"', "categorical", ["plain", 'say "hi"', "a,b\nc", " NA", "NA"]),
    );
    const path = files.path("written.csv");
    const writer = await createCsvWriter(path, schemaOf(batch.columns));
    await writer.write(batch);
    expect(existsSync(path)).toBe(false);
    const { rows, bytes } = await writer.finish();
    await writer.abort();
    const text = readFileSync(path, "utf8");
    expect([rows, bytes]).toEqual([5, Buffer.byteLength(text)]);
    expect(text).toBe(
      [
        'n,w,flag,t,"s, ""x"""',
        "0.1,0.1,true,1970-01-01,plain",
        '-0,1e+21,false,1970-01-01T00:00:00.001500Z,"say ""hi"""',
        ',0.3333333333333333,,,"a,b\nc"',
        'inf,-inf,true,1970-01-04T00:00:01Z," NA"',
        '16777216,,false,1969-12-31,"NA"',
        "",
      ].join("\n"),
    );
    const reader = await (await openCsv(path)).open();
    const back = (await reader.next())!;
    await reader.close();
    expect(back.columns.map(cellsOf)).toEqual(batch.columns.map(cellsOf));
  });

  it("is not there before it is finished, nor after an abort", async () => {
    const path = files.path("aborted.csv");
    const writer = await createCsvWriter(path, schemaOf([column("a", "numeric", [])]));
    await writer.write(batchOf(column("a", "numeric", [1, 2])));
    await writer.abort();
    await writer.abort();
    expect(readdirSync(dirname(path)).filter((name) => name.includes("aborted"))).toEqual([]);
  });

  it("refuses other columns than it was opened with, and a missing folder", async () => {
    const writer = await createCsvWriter(files.path("other.csv"), schemaOf([column("a", "numeric", [])]));
    await expect(writer.write(batchOf(column("b", "numeric", [1])))).rejects.toThrow(/got b \(numeric\)/);
    await writer.abort();
    await expect(createCsvWriter(files.path("none/x.csv"), [])).rejects.toThrow(/its folder must exist/);
    mkdirSync(files.path("taken.csv"));
    const onto = await createCsvWriter(files.path("taken.csv"), schemaOf([column("a", "numeric", [])]));
    await expect(onto.finish()).rejects.toThrow(/Cannot write .*taken\.csv: a folder is in the way/);
    await onto.abort();
  });
});

const single = fc.float({ noNaN: true });
const double = fc.double({ noNaN: true });
const day = fc.integer({ min: -62167219200000, max: 253402300799999 });
const text = fc.oneof(
  fc.stringMatching(/^[,"\n\r\t a-c.é;0-9-]{1,12}$/),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((value) => !value.includes("\0")),
  fc.constantFrom("NA", "null", "?", "-", "true", "1", "1e5", "2020-01-01", "inf"),
);

/** One column of any kind, `rows` long. */
function anyColumn(rows: number): fc.Arbitrary<(name: string) => Column> {
  const of = <T extends number | string>(kind: ColumnKind, cell: fc.Arbitrary<T>, wide = false) =>
    fc
      .array(fc.option(cell, { freq: 5 }), { minLength: rows, maxLength: rows })
      .map((cells) => (name: string) => column(name, kind, cells, wide));
  return fc.oneof(
    of("numeric", single),
    of("numeric", double, true),
    of("boolean", fc.constantFrom(0, 1)),
    of("date", day),
    of("categorical", text),
    of("text", text),
  );
}

function hasTabAndLineEnd(column: Column): boolean {
  return "dictionary" in column && column.dictionary.some((value) => value.includes("\t") && /[\r\n]/.test(value));
}

/** Nor can such a name from a header with a stray quote: either is refused. */
const hasQuoteAndLineEnd = ({ name }: Column): boolean => name.includes('"') && name.includes("\n");

const anyTable = fc
  .nat(12)
  .chain((rows) => fc.array(anyColumn(rows + 1), { minLength: 1, maxLength: 5 }))
  .chain((makers) => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z," \n"é]{0,6}[a-z]$/), {
      selector: (name) => name.trim(),
      minLength: makers.length,
      maxLength: makers.length,
    });
    return names.map((list) => batchOf(...makers.map((make, index) => make(list[index]!.trim()))));
  });

describe("any table", () => {
  it.each([",", ";", "\t", "|"])("survives CSV with the delimiter %j", async (delimiter) => {
    await fc.assert(
      fc.asyncProperty(anyTable, async (batch) => {
        const path = files.path("round-trip.csv");
        const writing = createCsvWriter(path, schemaOf(batch.columns), { delimiter });
        // In a tab-separated file it cannot be told from two rows with stray quotes.
        if (delimiter === "\t" && batch.columns.some(hasQuoteAndLineEnd)) {
          await expect(writing).rejects.toThrow(/column's name none beside a tab or a quote/);
          return;
        }
        const writer = await writing;
        if (delimiter === "\t" && batch.columns.some(hasTabAndLineEnd)) {
          await expect(writer.write(batch)).rejects.toThrow(/no line end beside a tab/);
          await writer.abort();
          return;
        }
        await writer.write(batch);
        await writer.finish();
        const source = await openCsv(path, { delimiter, header: true });
        const kinds = Object.fromEntries(batch.columns.map(({ name, kind }) => [name, kind]));
        const reader = await source.open({ kinds });
        const back = (await reader.next())!;
        await reader.close();
        expect(back.columns.map(({ name }) => name)).toEqual(batch.columns.map(({ name }) => name));
        batch.columns.forEach((before, index) => {
          const after = back.columns[index]!;
          // A column without large numbers reads back as float32, whatever it was.
          const narrowed = "values" in after && after.values instanceof Float32Array;
          const cells = cellsOf(before).map((cell) =>
            narrowed && typeof cell === "number" ? Math.fround(cell) : cell,
          );
          expect(cellsOf(after)).toEqual(cells);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("survives JSON Lines", async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, async (batch) => {
        const infinite = batch.columns.some(
          (column) => "values" in column && column.values.some((v) => Math.abs(v) === Infinity),
        );
        const path = files.path("round-trip.jsonl");
        const writer = await createJsonLinesWriter(path, schemaOf(batch.columns));
        if (infinite) {
          await expect(writer.write(batch)).rejects.toThrow(/JSON numbers must be finite/);
          return writer.abort();
        }
        await writer.write(batch);
        await writer.finish();
        const kinds = Object.fromEntries(batch.columns.map(({ name, kind }) => [name, kind]));
        const reader = await (await openJsonLines(path)).open({ kinds });
        const back = (await reader.next())!;
        await reader.close();
        batch.columns.forEach((before, index) => {
          const after = back.columns[index]!;
          const narrowed = "values" in after && after.values instanceof Float32Array;
          const cells = cellsOf(before).map((cell) =>
            narrowed && typeof cell === "number" ? Math.fround(cell) : cell,
          );
          expect(cellsOf(after)).toEqual(cells);
        });
      }),
      { numRuns: 30 },
    );
  });
});
