import type { Algorithm, ModelContent, PredictorContext, TrainerContext } from "../../core/index.ts";
import { boostingOptions, boostingParameters } from "./boosting/boosting-parameters.ts";
import { createBoostingTrainer } from "./boosting/create-boosting-trainer.ts";
import { refitRounds } from "./boosting/refit-rounds.ts";
import { smallerTrees } from "./boosting/smaller-trees.ts";
import { createTreePredictor } from "./predicting.ts";

/** Gradient boosting in the manner of LightGBM (Ke et al., 2017): histograms, always splitting the leaf that gains most. */
export const histGradient: Algorithm = {
  name: "hist-gradient",
  title: "Histogram gradient boosting",
  description: "Gradient-boosted trees, grown leaf by leaf where it gains most",
  tasks: ["regression", "binary", "multiclass", "ranking"],
  input: "either",
  parameters: boostingParameters({
    policy: "leaf",
    learningRate: 0.05,
    maxDepth: 32,
    maxLeaves: 31,
    minChildWeight: 1e-3,
    // A little L2 and columns drawn for each tree did better than none on most of the tables of bench/quality.
    lambda: 2,
    colsample: 0.8,
    earlyStoppingRounds: 50,
    categorySmoothing: 10,
    categoryLambda: 10,
    categoryMinRows: 10,
  }),
  refitParameters: refitRounds,
  alternatives: (task, parameters) => smallerTrees("leaf", task, parameters),
  growsWith: "rounds",
  warmStarts: true,
  createTrainer: async (context: TrainerContext) =>
    createBoostingTrainer("hist-gradient", context, boostingOptions(context.parameters, "leaf", context.dataset)),
  createPredictor: (model: ModelContent, context: PredictorContext) => createTreePredictor(model, context),
};
