import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeScratchFolder } from "../../src/algorithms/scratch-folder.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-scratch-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a scratch folder", () => {
  it("lies in the first folder that can be written and has room", () => {
    expect(dirname(makeScratchFolder("x-", 1, ["/nowhere/at/all", folder]))).toBe(folder);
  });

  it("is refused with a reason for each folder", () => {
    expect(() => makeScratchFolder("x-", 2 ** 60, ["/nowhere/at/all", folder])).toThrow(
      /MiB needed; ENOENT.*; [\d,]+ MiB free in /,
    );
  });
});
