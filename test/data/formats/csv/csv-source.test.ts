import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { OpenOptions, TableSource } from "../../../../src/core/index.ts";
import { openCsv } from "../../../../src/data/formats/csv/index.ts";
import { type Cell, cellsOf, readAll, realFile, temporaryFiles } from "../text-tables.ts";

const FIXTURES = fileURLToPath(new URL("../../../fixtures/csv/", import.meta.url));
const files = temporaryFiles();

async function kindsOf(source: TableSource): Promise<Record<string, string>> {
  const { columns } = await source.describe();
  return Object.fromEntries(columns.map(({ name, kind }) => [name, kind]));
}

async function read(name: string, text: string, options: OpenOptions = {}): Promise<Record<string, Cell[]>> {
  return readAll(await openCsv(files.file(name, text)), options);
}

describe("against pandas.read_csv", () => {
  const expectations = JSON.parse(readFileSync(`${FIXTURES}expectations.json`, "utf8")) as Record<
    string,
    Record<string, (Cell | boolean)[]>
  >;
  it.each(Object.keys(expectations))("%s", async (name) => {
    const source = await openCsv(FIXTURES + name);
    const reader = await source.open();
    const batch = (await reader.next())!;
    await reader.close();
    const columns = Object.entries(expectations[name]!);
    expect(batch.columns.map((column) => column.name)).toEqual(columns.map(([column]) => column));
    columns.forEach(([column, cells], index) => {
      const ours = batch.columns[index]!;
      const single = "values" in ours && ours.values instanceof Float32Array;
      const theirs = cells.map((cell) => {
        const value = typeof cell === "boolean" ? Number(cell) : cell;
        return single && typeof value === "number" ? Math.fround(value) : value;
      });
      expect(cellsOf(ours), `column ${column}`).toEqual(theirs);
    });
  });
});

describe("kinds", () => {
  it("fit every cell of the column", async () => {
    const text = [
      "number,yesno,day,unclear,sure,both,mixed,nothing,zone",
      "1,yes,2020-01-02,03/04/2020,03/14/2020,03/14/2020,1,NA,2020-01-01T00:00:00Z",
      "-2.5e3,no,2020/12/31 23:59,05/06/2020,05/06/2020,14/03/2020,x,,2020-01-01 00:00:00+0100",
      "inf,,NA,,,,,?,-",
    ].join("\n");
    const source = await openCsv(files.file("kinds.csv", `${text}\n`));
    expect(await kindsOf(source)).toEqual({
      number: "numeric",
      yesno: "boolean",
      day: "date",
      unclear: "categorical",
      sure: "date",
      both: "categorical",
      mixed: "categorical",
      nothing: "numeric",
      zone: "date",
    });
    const columns = await readAll(source);
    expect(columns.number).toEqual([1, -2500, Number.POSITIVE_INFINITY]);
    expect(columns.yesno).toEqual([1, 0, null]);
    expect(columns.sure).toEqual([Date.UTC(2020, 2, 14), Date.UTC(2020, 4, 6), null]);
    expect(columns.zone).toEqual([Date.UTC(2020, 0, 1), Date.UTC(2019, 11, 31, 23), null]);
  });

  it("can be set when opening; strings are then the text of the cells", async () => {
    const text = "a,b,c\n01,1,03/04/2020\n1.0,0,05/06/2020\nNA,NA,\n";
    const kinds = { a: "categorical", b: "boolean", c: "date" } as const;
    expect(await read("override.csv", text, { kinds })).toEqual({
      a: ["01", "1.0", null],
      b: [1, 0, null],
      c: [Date.UTC(2020, 2, 4), Date.UTC(2020, 4, 6), null],
    });
  });

  it("take the order of day and month from an option where no row shows it", async () => {
    const path = files.file("order.csv", "t\n04/05/2020\n");
    for (const dayFirst of [true, false]) {
      const source = await openCsv(path, { dayFirst });
      expect(await kindsOf(source)).toEqual({ t: "date" });
      expect(await readAll(source)).toEqual({ t: [dayFirst ? Date.UTC(2020, 4, 4) : Date.UTC(2020, 3, 5)] });
    }
  });

  it("keep float64 only where float32 would merge integers or overflow", async () => {
    const text = "small,large,huge,decimal\n16777216,16777217,1e39,16777216.5\n1,2,3,4\n";
    const reader = await (await openCsv(files.file("wide.csv", text))).open();
    const batch = (await reader.next())!;
    await reader.close();
    const doubles = batch.columns.map((column) => "values" in column && column.values instanceof Float64Array);
    expect(doubles).toEqual([false, true, true, false]);
  });
});

