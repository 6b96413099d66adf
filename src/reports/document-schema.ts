import { z } from "zod";

const text = z.string();
const number = z.number();
const count = number.min(0);
const maybe = number.nullable();
const numbers = z.array(number);
const metricSet = z.record(text, maybe);

const histogram = z.object({ low: number, high: number, counts: z.array(count).min(1).max(1000) });
const bin = z.object({ rows: count, predicted: number, actual: number });
const bins = number.int().min(1).max(200);

const regression = z.object({
  kind: z.literal("regression"),
  density: z.object({
    low: number,
    high: number,
    bins,
    cells: z.array(z.tuple([count, count, count])),
    outside: count,
  }),
  residuals: histogram,
  groups: z.array(bin.extend({ residuals: numbers.length(5) })).min(1),
});

const classification = z.object({
  kind: z.literal("classification"),
  reliability: z.array(bin),
  calibrationError: number,
  separation: z.array(histogram).length(2).nullable(),
  curves: z.array(
    z.object({
      label: text,
      share: number,
      auc: maybe,
      averagePrecision: maybe,
      falsePositiveRate: numbers,
      truePositiveRate: numbers,
      recall: numbers,
      precision: numbers,
    }),
  ),
});

const dependence = z
  .object({
    feature: text,
    kind: z.enum(["numeric", "categorical"]),
    rows: count,
    values: z.array(z.union([number, text])).min(1),
    outputs: z.array(z.object({ label: text.nullable(), mean: numbers, low: numbers, high: numbers })).min(1),
  })
  .refine(({ kind, values }) => values.every((value) => typeof value === (kind === "numeric" ? "number" : "string")))
  .refine(({ values, outputs }) =>
    outputs.every(({ mean, low, high }) => [mean, low, high].every(({ length }) => length === values.length)),
  );

const explanation = z.object({
  algorithm: text,
  role: text,
  rows: count,
  predictions: z.discriminatedUnion("kind", [regression, classification]).optional(),
  permutation: z
    .object({
      metric: text,
      baseline: number,
      rows: count,
      repeats: count,
      features: z.array(z.object({ feature: text, mean: number, std: number })),
    })
    .optional(),
  partialDependence: z.array(dependence).optional(),
  texts: z
    .object({
      rows: count,
      pairs: z
        .array(z.object({ first: text, second: text, rows: count, expected: number, predicted: count }))
        .optional(),
      errors: z.array(
        z.object({
          text,
          label: text,
          probability: number,
          actual: z.array(text),
          predicted: z.array(text),
        }),
      ),
    })
    .optional(),
});

const labels = z.array(
  z.looseObject({ label: text, threshold: number, support: number, precision: maybe, recall: maybe, f1: maybe }),
);

const confusion = z
  .looseObject({ classes: z.array(text), counts: z.array(z.array(number)) })
  .refine(({ classes, counts }) => [counts, ...counts].every(({ length }) => length === classes.length));

const history = z
  .object({ unit: text, steps: numbers, series: z.record(text, z.array(maybe)) })
  .refine(({ steps, series }) => Object.values(series).every(({ length }) => length === steps.length));

const bands = z
  .looseObject({
    classes: z.array(text),
    counts: z.array(z.array(number)),
    accuracy: maybe,
    perClass: z.array(z.object({ name: text, precision: maybe, recall: maybe, f1: maybe })),
    worstMistake: z.object({ actual: text, predicted: text, count: number, rate: maybe }),
  })
  .refine(({ classes, counts }) => [counts, ...counts].every(({ length }) => length === classes.length));

const algorithm = z.looseObject({
  name: text,
  title: text.optional(),
  metrics: z.looseObject({ validation: metricSet.optional(), test: metricSet.optional() }),
  seconds: count,
  error: text.optional(),
  importance: z.array(z.object({ feature: text, share: number })).optional(),
  importanceMeasure: text.optional(),
  history: history.optional(),
  crossValidation: z
    .object({ folds: count, metrics: z.record(text, z.object({ mean: maybe, std: maybe })) })
    .optional(),
  bands: bands.optional(),
  steps: z.array(z.looseObject({ step: count, rmse: maybe, mae: maybe, mape: maybe })).optional(),
});

