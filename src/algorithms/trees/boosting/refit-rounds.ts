import type { JsonObject, LearningHistory, ParameterValues } from "../../../core/index.ts";
import { bestMeanRound } from "./mean-curve.ts";

/**
 * Rounds for a last fit without held-out rows: the mean of the rounds at which models with held-out rows were best.
 * One validation set of a small table stops early or late by chance; the mean over folds does so less. The metric of a ranking leaps
 * from round to round where queries are few: of its fits the best of their mean curve counts.
 */
export function refitRounds(
  models: readonly JsonObject[],
  histories: readonly (LearningHistory | null)[] = [],
): ParameterValues {
  const best = models.flatMap(({ bestRound, warmRounds }) => {
    // Rounds of a model that training went on from are there already.
    const own = Number(bestRound) - (typeof warmRounds === "number" ? warmRounds : 0);
    return own > 0 ? [own] : [];
  });
  if (best.length === 0) return {};
  const mean = best.reduce((sum, rounds) => sum + rounds, 0) / best.length;
  const ranks = models.every(({ loss }) => loss === "lambdarank");
  const together = ranks ? bestMeanRound(histories, "validation.ndcg@10") : null;
  return { rounds: together ?? Math.max(1, Math.round(mean)), earlyStoppingRounds: 0 };
}
