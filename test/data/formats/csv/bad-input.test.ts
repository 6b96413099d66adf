import { mkdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KaaykoError } from "../../../../src/core/index.ts";
import { openCsv } from "../../../../src/data/formats/csv/index.ts";
import { inputErrorOf, readAll, temporaryFiles } from "../text-tables.ts";

const files = temporaryFiles();
const wide = (cell: (index: number) => string) => Array.from({ length: 100_000 }, (_, index) => cell(index)).join(",");

async function errorOf(bytes: string | Uint8Array, name = "bad.csv"): Promise<string> {
  const path = files.file(name, bytes);
  return inputErrorOf(async () => (await openCsv(path)).describe());
}

describe("what is no file of text", () => {
  it("missing, a folder, empty", async () => {
    expect(await inputErrorOf(() => openCsv(files.path("none.csv")))).toMatch(/the file must exist/);
    mkdirSync(files.path("folder.csv"));
    expect(await inputErrorOf(() => openCsv(files.path("folder.csv")))).toMatch(/a folder/);
    expect(await errorOf("")).toMatch(/must not be empty/);
    expect(await errorOf("\n\n")).toMatch(/only blank lines/);
    expect(await errorOf("\ufeff")).toMatch(/only blank lines/);
    expect(await errorOf("a,b\n")).toMatch(/only a header/);
  });

  it.each([
    ["a Parquet file", "504152310000"],
    ["a gzip file", "1f8b0800"],
    ["a zip or Excel file", "504b0304"],
    ["UTF-16 text", "fffe61002c00"],
    ["a NUL byte in line 2", "612c620a310032"],
  ])("%s", async (name, hex) => {
    expect(await errorOf(Buffer.from(hex, "hex"))).toContain(name);
  });

  it("UTF-8 that was damaged, with its line", async () => {
    const bytes = Buffer.from(`a,b\n1,\xc3\xa9\xc3\xa9\n${"1,x\n".repeat(49_999)}2,caf\xe9\n3,y\n`, "latin1");
    expect(await errorOf(bytes)).toMatch(/text must be UTF-8, got other bytes in line 50002\. .*iconv/);
  });

  it("NUL bytes behind the head", async () => {
    expect(await errorOf(`a,b\n${"1,x\n".repeat(50_000)}2,\0\n`)).toMatch(/NUL bytes, got one in line 50002/);
  });
});

describe("what is no table", () => {
  it("ragged rows, with line and count", async () => {
    expect(await errorOf("a,b,c\n1,2,3\n1,2\n")).toMatch(/every row must have 3 cells, got 2 in line 3/);
    expect(await errorOf('a,b\n"x\ny",2\n\n1,2,3\n')).toMatch(/every row must have 2 cells, got 3 in line 5/);
  });

  it("quotes that do not close, or close too early", async () => {
    expect(await errorOf('a,b\n1,2\n"x,3\n4,5\n')).toMatch(
      /every quote must be closed, got one opened in the row at line 3/,
    );
    expect(await errorOf('a,b\n1,2\n"x"y,3\n')).toMatch(/closing quote, got more text after it in the row at line 3/);
  });

  it("a line of 100 MB", async () => {
    const line = Buffer.alloc(100e6, "x");
    expect(await errorOf(line)).toMatch(/16 MB at most, got a longer one at line 1/);
    const table = Buffer.from("a,b\n1,2\n");
    expect(await errorOf(Buffer.concat([table, line]))).toMatch(/16 MB at most, got a longer one at line 3/);
  });

  it("options that are no numbers over 0", async () => {
    const source = await openCsv(files.file("options.csv", "a\n1\n"));
    await expect(source.open({ batchRows: 0 })).rejects.toThrow(/batchRows must be a whole number over 0, got 0/);
    await expect(source.open({ threads: 1.5 })).rejects.toThrow(/threads must be/);
    await expect(openCsv(files.path("options.csv"), { delimiter: "ab" }).then((s) => s.describe())).rejects.toThrow(
      /delimiter must be one ASCII character/,
    );
  });

  it("a column or a cell that does not fit what was asked for", async () => {
    const path = files.file("ask.csv", "price,city\n1,Rome\n2,Oslo\n");
    const source = await openCsv(path);
    expect(await inputErrorOf(() => source.open({ columns: ["pirce"] }))).toMatch(/Did you mean "price"/);
    expect(await inputErrorOf(() => readAll(source, { kinds: { city: "numeric" } }))).toMatch(
      /column city is read as numeric, got "Rome" in line 2/,
    );
  });
});

describe("what is unusual but right", () => {
  it("100,000 columns", async () => {
    const path = files.file("columns.csv", `${wide((index) => `n${index}`)}\n${wide(String)}\n${wide(() => "")}\n`);
    const source = await openCsv(path);
    const reader = await source.open();
    const batch = (await reader.next())!;
    await reader.close();
    expect(batch.columns.length).toBe(100_000);
    expect(batch.columns[99_999]).toEqual({
      kind: "numeric",
      name: "n99999",
      values: new Float32Array([99_999, Number.NaN]),
    });
  });

  it("a file that grew since it was described is scanned again", async () => {
    const source = await openCsv(files.file("grow.csv", "a,b\n1,x\n"));
    expect((await source.describe()).rows).toBe(1);
    files.file("grow.csv", "a,b\n1,x\ny,z\n");
    expect(await readAll(source)).toEqual({ a: ["1", "y"], b: ["x", "z"] });
  });
});

describe("anything at all", () => {
  /** Reads bytes as CSV: gives the rows, or ends in a clear error. */
  async function survives(bytes: Uint8Array, name: string): Promise<void> {
    try {
      const source = await openCsv(files.file(name, bytes));
      const columns = await readAll(source, { batchRows: 7 });
      const lengths = new Set(Object.values(columns).map((cells) => cells.length));
      expect([...lengths]).toEqual([(await source.describe()).rows]);
    } catch (error) {
      expect(error).toBeInstanceOf(KaaykoError);
    }
  }

  it("is read or refused: random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), (bytes) => survives(bytes, "random.csv")),
      { numRuns: 300 },
    );
  });

  it("is read or refused: random edits", async () => {
    const good = Buffer.from('a,b,c\n1,"x, ""y""",2020-01-01\n-2.5e-3,é,NA\r\n,"two\nlines",1999-12-31T10:00:00Z\n');
    const edit = fc.tuple(fc.nat(good.length), fc.nat(6), fc.stringMatching(/^[,"\n\r\t;a1 .eE\-:T/é]{0,5}$/));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        let bytes = good;
        for (const [at, cut, text] of edits)
          bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at + cut)]);
        await survives(bytes, edits.length % 2 === 0 ? "edited.csv" : "edited.tsv");
      }),
      { numRuns: 400 },
    );
  });
});
