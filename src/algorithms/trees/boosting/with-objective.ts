import { type Algorithm, KaaykoError } from "../../../core/index.ts";
import type { CustomObjective } from "../losses/custom.ts";
import { boostingOptions } from "./boosting-parameters.ts";
import { createBoostingTrainer } from "./create-boosting-trainer.ts";

const POLICIES: Readonly<Record<string, "depth" | "leaf">> = { xgboost: "depth", "hist-gradient": "leaf" };

/**
 * Boosted trees with a loss of your own, for regression. Models say that their loss is custom and how scores become predictions, and
 * hold nothing that is executed; continuing a run needs the same objective again, which nothing can check.
 *
 * @param algorithm `xgboost` or `hist-gradient`
 * @throws KaaykoError (usage) for another algorithm
 */
export function withObjective(algorithm: Algorithm, objective: CustomObjective): Algorithm {
  const policy = POLICIES[algorithm.name];
  if (policy === undefined)
    throw new KaaykoError({
      action: "give an objective of your own",
      rule: `the algorithm must be one of ${Object.keys(POLICIES).join(", ")}`,
      got: algorithm.name,
      kind: "usage",
    });
  return {
    ...algorithm,
    tasks: ["regression"],
    // Folds are compared by squared error, which says nothing of another loss.
    alternatives: () => [],
    createTrainer: (context) => {
      const options = boostingOptions(context.parameters, policy, context.dataset);
      return createBoostingTrainer(algorithm.name, context, options, objective);
    },
  };
}
