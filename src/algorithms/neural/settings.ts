import { KaaykoError, type ParameterSpec, type ParameterValues } from "../../core/index.ts";
import { CLASS_WEIGHT_PARAMETER } from "../trees/boosting/class-weights.ts";
import { adaptiveBatch } from "./adaptive-batch.ts";
import { learningParameters, learningSettings, SMOOTHING } from "./learning-parameters.ts";
import type { LessonSettings } from "./lesson.ts";

/** Of a batch, where none is given. */
const MOST_ROWS = 2048;

export const PARAMETERS: readonly ParameterSpec[] = [
  {
    name: "hiddenLayers",
    type: "list",
    default: ["128", "64"],
    placeholder: "128,64",
    search: { choices: [["64"], ["128", "64"], ["256", "128"], ["128", "128", "64"]] },
    description: "Units of each hidden layer",
  },
  ...learningParameters({
    epochs: "by their number, 12 to 60",
    mostRows: MOST_ROWS,
    learningRate: 0.003,
    learningRates: { low: 0.0003, high: 0.02, log: true },
    weightDecay: 0.5,
    weightDecays: { low: 0.01, high: 1, log: true },
    patience: 16,
  }),
  ...SMOOTHING,
  {
    name: "stepsPerCall",
    type: "integer",
    min: 1,
    max: 64,
    description: "Batches that are trained in one call of the backend (default: by their size, 1 to 8)",
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
];

/** What a training is run with; everything adaptive is decided. */
export interface Settings extends Omit<LessonSettings, "stepsPerCall"> {
  /** Null where the size of the batches decides. */
  readonly stepsPerCall: number | null;
  readonly hidden: readonly number[];
  readonly pieces: number;
  readonly oneHotLimit: number;
}

const MAX_UNITS = 8192;
const MAX_LAYERS = 16;

export function resolveSettings(values: ParameterValues, rows: number): Settings {
  return {
    ...learningSettings(values, { epochs: adaptiveEpochs(rows), batchSize: adaptiveBatch(rows, MOST_ROWS) }),
    stepsPerCall: typeof values.stepsPerCall === "number" ? values.stepsPerCall : null,
    hidden: parseHidden(values.hiddenLayers),
    pieces: values.pieces as number,
    oneHotLimit: values.oneHotLimit as number,
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
