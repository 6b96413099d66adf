import type { ParameterValues } from "../../core/index.ts";

/** Training rows from which trees of more leaves are learnt faster and better: each leaf still sees hundreds of rows. */
const MANY_ROWS = 250_000;
const MOST_ROWS = 1_000_000;

/**
 * Settings for many rows, chosen on 600,000 and on all rows of seed 42 by the error on validation rows and the time: larger trees and a
 * higher rate need a quarter of the rounds. A forest of many rows gets fewer trees, each from a share of the rows: its size and its
 * time grow with both, its error hardly falls.
 */
export function algorithmSettings(trainingRows: number): Readonly<Record<string, ParameterValues>> {
  if (trainingRows < MANY_ROWS) return {};
  if (trainingRows < MOST_ROWS)
    return {
      xgboost: { maxDepth: 8, learningRate: 0.1 },
      "hist-gradient": { maxLeaves: 127, learningRate: 0.1 },
      "random-forest": { trees: 60 },
    };
  return {
    xgboost: { maxDepth: 8, learningRate: 0.15 },
    "hist-gradient": { maxLeaves: 255, learningRate: 0.15 },
    "random-forest": { trees: 40, sampleShare: 0.25 },
  };
}
