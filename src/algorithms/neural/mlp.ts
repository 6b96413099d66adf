import type { Algorithm, JsonObject, ParameterValues } from "../../core/index.ts";
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

/** The middle of the epochs after which models with held-out rows were best. */
function refitEpochs(models: readonly JsonObject[]): ParameterValues {
  const epochs = models.map((model) => model.epochs as number).sort((a, b) => a - b);
  return { epochs: Math.max(1, epochs[Math.floor(epochs.length / 2)]!) };
}
