import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../src/core/index.ts";
import { openPartialFile, partialPath, removePartialFile } from "../../src/storage/index.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-partial-"));
  path = join(folder, "table.csv");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const KEPT = { bytes: 5, sha256: sha256("first") };

describe("a partial file", () => {
  it("goes on behind what is kept, and gets its name when it is complete", async () => {
    writeFileSync(partialPath(path), "first and what nobody knew of");
    const file = await openPartialFile(path, KEPT);
    expect(file.bytes).toBe(5);
    await file.write(Buffer.from(" second"));
    expect(file.sha256()).toBe(sha256("first second"));
    await file.publish();
    expect(readFileSync(path, "utf8")).toBe("first second");
    expect(readdirSync(folder)).toEqual(["table.csv"]);
  });

  it.each(["fir", "fleet and more", ""])("keeps nothing that is not what was written (%j)", async (content) => {
    writeFileSync(partialPath(path), content);
    const file = await openPartialFile(path, KEPT);
    expect(file.bytes).toBe(0);
    await file.close();
    expect(readFileSync(partialPath(path), "utf8")).toBe("");
  });

  it("is removed, once or twice", async () => {
    await (await openPartialFile(path, null)).close();
    await removePartialFile(path);
    await removePartialFile(path);
    expect(readdirSync(folder)).toEqual([]);
  });
});
