import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWriter, openSource } from "../../../src/data/index.ts";
import { type TrainResult, train } from "../../../src/index.ts";
import { createModelPredictor, predictFile, predictRows } from "../../../src/models/index.ts";
import { transactionsAnomaly } from "../../../src/recipes/transactions/index.ts";

let folder: string;
let trained: TrainResult;
const settings = { checkpointsDir: null, report: "none", threads: 1, set: { "isolation-tails": { trees: 60 } } };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-anomaly-"));
  const data = join(folder, "odd.parquet");
  await transactionsAnomaly.generate!({ path: data, rows: 6000, seed: 4 });
  trained = await train({
    ...settings,
    recipe: "transactions-anomaly",
    task: "anomaly",
    target: transactionsAnomaly.target,
    ignore: [...transactionsAnomaly.ignore],
    algorithms: ["isolation-tails"],
    testSize: 0.4,
    data,
    modelsDir: join(folder, "models"),
    name: "transactions-anomaly",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the anomaly recipe", () => {
  it("finds odd payments without having seen a label", () => {
    const { averagePrecision, auc } = trained.document.algorithms[0]!.metrics.test!;
    // A score that says nothing gets the share of odd rows, 0.01.
    expect(averagePrecision).toBeGreaterThan(0.3);
    expect(auc).toBeGreaterThan(0.85);
  });

  it("says why in words, in files and for rows", async () => {
    const predictor = await createModelPredictor(trained.model!);
    const out = join(folder, "scores.csv");
    const written = await predictFile({
      predictor,
      source: await openSource(join(folder, "odd.parquet")),
      keep: ["anomaly_kind"],
      openWriter: (columns) => createWriter(out, columns),
    });
    expect(written!.rows).toBe(6000);
    const lines = readFileSync(out, "utf8").trimEnd().split(/\r?\n/);
    expect(lines[0]).toBe("anomaly_kind,prediction,anomaly_score,reasons");
    const told = lines.filter((line) => /true,0\.[5-9]/.test(line));
    expect(told.length).toBeGreaterThan(10);
    expect(told.every((line) => /[A-Z][a-z]+ .* /.test(line))).toBe(true);
    const row = {
      date: "2024-12-20T03:12:00Z",
      type: "expense",
      description: "LUCKY SEVENS ONLINE CASINO",
      amount: 950000,
      payment_method: "wire",
      account: "A0001",
    };
    const [output] = await predictRows(predictor, [row]);
    expect(output).toMatchObject({ prediction: "true" });
    expect(output!.anomaly_score).toBeGreaterThan(0.5);
    expect(output!.reasons).toContain("The amount is unusually large");
    await predictor.dispose();
  });
});

it("any table will do, with labels or without", async () => {
  const path = join(folder, "plain.csv");
  const lines = Array.from({ length: 400 }, (_, i) => `${(i * 37) % 101},${((i * 53) % 97) / 10},${i % 7}`);
  writeFileSync(path, ["a,b,c", ...lines, "5000,-900,3"].join("\n"));
  const { document, model } = await train({
    ...settings,
    task: "anomaly",
    target: "is_anomaly",
    data: path,
    modelsDir: join(folder, "models"),
    name: "plain",
    algorithms: ["isolation-forest", "tail-probability"],
    set: {},
    testSize: 0,
    validationSize: 0,
  });
  expect(document.status).toBe("completed");
  expect(Object.values(document.algorithms[0]!.metrics).flatMap((values) => Object.values(values!))).not.toContain(NaN);
  const predictor = await createModelPredictor(model!);
  const [usual, odd] = await predictRows(predictor, [
    { a: 50, b: 5, c: 3 },
    { a: 5000, b: -900, c: 3 },
  ]);
  expect(odd!.anomaly_score as number).toBeGreaterThan(Math.max(0.5, usual!.anomaly_score as number));
  await predictor.dispose();
});
