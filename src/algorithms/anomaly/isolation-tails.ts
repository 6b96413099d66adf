import { detectorAlgorithm } from "./detector-algorithm.ts";
import { isolation } from "./isolation.ts";
import { SAMPLE_ROWS, TREES } from "./isolation-forest.ts";
import { TAIL_SHARE } from "./tail-probability.ts";
import { tails } from "./tails.ts";

/** What isolation trees and tail probabilities say together: one knows how features go together, the other how far out each is, and why. */
export const isolationTails = detectorAlgorithm(
  {
    name: "isolation-tails",
    title: "Isolation forest and tails",
    description:
      "An isolation forest and the tail probabilities of the features together; says which features are far out",
    parameters: [{ ...TREES, default: 200 }, { ...SAMPLE_ROWS, default: 1024 }, TAIL_SHARE],
  },
  [
    { detector: isolation, weight: 2 },
    { detector: tails, weight: 1 },
  ],
);
