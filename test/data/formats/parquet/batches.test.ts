import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../../../src/core/columns.ts";
import type { JsonObject } from "../../../../src/core/json.ts";
import type { OpenOptions } from "../../../../src/core/source.ts";
import { openParquet } from "../../../../src/data/formats/parquet/index.ts";
import { type Cell, cellsOf, eachBatch, readCells } from "../tables.ts";

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/parquet/${name}.parquet`, import.meta.url));

/** What the script that made the fixtures put into `runs`. */
const RUNS_ROWS = 12_000;
const RUNS: Record<string, (row: number) => Cell> = {
  x: (row) => ((row >= 5000 && row < 7000) || row % 97 === 0 ? null : row % 1000),
  step: (row) => Math.floor(row / 3000),
  key: (row) => (row % 11 === 0 ? null : String(row % 700)),
};

const runsCells = (from: number, to: number): Record<string, Cell[]> =>
  Object.fromEntries(
    Object.entries(RUNS).map(([name, cell]) => [name, Array.from({ length: to - from }, (_, i) => cell(from + i))]),
  );

const batchCells = (batch: Batch): Record<string, Cell[]> =>
  Object.fromEntries(batch.columns.map((column) => [column.name, cellsOf(column)]));

/** A batch with the names of its array types and its dictionaries, to be compared exactly. */
const exactly = (batch: Batch): unknown => ({
  ...batch,
  columns: batch.columns.map((column) =>
    "codes" in column
      ? { ...column, codes: [column.codes.constructor.name, ...column.codes], dictionary: [...column.dictionary] }
      : { ...column, values: [column.values.constructor.name, ...column.values] },
  ),
});

async function allExactly(path: string, options: OpenOptions): Promise<unknown[]> {
  const batches: unknown[] = [];
  await eachBatch(await openParquet(path), options, (batch) => batches.push(exactly(batch)));
  return batches;
}

describe("batches of a row group of many pages", () => {
  it("have their borders at multiples of batchRows", async () => {
    const source = await openParquet(pathOf("runs"));
    for (const batchRows of [37, 1000, 4096, 12_000, 65_536]) {
      const borders: number[] = [];
      await eachBatch(source, { batchRows }, (batch) => {
        borders.push(batch.firstRow);
        expect(batchCells(batch)).toEqual(runsCells(batch.firstRow, batch.firstRow + batch.rows));
      });
      expect(borders).toEqual(Array.from({ length: Math.ceil(RUNS_ROWS / batchRows) }, (_, i) => i * batchRows));
    }
  });

  it("continue exactly from any position, forwards and backwards", async () => {
    const source = await openParquet(pathOf("runs"));
    const batchRows = 333;
    const places = fc.array(fc.nat(Math.floor(RUNS_ROWS / batchRows)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(places, fc.constantFrom(1, 2), fc.boolean(), async (visits, threads, retain) => {
        const reader = await source.open({ batchRows, threads, retain });
        try {
          for (const visit of visits) {
            await reader.seek({ row: visit * batchRows });
            expect(reader.position()).toEqual({ row: visit * batchRows });
            const batch = (await reader.next())!;
            const end = Math.min((visit + 1) * batchRows, RUNS_ROWS);
            expect(batchCells(batch)).toEqual(runsCells(visit * batchRows, end));
            expect(reader.position()).toEqual({ row: end });
          }
        } finally {
          await reader.close();
        }
      }),
      { numRuns: 10 },
    );
  });

  it("end where the rows end, and go on after a seek to the end", async () => {
    const reader = await (await openParquet(pathOf("runs"))).open({ columns: ["step"] });
    await reader.seek({ row: RUNS_ROWS });
    expect(await reader.next()).toBeNull();
    await reader.seek({ row: 0 });
    expect((await reader.next())!.rows).toBe(RUNS_ROWS);
    await reader.close();
  });

  it("refuse a position that is not the start of a batch", async () => {
    const reader = await (await openParquet(pathOf("runs"))).open({ batchRows: 100 });
    for (const position of [{ row: 50 }, { row: -100 }, { row: 12_100 }, { row: "0" }, {}] as JsonObject[]) {
      await expect(reader.seek(position)).rejects.toThrow("must be the start of a batch");
    }
    await reader.close();
  });
});

describe("threads", () => {
  it.each(["runs", "strings", "numbers_plain"])("give the same batches of %s", async (name) => {
    for (const retain of [false, true]) {
      const one = await allExactly(pathOf(name), { batchRows: 170, retain });
      expect(await allExactly(pathOf(name), { batchRows: 170, retain, threads: retain ? 3 : 2 })).toEqual(one);
    }
  });
});

describe("retain", () => {
  it("gives a table in shared memory of which the batches are views, with one dictionary", async () => {
    const reader = await (await openParquet(pathOf("runs"))).open({ retain: true, batchRows: 5000, threads: 2 });
    const batches: Batch[] = [];
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) batches.push(batch);
    const table = reader.table();
    await reader.close();
    expect(table.rows).toBe(RUNS_ROWS);
    expect(batchCells({ firstRow: 0, ...table })).toEqual(runsCells(0, RUNS_ROWS));
    for (const [i, column] of table.columns.entries()) {
      if ("codes" in column) {
        expect(column.codes).toBeInstanceOf(Uint16Array);
        expect(column.codes.buffer).toBeInstanceOf(SharedArrayBuffer);
        expect(column.dictionary.slice(0, 3)).toEqual(["1", "2", "3"]);
        for (const batch of batches) expect(batch.columns[i]).toMatchObject({ dictionary: column.dictionary });
      } else {
        expect(column.values.buffer).toBeInstanceOf(SharedArrayBuffer);
        for (const batch of batches) expect(batch.columns[i]).toHaveProperty("values.buffer", column.values.buffer);
      }
    }
  });

  it.each([10_000, RUNS_ROWS])("loads what lies before row %i too", async (row) => {
    const reader = await (await openParquet(pathOf("runs"))).open({ retain: true, batchRows: 5000 });
    await reader.seek({ row });
    if (row < RUNS_ROWS) expect((await reader.next())!.firstRow).toBe(row);
    expect(await reader.next()).toBeNull();
    expect(batchCells({ firstRow: 0, ...reader.table() })).toEqual(runsCells(0, RUNS_ROWS));
    await reader.close();
  });

  it("has no table before the last batch, and none without it", async () => {
    const source = await openParquet(pathOf("runs"));
    const kept = await source.open({ retain: true });
    expect(() => kept.table()).toThrow("only with `retain`");
    await kept.close();
    const streamed = await source.open();
    while ((await streamed.next()) !== null);
    expect(() => streamed.table()).toThrow("only with `retain`");
    await streamed.close();
  });

  it("holds more than 65,536 different strings", async () => {
    const cells = await readCells(await openParquet(pathOf("many_strings")), { retain: true });
    const rows = Array.from({ length: 70_000 }, (_, i) => i);
    expect(cells.id!.values).toEqual(rows.map((i) => i.toString(16)));
    expect(cells.i!.values).toEqual(rows);
  });
});

describe("columns", () => {
  it("come in the order asked for, and only those", async () => {
    const cells = await readCells(await openParquet(pathOf("runs")), { columns: ["key", "x"] });
    expect(Object.keys(cells)).toEqual(["key", "x"]);
  });

  it("that are not there, cannot be read or are named twice are refused", async () => {
    const source = await openParquet(pathOf("nested"));
    await expect(source.open({ columns: ["befor"] })).rejects.toMatchObject({
      kind: "usage",
      remedy: 'Did you mean "before"?',
    });
    await expect(source.open({ columns: ["lists"] })).rejects.toThrow("it is nested");
    await expect(source.open({ columns: ["after", "after"] })).rejects.toThrow("named only once");
    await expect(source.open({ kinds: { nothing: "text" } })).rejects.toThrow("must be in the file");
    await expect(source.open({ batchRows: 0 })).rejects.toThrow("batchRows");
    await expect(source.open({ threads: 1.5 })).rejects.toThrow("threads");
  });

  it("can be read as other kinds", async () => {
    const source = await openParquet(pathOf("runs"));
    for (const options of [{}, { retain: true }, { threads: 2 }] as const) {
      const cells = await readCells(source, {
        ...options,
        kinds: { x: "categorical", step: "boolean", key: "numeric" },
      });
      const truth = runsCells(0, RUNS_ROWS);
      expect(cells.x!.values).toEqual(truth.x!.map((cell) => (cell === null ? null : String(cell))));
      expect(cells.step!.values).toEqual(truth.step!.map((cell) => (cell === 0 ? 0 : 1)));
      expect(cells.key!.values).toEqual(truth.key!.map((cell) => (cell === null ? null : Number(cell))));
    }
    const numbers = await readCells(await openParquet(pathOf("numbers_snappy")), {
      columns: ["bool_all", "float", "double"],
      kinds: { bool_all: "text", float: "categorical", double: "text" },
    });
    expect(new Set(numbers.bool_all!.values)).toEqual(new Set(["true", "false"]));
    const exact = await readCells(await openParquet(pathOf("numbers_snappy")), { columns: ["float"] });
    expect(numbers.float!.values.map((cell) => (cell === null ? null : Math.fround(Number(cell))))).toEqual(
      exact.float!.values,
    );
    const dates = await readCells(await openParquet(pathOf("times")), {
      kinds: { ms: "categorical", date32: "numeric" },
    });
    const truth = await readCells(await openParquet(pathOf("times")));
    expect(dates.ms!.values.map((cell) => Date.parse(cell as string))).toEqual(truth.ms!.values);
    expect(dates.date32).toEqual({ kind: "numeric", values: truth.date32!.values });
  });

  it("with wrong UTF-8 are read with the replacement character", async () => {
    const cells = await readCells(await openParquet(pathOf("invalid_utf8")));
    expect(cells.s!.values).toEqual(["caf\u{fffd}", "ok"]);
  });
});
