import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { FeatureSpec, PartSpec } from "../../src/core/index.ts";
import type { FeaturePipeline } from "../../src/features/index.ts";
import { drawnPart } from "../../src/models/drawn-part.ts";
import { goldenPredictions, goldenTable } from "../../src/models/golden.ts";
import { checkHealth } from "../../src/models/health.ts";
import { createModelPredictor, type Model } from "../../src/models/index.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-text-health-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LENGTH: FeatureSpec = {
  name: "t.length",
  kind: "numeric",
  cardinality: 0,
  mean: 20,
  std: 5,
  min: 1,
  max: 60,
  missing: 0,
};

/** A linear model of three words and a number, made by hand. */
function textModel(): Model {
  const pipeline: FeaturePipeline = {
    version: 1,
    columns: [{ name: "t", kind: "categorical" }],
    encoders: [
      { form: "text", column: "t", measures: ["length"] },
      {
        form: "ngrams",
        column: "t",
        options: { words: [1, 1], characters: [0, 0] },
        terms: ["wbad", "wgood", "wso"],
        weights: [2, 2, 1],
      },
    ],
    features: [LENGTH],
    user: null,
  };
  const design = {
    parts: [{ name: "t.ngrams", width: 3 }],
    columns: [{ kind: "numeric", name: "t.length", mean: 20, scale: 0.05 }],
    width: 4,
  };
  return {
    task: { kind: "binary", target: "y", classes: ["no", "yes"] },
    threshold: 0.5,
    pipeline,
    content: {
      algorithm: "text-linear",
      formatVersion: 1,
      json: { loss: "logistic", calibration: { slope: 1, intercept: 0 }, design },
      arrays: { weights: Float32Array.of(-3, 3, 0.5, 0.1), intercepts: Float64Array.of(0.25) },
    },
  };
}

describe("the health of a model of texts", () => {
  it("is measured on rows with words, and says that it predicts what it did", async () => {
    const predictor = await createModelPredictor(textModel());
    const golden = await goldenPredictions(predictor);
    expect(golden).not.toBeNull();
    expect(await goldenPredictions(predictor)).toEqual(golden);
    const table = goldenTable(predictor.model.pipeline);
    expect(new Set(await predictor.predictTable(table)).size).toBeGreaterThan(3);
    const health = await checkHealth(folder, predictor);
    expect(health.golden).toBeNull();
    expect(health.rowsPerSecond).toBeGreaterThan(0);
    await predictor.dispose();
  });

  it("has rows of every kind of text part that fit its size", () => {
    const specs: PartSpec[] = [
      { name: "s", kind: "sparse", size: { width: 5 } },
      { name: "t", kind: "tokens", size: { vocabulary: 400 } },
      { name: "a", kind: "attributes", size: { width: 70 } },
    ];
    for (const spec of specs) {
      const part = drawnPart(spec, 16);
      if (part === null || part.kind === "windows") throw new Error("no part");
      const numbers = part.kind === "sparse" ? part.indices : part.ids;
      const most = spec.size.width ?? spec.size.vocabulary!;
      expect(numbers.every((number) => number < most)).toBe(true);
      expect(part.offsets[1]).toBe(0);
      expect(part.offsets[16]).toBe(numbers.length);
      if (part.kind !== "sparse") continue;
      for (let row = 0; row < 16; row++) {
        const own = [...part.indices.subarray(part.offsets[row], part.offsets[row + 1])];
        expect(own).toEqual([...new Set(own)].sort((a, b) => a - b));
      }
    }
    expect(drawnPart({ name: "w", kind: "windows", size: { steps: 3, channels: 1 } }, 16)).toBeNull();
  });
});
