import type { JsonObject, ParameterValues } from "../../../core/index.ts";

/**
 * Rounds for a last fit without held-out rows: the mean of the rounds at which models with held-out rows were best.
 * One validation set of a small table stops early or late by chance; the mean over folds does so less.
 */
export function refitRounds(models: readonly JsonObject[]): ParameterValues {
  const best = models.flatMap(({ bestRound, warmRounds }) => {
    // Rounds of a model that training went on from are there already.
    const own = Number(bestRound) - (typeof warmRounds === "number" ? warmRounds : 0);
    return own > 0 ? [own] : [];
  });
  if (best.length === 0) return {};
  const mean = best.reduce((sum, rounds) => sum + rounds, 0) / best.length;
  return { rounds: Math.max(1, Math.round(mean)), earlyStoppingRounds: 0 };
}
