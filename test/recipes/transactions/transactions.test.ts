import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSource } from "../../../src/data/index.ts";
import { train } from "../../../src/index.ts";
import { adaptPayments, adaptTransactions } from "../../../src/recipes/transactions/adapt.ts";
import { drawTable } from "../../../src/recipes/transactions/draw-table.ts";
import { transactionsCategory } from "../../../src/recipes/transactions/index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-transactions-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the synthetic table", () => {
  it("is the same for the same seed, in the order of time, with as many rows as asked for", async () => {
    const paths = ["a.parquet", "b.parquet", "c.parquet"].map((name) => join(folder, name));
    for (const [i, path] of paths.entries())
      expect(await transactionsCategory.generate!({ path, rows: 2500, seed: i === 2 ? 2 : 1 })).toMatchObject({
        rows: 2500,
      });
    const bytes = paths.map((path) => readFileSync(path));
    expect(bytes[1]!.equals(bytes[0]!)).toBe(true);
    expect(bytes[2]!.equals(bytes[0]!)).toBe(false);
    const times = [...drawTable({ rows: 2500, seed: 1, odd: null })].flatMap(({ columns }) => {
      const [date] = columns;
      return date !== undefined && "values" in date ? [...date.values] : [];
    });
    expect(times).toHaveLength(2500);
    expect(times.every((time, i) => i === 0 || time >= times[i - 1]!)).toBe(true);
  });
});

describe("a file of one's own", () => {
  it("is read under the recipe's names", async () => {
    const path = join(folder, "bank.csv");
    writeFileSync(
      path,
      "Booking Date,Type,Payee,Amount,Payment Method,Label\n2024-01-02,expense,Bakery,3.5,card,food\n",
    );
    const { columns } = await (await adaptTransactions(await openSource(path))).describe();
    expect(columns.map(({ name }) => name)).toEqual([
      "date",
      "type",
      "description",
      "amount",
      "payment_method",
      "category",
    ]);
  });

  it("of numbers alone is refused, and the way without a recipe named", async () => {
    const path = join(folder, "cards.csv");
    writeFileSync(path, "Time,V1,V2,Amount,Class\n0,-1.36,0.07,149.62,0\n1,1.19,0.27,2.69,1\n");
    const adapted = adaptPayments(await openSource(path));
    await expect(adapted).rejects.toThrow(/a row must be a payment with date, type, description and amount/);
    await expect(adapted).rejects.toMatchObject({ remedy: expect.stringContaining("--task anomaly") });
  });

  it("without a date is refused by name", async () => {
    const path = join(folder, "undated.csv");
    writeFileSync(path, "type,description,amount,category\nexpense,Bakery,3.5,food\n");
    const run = train({
      recipe: "transactions-category",
      target: "category",
      task: "multiclass",
      data: path,
      checkpointsDir: null,
    });
    await expect(run).rejects.toThrow(/date/);
  });
});

it("category: a model takes transactions as they are, alone and from a file", async () => {
  const path = join(folder, "category.parquet");
  await transactionsCategory.generate!({ path, rows: 1500, seed: 3 });
  const { document, predictor } = await train({
    recipe: "transactions-category",
    target: "category",
    task: "multiclass",
    ignore: [...transactionsCategory.ignore],
    data: path,
    modelsDir: join(folder, "models"),
    checkpointsDir: null,
    name: "transactions-category",
    algorithms: ["text-linear", "baseline"],
    threads: 1,
  });
  expect(document.champion).toBe("text-linear");
  expect(document.algorithms[0]!.metrics.test!.accuracy).toBeGreaterThan(0.85);
  const model = await predictor();
  expect(model.inputs.map(({ name }) => name)).toEqual([
    "date",
    "type",
    "description",
    "amount",
    "payment_method",
    "account",
  ]);
  await model.dispose();
});
