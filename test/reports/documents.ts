import type { BenchmarkEntry, BenchmarkKind } from "../../src/core/index.ts";
import { summariseClassification, summariseRegression } from "../../src/metrics/index.ts";
import type { TrainDocument } from "../../src/reports/index.ts";

const base = {
  schemaVersion: 1,
  run: "houses-1",
  status: "completed",
  champion: "xgboost",
  rankedBy: "validation",
  metrics: {},
  modelPath: "models/houses/1",
  modelSha256: "ab".repeat(32),
  rows: { train: 800, validation: 100, test: 100 },
  resumedFrom: null,
  seed: 42,
  stages: [
    { name: "load", seconds: 0.4, peakRssBytes: 2e8 },
    { name: "train", seconds: 61, peakRssBytes: 2.5e8 },
  ],
  dataFingerprint: "cd".repeat(32),
  environment: { node: "v20.0.0" },
} as const;

function benchmarkEntry(
  name: string,
  title: string,
  kind: BenchmarkKind,
  rmse: number | null,
  betterThanReference: number | null,
): BenchmarkEntry {
  const speeds = { trainSeconds: 1.5, rowsPerSecond: 1e5, millisecondsPerRow: 0.01, modelBytes: 1000 };
  return { name, title, kind, program: "kaayko", metrics: { rmse }, ...speeds, betterThanReference };
}

/** Texts with several labels. Pass hostile names to see what becomes of them. */
export function textDocument(name: (plain: string) => string = (plain) => plain): TrainDocument {
  const score = (label: string, support: number, f1: number | null) => ({
    label: name(label),
    threshold: 0.25,
    support,
    precision: f1,
    recall: 0.5,
    f1,
  });
  return {
    ...base,
    champion: "ensemble",
    task: "multilabel",
    target: name("moods"),
    primaryMetric: "macroF1",
    algorithms: [{ name: "ensemble", metrics: { validation: { macroF1: 0.5 }, test: { macroF1: 0.48 } }, seconds: 2 }],
    labels: [score("grief", 6, null), score("joy", 120, 0.75)],
    development: { rows: 100, of: 2000, seconds: 4, estimatedSeconds: 70, speedUp: 17.5 },
    explanation: {
      algorithm: "ensemble",
      role: "test",
      rows: 150,
      texts: {
        rows: 150,
        pairs: [{ first: name("joy"), second: name("love"), rows: 12, expected: 4.25, predicted: 7 }],
        errors: [
          {
            text: name("so <b>glad</b> 😀"),
            label: name("joy"),
            probability: 0.03,
            actual: [name("joy")],
            predicted: [name("anger")],
          },
        ],
      },
    },
  };
}

/** Regression with every part that a report can have. Pass hostile names to see what becomes of them. */
export function regressionDocument(name: (plain: string) => string = (plain) => plain): TrainDocument {
  const predicted = Float64Array.from({ length: 100 }, (_, i) => i);
  const actual = predicted.map((value, i) => value + ((i * 7) % 11) - 5);
  const steps = [1, 2, 3, 4];
  return {
    ...base,
    task: "regression",
    target: name("price"),
    primaryMetric: "rmse",
    algorithms: [
      {
        name: "xgboost",
        title: name("XGBoost"),
        metrics: { validation: { rmse: 1 }, test: { rmse: 1.25, mae: 0.8 } },
        seconds: 1.25,
        importance: [
          { feature: name("rooms"), share: 0.75 },
          { feature: name("sea"), share: 0.25 },
        ],
        importanceMeasure: "gain",
        history: {
          unit: "tree",
          steps,
          series: { "train.rmse": [4, 2, 1, 0.5], "validation.rmse": [4, 2.5, 1.5, 1.75] },
        },
      },
      { name: "baseline", metrics: { validation: { rmse: 2 }, test: { rmse: 2.5, mae: 2 } }, seconds: 0.01 },
      { name: "mlp", metrics: {}, seconds: 0, error: name("no backend") },
    ],
    columns: [
      { name: name("rooms"), kind: "numeric", missing: 0.25, distinct: 12, use: "numeric" },
      { name: name("price"), kind: "numeric", missing: 0, distinct: null, use: "target" },
    ],
    warnings: [name("careful")],
    benchmark: {
      schemaVersion: 1,
      role: "test",
      rows: 100,
      metric: "rmse",
      reference: "baseline",
      machine: { processor: name("processor"), cores: 2, threads: 2, memoryBytes: 8e9 },
      entries: [
        benchmarkEntry("xgboost", name("XGBoost"), "model", 1.25, 0.5),
        benchmarkEntry("baseline", name("Baseline"), "reference", 2.5, 0),
        { ...benchmarkEntry("peer.linear", name("Linear"), "peer", null, null), error: name("out of memory") },
      ],
      drawn: {
        axis: "time",
        series: name("road"),
        step: 1,
        x: [0, 300_000, 600_000],
        actual: [1, null, 3],
        lines: [
          { name: "xgboost", values: [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4] },
          { name: "baseline", values: [2, 2, 2] },
        ],
      },
    },
    explanation: {
      algorithm: "xgboost",
      role: "test",
      rows: 100,
      predictions: summariseRegression(predicted, actual),
      permutation: {
        metric: "rmse",
        baseline: 1.25,
        rows: 100,
        repeats: 3,
        features: [
          { feature: name("rooms"), mean: 0.5, std: 0.125 },
          { feature: name("sea"), mean: -0.0625, std: 0 },
        ],
      },
      partialDependence: [
        {
          feature: name("rooms"),
          kind: "numeric",
          rows: 100,
          values: [1, 2, 3],
          outputs: [{ label: null, mean: [10, 20, 40], low: [5, 10, 30], high: [15, 30, 50] }],
        },
        {
          feature: name("sea"),
          kind: "categorical",
          rows: 100,
          values: [name("near"), name("far")],
          outputs: [{ label: null, mean: [10, 20], low: [5, 10], high: [15, 30] }],
        },
      ],
    },
  };
}

