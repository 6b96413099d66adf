import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { svm } from "../../../src/algorithms/svm/svm.ts";
import {
  type FeatureColumn,
  hashState,
  type JsonValue,
  type ModelContent,
  resolveParameters,
  type Task,
} from "../../../src/core/index.ts";
import { type MemoryTable, memoryDataset, syntheticTable } from "../neural/memory-dataset.ts";

interface PeerCase {
  readonly name: string;
  readonly task: "regression" | "binary" | "multiclass";
  readonly columns: readonly (readonly number[])[];
  readonly target: readonly number[];
  /** RMSE, or accuracy, of scikit-learn's SVR or SVC on the test rows. */
  readonly score: number;
}

const peers = JSON.parse(readFileSync(new URL("../../fixtures/svm/scikit-learn.json", import.meta.url), "utf8")) as {
  cases: readonly PeerCase[];
};

async function train(
  table: MemoryTable,
  given: Readonly<Record<string, JsonValue>> = {},
  threads = 1,
): Promise<{ model: ModelContent; metrics: Record<string, number> }> {
  const trainer = await svm.createTrainer({
    dataset: memoryDataset(table),
    parameters: resolveParameters(svm.parameters, given, "svm"),
    seed: 7,
    threads,
    backend: "auto",
    notify: () => {},
  });
  let metrics: Record<string, number> = {};
  for (;;) {
    const report = await trainer.step();
    metrics = { ...metrics, ...report.metrics };
    if (report.done) break;
  }
  const model = await trainer.model();
  await trainer.dispose();
  return { model, metrics };
}

async function predict(table: MemoryTable, model: ModelContent): Promise<Float64Array> {
  const dataset = memoryDataset(table);
  const context = { task: table.task, features: dataset.features, threads: 1, backend: "auto" } as const;
  const predictor = await svm.createPredictor(model, context);
  const predictions = await predictor.predict({ rows: table.target.length, columns: table.columns });
  await predictor.dispose();
  return predictions;
}

/** Every third row is for the test, and the rest is learnt from. */
function tableOf({ task: kind, columns, target }: PeerCase): MemoryTable {
  const rows = target.map((_, row) => row);
  const classes = kind === "binary" ? ["0", "1"] : ["0", "1", "2"];
  const task: Task = { kind, target: "y", ...(kind === "regression" ? {} : { classes }) };
  return {
    task,
    columns: columns.map(
      (values, i): FeatureColumn => ({ kind: "numeric", name: `x${i}`, values: Float64Array.from(values) }),
    ),
    target: Float64Array.from(target),
    roles: {
      train: Uint32Array.from(rows.filter((row) => row % 3 !== 0)),
      validation: new Uint32Array(0),
      test: Uint32Array.from(rows.filter((row) => row % 3 === 0)),
    },
  };
}

function scoreOf({ task, target, roles }: MemoryTable, predictions: Float64Array): number {
  const rows = [...roles.test];
  if (task.kind === "regression")
    return Math.sqrt(rows.reduce((sum, row) => sum + (predictions[row]! - target[row]!) ** 2, 0) / rows.length);
  const right = rows.filter((row) => {
    if (task.kind === "binary") return Number(predictions[row]! > 0.5) === target[row];
    const own = predictions.subarray(3 * row, 3 * row + 3);
    return own.indexOf(Math.max(...own)) === target[row];
  });
  return right.length / rows.length;
}

describe("the support vector machine", () => {
  it.each(peers.cases)("is as good as scikit-learn's on $name", async (peer) => {
    const table = tableOf(peer);
    const score = scoreOf(table, await predict(table, (await train(table)).model));
    if (peer.task === "regression") expect(score).toBeLessThan(1.1 * peer.score);
    else expect(score).toBeGreaterThan(peer.score - 0.03);
  });

  it("learns the same bytes with any number of threads", async () => {
    const table = syntheticTable("multiclass", 700, true);
    const given = { epochs: 3, batchSize: 64, components: 128 };
    const one = await train(table, given, 1);
    expect(hashState((await train(table, given, 3)).model)).toBe(hashState(one.model));
  });

  it("reads numbers, gaps and categories, few and many, with either loss", async () => {
    const table = syntheticTable("regression", 1500);
    for (const loss of ["linear", "squared"]) {
      const { model, metrics } = await train(table, { loss, epochs: 12, oneHotLimit: 8 });
      const spread = memoryDataset(table).target.std;
      expect(metrics["validation.rmse"]).toBeLessThan(0.6 * spread);
      expect(scoreOf(table, await predict(table, model))).toBeLessThan(0.6 * spread);
      expect(model.arrays.embedding0).toHaveLength(31 * 32);
    }
  });

  it("says how sure it is so that it is right as often", async () => {
    const table = syntheticTable("binary", 3000);
    const predictions = await predict(table, (await train(table, { epochs: 20 })).model);
    const rows = [...table.roles.test];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(rows.map((row) => predictions[row]!))).toBeCloseTo(mean(rows.map((row) => table.target[row]!)), 1);
    const sure = rows.filter((row) => predictions[row]! > 0.8);
    expect(mean(sure.map((row) => table.target[row]!))).toBeGreaterThan(0.8);
  });

  it("hands the bandwidth and the probabilities of earlier fits to the last one", () => {
    const models = [0.5, 0.1, 0.2].map((gamma) => ({ gamma, calibration: [[2 * gamma, gamma]] }));
    const given = svm.refitParameters!(models);
    expect(given.gamma).toBe(0.2);
    expect((given.calibration as string[]).map(Number)).toEqual([
      expect.closeTo(1.6 / 3, 12),
      expect.closeTo(0.8 / 3, 12),
    ]);
    expect(svm.refitParameters!([{ gamma: 1, calibration: [] }])).toEqual({ gamma: 1 });
  });

  it("refuses a calibration that does not fit the classes", async () => {
    await expect(train(syntheticTable("multiclass", 60), { calibration: ["1", "0"] })).rejects.toThrow(/6 numbers/);
  });
});
