import type { Algorithm, JsonObject, ParameterValues } from "../../core/index.ts";
import { PARAMETERS, type Sigmoid } from "./settings.ts";

/**
 * A support vector machine with a Gaussian kernel for tables of any length: the kernel is stood for by orthogonal random features,
 * hinge or epsilon-insensitive loss is lowered by averaged stochastic gradients, preconditioned by the second moment of the features
 * over a sample. Rows are streamed; several classes are told apart one against the rest; probabilities are Platt's, from held-out rows.
 */
export const svm: Algorithm = {
  name: "svm",
  title: "Support vector machine",
  description: "Gaussian kernel by random features, hinge or epsilon-insensitive loss, trained from batches",
  tasks: ["regression", "binary", "multiclass"],
  input: "stream",
  parameters: PARAMETERS,
  refitParameters,
  createTrainer: async (context) => (await import("./trainer.ts")).SvmTrainer.create(context),
  createPredictor: async (model, context) => (await import("./predictor.ts")).createPredictor(model, context),
};

/** The middle bandwidth, and probabilities as learnt on rows that the earlier models had not seen, on average. */
function refitParameters(models: readonly JsonObject[]): ParameterValues {
  const gammas = models.map((model) => model.gamma as number).sort((a, b) => a - b);
  const sigmoids = models.map((model) => (model.calibration as unknown as Sigmoid[]).flat());
  const mean = sigmoids[0]!.map((_, i) => sigmoids.reduce((sum, values) => sum + values[i]!, 0) / sigmoids.length);
  return {
    gamma: gammas[Math.floor(gammas.length / 2)]!,
    ...(mean.length === 0 ? {} : { calibration: mean.map(String) }),
  };
}
