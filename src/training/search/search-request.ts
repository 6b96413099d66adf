import { deriveSeed } from "../../core/index.ts";
import { commonOf } from "../continued-fit.ts";
import { createFit } from "../fit.ts";
import type { Contender } from "../request.ts";
import { createRuledPredictor, type TrainingWork, trainerContext } from "../training-work.ts";
import type { SearchRequest } from "./search-parts.ts";

/** Folds of which the first judges trials where there are no validation rows. */
const TRIAL_FOLDS = 5;

/** Trials of a contender are judged on the validation rows; together they take half of the time that is theirs. */
export function searchRequest(work: TrainingWork, contender: Contender): SearchRequest {
  const { settings, prepared, contenders } = work;
  const seed = settings.seed as number;
  const share = (contenders.indexOf(contender) + 0.5) / contenders.length;
  return {
    ...contender,
    task: prepared.dataset.task.kind,
    trials: (settings.trials as number | undefined) ?? 0,
    seed: deriveSeed(seed, "trials", contender.algorithm.name),
    secondsAllowed: typeof settings.timeLimit === "number" ? settings.timeLimit * share : null,
    createTrial: async (parameters) => {
      const judged = prepared.dataset.rows.validation > 0;
      const dataset = judged ? prepared.dataset : await prepared.fold(0, TRIAL_FOLDS);
      const context = trainerContext(work, parameters, dataset, seed);
      const fit = await createFit(contender.algorithm, context, null);
      return {
        dataset,
        fit,
        common: commonOf(fit.version, context),
        createPredictor: (content) => createRuledPredictor(work, contender, content),
      };
    },
    previous: work.previous,
    notify: work.notify,
  };
}
