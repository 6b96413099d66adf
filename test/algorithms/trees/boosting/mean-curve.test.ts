import { describe, expect, it } from "vitest";
import { bestMeanRound } from "../../../../src/algorithms/trees/boosting/mean-curve.ts";
import { refitRounds } from "../../../../src/algorithms/trees/boosting/refit-rounds.ts";
import type { LearningHistory } from "../../../../src/core/index.ts";

const SERIES = "validation.ndcg@10";

/** A fit's history with a value for each round from the first, or for the given rounds. */
function history(values: readonly (number | null)[], steps = values.map((_, i) => i + 1)): LearningHistory {
  return { unit: "tree", steps, series: { [SERIES]: values } };
}

/** A value for each round from the first: `height` around `peak`, falling off on both sides. */
function hill(peak: number, height: number, rounds = 100): number[] {
  return Array.from({ length: rounds }, (_, i) => height - 0.01 * Math.abs(i + 1 - peak));
}

describe("the best round of a mean curve", () => {
  it("is where all fits together are best, whatever a single round's leap says", () => {
    const leaping = hill(60, 0.9).map((value, i) => (i === 4 ? 1.5 : value));
    const histories = [history(leaping), history(hill(50, 0.8)), history(hill(55, 0.8))];
    expect(bestMeanRound(histories, SERIES)).toBe(55);
    const models = [5, 50, 55].map((bestRound) => ({ bestRound, loss: "lambdarank" }));
    expect(refitRounds(models, histories).rounds).toBe(55);
    expect(
      refitRounds(
        models.map(({ bestRound }) => ({ bestRound, loss: "softmax" })),
        histories,
      ).rounds,
    ).toBe(37);
  });

  it("goes on from where a fit stopped as the others do, while they are half of them", () => {
    const [stopped, going] = [history(hill(1, 0.9, 20)), history(hill(80, 0.1))];
    expect(bestMeanRound([stopped, going], SERIES)).toBe(80);
    expect(bestMeanRound([stopped, stopped, going], SERIES)).toBe(1);
  });

  it("reads a thinned history on straight lines", () => {
    const thinned = history([0.2, 0.7, 0.2], [1, 51, 101]);
    expect(bestMeanRound([thinned, history(hill(51, 0.5, 101))], SERIES)).toBe(51);
  });

  it("is not known of fewer than two fits", () => {
    expect(bestMeanRound([history([0.1]), null, history([0.1, null])], SERIES)).toBeNull();
    expect(bestMeanRound([history([0.1]), { unit: "tree", steps: [1], series: {} }], SERIES)).toBeNull();
  });
});
