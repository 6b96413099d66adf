import { describe, expect, it } from "vitest";
import type { SearchResult } from "../../src/core/index.ts";
import { PLAIN_STYLE, renderTrainReport, type TrainDocument } from "../../src/reports/index.ts";

const search: SearchResult = {
  metric: "rmse",
  best: 3,
  trials: [
    { trial: 1, settings: { rate: 0.1 }, value: 2, seconds: 1, steps: 10 },
    { trial: 2, settings: { rate: 0.5 }, value: 1.5, seconds: 1, steps: 4, prunedAt: 4 },
    { trial: 3, settings: { rate: 0.2, layers: ["8", "4"] }, value: 1.7, seconds: 1, steps: 10 },
    { trial: 4, settings: { rate: 9 }, value: null, seconds: 0, steps: 0, error: "it diverged" },
    ...Array.from({ length: 12 }, (_, i) => ({
      trial: 5 + i,
      settings: { rate: 0.15 },
      value: 1.8 + i / 100,
      seconds: 1,
      steps: 10,
    })),
  ],
};

describe("the table of trials", () => {
  it("has the best first, the default always, and what became of the others", () => {
    const document: TrainDocument = {
      schemaVersion: 1,
      run: "r",
      status: "completed",
      champion: "mlp",
      algorithms: [{ name: "mlp", metrics: { validation: { rmse: 1.7 } }, seconds: 9, search }],
      metrics: {},
      modelPath: null,
      modelSha256: null,
      rows: {},
      resumedFrom: null,
      seed: 1,
      stages: [],
    };
    const text = renderTrainReport(document, { ...PLAIN_STYLE, width: 120 });
    const lines = text.slice(text.indexOf("Trials of mlp")).split("\n");
    expect(lines[3]).toMatch(/^\s+3\s+1\.7\s+rate 0\.2 {2}layers 8,4/);
    expect(lines.find((line) => line.includes("default"))).toMatch(/^\s+1\s+2\s+rate 0\.1/);
    expect(text).toContain("and 5 more");
    const few = { ...search, trials: search.trials.slice(0, 4) };
    const short = renderTrainReport(
      { ...document, algorithms: [{ ...document.algorithms[0]!, search: few }] },
      PLAIN_STYLE,
    );
    expect(short).toContain("given up after 4");
    expect(short).toContain("failed: it diverged");
  });
});
