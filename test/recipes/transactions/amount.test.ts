import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Batch, columnNamed, type NumberColumn } from "../../../src/core/index.ts";
import { createWriter, openSource, pickRows } from "../../../src/data/index.ts";
import { type TrainResult, train } from "../../../src/index.ts";
import {
  intervalOfPrediction,
  type ModelPredictor,
  predictFile,
  withIntervalLevel,
} from "../../../src/models/index.ts";
import { type DrawOptions, drawTable, schemaOf } from "../../../src/recipes/transactions/draw-table.ts";
import { transactionsAmount } from "../../../src/recipes/transactions/index.ts";

const ROWS = 3000;
let folder: string;
let later: string;
let trained: TrainResult;
let predictor: ModelPredictor;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-amount-"));
  const data = join(folder, "amount.parquet");
  later = join(folder, "later.parquet");
  await writeParts({ rows: 8 * ROWS, seed: 1, odd: null }, data, later);
  const settings = {
    ...transactionsAmount.settings,
    ignore: [...transactionsAmount.ignore],
    recipe: "transactions-amount",
  };
  const where = { modelsDir: join(folder, "models"), checkpointsDir: null };
  const run = {
    target: "amount",
    task: "regression",
    algorithms: ["xgboost"],
    report: "none",
    validationSize: 0.3,
    threads: 1,
  };
  trained = await train({ ...settings, ...where, ...run, data });
  predictor = await trained.predictor();
});
afterAll(async () => {
  await predictor.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Every eighth row of a table apart from the others: new payments of the same accounts. */
async function writeParts(options: DrawOptions, main: string, apart: string): Promise<void> {
  const writers = [await createWriter(main, schemaOf(null)), await createWriter(apart, schemaOf(null))];
  for (const batch of drawTable(options)) {
    const all = Array.from({ length: batch.rows }, (_, row) => row);
    const parts = [
      all.filter((row) => (batch.firstRow + row) % 8 !== 7),
      all.filter((row) => (batch.firstRow + row) % 8 === 7),
    ];
    for (const [i, rows] of parts.entries())
      await writers[i]!.write({
        firstRow: 0,
        rows: rows.length,
        columns: pickRows(batch.columns, Uint32Array.from(rows)),
      });
  }
  for (const writer of writers) await writer.finish();
}

async function wholeBatch(path: string): Promise<Batch> {
  const reader = await (await openSource(path)).open();
  const batch = (await reader.next())!;
  await reader.close();
  return batch;
}

describe("amount", () => {
  it("says on test rows what its intervals cover", () => {
    const { coverage, width } = trained.document.algorithms[0]!.metrics.test!;
    expect(trained.document.rows.test).toBeGreaterThan(2000);
    expect(Math.abs(coverage! - 0.9)).toBeLessThan(0.03);
    expect(width).toBeGreaterThan(0);
  });

  it.each([0.5, 0.8, 0.9, 0.95])("covers %f of 3,000 new payments that come alone, within 3 points", async (level) => {
    const batch = await wholeBatch(later);
    const amounts = (columnNamed(batch.columns, "amount") as NumberColumn).values;
    const predictions = await predictor.predict(batch);
    const covered = predictions.filter((prediction, row) => {
      const { lower, upper } = intervalOfPrediction(predictor.model, prediction, true, level);
      return amounts[row]! >= lower && amounts[row]! <= upper;
    });
    expect(Math.abs(covered.length / ROWS - level)).toBeLessThan(0.03);
  });

  it("can be asked for intervals of another level, from 0.5 to 0.99", () => {
    const { model } = predictor;
    const widthAt = (level: number) => {
      const { lower, upper } = intervalOfPrediction(withIntervalLevel(model, level), 50, false);
      return upper - lower;
    };
    expect(widthAt(0.5)).toBeLessThan(widthAt(model.task.interval!));
    expect(widthAt(0.99)).toBeGreaterThan(widthAt(model.task.interval!));
    expect(intervalOfPrediction(withIntervalLevel(model, 0.7), 50, false)).toEqual(
      intervalOfPrediction(model, 50, false, 0.7),
    );
    for (const level of [0.4, 1, Number.NaN]) expect(() => withIntervalLevel(model, level)).toThrow(/from 0.5 to 0.99/);
    const { interval: _, ...task } = model.task;
    expect(() => withIntervalLevel({ ...model, task }, 0.8)).toThrow(/trained with --interval/);
  });

  it("is written with its intervals", async () => {
    const written: Batch[] = [];
    const openWriter = async () => ({
      write: async (batch: Batch) => void written.push(batch),
      finish: async () => ({ rows: ROWS, bytes: 0 }),
      abort: async () => {},
    });
    await predictFile({ predictor, source: await openSource(later), openWriter });
    expect(written[0]!.columns.map(({ name }) => name)).toEqual(["prediction", "lower", "upper"]);
  });

  it("never looks at the amount of its own row", async () => {
    const { features } = predictor.model.pipeline;
    expect(features.some(({ name }) => /against|same_amount|^log_amount|cents|leading/.test(name))).toBe(false);
    const batch = await wholeBatch(later);
    const other = batch.columns.map((column) =>
      column.name === "amount" ? ({ ...column, values: new Float64Array(ROWS).fill(1e6) } as NumberColumn) : column,
    );
    expect(await predictor.predict({ ...batch, columns: other })).toEqual(await predictor.predict(batch));
  });
});
