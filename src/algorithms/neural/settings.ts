import { KaaykoError, type ParameterSpec, type ParameterValues } from "../../core/index.ts";
import { CLASS_WEIGHT_PARAMETER } from "../trees/class-weights.ts";
import { adaptiveBatch } from "./adaptive-batch.ts";
import { ALLOW_DIFFERENT_DEVICE } from "./device.ts";

export const PARAMETERS: readonly ParameterSpec[] = [
  {
    name: "hiddenLayers",
    type: "list",
    default: ["128", "64"],
    placeholder: "128,64",
    search: { choices: [["64"], ["128", "64"], ["256", "128"], ["128", "128", "64"]] },
    description: "Units of each hidden layer",
  },
  {
    name: "epochs",
    type: "integer",
    min: 1,
    max: 100_000,
    description: "Passes over the training rows at most (default: by their number, 12 to 60)",
  },
  {
    name: "batchSize",
    type: "integer",
    min: 1,
    max: 65_536,
    description: "Rows of one update (default: by the number of rows, 32 to 2048)",
  },
  {
    name: "learningRate",
    type: "number",
    min: 1e-8,
    max: 1,
    default: 0.003,
    search: { low: 0.0003, high: 0.02, log: true },
    description: "Highest learning rate of AdamW",
  },
  {
    name: "weightDecay",
    type: "number",
    min: 0,
    max: 1,
    default: 0.5,
    search: { low: 0.01, high: 1, log: true },
    description: "Decoupled weight decay of AdamW",
  },
  {
    name: "patience",
    type: "integer",
    min: 1,
    max: 100_000,
    default: 16,
    description: "Epochs without a better validation score before training stops",
  },
  {
    name: "pieces",
    type: "integer",
    min: 0,
    max: 256,
    default: 8,
    search: { choices: [0, 4, 8, 16] },
    description: "Pieces of the piecewise-linear encoding of each number; 0 leaves numbers standardised only",
  },
  {
    name: "oneHotLimit",
    type: "integer",
    min: 1,
    max: 1024,
    default: 12,
    description: "Features with more categories than this get learned vectors instead of one input a category",
  },
  CLASS_WEIGHT_PARAMETER,
  ALLOW_DIFFERENT_DEVICE,
];

/** What a training is run with; everything adaptive is decided. */
export interface Settings {
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly patience: number;
  readonly pieces: number;
  readonly oneHotLimit: number;
  readonly allowDifferentDevice: boolean;
}

const MAX_UNITS = 8192;
/** Of a batch, where none is given. */
const MOST_ROWS = 2048;
const MAX_LAYERS = 16;

export function resolveSettings(values: ParameterValues, rows: number): Settings {
  const batchSize = typeof values.batchSize === "number" ? values.batchSize : adaptiveBatch(rows, MOST_ROWS);
  return {
    hidden: parseHidden(values.hiddenLayers),
    epochs: typeof values.epochs === "number" ? values.epochs : adaptiveEpochs(rows),
    batchSize,
    learningRate: values.learningRate as number,
    weightDecay: values.weightDecay as number,
    patience: values.patience as number,
    pieces: values.pieces as number,
    oneHotLimit: values.oneHotLimit as number,
    allowDifferentDevice: values.allowDifferentDevice === true,
  };
}

/** Small tables need many passes to be learnt at all, large ones say the same thing often enough in a few. */
function adaptiveEpochs(rows: number): number {
  return Math.min(60, Math.max(12, Math.round(2_000_000 / Math.max(1, rows))));
}

function parseHidden(value: unknown): number[] {
  const items = Array.isArray(value) ? value : [];
  const hidden = items.map(Number);
  if (hidden.length > MAX_LAYERS || hidden.some((units) => !Number.isInteger(units) || units < 1 || units > MAX_UNITS))
    throw new KaaykoError({
      action: "set mlp.hiddenLayers",
      rule: `it must be at most ${MAX_LAYERS} numbers of units from 1 to ${MAX_UNITS}, such as 128,64`,
      got: items.join(","),
      kind: "usage",
    });
  return hidden;
}
