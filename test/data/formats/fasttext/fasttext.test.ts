import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSource } from "../../../../src/data/index.ts";
import { cellsOf } from "../tables.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-fasttext-"));

async function read(name: string, text: string) {
  const path = join(folder, name);
  writeFileSync(path, text);
  const source = await openSource(path);
  const { columns } = (await (await source.open()).next())!;
  return { format: source.format, cells: Object.fromEntries(columns.map((column) => [column.name, cellsOf(column)])) };
}

it("reads a label and a text from each line, whatever the file is called", async () => {
  const { format, cells } = await read("good.txt", "\ufeff__label__good so nice,  really\r\n\r\n__label__bad no\n");
  expect(format).toBe("fasttext");
  expect(cells).toEqual({ text: ["so nice,  really", "no"], label: ["good", "bad"] });
});

it("reads lists where any text has several labels or none", async () => {
  const { cells } = await read("several.ft", "__label__a __label__b one\ntwo __label__a\nthree\n__label__a\n");
  expect(cells).toEqual({ text: ["one", "two", "three", null], labels: ['["a","b"]', '["a"]', "[]", '["a"]'] });
});

it("refuses a file without texts", async () => {
  const path = join(folder, "none.ft");
  writeFileSync(path, "\n\n");
  await expect((await openSource(path)).describe()).rejects.toThrow("it must hold texts");
});
