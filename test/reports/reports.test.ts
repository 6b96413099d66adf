import { describe, expect, it } from "vitest";
import {
  type AlgorithmResult,
  comparisonReport,
  formatAge,
  formatBytes,
  formatNumber,
  formatSeconds,
  formatShare,
  PLAIN_STYLE,
  printable,
  rankedAlgorithms,
  renderBar,
  renderConfusion,
  renderCurve,
  renderImportance,
  renderLeaderboard,
  renderProgressBar,
  renderSchema,
  renderSparkline,
  renderSummary,
  renderTable,
  renderTrainReport,
  type Style,
  type TrainDocument,
} from "../../src/reports/index.ts";

const at = (width: number, unicode = true): Style => ({ width, color: false, unicode });
const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

function algorithm(name: string, rmse: number, changes: Partial<AlgorithmResult> = {}): AlgorithmResult {
  const metrics = { validation: { rmse }, test: { rmse: rmse * 1.01, mae: rmse * 0.8, r2: 0.5, mape: 0.1 } };
  return { name, metrics, seconds: 1.25, ...changes };
}

function trainDocument(changes: Partial<TrainDocument> = {}): TrainDocument {
  return {
    schemaVersion: 1,
    run: "houses-1",
    status: "completed",
    champion: "xgboost",
    task: "regression",
    target: "price",
    primaryMetric: "rmse",
    algorithms: [
      algorithm("baseline", 2),
      algorithm("xgboost", 1, {
        importance: [{ feature: "rooms", share: 1 }],
        history: { unit: "tree", steps: [1, 2, 3], series: { "validation.rmse": [3, 2, 1] } },
      }),
      algorithm("mlp", 0, { metrics: {}, error: "no backend" }),
      algorithm("hist-gradient", 1.5),
    ],
    metrics: { test: { rmse: 1.01 } },
    modelPath: "models/houses/1",
    modelSha256: "ab".repeat(32),
    rows: { train: 800, validation: 100, test: 100 },
    resumedFrom: null,
    seed: 42,
    stages: [{ name: "train", seconds: 61, peakRssBytes: 2.5e8 }],
    ...changes,
  };
}

describe("numbers", () => {
  it.each([
    [0, "0"],
    [0.21346, "0.2135"],
    [0.00012346, "0.0001235"],
    [0.0000012, "1.20e-6"],
    [12.3456, "12.346"],
    [123.456, "123.46"],
    [1234.56, "1,234.6"],
    [46_312.7, "46,313"],
    [-2_434_601, "-2,434,601"],
    [1e21, "1.00e+21"],
    [Number.NaN, "-"],
    [Number.POSITIVE_INFINITY, "inf"],
    [null, "-"],
    [undefined, "-"],
  ])("%s is %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it.each([
    [0.0004, "0 ms"],
    [0.9996, "1.0 s"],
    [59.94, "59.9 s"],
    [59.96, "1 min 00 s"],
    [3599.6, "1 h 00 min"],
    [90_000, "1 d 1 h"],
  ])("%s s is %s", (value, text) => expect(formatSeconds(value)).toBe(text));

  it("shares, sizes, ages", () => {
    expect([0, 0.0004, 0.123, 0.9999, 1].map(formatShare)).toEqual(["0 %", "< 0.1 %", "12.3 %", "100 %", "100 %"]);
    expect([0, 999, 999_600, 1.44e6, 2.3e12].map(formatBytes)).toEqual(["0 B", "999 B", "1.0 MB", "1.4 MB", "2.3 TB"]);
    expect([0.5, 59, 3600, 200_000].map(formatAge)).toEqual(["now", "59 s ago", "1 h ago", "2 d ago"]);
  });
});

describe("leaderboard", () => {
  it("ranks by the metric, champion first, those without a result last and why", () => {
    expect(rankedAlgorithms(trainDocument()).map(({ name }) => name)).toEqual([
      "xgboost",
      "hist-gradient",
      "baseline",
      "mlp",
    ]);
    const text = renderLeaderboard(trainDocument(), at(100));
    expect(text).toContain("★  xgboost");
    expect(text.split("\n").at(-1)).toBe("mlp: no backend");
  });

  it("knows which metrics are better when higher", () => {
    const scored = (name: string, auc: number) => algorithm(name, 0, { metrics: { validation: { auc } } });
    const algorithms = [scored("a", 0.7), scored("b", 0.9), scored("c", 0.8)];
    const document = trainDocument({ champion: null, primaryMetric: "auc", algorithms });
    expect(rankedAlgorithms(document).map(({ name }) => name)).toEqual(["b", "c", "a"]);
  });

  it("says so where nothing has finished", () => {
    expect(renderLeaderboard(trainDocument({ algorithms: [] }), at(100))).toBe("No algorithm has finished yet.");
  });
});

