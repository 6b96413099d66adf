import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sniffFormat } from "../../src/data/formats/sniff.ts";
import { createWriter, openSource } from "../../src/data/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-formats-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe("the format of a file", () => {
  it.each<[string, string | Uint8Array, string | null]>([
    ["parquet", Uint8Array.of(0x50, 0x41, 0x52, 0x31, 0), "parquet"],
    ["encrypted parquet", Uint8Array.of(0x50, 0x41, 0x52, 0x45, 0), "parquet"],
    ["arrow file", "ARROW1\0\0", "arrow"],
    ["arrow stream", Uint8Array.of(255, 255, 255, 255, 16), "arrow"],
    ["json lines", '\ufeff{"a": 1}\n{"a": 2}\n', "jsonl"],
    ["libsvm", "1 3:1 10:1 11:0.5\n0 3:1\n", "libsvm"],
    ["libsvm with a query", "-1 qid:4 1:0.25 # note\n", "libsvm"],
    ["csv", "a,b\n1,2\n", null],
    ["csv of times", "10:15 12:30\n", null],
    ["tabs", "1\t2\t3\n", null],
  ])("is seen in its first bytes: %s", async (name, content, format) => {
    expect(await sniffFormat(await write(name, content))).toBe(format);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["a.gz", Uint8Array.of(0x1f, 0x8b, 8), /got a gzip file/],
    ["a.csv", Uint8Array.of(0x50, 0x4b, 3, 4), /got a zip or Excel file/],
    ["b.csv", new Uint8Array(0), /got an empty file/],
    ["c.xml", new TextEncoder().encode("<a/>"), /must be one of Parquet .*got the ending .xml/],
  ])("that is none is refused: %s", async (name, content, message) => {
    await expect(openSource(await write(name, content))).rejects.toThrow(message);
  });

  it("needs a file", async () => {
    await expect(openSource(join(folder, "nowhere.csv"))).rejects.toThrow(/got no such file/);
    await expect(openSource(folder)).rejects.toThrow(/got a folder/);
    await expect(openSource("x.csv", { format: "cvs" })).rejects.toMatchObject({ kind: "usage" });
  });

  it("that cannot be written is refused with those that can", async () => {
    await expect(createWriter("out.xlsx", [])).rejects.toThrow(/\.parquet .*\.csv .*\.jsonl.*got \.xlsx/);
    await expect(createWriter("out.svm", [])).rejects.toThrow(/got \.svm/);
  });
});
