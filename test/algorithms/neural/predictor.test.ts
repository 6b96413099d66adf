import { describe, expect, it } from "vitest";
import { mlp } from "../../../src/algorithms/neural/mlp.ts";
import { KaaykoError, type ModelContent } from "../../../src/core/index.ts";
import { syntheticTable } from "./memory-dataset.ts";
import { contextOf, trainFully } from "./training.ts";

const settings = { hiddenLayers: ["8"], epochs: 2, batchSize: 32, oneHotLimit: 8 };

async function trained(
  kind: "regression" | "binary" | "multiclass",
): Promise<{ model: ModelContent; table: ReturnType<typeof syntheticTable> }> {
  const table = syntheticTable(kind, 300);
  const { trainer } = await trainFully(contextOf(table, settings));
  const model = await trainer.model();
  await trainer.dispose();
  return { model, table };
}

function predictorFor(model: ModelContent, table: ReturnType<typeof syntheticTable>) {
  const { features } = contextOf(table).dataset;
  return mlp.createPredictor(model, { task: table.task, features, threads: 1, backend: "auto" });
}

describe("the mlp predictor", () => {
  it("gives probabilities that sum to 1 for classes", async () => {
    const { model, table } = await trained("multiclass");
    const values = await (await predictorFor(model, table)).predict({ rows: 300, columns: table.columns });
    expect(values).toHaveLength(900);
    for (let row = 0; row < 300; row++) {
      const parts = [...values.subarray(row * 3, row * 3 + 3)];
      expect(parts.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
    }
  });

  it("gives a row the same value alone and among others", async () => {
    const { model, table } = await trained("binary");
    const predictor = await predictorFor(model, table);
    const all = await predictor.predict({ rows: 300, columns: table.columns });
    const one = table.columns.map((column) =>
      column.kind === "numeric"
        ? { ...column, values: column.values.slice(170, 171) }
        : { ...column, codes: column.codes.slice(170, 171) },
    );
    expect((await predictor.predict({ rows: 1, columns: one }))[0]).toBe(all[170]);
    expect(await predictor.predict({ rows: 0, columns: one })).toHaveLength(0);
  });

  it("refuses models that do not fit together", async () => {
    const { model, table } = await trained("regression");
    const broken: ModelContent[] = [
      { ...model, formatVersion: 9 },
      { ...model, json: { ...model.json, inputs: [] } },
      { ...model, json: { ...model.json, network: { ...(model.json.network as object), dense: 1e12 } } },
      {
        ...model,
        json: { ...model.json, network: { ...(model.json.network as object), hidden: [1_000_000, 1_000_000] } },
      },
      { ...model, json: { ...model.json, spread: "1" } },
      { ...model, arrays: { ...model.arrays, weight0: new Float32Array(3) } },
      { ...model, arrays: { ...model.arrays, bias0: new Float32Array(8).fill(Number.NaN) } },
      { ...model, arrays: {} },
    ];
    for (const bad of broken) await expect(predictorFor(bad, table)).rejects.toThrow(KaaykoError);
  });
});
