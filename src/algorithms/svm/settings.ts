import { KaaykoError, type ParameterSpec, type ParameterValues } from "../../core/index.ts";

export const PARAMETERS: readonly ParameterSpec[] = [
  {
    name: "cost",
    type: "number",
    min: 1e-6,
    max: 1e9,
    default: 10,
    search: { low: 0.3, high: 100, log: true },
    description: "How much an error weighs against the margin's width; lower regularises more (C of libsvm)",
  },
  {
    name: "gamma",
    type: "number",
    min: 1e-12,
    max: 1e12,
    description:
      "Of the kernel exp(-gamma · squared distance) over standardised features (default: tried on a sample, around the median distance)",
  },
  {
    name: "components",
    type: "integer",
    min: 16,
    max: 8192,
    description: "Random Fourier features that stand for the kernel (default: by the number of rows, 64 to 1024)",
  },
  {
    name: "loss",
    type: "choice",
    choices: ["linear", "squared"],
    default: "linear",
    search: { choices: ["linear", "squared"] },
    description: "linear: hinge, or epsilon-insensitive; squared: their squares, going on straight from a slope of 2",
  },
  {
    name: "epsilon",
    type: "number",
    min: 0,
    max: 10,
    default: 0.05,
    search: { low: 0.005, high: 0.3, log: true },
    description: "Regression: errors up to this share of the target's deviation cost nothing",
  },
  {
    name: "epochs",
    type: "integer",
    min: 1,
    max: 100_000,
    description: "Passes over the training rows (default: by their number, 2 to 80)",
  },
  {
    name: "batchSize",
    type: "integer",
    min: 1,
    max: 65_536,
    description: "Rows of one update (default: by the number of rows, 16 to 512)",
  },
  {
    name: "oneHotLimit",
    type: "integer",
    min: 1,
    max: 1024,
    default: 64,
    description: "Features with more categories than this get a random vector a category instead of one input each",
  },
  {
    name: "calibration",
    type: "list",
    placeholder: "slope,intercept,…",
    description: "Slope and intercept of each class's probability (default: learnt on held-out rows)",
  },
];

/** Slope and intercept of a sigmoid over scores. */
export type Sigmoid = readonly [slope: number, intercept: number];

/** What a training is run with; everything that only the number of rows decides is decided. */
export interface Settings {
  readonly cost: number;
  /** Null where a sample of the rows decides. */
  readonly gamma: number | null;
  /** Pairs of a sine and a cosine. */
  readonly pairs: number;
  readonly loss: "linear" | "squared";
  readonly epsilon: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly oneHotLimit: number;
  /** By score; null where held-out rows decide. */
  readonly calibration: readonly Sigmoid[] | null;
}

/** @param outputs scores of a row */
export function resolveSettings(values: ParameterValues, rows: number, outputs: number): Settings {
  const given = (name: string): number | null => (typeof values[name] === "number" ? values[name] : null);
  return {
    cost: values.cost as number,
    gamma: given("gamma"),
    pairs: Math.ceil((given("components") ?? powerOfTwo(2 * rows, 64, 1024)) / 16) * 8,
    loss: values.loss as Settings["loss"],
    epsilon: values.epsilon as number,
    epochs: given("epochs") ?? Math.min(80, Math.max(2, Math.round(400_000 / Math.max(1, rows)))),
    batchSize: given("batchSize") ?? powerOfTwo(rows / 16, 16, 512),
    oneHotLimit: values.oneHotLimit as number,
    calibration: parseCalibration(values.calibration, outputs),
  };
}

/** The power of two under a number, within bounds. */
function powerOfTwo(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** (31 - Math.clz32(value))));
}

function parseCalibration(value: unknown, outputs: number): Sigmoid[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const numbers = value.map(Number);
  if (numbers.length !== 2 * outputs || !numbers.every(Number.isFinite))
    throw new KaaykoError({
      action: "set svm.calibration",
      rule: `it must be ${2 * outputs} numbers, a slope and an intercept for each of ${outputs} scores`,
      got: value.join(","),
      kind: "usage",
    });
  return Array.from({ length: outputs }, (_, k) => [numbers[2 * k]!, numbers[2 * k + 1]!]);
}
