import { describe, expect, it } from "vitest";
import { PLAIN_STYLE, renderTerminalReport, type Style } from "../../src/reports/index.ts";
import { classDocument, regressionDocument, textDocument } from "./documents.ts";

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

  it("shows labels, pairs of them, errors worth reading, and what a development run saved", () => {
    const text = renderTerminalReport(textDocument(), PLAIN_STYLE);
    expect(text).toMatch(/joy +120 +0\.25 +0\.75 +0\.5 +0\.75\ngrief +6 +0\.25 /);
    expect(text).toMatch(/joy and love +12 +4\.25 +7/);
    expect(text).toMatch(/so <b>glad<\/b> 😀 +joy missed, 3\.0 % +joy/);
    expect(text).toMatch(
      /dev +100 of 2,000 rows in 4\.0 s; all of them would take about 1 min 10 s,\s+17\.5 times as long/,
    );
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
