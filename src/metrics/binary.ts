import { KaaykoError, log, nestState, RARE_SHARE, type State, unnestState } from "../core/index.ts";
import { type MetricsAccumulator, type MetricsResult, ratio, type ScoredRows } from "./accumulator.ts";
import { AreaUnderCurve } from "./area-under-curve.ts";
import { addTerm, type BlockSum, newBlockSum, sumOf } from "./block-sum.ts";

/** Probabilities are kept this far from 0 and 1 in the logarithm, as scikit-learn does for float64. */
export const PROBABILITY_MARGIN = 2.220446049250313e-16;

/** Weight of rows of a rare class from which they choose a threshold. */
const LEAST_RARE = 10;

interface Sums {
  rows: number;
  loss: BlockSum;
  /** Weight by actual and predicted class: true negatives, false positives, false negatives, true positives. */
  counts: [BlockSum, BlockSum, BlockSum, BlockSum];
}

/**
 * Metrics of two classes from the probability of the second: `accuracy`, `precision`, `recall`, `f1` (of the second class, at
 * the threshold; 0 where nothing is predicted positive and something should be, null where neither exists), `auc` and
 * `averagePrecision` (null where one class is missing) and `logLoss` in nats.
 *
 * @param labels the two classes, for the confusion matrix
 * @param threshold probability from which the second class is predicted; null for 0.5, but where that class is rare (`RARE_SHARE`) for what
 *   gives these rows the best F1, which the result then says: at 0.5 the rare one would hardly ever be predicted
 */
export function createBinaryMetrics(labels: readonly string[], threshold: number | null = 0.5): MetricsAccumulator {
  let sums = newSums();
  const curve = new AreaUnderCurve();
  return {
    add: (scored) => addRows(sums, curve, threshold ?? 0.5, scored),
    result: () => summarise(sums, curve, labels, threshold === null),
    getState: () => {
      const nested = nestState("curve", curve.getState());
      return { ...nested, json: { ...nested.json, sums: JSON.parse(JSON.stringify(sums)) } };
    },
    setState: (state) => {
      sums = readSums(state);
      curve.setState(unnestState("curve", state) ?? { json: {}, arrays: {} });
    },
  };
}

function newSums(): Sums {
  return { rows: 0, loss: newBlockSum(), counts: [newBlockSum(), newBlockSum(), newBlockSum(), newBlockSum()] };
}

function addRows(sums: Sums, curve: AreaUnderCurve, threshold: number, scored: ScoredRows): void {
  const { rows, predictions, target, weight } = scored;
  for (let i = 0; i < rows; i++) {
    const w = weight === null ? 1 : weight[i]!;
    const actual = target[i] === 1 ? 1 : 0;
    const probability = predictions[i]!;
    const likelihood = actual === 1 ? probability : 1 - probability;
    addTerm(sums.loss, -w * log(Math.min(1 - PROBABILITY_MARGIN, Math.max(PROBABILITY_MARGIN, likelihood))));
    const cell = 2 * actual + (probability >= threshold ? 1 : 0);
    for (let k = 0; k < 4; k++) addTerm(sums.counts[k]!, k === cell ? w : 0);
    curve.add(probability, actual, w);
  }
  sums.rows += rows;
}

type Counts = readonly [trueNegative: number, falsePositive: number, falseNegative: number, truePositive: number];

/** The threshold that rows choose where the second class is rare, and what is counted then. */
function chosenCounts(counts: Counts, curve: AreaUnderCurve): { threshold: number; counts: Counts } | null {
  const positives = counts[2] + counts[3];
  if (positives < LEAST_RARE || positives > RARE_SHARE * counts.reduce((sum, count) => sum + count, 0)) return null;
  const best = curve.bestThreshold();
  if (best === null) return null;
  const { below, above } = best.halves;
  return { threshold: best.threshold, counts: [below[0], above[0], below[1], above[1]] };
}

function summarise(sums: Sums, curve: AreaUnderCurve, labels: readonly string[], chooses: boolean): MetricsResult {
  const plain = sums.counts.map(sumOf) as unknown as Counts;
  const chosen = chooses ? chosenCounts(plain, curve) : null;
  const [trueNegative, falsePositive, falseNegative, truePositive] = chosen?.counts ?? plain;
  const weight = trueNegative + falsePositive + falseNegative + truePositive;
  const wrong = falsePositive + falseNegative;
  const { auc, averagePrecision } = curve.areas();
  const nothing = truePositive + wrong === 0;
  return {
    rows: sums.rows,
    values: {
      accuracy: ratio(trueNegative + truePositive, weight),
      precision: nothing ? null : (ratio(truePositive, truePositive + falsePositive) ?? 0),
      recall: nothing ? null : (ratio(truePositive, truePositive + falseNegative) ?? 0),
      f1: ratio(2 * truePositive, 2 * truePositive + wrong),
      auc,
      averagePrecision,
      logLoss: ratio(sumOf(sums.loss), weight),
    },
    confusion: {
      classes: labels,
      counts: [
        [trueNegative, falsePositive],
        [falseNegative, truePositive],
      ],
    },
    ...(chosen === null ? {} : { thresholds: [chosen.threshold] }),
  };
}

function readSums(state: State): Sums {
  const sums = state.json.sums as unknown as Sums | undefined;
  const isSum = (value: unknown) => Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);
  const whole =
    typeof sums?.rows === "number" && isSum(sums.loss) && Array.isArray(sums.counts) && sums.counts.length === 4;
  if (!whole || !sums.counts.every(isSum))
    throw new KaaykoError({ action: "restore metrics", rule: "the sums must be whole", kind: "damaged" });
  return JSON.parse(JSON.stringify(sums)) as Sums;
}
