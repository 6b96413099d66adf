import { KaaykoError, type ParameterSpec, type ParameterValues, type Task } from "../../core/index.ts";
import { adaptiveBatch } from "../neural/adaptive-batch.ts";
import { CLIP_NORM, learningParameters, learningSettings, SMOOTHING } from "../neural/learning-parameters.ts";
import type { LessonSettings } from "../neural/lesson.ts";
import { extrasWidth, inputWidth, type SequenceEncoding } from "./encoding.ts";
import type { SequenceNetwork } from "./network.ts";
import type { SequencePlan } from "./plan.ts";

/** Of a batch, where none is given. */
const MOST_ROWS = 1024;

/** What the models of this folder differ in. */
export interface ModelOptions {
  readonly heads: boolean;
  readonly taps: boolean;
  /** Layers where none are given, by the steps of the window and the taps. Default 1. */
  readonly defaultLayers: (steps: number, taps: number) => number;
}

/** A network for sequences, as it is named and set up. */
export interface SequenceModel extends ModelOptions {
  readonly name: string;
  readonly network: SequenceNetwork;
}

const HEADS: ParameterSpec = {
  name: "heads",
  type: "integer",
  min: 1,
  max: 64,
  default: 4,
  description: "Heads of the attention; units must be a multiple of them",
};
const TAPS: ParameterSpec = {
  name: "taps",
  type: "integer",
  min: 2,
  max: 64,
  default: 3,
  description: "Steps that one convolution reads",
};

export function parametersOf({ heads, taps }: ModelOptions): ParameterSpec[] {
  return [...SHARED, ...(heads ? [HEADS] : []), ...(taps ? [TAPS] : [])];
}

const SHARED: readonly ParameterSpec[] = [
  {
    name: "units",
    type: "integer",
    min: 1,
    max: 4096,
    default: 64,
    search: { choices: [32, 64, 128] },
    description: "Width of the hidden states",
  },
  {
    name: "layers",
    type: "integer",
    min: 1,
    max: 32,
    description: "Layers, one upon another (default: 1, temporal convolution: as many as see the whole window)",
  },
  ...learningParameters({
    epochs: "by their number, 4 to 60",
    mostRows: MOST_ROWS,
    learningRate: 0.002,
    learningRates: { low: 0.0003, high: 0.01, log: true },
    weightDecay: 0.01,
    weightDecays: { low: 0.001, high: 1, log: true },
    patience: 10,
  }),
  {
    name: "dropout",
    type: "number",
    min: 0,
    max: 0.9,
    default: 0.1,
    search: { low: 0, high: 0.4 },
    description: "Share of hidden values that is dropped while training",
  },
  CLIP_NORM,
  ...SMOOTHING,
];

/** What a training is run with beside the form of its network; everything adaptive is decided. */
export function resolveSettings(values: ParameterValues, rows: number): LessonSettings {
  return learningSettings(values, { epochs: adaptiveEpochs(rows), batchSize: adaptiveBatch(rows, MOST_ROWS) });
}

/** Passes that make a million windows, 10 to 60; of more than 200,000 windows as many as make two millions. */
function adaptiveEpochs(rows: number): number {
  const usual = Math.round(1_000_000 / Math.max(1, rows));
  const doubled = Math.round(2_000_000 / Math.max(1, rows));
  return Math.min(60, Math.max(1, usual, Math.min(10, doubled)));
}

/**
 * The form of the network.
 *
 * @throws KaaykoError (usage) where heads do not divide the units
 */
export function planSequence(
  name: string,
  { defaultLayers }: ModelOptions,
  values: ParameterValues,
  encoding: SequenceEncoding,
  { horizon = 1, quantiles = [] }: Task,
): SequencePlan {
  const units = values.units as number;
  const heads = typeof values.heads === "number" ? values.heads : 1;
  const taps = typeof values.taps === "number" ? values.taps : 2;
  if (units % heads !== 0)
    throw new KaaykoError({
      action: `set ${name}.heads`,
      rule: `units (${units}) must be a multiple of it`,
      got: `${heads}`,
      kind: "usage",
    });
  return {
    steps: encoding.steps,
    inputs: inputWidth(encoding),
    extras: extrasWidth(encoding),
    horizon,
    quantiles,
    units,
    layers: typeof values.layers === "number" ? values.layers : defaultLayers(encoding.steps, taps),
    heads,
    taps,
    dropout: values.dropout as number,
  };
}
