import type { Algorithm } from "../../core/index.ts";
import { refitEpochs } from "../neural/refit-epochs.ts";
import { type TextDefaults, textParameters } from "./settings.ts";

const DEFAULTS: TextDefaults = {
  units: 64,
  learningRate: 0.005,
  dropout: 0.3,
  epochs: 10,
  patience: 3,
  mostRows: 128,
  rowsSeen: 180_000,
};

/** A vector for each frequent word and run of characters; their weighted sum through one hidden layer gives the labels. */
export const textMlp: Algorithm = {
  name: "text-mlp",
  title: "Network over words",
  description: "Learned vectors of words and characters, summed, and one hidden layer",
  tasks: ["binary", "multiclass", "multilabel"],
  input: "memory",
  parts: ["sparse"],
  onRequest: true,
  parameters: textParameters(DEFAULTS),
  refitParameters: refitEpochs,
  createTrainer: async (context) => {
    const [{ EpochTrainer }, { bagLesson }] = await Promise.all([
      import("../neural/epoch-trainer.ts"),
      import("./bag-lesson.ts"),
    ]);
    return new EpochTrainer(await bagLesson("text-mlp", DEFAULTS, context), context);
  },
  createPredictor: async (content, { task }) =>
    (await import("./bag-predictor.ts")).createBagPredictor("text-mlp", content, task),
};