describe("width and signs", () => {
  it.each([160, 100, 80, 60])("a report keeps within %d columns", (width) => {
    const text = renderTrainReport(trainDocument({ modelSha256: null }), at(width));
    expect(widest(text)).toBeLessThanOrEqual(width);
    expect(text).toContain("xgboost");
  });

  it("leaves out the least telling columns first and keeps the ranking one", () => {
    const narrow = renderLeaderboard(trainDocument(), at(50));
    expect(narrow).toContain("valid. rmse");
    expect(narrow).not.toContain("mape");
  });

  it("is ASCII where it must be", () => {
    const confusion = {
      classes: ["no", "yes"],
      counts: [
        [9, 1],
        [0, 5],
      ],
    };
    expect(renderTrainReport(trainDocument({ confusion }), at(80, false))).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it("cuts a cell that is too long, also one of wide characters", () => {
    const columns = [{ title: "column" }, { title: "n", align: "right" as const }];
    const cut = renderTable(columns, [["x".repeat(200), "1"]], at(40));
    expect(cut).toContain("…");
    expect(widest(cut)).toBeLessThanOrEqual(40);
    expect(renderTable(columns, [["気温", "1"]], at(40)).split("\n")[2]).toBe("気温    1");
  });

  it("lets nothing of a file's text control the terminal", () => {
    expect(printable("\u001b[31mred\u001b]0;title\u0007\n\r\u009b2J\u202eevil")).toBe("red 2J evil");
    const rows = [{ name: "a\u001b[2Jb", kind: "numeric", note: "\u001b]0;x\u0007y" }];
    expect(renderSchema(rows, at(80))).not.toContain("\u001b");
  });
});

describe("summary and comparison", () => {
  it("says how much better than the baseline the champion is, on the test rows", () => {
    expect(renderSummary(trainDocument(), at(100))).toContain("50.0 % better than the baseline by rmse");
    expect(renderSummary(trainDocument({ champion: "baseline" }), at(100))).not.toContain("baseline by");
  });

  it("says where it was resumed", () => {
    const text = renderSummary(trainDocument({ resumedFrom: { stage: "train", step: 12 } }), at(100));
    expect(text).toMatch(/resumed +stage train, step 12/);
  });

  it("is text without colour and finite JSON, the same from a run that is not resumed", () => {
    const bad = algorithm("mlp", Number.NaN, { seconds: Number.POSITIVE_INFINITY });
    const { text, json } = comparisonReport(
      trainDocument({
        algorithms: [
          algorithm("xgboost", 1, {
            history: { unit: "tree", steps: [1, 2, 3], series: { "validation.rmse": [3, 2, 1] } },
          }),
          bad,
        ],
      }),
    );
    expect(text).not.toContain("\u001b");
    expect(text).toContain("xgboost: validation rmse (lowest 1 at tree 3)");
    expect(json).toEqual(JSON.parse(JSON.stringify(json)));
    expect(json).toMatchObject({
      champion: "xgboost",
      rankedBy: "rmse",
      algorithms: [{ place: 1, name: "xgboost" }, { seconds: null }],
    });
  });
});

describe("parts", () => {
  it("importance: the longest bar is the most important, the rest is one line", () => {
    const items = Array.from({ length: 12 }, (_, index) => ({ feature: `f${index}`, share: (12 - index) / 78 }));
    const lines = renderImportance(items, at(80)).split("\n");
    expect(lines).toHaveLength(11);
    expect(lines[0]).toContain("f0");
    expect(lines.at(-1)).toBe("and 2 more features with 3.8 % together");
  });

  it("confusion: a table with what was found, or the worst mistakes of many classes", () => {
    const text = renderConfusion(
      {
        classes: ["no", "yes"],
        counts: [
          [90, 10],
          [0, 0],
        ],
      },
      at(80),
    );
    expect(text).toMatch(/no +90 +10 +90\.0 %/);
    expect(text).toMatch(/yes +0 +0 +-/);
    const counts = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 20 }, (_, j) => (i === j ? 5 : i === 3 && j === 7 ? 4 : 0)),
    );
    const many = renderConfusion({ classes: counts.map((_, index) => `class${index}`), counts }, at(80));
    expect(many).toMatch(/class3 +class7 +4$/);
  });

  it("curves and sparklines of nothing, one value, equal values, values that are not finite", () => {
    const curve = (values: readonly number[], steps: readonly number[] = values.map((_, i) => i + 1)) =>
      renderCurve({ name: "loss", steps, values }, "batch", at(80));
    expect(curve([])).toBe("");
    expect(curve([1])).toBe("");
    expect(curve([1, 1, Number.NaN])).toContain("lowest 1 at batch 1");
    const thinned = curve([3, 2, 1, 2], [1, 100, 1200, 4002]);
    expect(thinned).toContain("lowest 1 at batch 1,200");
    expect(thinned).toMatch(/1 +4,002 batches$/);
    expect(renderSparkline([], 10, PLAIN_STYLE)).toBe("");
    expect(renderSparkline([2, 2, 2], 10, PLAIN_STYLE)).toBe("▁▁▁");
    expect(renderSparkline([0, 7, Number.POSITIVE_INFINITY, 3.5], 10, PLAIN_STYLE)).toBe("▁█▅");
    expect(
      renderSparkline(
        Array.from({ length: 1000 }, (_, index) => index),
        8,
        PLAIN_STYLE,
      ),
    ).toBe("▁▂▃▄▅▆▇█");
  });

  it("bars never leave their width", () => {
    for (const share of [-1, 0, 0.03, 0.5, 0.999, 1, 2, Number.NaN]) {
      expect(renderBar(share, 10, PLAIN_STYLE).length).toBeLessThanOrEqual(10);
      if (!Number.isNaN(share)) expect(renderProgressBar(share, 10, PLAIN_STYLE)).toHaveLength(10);
    }
  });

  it("schema: facts that no column has get no heading; what cannot be read says why", () => {
    const text = renderSchema(
      [
        { name: "a", kind: "numeric" },
        { name: "b", kind: "unreadable", note: "it is nested" },
      ],
      at(60),
    );
    expect(text.split("\n")[0]!.trim()).toBe("column  kind");
    expect(text.split("\n").at(-1)).toBe("b: it is nested");
  });
});
