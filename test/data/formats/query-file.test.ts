import { describe, expect, it } from "vitest";
import { openSource } from "../../../src/data/index.ts";
import { digestFile } from "../../../src/training/index.ts";
import { inputErrorOf, readAll, temporaryFiles } from "./text-tables.ts";

const files = temporaryFiles();
const ROWS = "2 1:0.5\n0 2:1\n1 1:3\n0 1:4\n";

describe("the sizes of queries beside a LIBSVM file", () => {
  it("give its rows their queries, in any batches and columns", async () => {
    const path = files.file("rank.train", ROWS);
    files.file("rank.train.query", "1\n0\n3\n");
    const source = await openSource(path);
    const { columns, rows } = await source.describe();
    expect([rows, columns.map(({ name }) => name)]).toEqual([4, ["target", "qid", "f1", "f2"]]);
    expect(await readAll(source)).toEqual({
      target: [2, 0, 1, 0],
      qid: [1, 3, 3, 3],
      f1: [0.5, 0, 3, 4],
      f2: [0, 1, 0, 0],
    });
    expect(await readAll(source, { columns: ["qid"], batchRows: 2, retain: true })).toEqual({ qid: [1, 3, 3, 3] });
    const reader = await source.open({ columns: ["f1", "qid"], batchRows: 3 });
    await reader.next();
    const last = await reader.next();
    await reader.close();
    expect(last?.columns.map((column) => "values" in column && [...column.values])).toEqual([[4], [3]]);
  });

  it("are read under XGBoost's name too, and not where the rows name their queries", async () => {
    files.file("b.libsvm.group", "2\n2\n");
    expect((await readAll(await openSource(files.file("b.libsvm", ROWS)))).qid).toEqual([1, 1, 2, 2]);
    files.file("c.libsvm.query", "1\n");
    const own = await openSource(files.file("c.libsvm", "1 qid:7 1:2\n0 qid:9 1:3\n"));
    expect((await readAll(own)).qid).toEqual([7, 9]);
  });

  it("must be numbers that sum up to the table's rows", async () => {
    const path = files.file("d.libsvm", ROWS);
    files.file("d.libsvm.query", "1\nx\n");
    expect(await inputErrorOf(() => openSource(path))).toMatch(/number of rows of a query, got "x" in line 2/);
    files.file("d.libsvm.query", "1\n2\n");
    expect(await inputErrorOf(() => openSource(path))).toMatch(/as many as the table's, got 3 for 4/);
  });

  it("are part of what a resume compares", async () => {
    const path = files.file("e.libsvm", ROWS);
    files.file("e.libsvm.query", "2\n2\n");
    const before = await digestFile(path);
    files.file("e.libsvm.query", "1\n3\n");
    expect(await digestFile(path)).not.toBe(before);
  });
});
