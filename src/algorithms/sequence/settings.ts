import { KaaykoError, type ParameterSpec, type ParameterValues, type Task } from "../../core/index.ts";
import { adaptiveBatch } from "../neural/adaptive-batch.ts";
import { ALLOW_DIFFERENT_DEVICE } from "../neural/device.ts";
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
  {
    name: "epochs",
    type: "integer",
    min: 1,
    max: 100_000,
    description: "Passes over the training rows at most (default: by their number, 10 to 60)",
  },
  {
    name: "batchSize",
    type: "integer",
    min: 1,
    max: 65_536,
    description: "Rows of one update (default: by the number of rows, 32 to 1024)",
  },
  {
    name: "learningRate",
    type: "number",
    min: 1e-8,
    max: 1,
    default: 0.002,
    search: { low: 0.0003, high: 0.01, log: true },
    description: "Highest learning rate of AdamW",
  },
  {
    name: "weightDecay",
    type: "number",
    min: 0,
    max: 1,
    default: 0.01,
    search: { low: 0.001, high: 1, log: true },
    description: "Decoupled weight decay of AdamW",
  },
  {
    name: "dropout",
    type: "number",
    min: 0,
    max: 0.9,
    default: 0.1,
    search: { low: 0, high: 0.4 },
    description: "Share of hidden values that is dropped while training",
  },
  {
    name: "clipNorm",
    type: "number",
    min: 1e-6,
    max: 1e6,
    default: 1,
    description: "Gradients longer than this, all together, are shortened to it",
  },
  {
    name: "gather",
    type: "integer",
    min: 1,
    max: 1024,
    default: 1,
    description: "Batches whose gradients make one update: large batches in the memory of small ones",
  },
  {
    name: "averaging",
    type: "number",
    min: 0,
    max: 0.99999,
    default: 0,
    description: "Decay of a moving mean of the weights, which the model then has, such as 0.999; 0 for none",
  },
  {
    name: "patience",
    type: "integer",
    min: 1,
    max: 100_000,
    default: 10,
    description: "Epochs without a better validation score before training stops",
  },
  ALLOW_DIFFERENT_DEVICE,
];

/** What a training is run with beside the form of its network; everything adaptive is decided. */
export interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly gather: number;
  readonly averaging: number;
  readonly patience: number;
  readonly allowDifferentDevice: boolean;
}

export function resolveSettings(values: ParameterValues, rows: number): Settings {
  return {
    epochs: typeof values.epochs === "number" ? values.epochs : adaptiveEpochs(rows),
    batchSize: typeof values.batchSize === "number" ? values.batchSize : adaptiveBatch(rows, MOST_ROWS),
    learningRate: values.learningRate as number,
    weightDecay: values.weightDecay as number,
    clipNorm: values.clipNorm as number,
    gather: values.gather as number,
    averaging: values.averaging as number,
    patience: values.patience as number,
    allowDifferentDevice: values.allowDifferentDevice === true,
  };
}

function adaptiveEpochs(rows: number): number {
  return Math.min(60, Math.max(10, Math.round(1_000_000 / Math.max(1, rows))));
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
