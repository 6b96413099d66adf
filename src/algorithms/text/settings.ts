import type { ParameterSpec, ParameterValues } from "../../core/index.ts";
import { adaptiveBatch } from "../neural/adaptive-batch.ts";
import { ALLOW_DIFFERENT_DEVICE } from "../neural/device.ts";
import type { LessonSettings } from "../neural/lesson.ts";

/** Where the networks for texts differ. */
export interface TextDefaults {
  readonly units: number;
  readonly learningRate: number;
  readonly dropout: number;
  readonly epochs: number;
  readonly patience: number;
  readonly mostRows: number;
  /** Rows that all epochs see together, where there are many: fewer epochs then, but at least `LEAST_EPOCHS`. */
  readonly rowsSeen: number;
}

const LEAST_EPOCHS = 3;

export function textParameters({
  units,
  learningRate,
  dropout,
  epochs,
  patience,
  mostRows,
}: TextDefaults): ParameterSpec[] {
  return [
    { name: "units", type: "integer", min: 1, max: 4096, default: units, description: "Width of the hidden vectors" },
    {
      name: "epochs",
      type: "integer",
      min: 1,
      max: 100_000,
      description: `Passes over the training rows at most (default: ${epochs}, fewer for many rows)`,
    },
    {
      name: "batchSize",
      type: "integer",
      min: 1,
      max: 65_536,
      description: `Rows of one update (default: by the number of rows, 32 to ${mostRows})`,
    },
    {
      name: "learningRate",
      type: "number",
      min: 1e-8,
      max: 1,
      default: learningRate,
      search: { low: learningRate / 5, high: learningRate * 5, log: true },
      description: "Highest learning rate of AdamW",
    },
    {
      name: "weightDecay",
      type: "number",
      min: 0,
      max: 1,
      default: 0.01,
      description: "Decoupled weight decay of AdamW",
    },
    {
      name: "dropout",
      type: "number",
      min: 0,
      max: 0.9,
      default: dropout,
      search: { low: 0, high: 0.6 },
      description: "Share of hidden values that is dropped while training",
    },
    {
      name: "tokenDropout",
      type: "number",
      min: 0,
      max: 0.9,
      default: 0.1,
      search: { low: 0, high: 0.4 },
      description: "Share of a text's pieces that is hidden in each update",
    },
    {
      name: "classWeight",
      type: "choice",
      choices: ["none", "balanced"],
      default: "none",
      description: "balanced: the rows of a label weigh as much as all others",
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
      name: "patience",
      type: "integer",
      min: 1,
      max: 100_000,
      default: patience,
      description: "Epochs without a better validation score before training stops",
    },
    ALLOW_DIFFERENT_DEVICE,
  ];
}

/** Settings of a training; everything adaptive is decided. */
export interface TextSettings extends LessonSettings {
  readonly units: number;
  readonly dropout: number;
  readonly tokenDropout: number;
  readonly balanced: boolean;
}

/** @param cost of a row, times that of a usual one: long texts are seen less often */
export function textSettings(values: ParameterValues, defaults: TextDefaults, rows: number, cost = 1): TextSettings {
  const enough = Math.max(LEAST_EPOCHS, Math.round(defaults.rowsSeen / Math.max(1, rows * cost)));
  return {
    units: values.units as number,
    epochs: typeof values.epochs === "number" ? values.epochs : Math.min(defaults.epochs, enough),
    batchSize: typeof values.batchSize === "number" ? values.batchSize : adaptiveBatch(rows, defaults.mostRows),
    learningRate: values.learningRate as number,
    weightDecay: values.weightDecay as number,
    dropout: values.dropout as number,
    tokenDropout: values.tokenDropout as number,
    balanced: values.classWeight === "balanced",
    clipNorm: values.clipNorm as number,
    patience: values.patience as number,
    allowDifferentDevice: values.allowDifferentDevice === true,
  };
}
