import type { Algorithm } from "../../core/index.ts";
import { refitEpochs } from "./refit-epochs.ts";
import { PARAMETERS } from "./settings.ts";

/**
 * A multi-layer perceptron for tables: standardised and piecewise-linear numbers, one-hot or embedded categories, ReLU layers,
 * AdamW with warm-up and a smooth fall of the learning rate, early stopping on the validation rows with the best weights kept.
 * Trains from batches on TensorFlow, wasm or cpu; predicts without any of them.
 */
export const mlp: Algorithm = {
  name: "mlp",
  title: "Neural network",
  description: "Multi-layer perceptron, trained from batches streamed from the data",
  tasks: ["regression", "binary", "multiclass"],
  input: "stream",
  parameters: PARAMETERS,
  refitParameters: refitEpochs,
  createTrainer: async (context) => (await import("./trainer.ts")).MlpTrainer.create(context),
  createPredictor: async (model, context) => (await import("./predictor.ts")).createPredictor(model, context),
};
