import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openSource } from "../../../../src/data/index.ts";
import { readCells } from "../tables.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-latin-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("text of Windows-1252 is read as what it says, again and with threads, and again when it has changed", async () => {
  const path = join(folder, "spam.csv");
  const line = (text: string) => Buffer.from(`spam,"${text}",,\r\n`, "latin1");
  writeFileSync(
    path,
    Buffer.concat([Buffer.from("v1,v2,,\r\n"), line("win \xa3900 at \x93Caf\xe9\x94"), line("plain")]),
  );
  const source = await openSource(path);
  const { columns, remarks } = await source.describe();
  expect(remarks).toEqual([expect.stringMatching(/^spam\.csv is not UTF-8; it is read as Windows-1252/)]);
  expect(columns.slice(0, 2).map(({ name }) => name)).toEqual(["v1", "v2"]);
  const wanted = { kind: "categorical", values: ["win £900 at “Café”", "plain"] };
  for (const options of [{}, { threads: 2 }, { retain: true }])
    expect((await readCells(source, { columns: ["v2"], ...options })).v2).toEqual(wanted);
  writeFileSync(path, Buffer.concat([line("one"), line("na\xefve")]));
  const changed = await openSource(path);
  expect((await readCells(changed)).c1!.values).toEqual(["one", "naïve"]);
  writeFileSync(path, "text\nnaïve\n");
  expect(await changed.describe()).not.toHaveProperty("remarks");
});