const rules = z.looseObject({
  caps: z.array(z.object({ name: text, cap: number, reason: text })),
  monotone: z.record(text, z.union([z.literal(-1), z.literal(1)])),
  proofs: z.array(
    z.object({
      algorithm: text,
      gridPoints: count,
      testRows: count,
      broken: z.object({ rule: text, where: text, found: text }).nullable(),
      capped: z.record(text, number),
    }),
  ),
});

const locations = z.looseObject({
  rows: count,
  synthetic: z.boolean(),
  places: z.array(
    z.looseObject({
      name: text,
      country: text,
      continent: text,
      latitude: number.min(-90).max(90),
      longitude: number.min(-180).max(180),
      metrics: z.record(text, metricSet),
      winner: text.nullable(),
      bestPossible: maybe,
    }),
  ),
  winRate: z.record(text, maybe),
  championAdvantage: z.record(text, maybe),
});

const benchmark = z.looseObject({
  schemaVersion: z.literal(1),
  role: text,
  rows: count,
  metric: text,
  reference: text.nullable(),
  machine: z.object({ processor: text, cores: count, threads: count, memoryBytes: count }),
  entries: z.array(
    z.looseObject({
      name: text,
      title: text,
      kind: z.enum(["model", "reference", "peer"]),
      program: text,
      metrics: metricSet,
      trainSeconds: maybe,
      rowsPerSecond: maybe,
      millisecondsPerRow: maybe,
      modelBytes: maybe,
      betterThanReference: maybe,
      error: text.optional(),
    }),
  ),
  drawn: z
    .object({
      axis: z.enum(["time", "step", "row"]),
      series: text.nullable(),
      step: count,
      // Times that a date can hold.
      x: z.array(number.min(-8.64e15).max(8.64e15)).max(10_000),
      actual: z.array(maybe),
      lines: z.array(z.object({ name: text, values: numbers, low: numbers.optional(), high: numbers.optional() })),
    })
    .refine(({ x, actual, lines }) =>
      [actual, ...lines.flatMap(({ values, low = x, high = x }) => [values, low, high])].every(
        ({ length }) => length === x.length,
      ),
    )
    .nullable(),
});

/** The shape of a stored document, as far as reports rely on it; other fields are let through. */
export const trainDocumentSchema = z.looseObject({
  schemaVersion: z.literal(1),
  run: text,
  status: z.enum(["completed", "interrupted", "failed"]),
  champion: text.nullable(),
  algorithms: z.array(algorithm),
  modelPath: text.nullable(),
  modelSha256: text.nullable(),
  rows: z.object({ train: count.optional(), validation: count.optional(), test: count.optional() }),
  seed: number,
  stages: z.array(z.object({ name: text, seconds: count, peakRssBytes: count })),
  task: text.nullable().optional(),
  target: text.nullable().optional(),
  primaryMetric: text.nullable().optional(),
  rankedBy: text.nullable().optional(),
  confusion: confusion.optional(),
  explanation: explanation.optional(),
  labels: labels.optional(),
  development: z.object({ rows: count, of: count, seconds: count, estimatedSeconds: count, speedUp: count }).optional(),
  columns: z.array(z.object({ name: text, kind: text, missing: number, distinct: maybe, use: text })).optional(),
  dataFingerprint: text.optional(),
  environment: z.record(text, z.json()).optional(),
  rules: rules.optional(),
  locations: locations.optional(),
  benchmark: benchmark.optional(),
  bestPossible: z.looseObject({ title: text, metrics: metricSet, championWithin: maybe }).optional(),
  gate: z.object({ rule: text, metric: text, value: maybe, passed: z.boolean() }).optional(),
  warnings: z.array(text).optional(),
});
