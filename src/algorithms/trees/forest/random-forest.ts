import type { Algorithm, ModelContent, PredictorContext, TrainerContext } from "../../../core/index.ts";
import { FOREST_PARAMETERS, forestOptions } from "./forest-options.ts";
import { createForestPredictor } from "./forest-predictor.ts";
import { createForestTrainer } from "./forest-trainer.ts";

/** A random forest (Breiman, 2001) over binned features, judged by the rows that its trees were not grown from. */
export const randomForest: Algorithm = {
  name: "random-forest",
  title: "Random forest",
  description: "Deep trees grown independently from samples of the rows, averaged",
  tasks: ["regression", "binary", "multiclass"],
  input: "memory",
  parameters: FOREST_PARAMETERS,
  // Held-out rows decide nothing here, so the last fit has the same settings and more rows.
  refitParameters: () => ({}),
  createTrainer: async (context: TrainerContext) =>
    createForestTrainer("random-forest", context, forestOptions(context.parameters, context.dataset)),
  createPredictor: (model: ModelContent, context: PredictorContext) => createForestPredictor(model, context),
};
