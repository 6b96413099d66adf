import type { Algorithm, JsonObject, ParameterValues, Predictor } from "../../core/index.ts";
import { designMatrix } from "./design.ts";
import { marginsOf, toProbabilities } from "./margins.ts";
import { readModel } from "./model.ts";
import { type Calibration, LINEAR_PARAMETERS } from "./parameters.ts";
import { problemCount } from "./problems.ts";
import { createLinearTrainer } from "./trainer.ts";

/** Hyperplanes over the words and characters of texts (Fan et al., "LIBLINEAR", JMLR 2008), beside the other features. */
export const textLinear: Algorithm = {
  name: "text-linear",
  title: "Linear model of words",
  description:
    "One hyperplane a label over words, characters and the other features; the strongest simple model of texts",
  tasks: ["binary", "multiclass", "multilabel"],
  input: "memory",
  parts: ["sparse"],
  parameters: LINEAR_PARAMETERS,
  refitParameters: refitCalibration,
  createTrainer: (context) => createLinearTrainer("text-linear", context),
  createPredictor: async (content, { task }): Promise<Predictor> => {
    const { design, planes, calibration } = readModel(content, problemCount(task));
    return {
      predict: async (table) => {
        const outputs = marginsOf(designMatrix(design, table, null), planes);
        toProbabilities(outputs, planes.intercepts.length, task, calibration);
        return outputs;
      },
      importance: () => null,
      dispose: async () => {},
    };
  },
};

/** A last fit without held-out rows is calibrated as the models with held-out rows were, on average. */
function refitCalibration(models: readonly JsonObject[]): ParameterValues {
  const found = models.map(({ calibration }) => calibration as unknown as Calibration);
  const mean = (of: (calibration: Calibration) => number) =>
    found.reduce((sum, calibration) => sum + of(calibration), 0) / found.length;
  return {
    calibrationSlope: mean(({ slope }) => slope),
    calibrationIntercept: mean(({ intercept }) => intercept),
  };
}
