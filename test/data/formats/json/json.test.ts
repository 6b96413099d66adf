import { describe, expect, it } from "vitest";
import { openSource } from "../../../../src/data/index.ts";
import { cellsOf, inputErrorOf, readAll, temporaryFiles } from "../text-tables.ts";

const files = temporaryFiles();
const errorOf = (text: string | Uint8Array): Promise<string> =>
  inputErrorOf(async () => (await openSource(files.file("bad.json", text))).describe());

const ROWS = [
  { id: 1, text: "so glad 😀\r\nreally", when: "2020-01-02", ok: true, tags: ["a"], deep: {} },
  { id: 2.5, text: null, ok: false, when: "2020-01-03", tags: [] },
  { text: "naïve 👩‍🚀", id: null, late: 16777217 },
];

describe("a JSON file", () => {
  it("of an array of objects has the same table as its JSON Lines, mark, CR LF and emoji included", async () => {
    const array = await openSource(
      files.file("a.json", `\ufeff${JSON.stringify(ROWS, null, 2).replaceAll("\n", "\r\n")}`),
    );
    const lines = await openSource(
      files.file("a.jsonl", `\ufeff${ROWS.map((row) => JSON.stringify(row)).join("\r\n")}`),
    );
    expect(array.format).toBe("json");
    expect((await array.describe()).columns).toEqual((await lines.describe()).columns);
    expect((await array.describe()).unreadable).toEqual([{ name: "deep", reason: "nested values" }]);
    const cells = await readAll(array);
    expect(cells).toEqual(await readAll(lines));
    expect(cells.text).toEqual(["so glad 😀\r\nreally", null, "naïve 👩‍🚀"]);
    expect(cells.late).toEqual([null, null, 16777217]);
  });

  it("is known by its first bytes under any name, and read as lines where it has lines", async () => {
    expect((await openSource(files.file("table.txt", '[{"a": 1}]'))).format).toBe("json");
    expect((await openSource(files.file("lines.json", '{"a": 1}\n{"a": 2}\n'))).format).toBe("jsonl");
  });

  it("continues at any position, and gives the kinds that are asked for", async () => {
    const source = await openSource(files.file("a.json", JSON.stringify(ROWS)));
    const reader = await source.open({ batchRows: 2, retain: true, kinds: { id: "categorical" }, columns: ["id"] });
    await reader.seek({ row: 2 });
    const batch = await reader.next();
    expect(batch?.firstRow).toBe(2);
    expect(cellsOf(reader.table().columns[0]!)).toEqual(["1", "2.5", null]);
    await reader.close();
  });

  it("is found within an object, where it is the only array of objects", async () => {
    const within = { name: "n", tags: ["x"], data: { rows: [{ a: 1 }, { a: 2 }] } };
    const path = files.file("within.json", JSON.stringify(within, null, 2));
    expect((await (await openSource(path)).describe()).rows).toBe(2);
    expect(await errorOf(JSON.stringify({ one: [{ a: 1 }], other: [{ a: 1 }] }, null, 2))).toContain("another value");
  });

  it("is refused where it is no array of objects", async () => {
    expect(await errorOf("[]")).toMatch(/an array of objects, got an empty one/);
    expect(await errorOf('"rows"')).toMatch(/an array of objects, got another value/);
    expect(await errorOf('[{"a": 1}, [2]]')).toMatch(/every element must be an object, got \[2\] as number 2/);
    expect(await errorOf('[{"a": 1},')).toMatch(/must be JSON in UTF-8/);
    expect(await errorOf(Buffer.from('[{"a":"caf\xe9"}]', "latin1"))).toMatch(/must be JSON in UTF-8/);
  });
});
