import { type Algorithm, KaaykoError } from "../../core/index.ts";
import { EnsembleTrainer } from "./ensemble-trainer.ts";
import { createEnsemblePredictor, type LoadAlgorithm } from "./members.ts";

/**
 * The run's other models together. Numbers and forecasts: a weighted mean (stacking with weights at or over 0 that sum to 1: Breiman, "Stacked
 * regressions", 1996) of little squared error on the validation rows, the nearer to what the members' own errors say the less these
 * rows can tell mixtures apart. Classes and labels: a weighted mean of the logarithms of probabilities (of log odds), under which the
 * validation rows are most likely.
 */
export function createEnsemble(load: LoadAlgorithm): Algorithm {
  return {
    name: "ensemble",
    title: "Ensemble",
    description: "The run's other models, weighed as suits the validation rows best",
    tasks: ["regression", "forecast", "binary", "multiclass", "multilabel"],
    input: "memory",
    parts: ["windows", "sparse", "tokens"],
    parameters: [
      {
        name: "weights",
        type: "list",
        description: "Weights of the other models, in the order of the run (default: fitted on the validation rows)",
      },
    ],
    refitParameters: (models) => ({ weights: (models[0]!.weights as number[]).map(String) }),
    createTrainer: async () => {
      throw noMembers(0);
    },
    combine: async (members, context) => {
      if (members.length < 2) throw noMembers(members.length);
      return EnsembleTrainer.create(members, context, load);
    },
    createPredictor: (model, context) => createEnsemblePredictor(model, context, load),
  };
}

function noMembers(count: number): KaaykoError {
  return new KaaykoError({
    action: "train ensemble",
    rule: "there must be at least two other models to put together",
    got: `${count}`,
    remedy: "Name others with --algorithms.",
    kind: "usage",
  });
}