describe("headers", () => {
  it.each([
    ["a label that recurs", "ham\tGo on\nspam\tFree entry\nham\tOk\n", ["c0", "c1"]],
    ["a sentence above sentences", "the food was not good at all,bad\nit is as good as it gets,good\n", ["c0", "c1"]],
    ["names above sentences", "review,verdict\nthe food was not good at all,bad\n", ["review", "verdict"]],
    ["a long question above short answers", "How do you like the food that we serve?,when\nwell,today\n", null],
  ])("of texts only: %s", async (name, text, names) => {
    const { columns } = await (
      await openCsv(files.file(`${name}.${text.includes("\t") ? "tsv" : "csv"}`, text))
    ).describe();
    expect(columns.map((column) => column.name)).toEqual(names ?? ["How do you like the food that we serve?", "when"]);
  });

  it.each([
    ["numbers only", "1,2\n3,4\n", ["c0", "c1"]],
    ["names over numbers", "a,b\n3,4\n", ["a", "b"]],
    ["texts without numbers", "text,label\nhello,x\n", ["text", "label"]],
    ["texts with a number", "hello,27\nbye,3;4\n", ["c0", "c1"]],
    ["an unnamed index", ",a\n0,5\n", ["unnamed_0", "a"]],
    ["an unnamed index above dates, names of sensors", ",7174,7175\n2012-03-01,5,6\n", ["unnamed_0", "7174", "7175"]],
    ["an unnamed index of row numbers", ",7174,7175\n0,5,6\n1,5,6\n", ["unnamed_0", "7174", "7175"]],
    ["numbers of which the first is missing", ",7174,7175\n3,5,6\n4,5,6\n", ["c0", "c1", "c2"]],
    ["repeated names", "x,x,x_2\n1,2,3\n", ["x", "x_3", "x_2"]],
    ["dates only in the rows", "when,what\n2020-01-01,a\n", ["when", "what"]],
  ])("%s", async (title, text, names) => {
    const source = await openCsv(files.file("header.csv", text));
    expect(
      (await source.describe()).columns.map(({ name }) => name),
      title,
    ).toEqual(names);
  });

  it("can be forced", async () => {
    const path = files.file("forced.csv", "2019,2020\n1,2\n");
    const names = async (header: boolean) =>
      (await (await openCsv(path, { header })).describe()).columns.map((c) => c.name);
    expect(await names(true)).toEqual(["2019", "2020"]);
    expect(await names(false)).toEqual(["c0", "c1"]);
  });
});

describe("cells", () => {
  it("may be quoted, with delimiters, line ends and doubled quotes", async () => {
    const text = 'a,b\n"x, ""y""\n\nz",1\n"",2\n"NA",3\nNA,4\n  padded  ,5\nin"side,6\n';
    expect(await read("quotes.csv", text)).toEqual({
      a: ['x, "y"\n\nz', null, "NA", null, "padded", 'in"side'],
      b: [1, 2, 3, 4, 5, 6],
    });
  });

  it("end with LF, CR LF or CR, and the last line may end with the file", async () => {
    for (const end of ["\n", "\r\n", "\r"])
      expect(await read("ends.csv", ["a,b", "1,x", "", "2,y"].join(end))).toEqual({ a: [1, 2], b: ["x", "y"] });
  });

  it("are plain text in a tab-separated file whose quotes do not pair", async () => {
    const text = 'he said\t1\n"open\t2\nend"\t3\n"both"\t4\n';
    expect(await read("stray.tsv", text)).toEqual({
      c0: ["he said", '"open', 'end"', '"both"'],
      c1: [1, 2, 3, 4],
    });
    expect(await read("open.tsv", 'a\tb\n"x\t1\ny\t2\n')).toEqual({ a: ['"x', "y"], b: [1, 2] });
    const spanning = { a: ["x\ny", "z"], b: [1, 2] };
    expect(await read("spanning.tsv", 'a\tb\n"x\ny"\t1\n"z"\t2\n')).toEqual(spanning);
  });
});

