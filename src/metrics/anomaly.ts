import { KaaykoError, nestState, type State, unnestState } from "../core/index.ts";
import type { MetricsAccumulator, MetricsResult, ScoredRows } from "./accumulator.ts";
import { createBinaryMetrics } from "./binary.ts";

/**
 * Metrics of scores of anomalies: `averagePrecision` (the mean precision over the anomalies, each at its own score: scikit-learn's
 * `average_precision_score`), `auc`, and at the threshold `precision`, `recall` and `f1`. Null where no row, or every row, is known to
 * be one. Keeps 9 bytes a row.
 *
 * @param labels what rows are that are none and those that are, for the confusion matrix
 */
export function createAnomalyMetrics(labels: readonly string[], threshold?: number): MetricsAccumulator {
  const binary = createBinaryMetrics(labels, threshold);
  const scores: number[] = [];
  const found: number[] = [];
  return {
    add: (scored: ScoredRows) => {
      binary.add(scored);
      for (let row = 0; row < scored.rows; row++) {
        if (scored.weight?.[row] === 0) continue;
        scores.push(scored.predictions[row]!);
        found.push(scored.target[row] === 1 ? 1 : 0);
      }
    },
    result: (): MetricsResult => {
      const { values, ...rest } = binary.result();
      const { auc = null, precision = null, recall = null, f1 = null } = values;
      const known = found.includes(1) && found.includes(0);
      const decided = known ? { auc, precision, recall, f1 } : { auc: null, precision: null, recall: null, f1: null };
      return { ...rest, values: { averagePrecision: averagePrecision(scores, found), ...decided } };
    },
    getState: (): State => {
      const own = { scores: Float64Array.from(scores), found: Uint8Array.from(found) };
      const nested = nestState("binary", binary.getState());
      return {
        ...nested,
        arrays: { ...nested.arrays, ...own },
        appendOnly: [...(nested.appendOnly ?? []), "scores", "found"],
      };
    },
    setState: (state) => {
      const nested = unnestState("binary", state);
      const { scores: before, found: labelled } = state.arrays;
      if (nested === undefined || !(before instanceof Float64Array) || !(labelled instanceof Uint8Array))
        throw new KaaykoError({ action: "restore metrics", rule: "scores must be there", kind: "damaged" });
      binary.setState(nested);
      scores.length = 0;
      found.length = 0;
      for (const score of before) scores.push(score);
      for (const label of labelled) found.push(label);
    },
  };
}

/** Rows of one score count as found together. Null where there is no anomaly, or nothing else. */
export function averagePrecision(scores: readonly number[], found: readonly number[]): number | null {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const anomalies = found.reduce((sum, label) => sum + label, 0);
  if (anomalies === 0 || anomalies === found.length) return null;
  let sum = 0;
  let hits = 0;
  for (let i = 0; i < order.length; ) {
    const before = hits;
    const score = scores[order[i]!]!;
    while (i < order.length && scores[order[i]!] === score) hits += found[order[i++]!]!;
    sum += ((hits - before) * hits) / i;
  }
  return sum / anomalies;
}
