import type { ParameterSpec, ParameterValues } from "../../core/index.ts";
import { ALLOW_DIFFERENT_DEVICE } from "./device.ts";
import type { LessonSettings } from "./lesson.ts";

type Search = NonNullable<ParameterSpec["search"]>;

/** How a network is taught, whatever it learns: where algorithms differ. */
export interface LearningDefaults {
  /** Of `epochs`: what decides them where none are given. */
  readonly epochs: string;
  /** Rows of a batch, where none are given. */
  readonly mostRows: number;
  readonly learningRate: number;
  readonly learningRates: Search;
  readonly weightDecay: number;
  /** Default it is not searched. */
  readonly weightDecays?: Search;
  readonly patience: number;
}

/** Passes, batches and the optimiser's rates. */
export function learningParameters(defaults: LearningDefaults): ParameterSpec[] {
  return [
    {
      name: "epochs",
      type: "integer",
      min: 1,
      max: 100_000,
      description: `Passes over the training rows at most (default: ${defaults.epochs})`,
    },
    {
      name: "batchSize",
      type: "integer",
      min: 1,
      max: 65_536,
      description: `Rows of one update (default: by the number of rows, 32 to ${defaults.mostRows})`,
    },
    {
      name: "learningRate",
      type: "number",
      min: 1e-8,
      max: 1,
      default: defaults.learningRate,
      search: defaults.learningRates,
      description: "Highest learning rate of AdamW",
    },
    {
      name: "weightDecay",
      type: "number",
      min: 0,
      max: 1,
      default: defaults.weightDecay,
      ...(defaults.weightDecays === undefined ? {} : { search: defaults.weightDecays }),
      description: "Decoupled weight decay of AdamW",
    },
    {
      name: "patience",
      type: "integer",
      min: 1,
      max: 100_000,
      default: defaults.patience,
      description: "Epochs without a better validation score before training stops",
    },
    ALLOW_DIFFERENT_DEVICE,
  ];
}

export const CLIP_NORM: ParameterSpec = {
  name: "clipNorm",
  type: "number",
  min: 1e-6,
  max: 1e6,
  default: 1,
  description: "Gradients longer than this, all together, are shortened to it",
};
/** Gradients of several batches, and means of weights. */
export const SMOOTHING: readonly ParameterSpec[] = [
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
];

/** The settings of a lesson. @param adaptive what is decided by the rows where it is not given */
export function learningSettings(
  values: ParameterValues,
  adaptive: { readonly epochs: number; readonly batchSize: number },
): LessonSettings {
  return {
    epochs: typeof values.epochs === "number" ? values.epochs : adaptive.epochs,
    batchSize: typeof values.batchSize === "number" ? values.batchSize : adaptive.batchSize,
    learningRate: values.learningRate as number,
    weightDecay: values.weightDecay as number,
    clipNorm: typeof values.clipNorm === "number" ? values.clipNorm : null,
    gather: typeof values.gather === "number" ? values.gather : 1,
    averaging: typeof values.averaging === "number" ? values.averaging : 0,
    patience: values.patience as number,
    allowDifferentDevice: values.allowDifferentDevice === true,
  };
}
