import type { ParameterSpec, ParameterValues } from "../../core/index.ts";
import { adaptiveBatch } from "../neural/adaptive-batch.ts";
import { CLIP_NORM, learningParameters, learningSettings } from "../neural/learning-parameters.ts";
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
    ...learningParameters({
      epochs: `${epochs}, fewer for many rows`,
      mostRows,
      learningRate,
      learningRates: { low: learningRate / 5, high: learningRate * 5, log: true },
      weightDecay: 0.01,
      patience,
    }),
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
    CLIP_NORM,
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
  const adaptive = {
    epochs: Math.min(defaults.epochs, enough),
    batchSize: adaptiveBatch(rows, defaults.mostRows),
  };
  return {
    ...learningSettings(values, adaptive),
    units: values.units as number,
    dropout: values.dropout as number,
    tokenDropout: values.tokenDropout as number,
    balanced: values.classWeight === "balanced",
  };
}