/** As a recipe has it: bands, rules with their proof, held-out places, the best possible error. */
export function recipeDocument(name: (plain: string) => string = (plain) => plain): TrainDocument {
  const document = regressionDocument(name);
  const counts = [
    [30, 5, 0],
    [4, 40, 3],
    [1, 2, 15],
  ];
  const perClass = ["poor", "fair", "good"].map((band) => ({
    name: name(band),
    precision: 0.875,
    recall: 0.75,
    f1: null,
  }));
  const worstMistake = { actual: name("poor"), predicted: name("good"), count: 0, rate: 0 };
  const bands = { classes: perClass.map((band) => band.name), counts, accuracy: 0.85, perClass, worstMistake };
  const places = [
    ["Lake Tahoe", 39.1, -120.03],
    ["Lago Titicaca", -15.8, -69.4],
    ["Lake Victoria", -1, 33],
    ["Baikal", 53.5, 108.2],
    ["Taupo", -38.8, 175.9],
    ["Inari", 69, 27.9],
    ["Reykjavik", 64.1, -21.9],
    ["Cape Town", -33.9, 18.4],
    ["Tokyo", 35.7, 139.7],
  ].map(([place, latitude, longitude], i) => ({
    name: name(String(place)),
    country: name("somewhere"),
    continent: "a continent",
    latitude: Number(latitude),
    longitude: Number(longitude),
    metrics: { xgboost: { rmse: 1 + i / 10 }, baseline: { rmse: i === 1 ? 1 : 2 } },
    winner: i === 1 ? "baseline" : "xgboost",
    bestPossible: 0.9375,
  }));
  const proof = { algorithm: "xgboost", gridPoints: 1_000_000, testRows: 100, capped: { [name("storm")]: 7 } };
  return {
    ...document,
    algorithms: document.algorithms.map((algorithm) =>
      algorithm.name === "xgboost" ? { ...algorithm, bands } : algorithm,
    ),
    recipe: "paddle-safety",
    bestPossible: { title: "the rule without its noise", metrics: { rmse: 1.21875 }, championWithin: 0.02 },
    rules: {
      caps: [{ name: name("storm"), cap: 1.5, reason: name("Nobody paddles in a storm.") }],
      monotone: { [name("wind")]: -1 },
      proofs: [
        {
          ...proof,
          algorithm: "mlp",
          broken: { rule: name("storm"), where: "row 5 of the test rows", found: name("1.6 above 1.5") },
        },
        { ...proof, broken: null },
      ],
    },
    locations: {
      rows: 500,
      synthetic: true,
      places,
      winRate: { xgboost: 8 / 9, baseline: 1 / 9 },
      championAdvantage: { baseline: 0.375 },
    },
  };
}

/** Two or more classes, with every part that a report can have. */
export function classDocument(classes: readonly string[]): TrainDocument {
  const width = classes.length === 2 ? 1 : classes.length;
  const target = Float64Array.from({ length: 120 }, (_, row) => row % classes.length);
  const probabilities = Float64Array.from({ length: 120 * width }, (_, i) => {
    const [row, output] = [Math.floor(i / width), i % width];
    const right = width === 1 ? target[row] === 1 : target[row] === output;
    const sure = right ? 0.9 - (row % 7) / 10 : 0.1 + (row % 5) / 10;
    return width === 1 ? sure : sure / 2;
  });
  return {
    ...base,
    task: classes.length === 2 ? "binary" : "multiclass",
    target: "kind",
    primaryMetric: "logLoss",
    algorithms: [{ name: "xgboost", metrics: { test: { logLoss: 0.5, accuracy: 0.75 } }, seconds: 2 }],
    confusion: { classes, counts: classes.map((_, i) => classes.map((_, j) => (i === j ? 30 : 1))) },
    explanation: {
      algorithm: "xgboost",
      role: "test",
      rows: 120,
      predictions: summariseClassification({ classes, probabilities, target, weight: null }),
    },
  };
}
