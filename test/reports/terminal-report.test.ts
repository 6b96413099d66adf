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

  describe.each([60, 80])("%d columns wide", (width) => {
    const lines = renderTerminalReport(regressionDocument(), { width, color: false, unicode: true }).split("\n");

    /** The rows of the table under a header that begins so, and where its columns of numbers end. */
    function tableAt(header: RegExp): { rows: string[]; ends: number[] } {
      const at = lines.findIndex((line) => header.test(line));
      const last = lines.findIndex((line, i) => i > at + 1 && !/ {2}/.test(line));
      const rows = lines.slice(at + 2, last < 0 ? undefined : last);
      const ends = [...lines[at]!.matchAll(/\S+(?: \S+)*/g)].map(({ index, 0: title }) => index + title.length);
      return { rows, ends };
    }

    it("says what the run found: every algorithm's metrics, which is best and by how much, rows, seconds, paths", () => {
      const text = lines.join("\n");
      expect(text).toMatch(/★ {2}XGBoost +1 +1\.25 +0\.8 +1\.3 s\n2 {2}baseline +2 +2\.5 +2 +10 ms/);
      expect(text).toMatch(/mlp {2,}- +- +- +-/);
      expect(text).toContain("gain      50.0 % better than the baseline by rmse");
      expect(text).toContain("rows      800 train, 100 validation, 100 test");
      expect(text).toContain("stages    load 400 ms, train 1 min 01 s, peak memory 250 MB");
      expect(text).toContain("report    models/houses/1/report.html");
      expect(text).toContain(`sha256    ${"ab".repeat(32)}`);
      expect(text).toMatch(/rooms +75\.0 % .*\nsea +25\.0 %/);
    });

    it.each([
      ["the leaderboard", /^ +algorithm /, 2],
      ["the benchmark", /^ +rmse +better by/, 0],
      ["the calibration", /^rows +predicted +actual/, 0],
    ])("aligns the numbers of %s under their titles", (_what, header, texts) => {
      const { rows, ends } = tableAt(header);
      expect(rows.length).toBeGreaterThan(1);
      for (const row of rows)
        for (const end of ends.slice(texts === 0 ? 0 : 1)) {
          expect(row[end - 1], row).toMatch(/\S/);
          expect(row[end] ?? " ", row).toBe(" ");
        }
    });

    it("stays within the width, but for the hash, and has no colour", () => {
      const long = lines.filter((line) => line.length > width && !line.startsWith("sha256"));
      expect(long).toEqual([]);
      expect(lines.join("\n")).not.toContain("\u001b");
    });
  });

  it("leaves out the columns of a wide table that tell least, where the terminal is narrow", () => {
    const benchmark = (width: number) =>
      renderTerminalReport(regressionDocument(), { width, color: false, unicode: true })
        .split("\n")
        .find((line) => /rmse +better by/.test(line));
    expect(benchmark(80)).toMatch(/size$/);
    expect(benchmark(60)).toMatch(/ms a row$/);
  });
});
