import { describe, expect, it } from "vitest";
import type { TrainDocument } from "../../src/reports/document.ts";
import { comparisonReport } from "../../src/reports/index.ts";
import { leaderboardSection } from "../../src/reports/page/leaderboard-section.ts";
import { stepTable } from "../../src/reports/step-scores.ts";
import { regressionDocument } from "./documents.ts";

function forecastDocument(horizon: number): TrainDocument {
  const document = regressionDocument();
  const steps = Array.from({ length: horizon }, (_, i) => ({ step: i + 1, mae: 2 + i, rmse: 4 + i, mape: null }));
  const algorithms = document.algorithms.map((algorithm, i) => (i === 0 ? { ...algorithm, steps } : algorithm));
  return { ...document, algorithms };
}

describe("errors by steps ahead", () => {
  it("are of the first step, a quarter, half and all, for algorithms that have them", () => {
    expect(stepTable(forecastDocument(12))).toEqual({
      measures: "mae / rmse / mape",
      steps: [1, 3, 6, 12],
      rows: [["XGBoost", "2 / 4 / -", "4 / 6 / -", "7 / 9 / -", "13 / 15 / -"]],
    });
    expect(stepTable(forecastDocument(2))?.steps).toEqual([1, 2]);
    expect(stepTable(regressionDocument())).toBeNull();
  });

  it("stand in the text and on the page", () => {
    expect(comparisonReport(forecastDocument(12)).text).toMatch(
      /By steps ahead.*\n.*1 step +3 steps +6 steps +12 steps/,
    );
    expect(leaderboardSection(forecastDocument(12)).body).toContain("By steps ahead");
    expect(leaderboardSection(regressionDocument()).body).not.toContain("By steps ahead");
  });
});
