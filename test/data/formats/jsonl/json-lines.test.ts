import { describe, expect, it } from "vitest";
import { openJsonLines } from "../../../../src/data/formats/jsonl/index.ts";
import { cellsOf, inputErrorOf, readAll, temporaryFiles } from "../text-tables.ts";

const files = temporaryFiles();

async function errorOf(text: string | Uint8Array): Promise<string> {
  const path = files.file("bad.jsonl", text);
  return inputErrorOf(async () => (await openJsonLines(path)).describe());
}

describe("a JSON Lines file", () => {
  const text = [
    '{"id":1,"city":"Rome","when":"2020-01-02","ok":true,"mixed":1,"tags":["a"],"deep":[{}],"big":16777217}',
    "",
    '{"id":2.5,"city":null,"when":"2020-01-02T03:04:05+01:00","ok":false,"mixed":"x","tags":[]}\r',
    '{"city":"NA","id":null,"late":"é","constructor":7}',
  ].join("\n");

  it("has the columns of all its lines, by kind; nested ones are named as unreadable", async () => {
    const source = await openJsonLines(files.file("a.jsonl", text));
    const { columns, rows, unreadable } = await source.describe();
    expect(rows).toBe(3);
    expect(Object.fromEntries(columns.map(({ name, kind }) => [name, kind]))).toEqual({
      id: "numeric",
      city: "categorical",
      when: "date",
      ok: "boolean",
      mixed: "categorical",
      tags: "categorical",
      big: "numeric",
      late: "categorical",
      constructor: "numeric",
    });
    expect(unreadable).toEqual([{ name: "deep", reason: "nested values" }]);
    const nested = await source.open({ columns: ["deep"], kinds: { deep: "categorical" } });
    expect(cellsOf((await nested.next())!.columns[0]!)).toEqual(["[{}]", null, null]);
    await nested.close();
    expect(await readAll(source)).toEqual({
      id: [1, 2.5, null],
      city: ["Rome", null, "NA"],
      when: [Date.UTC(2020, 0, 2), Date.UTC(2020, 0, 2, 2, 4, 5), null],
      ok: [1, 0, null],
      mixed: ["1", "x", null],
      tags: ['["a"]', "[]", null],
      big: [16777217, null, null],
      late: [null, null, "é"],
      constructor: [null, null, 7],
    });
  });

  it("continues at any position, and keeps the table with retain", async () => {
    const rows = 3000;
    const lines = Array.from({ length: rows }, (_, row) => JSON.stringify({ row, text: `t${(row * 7) % 400}` }));
    const source = await openJsonLines(files.file("long.jsonl", lines.join("\n")));
    const whole = await readAll(source);
    const reader = await source.open({ batchRows: 1000 });
    await reader.next();
    const position = reader.position();
    const second = JSON.stringify(await reader.next());
    await reader.close();
    const other = await (await openJsonLines(files.path("long.jsonl"))).open({ batchRows: 1000 });
    await other.seek(JSON.parse(JSON.stringify(position)));
    expect(JSON.stringify(await other.next())).toBe(second);
    await other.close();
    const keeper = await source.open({ batchRows: 1000, retain: true });
    await keeper.seek(position);
    while ((await keeper.next()) !== null);
    for (const column of keeper.table().columns) expect(cellsOf(column)).toEqual(whole[column.name]);
    await keeper.close();
  });

  it("is refused with the line where it is none", async () => {
    expect(await errorOf('{"a":1}\n\n{"a":\n')).toMatch(
      /every line must be a JSON object, got text that is no JSON in line 3/,
    );
    expect(await errorOf("[1,2]\n")).toMatch(/got an array in line 1/);
    expect(await errorOf("3\n")).toMatch(/got a number in line 1/);
    expect(await errorOf("\n \n")).toMatch(/only blank lines/);
    expect(await errorOf(`{"a":1}\n${"[".repeat(100_000)}`)).toMatch(/in line 2/);
    expect(await errorOf(Buffer.from('{"a":"caf\xe9"}', "latin1"))).toMatch(/text must be UTF-8/);
    const source = await openJsonLines(files.file("kinds.jsonl", '{"a":"x"}'));
    expect(await inputErrorOf(() => readAll(source, { kinds: { a: "numeric" } }))).toMatch(
      /column a is read as numeric/,
    );
    expect(await inputErrorOf(() => source.open({ columns: ["b"] }))).toMatch(/must be in the file/);
  });
});
