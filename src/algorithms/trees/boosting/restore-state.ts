import type { JsonValue, State } from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { CATEGORICAL, type TreeArrays } from "../ensemble.ts";
import { damaged, validateTrees } from "../validate-trees.ts";
import { NO_PROGRESS, type Progress } from "./early-stopping.ts";

export interface RestoredState {
  readonly trees: TreeArrays;
  readonly progress: Progress;
  readonly converged: boolean;
  readonly seconds: number;
}

const WHAT = "the state of a tree trainer";

/**
 * Reads a trainer's state against the bins that its data give.
 *
 * @throws KaaykoError (damaged) where they do not fit
 */
export function restoreState(
  state: State,
  bins: readonly FeatureBins[],
  classes: number,
  knows: (feature: number) => boolean,
): RestoredState {
  const { json } = state;
  const trees = validateTrees(state, {
    features: bins.length,
    isCategorical: (feature) => bins[feature]!.kind === "categorical",
    what: WHAT,
  });
  for (let node = 0; node < trees.feature.length; node++) {
    const feature = trees.feature[node]!;
    if (feature >= 0) checkSplit(trees, node, bins[feature]!, knows(feature));
  }
  const round = count(json.round, "round");
  const bestRound = count(json.bestRound, "bestRound");
  if (trees.ends.length !== round * classes) throw damaged(WHAT, "every round must have its trees", `round ${round}`);
  if (bestRound > round) throw damaged(WHAT, "the best round must have been", String(bestRound));
  const bestMetric = json.bestMetric ?? null;
  if (bestMetric !== null && typeof bestMetric !== "number")
    throw damaged(WHAT, "the best metric must be a number", typeof bestMetric);
  const seconds = typeof json.seconds === "number" && json.seconds >= 0 ? json.seconds : 0;
  const progress = round === 0 ? NO_PROGRESS : { round, bestRound, bestMetric };
  return { trees, progress, converged: json.converged === true, seconds };
}

function checkSplit(trees: TreeArrays, node: number, bins: FeatureBins, known: boolean): void {
  if (!known) throw damaged(WHAT, "a split must be on a feature that varies", `node ${node}`);
  if ((trees.flags[node]! & CATEGORICAL) !== 0 || bins.kind === "categorical") return;
  const bin = trees.bin[node]!;
  const threshold = bins.cuts[bin] ?? Number.MAX_VALUE;
  if (bin < 0 || bin > bins.cuts.length || threshold !== trees.threshold[node])
    throw damaged(WHAT, "thresholds must be cuts of this data", `node ${node}`);
}

function count(value: JsonValue | undefined, name: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw damaged(WHAT, `${name} must be a count`, JSON.stringify(value) ?? "nothing");
  return value;
}