describe("batches", () => {
  const rows = 40_000;
  const lines = Array.from({ length: rows }, (_, row) => {
    const text = row % 97 === 0 ? `"line ${row}\n""quoted"", again"` : `word ${(row * 7919) % 501}`;
    return `${row},${(row * 0.37).toFixed(3)},${text},${row % 5 === 0 ? "" : row % 2 === 0},unique ${row % 30_011}`;
  });
  const text = `id,value,text,flag,many\n${lines.join("\n")}\n`;
  const path = () => files.file("long.csv", text);

  it("have borders that follow from the options alone", async () => {
    const reader = await (await openCsv(path())).open({ batchRows: 12_345 });
    const borders: number[][] = [];
    for (let batch = await reader.next(); batch !== null; batch = await reader.next())
      borders.push([batch.firstRow, batch.rows]);
    await reader.close();
    expect(borders).toEqual([
      [0, 12_345],
      [12_345, 12_345],
      [24_690, 12_345],
      [37_035, 2_965],
    ]);
  });

  it("are the same with two threads, with retain, and in other sizes", async () => {
    const source = await openCsv(path());
    const one = await readAll(source);
    expect(one.id).toEqual(Array.from({ length: rows }, (_, row) => row));
    expect(one.text![97]).toBe('line 97\n"quoted", again');
    expect(await readAll(source, { threads: 2 })).toEqual(one);
    expect(await readAll(source, { threads: 2, retain: true, batchRows: 777 })).toEqual(one);
  });

  it("keep the whole table with retain, codes in the order of first appearance", async () => {
    const source = await openCsv(path());
    const reader = await source.open({ retain: true, threads: 2, batchRows: 10_000 });
    expect(() => reader.table()).toThrow(/retain to its end/);
    while ((await reader.next()) !== null);
    const table = reader.table();
    await reader.close();
    const plain = await readAll(source);
    expect(table.rows).toBe(rows);
    for (const column of table.columns) expect(cellsOf(column)).toEqual(plain[column.name]);
    const many = table.columns[4]!;
    expect("codes" in many && [many.codes[0], many.codes[30_010], many.codes[30_011]]).toEqual([1, 30_011, 1]);
  });

  it("continue at any position in a fresh reader, byte for byte", async () => {
    const options = { batchRows: 9_000, columns: ["many", "value"] };
    const first = await (await openCsv(path())).open(options);
    const seen: { position: Awaited<ReturnType<typeof first.position>>; batch: string }[] = [];
    for (;;) {
      const position = first.position();
      const batch = await first.next();
      seen.push({ position, batch: JSON.stringify(batch) });
      if (batch === null) break;
    }
    await first.close();
    for (const start of seen.keys()) {
      const other = await (await openCsv(path())).open({ ...options, threads: 2 });
      await other.seek(JSON.parse(JSON.stringify(seen[start]!.position)));
      for (const { batch } of seen.slice(start)) expect(JSON.stringify(await other.next())).toBe(batch);
      await other.close();
    }
  });

  it("with retain, a seek loads what lies before it too", async () => {
    const source = await openCsv(path());
    const reader = await source.open({ retain: true, batchRows: 9_000 });
    await reader.next();
    await reader.next();
    const position = reader.position();
    await reader.seek(position);
    expect((await reader.next())!.firstRow).toBe(18_000);
    while ((await reader.next()) !== null);
    expect(cellsOf(reader.table().columns[0]!)).toEqual(Array.from({ length: rows }, (_, row) => row));
    await reader.close();
  });

  it("are the same for a file so large that it is scanned in threads", async () => {
    const block = Array.from({ length: 20_000 }, (_, row) => `${row},${row / 8},"name, ${row % 700}"\n`).join("");
    const path = files.file("large.csv", `id,value,name\n${block.repeat(40)}`);
    const reader = await (await openCsv(path)).open({ threads: 2, batchRows: 20_000 });
    const first = JSON.stringify((await reader.next())!.columns);
    let batches = 1;
    for (let batch = await reader.next(); batch !== null; batch = await reader.next(), batches++)
      expect(JSON.stringify(batch.columns) === first).toBe(true);
    await reader.close();
    expect(batches).toBe(40);
    files.file("large.csv", `id,value,name\n${block.repeat(40)}1,2\n`);
    await expect((await openCsv(path)).describe()).rejects.toThrow(/3 cells, got 2 in line 800002/);
  });

  it("refuses a position of another file", async () => {
    const reader = await (await openCsv(path())).open({ batchRows: 9_000 });
    for (const position of [
      { row: 1, offset: 24 },
      { row: 9_000, offset: 3 },
      { row: -9_000, offset: 0 },
      { row: "x" },
      {},
    ])
      await expect(reader.seek(position)).rejects.toThrow(/position/);
    await reader.close();
  });
});

describe("real files", () => {
  it("california: 20,640 rows, 207 rooms missing", async ({ skip }) => {
    const path = realFile("california/housing.csv");
    if (path === undefined) return skip("no ../shared/data");
    const columns = await readAll(await openCsv(path));
    expect(columns.median_house_value).toHaveLength(20_640);
    expect(columns.total_bedrooms!.filter((cell) => cell === null)).toHaveLength(207);
    expect(new Set(columns.ocean_proximity).size).toBe(5);
  });

  it("nyc_weather, lgb_binary, pems_flow, banking77, goemotions", async ({ skip }) => {
    const weather = realFile("nyc_weather/weather.csv");
    if (weather === undefined) return skip("no ../shared/data");
    const described = await (await openCsv(weather)).describe();
    expect(described.rows).toBe(26_115);
    expect(described.columns.map(({ kind }) => kind)).toEqual(["categorical", ...Array(13).fill("numeric"), "date"]);
    const rowsAndKinds = async (name: string) => {
      const { rows, columns } = await (await openCsv(realFile(name)!)).describe();
      return [rows, ...columns.slice(0, 4).map(({ name: column, kind }) => `${column} ${kind}`)];
    };
    expect(await rowsAndKinds("lgb_binary/binary.train")).toEqual([
      7000,
      "c0 numeric",
      "c1 numeric",
      "c2 numeric",
      "c3 numeric",
    ]);
    expect((await rowsAndKinds("pems_flow/train.csv")).slice(0, 2)).toEqual([7776, "5 Minutes date"]);
    expect(await rowsAndKinds("banking77/train.csv")).toEqual([10_003, "text categorical", "category categorical"]);
    expect(await rowsAndKinds("goemotions/train.tsv")).toEqual([
      43_410,
      "c0 categorical",
      "c1 categorical",
      "c2 categorical",
    ]);
  });
});
