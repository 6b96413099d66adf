import { describe, expect, it } from "vitest";
import { openLibsvm } from "../../../../src/data/formats/libsvm/index.ts";
import { inputErrorOf, readAll, realFile, temporaryFiles } from "../text-tables.ts";

const files = temporaryFiles();

async function errorOf(text: string): Promise<string> {
  const path = files.file("bad.libsvm", text);
  return inputErrorOf(async () => (await openLibsvm(path)).describe());
}

describe("a LIBSVM file", () => {
  it("gives target, query and features; what a row does not name is 0", async () => {
    const text = "# a comment\n+1 qid:3 1:0.5 3:2 # more\n\n-1 qid:4 2:nan 3:-1e2\r\n0 1:inf\n";
    const source = await openLibsvm(files.file("a.libsvm", text));
    const { columns, rows } = await source.describe();
    expect([rows, columns.map(({ name }) => name)]).toEqual([3, ["target", "qid", "f1", "f2", "f3"]]);
    expect(await readAll(source)).toEqual({
      target: [1, -1, 0],
      qid: [3, 4, null],
      f1: [0.5, 0, Number.POSITIVE_INFINITY],
      f2: [0, null, 0],
      f3: [2, -100, 0],
    });
    expect(await readAll(source, { columns: ["f9", "target"], kinds: { target: "categorical" } })).toEqual({
      f9: [0, 0, 0],
      target: ["+1", "-1", "0"],
    });
  });

  it("counts features from 0 where index 0 occurs", async () => {
    const source = await openLibsvm(files.file("zero.libsvm", "1 0:1 2:1\n0 1:5\n"));
    expect(await readAll(source)).toEqual({ target: [1, 0], f0: [1, 0], f1: [0, 5], f2: [1, 0] });
  });

  it("continues at any position", async () => {
    const lines = Array.from({ length: 500 }, (_, row) => `${row % 2} ${(row % 9) + 1}:${row}`).join("\n");
    const source = await openLibsvm(files.file("long.libsvm", lines));
    const reader = await source.open({ batchRows: 200 });
    await reader.next();
    const position = reader.position();
    const second = JSON.stringify(await reader.next());
    await reader.close();
    const other = await source.open({ batchRows: 200 });
    await other.seek(position);
    expect(JSON.stringify(await other.next())).toBe(second);
    await other.close();
  });

  it("is refused with the line where it is none", async () => {
    expect(await errorOf("1 1:2\n1 2\n")).toMatch(/got "2" instead of index:value in line 2/);
    expect(await errorOf("1 1:2\n1 2:x\n")).toMatch(/the value "x" of index 2 in line 2/);
    expect(await errorOf("cat 1:2\n")).toMatch(/the target "cat" instead of a number in line 1/);
    expect(await errorOf("1 -1:2\n")).toMatch(/the index "-1"/);
    expect(await errorOf("1 99999999:2\n")).toMatch(/from 0 to 1000000/);
    expect(await errorOf("# only a comment\n")).toMatch(/at least one row/);
    const source = await openLibsvm(files.file("small.libsvm", "1 1:2\n"));
    expect(await inputErrorOf(() => source.open({ columns: ["qid"] }))).toMatch(/must be in the file/);
  });

  it("agaricus: 6,513 rows of 126 features, all 0 or 1", async ({ skip }) => {
    const path = realFile("agaricus/agaricus.txt.train");
    if (path === undefined) return skip("no ../shared/data");
    const columns = await readAll(await openLibsvm(path));
    expect(Object.keys(columns).length).toBe(127);
    expect(columns.target!.filter((target) => target === 1).length).toBe(3140);
    expect(new Set(Object.values(columns).flat())).toEqual(new Set([0, 1]));
  });
});
