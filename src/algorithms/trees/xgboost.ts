import type { Algorithm, ModelContent, PredictorContext, TrainerContext } from "../../core/index.ts";
import { boostingOptions, boostingParameters } from "./boosting/boosting-parameters.ts";
import { createBoostingTrainer } from "./boosting/create-boosting-trainer.ts";
import { refitRounds } from "./boosting/refit-rounds.ts";
import { smallerTrees } from "./boosting/smaller-trees.ts";
import { createTreePredictor } from "./predicting.ts";

/** Gradient boosting in the manner of XGBoost (Chen and Guestrin, 2016): second-order, level by level. */
export const xgboost: Algorithm = {
  name: "xgboost",
  title: "XGBoost",
  description: "Gradient-boosted trees, grown level by level with second-order gradients",
  tasks: ["regression", "binary", "multiclass", "ranking"],
  input: "either",
  parameters: boostingParameters({
    policy: "depth",
    learningRate: 0.05,
    maxDepth: 6,
    maxLeaves: 0,
    minChildWeight: null,
    lambda: 1,
    colsample: 0.8,
    earlyStoppingRounds: 50,
    // Many rare categories: the loss is 2 to 5 % lower than with little smoothing (LightGBM's defaults are alike).
    categorySmoothing: 10,
    categoryLambda: 10,
    categoryMinRows: 10,
  }),
  refitParameters: refitRounds,
  alternatives: (task, parameters) => smallerTrees("depth", task, parameters),
  growsWith: "rounds",
  warmStarts: true,
  createTrainer: async (context: TrainerContext) =>
    createBoostingTrainer("xgboost", context, boostingOptions(context.parameters, "depth", context.dataset)),
  createPredictor: (model: ModelContent, context: PredictorContext) => createTreePredictor(model, context),
};
