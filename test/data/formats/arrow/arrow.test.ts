import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KaaykoError } from "../../../../src/core/errors.ts";
import { randomStream } from "../../../../src/core/random.ts";
import { openArrow } from "../../../../src/data/formats/arrow/index.ts";
import { decompressLz4Frame } from "../../../../src/data/formats/arrow/lz4-frame.ts";
import { cellsOf, eachBatch, readCells } from "../tables.ts";

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/arrow/${name}.arrow`, import.meta.url));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-arrow-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("batches of an Arrow file", () => {
  it("do not cross its record batches, and continue exactly from any position", async () => {
    for (const name of ["strings_file", "strings_stream", "numbers_lz4"]) {
      const source = await openArrow(pathOf(name));
      const whole = await readCells(source);
      const borders: number[] = [];
      await eachBatch(source, { batchRows: 100 }, (batch) => borders.push(batch.firstRow));
      expect(borders.slice(0, 5)).toEqual([0, 100, 150, 250, 300]);
      for (const retain of [false, true]) {
        const reader = await source.open({ batchRows: 100, retain });
        for (const row of [250, 0, 300, 100]) {
          await reader.seek({ row });
          expect(reader.position()).toEqual({ row });
          const batch = (await reader.next())!;
          expect(batch.firstRow).toBe(row);
          for (const column of batch.columns) {
            expect(cellsOf(column)).toEqual(whole[column.name]!.values.slice(row, row + batch.rows));
          }
        }
        await expect(reader.seek({ row: 7 })).rejects.toThrow("start of a batch");
        await reader.close();
      }
    }
  });

  it("come with the columns and kinds asked for", async () => {
    const source = await openArrow(pathOf("strings_stream"));
    const cells = await readCells(source, { columns: ["many", "few"], kinds: { many: "numeric", few: "text" } });
    expect(Object.entries(cells).map(([name, { kind }]) => [name, kind])).toEqual([
      ["many", "numeric"],
      ["few", "text"],
    ]);
    await expect(source.open({ columns: ["man"] })).rejects.toMatchObject({
      kind: "usage",
      remedy: 'Did you mean "many"?',
    });
    const numbers = await readCells(await openArrow(pathOf("numbers_file")), {
      columns: ["int8", "bool", "int64_key"],
      kinds: { int8: "boolean", bool: "categorical", int64_key: "text" },
    });
    expect(new Set(numbers.int8!.values)).toEqual(new Set([null, 0, 1]));
    expect(new Set(numbers.bool!.values)).toEqual(new Set([null, "true", "false"]));
    expect(numbers.int64_key!.values.find((cell) => cell !== null)).toMatch(/^1099511627\d+$/);
  });

  it("are kept in shared memory with one dictionary", async () => {
    const reader = await (await openArrow(pathOf("strings_file"))).open({ retain: true });
    while ((await reader.next()) !== null);
    const table = reader.table();
    for (const column of table.columns) {
      expect("codes" in column && column.codes.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
    expect(new Set(cellsOf(table.columns[1]!)).size).toBe(300);
    await reader.close();
  });

  it("of what apache-arrow writes are read", async () => {
    const path = join(folder, "own.arrow");
    const table = tableFromArrays({ x: Float64Array.of(1.5, 2.5), word: ["a", "b"], n: Int32Array.of(1, 2) });
    for (const format of ["file", "stream"] as const) {
      writeFileSync(path, tableToIPC(table, format));
      const cells = await readCells(await openArrow(path));
      expect(Object.values(cells).map((column) => column.values)).toEqual([
        [1.5, 2.5],
        ["a", "b"],
        [1, 2],
      ]);
    }
  });
});

describe("damaged Arrow files", () => {
  async function readAll(bytes: Uint8Array): Promise<boolean> {
    const path = join(folder, "bad.arrow");
    writeFileSync(path, bytes);
    try {
      await eachBatch(await openArrow(path), { batchRows: 100 }, () => {});
      return true;
    } catch (error) {
      if (!(error instanceof KaaykoError)) throw error;
      expect(error).toMatchObject({ kind: "input", message: expect.stringMatching(/^Cannot read [^\n]*$/) });
      return false;
    }
  }

  it("are refused where they are missing, empty, something else or cut off", async () => {
    await expect(openArrow(join(folder, "none.arrow"))).rejects.toMatchObject({ kind: "input" });
    for (const text of ["", "ARROW1", "ARROW1\0\0ARROW1", "a,b\n1,2\n3,4\n5,6\n"])
      expect(await readAll(Buffer.from(text))).toBe(false);
    const bytes = readFileSync(pathOf("times_file"));
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      expect(await readAll(bytes.subarray(0, Math.floor(bytes.length * share)))).toBe(false);
    }
  });

  it("never crash, hang or leave the rule of one line, whichever bits are flipped", async () => {
    let refused = 0;
    for (const name of [
      "times_stream",
      "decimals_file",
      "nested_stream",
      "lists_stream",
      "strings_stream",
      "numbers_lz4",
    ]) {
      const whole = readFileSync(pathOf(name));
      const random = randomStream(3, name);
      for (let i = 0; i < 50; i++) {
        const bytes = Buffer.from(whole);
        const end = i % 2 === 0 ? bytes.length : 1500;
        for (let flip = 0; flip < 2; flip++)
          bytes[Math.floor(random.float() * end)]! ^= 1 << Math.floor(random.float() * 8);
        if (!(await readAll(bytes))) refused++;
      }
    }
    expect(refused).toBeGreaterThan(40);
  });
});

describe("decompressLz4Frame", () => {
  it("refuses a frame that promises too much, and bytes that are cut off", () => {
    const frame = Buffer.alloc(19);
    frame.writeUInt32LE(0x184d2204, 0);
    frame[4] = 0x68;
    frame.writeBigUInt64LE(2n ** 40n, 6);
    expect(() => decompressLz4Frame(frame)).toThrow("a frame of");
    expect(() => decompressLz4Frame(frame.subarray(0, 10))).toThrow(RangeError);
    expect(() => decompressLz4Frame(Buffer.from("nothing of the kind"))).toThrow("not an LZ4 frame");
  });
});
