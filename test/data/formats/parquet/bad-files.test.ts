import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KaaykoError } from "../../../../src/core/errors.ts";
import { randomStream } from "../../../../src/core/random.ts";
import { openParquet } from "../../../../src/data/formats/parquet/index.ts";
import { eachBatch, readCells } from "../tables.ts";

const FIXTURES = new URL("../../../fixtures/parquet/", import.meta.url);
const bytesOf = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`${name}.parquet`, FIXTURES)));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-parquet-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads all of a file; gives undefined where that went well, and else the error, which must be one line for a user. */
async function readAll(bytes: Uint8Array, retain = false): Promise<KaaykoError | undefined> {
  const path = join(folder, "bad.parquet");
  writeFileSync(path, bytes);
  try {
    await eachBatch(await openParquet(path), { batchRows: 100, retain }, () => {});
    return undefined;
  } catch (error) {
    if (!(error instanceof KaaykoError)) throw error;
    expect(error.kind).toBe("input");
    expect(error.message).toMatch(/^Cannot (read|keep) [^\n]*$/);
    expect(error.remedy).toBeTruthy();
    return error;
  }
}

/** Small files of many shapes. */
const SHAPES = [
  "required",
  "decimals",
  "times_int96",
  "strings",
  "strings_delta",
  "strings_delta_length",
  "nested",
  "lists",
  "lists_v2",
  "invalid_utf8",
];

describe("damaged Parquet files", () => {
  it("are refused where they are missing, a folder, empty or something else", async () => {
    await expect(openParquet(join(folder, "none.parquet"))).rejects.toMatchObject({ kind: "input" });
    await expect(openParquet(folder)).rejects.toMatchObject({ kind: "input" });
    for (const text of ["", "PAR1", "PAR1PAR1", "a,b\n1,2\n3,4\n5,6\n", `${"x".repeat(100)}PAR1`]) {
      expect(await readAll(Buffer.from(text))).toBeDefined();
    }
  });

  it("are refused where they are encrypted, with a word about it", async () => {
    expect((await readAll(bytesOf("encrypted_file")))?.message).toContain("must not be encrypted");
  });

  it("are read without the columns that are encrypted", async () => {
    const source = await openParquet(fileURLToPath(new URL("encrypted_column.parquet", FIXTURES)));
    expect((await source.describe()).unreadable).toEqual([{ name: "secret", reason: "it is encrypted" }]);
    expect(await readCells(source)).toEqual({ open: { kind: "numeric", values: [1.5, 2.5] } });
    await expect(source.open({ columns: ["secret"] })).rejects.toThrow("it is encrypted");
  });

  it("are refused where they are cut off anywhere", async () => {
    for (const name of SHAPES) {
      const bytes = bytesOf(name);
      const random = randomStream(1, name);
      for (let i = 0; i < 8; i++) {
        const end = Math.floor(random.float() * bytes.length);
        expect(await readAll(bytes.subarray(0, end)), `${name} to ${end}`).toBeDefined();
      }
    }
  });

  it("are refused where a part in the middle is missing", async () => {
    for (const name of SHAPES) {
      const bytes = bytesOf(name);
      const cut = Buffer.concat([bytes.subarray(0, 40), bytes.subarray(90)]);
      expect(await readAll(cut), name).toBeDefined();
    }
  });

  it("never crash, hang or leave the rule of one line, whichever bits are flipped", async () => {
    let refused = 0;
    let read = 0;
    for (const name of SHAPES) {
      const random = randomStream(2, name);
      const whole = bytesOf(name);
      for (let i = 0; i < 60; i++) {
        const bytes = Buffer.from(whole);
        const flips = 1 + Math.floor(random.float() * 3);
        // Half of them in the footer, where they do most harm.
        const footer = bytes.readUInt32LE(bytes.length - 8) + 8;
        const from = i % 2 === 0 ? 0 : Math.max(0, bytes.length - footer);
        for (let flip = 0; flip < flips; flip++) {
          const at = from + Math.floor(random.float() * (bytes.length - from));
          bytes[at]! ^= 1 << Math.floor(random.float() * 8);
        }
        if ((await readAll(bytes, i % 3 === 0)) === undefined) read++;
        else refused++;
      }
    }
    // Both must occur, or the test tests nothing.
    expect(refused).toBeGreaterThan(100);
    expect(read).toBeGreaterThan(10);
  });

  it("are refused where the footer's length or the rows lie", async () => {
    for (const length of [0, 1, 0xffffffff, 0x7fffffff]) {
      const bytes = bytesOf("required");
      bytes.writeUInt32LE(length, bytes.length - 8);
      expect(await readAll(bytes)).toBeDefined();
    }
  });
});
