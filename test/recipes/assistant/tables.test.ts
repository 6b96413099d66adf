import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../../src/core/index.ts";
import { memorySource } from "../../../src/data/index.ts";
import { createModelPredictor, type Model, packModel, unpackModel } from "../../../src/models/index.ts";
import { drawRows as drawLoans } from "../../../src/recipes/assistant/credit-risk/generate.ts";
import { assistantCreditRisk } from "../../../src/recipes/assistant/credit-risk/index.ts";
import { drawRows as drawOffers } from "../../../src/recipes/assistant/recommendation/generate.ts";
import { assistantRecommendation } from "../../../src/recipes/assistant/recommendation/index.ts";
import { drawRows as drawDays } from "../../../src/recipes/assistant/spending/generate.ts";
import { GROUPS, RECIPES } from "../../../src/recipes/index.ts";
import { train } from "../../../src/train.ts";

const COMMON = {
  modelsDir: mkdtempSync(join(tmpdir(), "kaayko-assistant-")),
  checkpointsDir: null,
  report: "none",
  rounds: 30,
} as const;

function reread(model: Model): Model {
  const [json, arrays] = packModel(model).map(([, bytes]) => bytes) as [Uint8Array, Uint8Array];
  return unpackModel(json, arrays, "model").model;
}

describe("the assistant's tables", () => {
  it("has all its recipes", () => {
    for (const name of GROUPS.assistant!) expect(Object.keys(RECIPES)).toContain(name);
  });

  it.each([
    ["loans", drawLoans],
    ["offers", drawOffers],
    ["days", drawDays],
  ])("draws the same %s for the same seed", (_, draw: (rows: number, seed: number) => Batch) => {
    expect(draw(60, 3)).toEqual(draw(60, 3));
    expect(draw(60, 3)).not.toEqual(draw(60, 4));
  });

  it("learns credit risk with probabilities that say how often loans fail", async () => {
    const { target, task } = assistantCreditRisk;
    const algorithms = ["xgboost", "calibrated"];
    const data = memorySource(drawLoans(3000, 1));
    const { document, model } = await train({ ...COMMON, data, target, task, algorithms, refit: "never" });
    const found = document.algorithms.find(({ name }) => name === "calibrated")!;
    expect(found.metrics.test!.auc!).toBeGreaterThan(0.75);
    const trees = document.algorithms.find(({ name }) => name === "xgboost")!;
    expect(found.metrics.test!.auc!).toBeCloseTo(trees.metrics.test!.auc!, 9);
    const fresh = drawLoans(3000, 2);
    const predictor = await createModelPredictor(reread(model!));
    const shares = await predictor.predict(fresh);
    const truth = fresh.columns.at(-1) as { values: Float64Array };
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(shares) - mean(truth.values))).toBeLessThan(0.04);
  });

  it("learns to rank products, also behind a package", async () => {
    const { target, task, settings } = assistantRecommendation;
    const data = memorySource(drawOffers(2000, 1));
    const group = String(settings.group);
    const { document, model } = await train({ ...COMMON, data, target, task, group, algorithms: ["xgboost"] });
    expect(document.metrics.test!["ndcg@10"]!).toBeGreaterThan(0.85);
    const scores = await (await createModelPredictor(reread(model!))).predict(drawOffers(20, 5));
    expect(scores).toHaveLength(20);
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  it("knows weekends in what is spent", () => {
    const [dates, , amounts] = drawDays(6 * 364, 1).columns as { values: Float64Array }[];
    const mean = (weekend: boolean) => {
      const own = amounts!.values.filter(
        (_, row) => [0, 6].includes(new Date(dates!.values[row]!).getUTCDay()) === weekend,
      );
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    expect(mean(true)).toBeGreaterThan(1.2 * mean(false));
  });
});
