import { deriveSeed, type ParameterValues } from "../core/index.ts";
import { contentOfResult, createFit, factsOfResult, historyOfResult, refitFacts, secondsOfResult } from "./fit.ts";
import { belongsToChosen, chosenParameters, describeChoice, foldName } from "./fold-plan.ts";
import type { Contender } from "./request.ts";
import { createScore } from "./score.ts";
import { foundParameters } from "./search/search-parts.ts";
import { searchRequest } from "./search/search-request.ts";
import type { Part, Results } from "./sequence.ts";
import { createRuledPredictor, type TrainingWork, trainerContext } from "./training-work.ts";

/** The last fit: on all rows that may be learnt from, stopped where the fits before it were best. */
export function refitPart(work: TrainingWork, contender: Contender, earlier: readonly Part[]): Part {
  const { algorithm } = contender;
  return {
    name: `${algorithm.name}.refit`,
    subject: `${algorithm.name}, all rows`,
    create: async (results) => {
      const fits = earlier.flatMap(({ name }) => {
        const model = factsOfResult(results.get(name));
        const counts = model !== undefined && belongsToChosen(work, contender, name, results);
        return counts ? [{ model, history: historyOfResult(results.get(name)) }] : [];
      });
      const again = algorithm.refitParameters!(
        fits.map(({ model }) => model),
        fits.map(({ history }) => history),
      );
      const refitted = { ...chosenParameters(work, contender, results), ...again };
      const context = trainerContext(work, refitted, await work.prepared.whole(), work.settings.seed as number);
      return createFit(algorithm, context, null, work.previous.get(`${algorithm.name}.refit`));
    },
  };
}

/** A fold, counted from 0, and the settings that are tried on it. */
interface FoldPlan {
  readonly k: number;
  readonly folds: number;
  readonly variant: number;
  readonly parameters: ParameterValues;
}

/** A fit on all folds but one, then its metrics on that one. */
export function foldParts(work: TrainingWork, contender: Contender, fold: FoldPlan, remaining: number): Part[] {
  const { name } = contender.algorithm;
  const { k, folds, variant } = fold;
  const subject = `${name}${variant === 0 ? "" : `, alternative ${variant}`}, fold ${k + 1} of ${folds}`;
  const fit = foldName(name, k, variant);
  return [
    fitPart(work, contender, fit, subject, remaining, fold),
    {
      name: `${fit}.score`,
      subject: `${subject}, held-out rows`,
      drops: [fit],
      create: async (results) => {
        const dataset = await work.prepared.fold(k, folds);
        const content = contentOfResult(results.get(fit)!);
        const predictor = await createRuledPredictor(work, contender, content);
        // The fit's result is dropped with this part; its time and what a last fit asks of it are carried on.
        const kept = { seconds: secondsOfResult(results.get(fit)), ...refitFacts(contender, results.get(fit)!) };
        return createScore({ dataset, role: "validation", predictor, carry: kept });
      },
    },
  ];
}

/** A fit of a fold's rows under its settings, or, without a fold, of the training rows under the chosen ones. */
export function fitPart(
  work: TrainingWork,
  contender: Contender,
  name: string,
  subject: string,
  remaining: number,
  fold: FoldPlan | null,
): Part {
  return {
    name,
    subject,
    create: async (results) => {
      const dataset = fold === null ? work.prepared.dataset : await work.prepared.fold(fold.k, fold.folds);
      const seed = work.settings.seed as number;
      const own = fold === null ? seed : deriveSeed(seed, "fold", fold.k);
      const parameters =
        fold === null
          ? chosenParameters(work, contender, results)
          : { ...foundParameters(searchRequest(work, contender), results), ...fold.parameters };
      const choice = fold === null ? describeChoice(work, contender, results) : null;
      if (choice !== null) work.notify(choice);
      const context = trainerContext(work, parameters, dataset, own);
      const allowed = secondsAllowed(work.settings, results, remaining);
      return createFit(contender.algorithm, context, allowed, work.previous.get(name));
    },
  };
}

/** The fits that remain share what is left of the time limit equally. */
function secondsAllowed(settings: ParameterValues, results: Results, remaining: number): number | null {
  if (typeof settings.timeLimit !== "number") return null;
  const spent = [...results.values()].reduce((sum, result) => sum + secondsOfResult(result), 0);
  return Math.max(0, settings.timeLimit - spent) / remaining;
}
