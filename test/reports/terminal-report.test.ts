import { describe, expect, it } from "vitest";
import { PLAIN_STYLE, renderTerminalReport, type Style } from "../../src/reports/index.ts";
import { classDocument, regressionDocument } from "./documents.ts";

describe("the report in a terminal", () => {
  it("plots learning, importance, density and calibration of numbers", () => {
    const text = renderTerminalReport(regressionDocument(), PLAIN_STYLE);
    for (const title of [
      "xgboost: validation rmse (lowest 1.5",
      "Importance by shuffling",
      "Predicted (right) against actual (up)",
      "Calibration",
    ])
      expect(text).toContain(title);
    const plot = text.slice(text.indexOf("against actual (up)")).split("\n").slice(1, 17);
    const shaded = plot.map((line) => line.search(/[·░▒▓█]/));
    // The diagonal: the higher the line, the further to the right its first row.
    expect(shaded.every((at) => at > 0)).toBe(true);
    expect(shaded[0]!).toBeGreaterThan(shaded[15]! + 15);
  });

  it("shows how often claims come true for classes", () => {
    const text = renderTerminalReport(classDocument(["no", "yes"]), PLAIN_STYLE);
    expect(text).toMatch(/Calibration: off by [\d.]+ % on average/);
    expect(text).toContain("Actual and predicted classes");
  });

  it("stays within 60 columns and ASCII where there is no more, and lets no escape sequence through", () => {
    const style: Style = { width: 60, color: false, unicode: false };
    const text = renderTerminalReport(
      regressionDocument((plain) => `${plain}\u001b[31m`),
      style,
    );
    expect(
      Math.max(
        ...text
          .split("\n")
          .filter((line) => !line.startsWith("sha256"))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(60);
    expect(text).not.toContain("\u001b");
    expect(text.replace(/[±…]/g, "")).toMatch(/^[\n\x20-\x7e]*$/);
  });
});
