import { KaaykoError, log, type State } from "../core/index.ts";
import {
  type Confusion,
  finite,
  type MetricsAccumulator,
  type MetricsResult,
  ratio,
  type ScoredRows,
} from "./accumulator.ts";
import { PROBABILITY_MARGIN } from "./binary.ts";
import { addTerm, type BlockSum, newBlockSum, sumOf } from "./block-sum.ts";

/** Classes up to which the confusion matrix is kept; beyond them it would be too large to read or to store. */
export const MATRIX_CLASSES = 200;

interface Sums {
  rows: number;
  loss: BlockSum;
  weight: BlockSum;
  /** Weight by class: predicted rightly, actual, predicted. */
  hits: Float64Array;
  actual: Float64Array;
  predicted: Float64Array;
  /** `matrix[actual * classes + predicted]`, empty where there are too many classes. */
  matrix: Float64Array;
}

/**
 * Metrics of several classes from the probability of each: `accuracy`, `macroF1` (over classes that occur or are predicted,
 * as scikit-learn's default), `microF1`, `weightedF1` and `logLoss` in nats. The class of the highest probability is
 * predicted, the first where several are equal.
 */
export function createMulticlassMetrics(labels: readonly string[]): MetricsAccumulator {
  const classes = labels.length;
  let sums = newSums(classes);
  return {
    add: (scored) => addRows(sums, classes, scored),
    result: () => summarise(sums, labels),
    getState: () => {
      const { hits, actual, predicted, matrix } = sums;
      return {
        json: { rows: sums.rows, loss: [...sums.loss], weight: [...sums.weight] },
        arrays: { hits: hits.slice(), actual: actual.slice(), predicted: predicted.slice(), matrix: matrix.slice() },
      };
    },
    setState: (state) => {
      sums = readSums(state, classes);
    },
  };
}

function newSums(classes: number): Sums {
  return {
    rows: 0,
    loss: newBlockSum(),
    weight: newBlockSum(),
    hits: new Float64Array(classes),
    actual: new Float64Array(classes),
    predicted: new Float64Array(classes),
    matrix: new Float64Array(classes <= MATRIX_CLASSES ? classes * classes : 0),
  };
}

function addRows(sums: Sums, classes: number, { rows, predictions, target, weight }: ScoredRows): void {
  for (let i = 0; i < rows; i++) {
    const w = weight === null ? 1 : weight[i]!;
    const actual = target[i]!;
    const first = i * classes;
    let guess = 0;
    for (let k = 1; k < classes; k++) if (predictions[first + k]! > predictions[first + guess]!) guess = k;
    const likelihood = predictions[first + actual]!;
    addTerm(sums.loss, -w * log(Math.min(1 - PROBABILITY_MARGIN, Math.max(PROBABILITY_MARGIN, likelihood))));
    addTerm(sums.weight, w);
    sums.actual[actual]! += w;
    sums.predicted[guess]! += w;
    if (guess === actual) sums.hits[actual]! += w;
    if (sums.matrix.length > 0) sums.matrix[actual * classes + guess]! += w;
  }
  sums.rows += rows;
}

function summarise(sums: Sums, labels: readonly string[]): MetricsResult {
  const weight = sumOf(sums.weight);
  let macro = 0;
  let present = 0;
  let weighted = 0;
  let hits = 0;
  labels.forEach((_, k) => {
    const f1 = ratio(2 * sums.hits[k]!, sums.actual[k]! + sums.predicted[k]!);
    hits += sums.hits[k]!;
    if (f1 === null) return;
    macro += f1;
    present += 1;
    weighted += f1 * sums.actual[k]!;
  });
  const accuracy = ratio(hits, weight);
  return {
    rows: sums.rows,
    values: {
      accuracy,
      macroF1: ratio(macro, present),
      microF1: accuracy,
      weightedF1: ratio(weighted, weight),
      logLoss: finite(sumOf(sums.loss) / weight),
    },
    confusion: confusionOf(sums, labels),
  };
}

function confusionOf(sums: Sums, labels: readonly string[]): Confusion | null {
  if (sums.matrix.length === 0) return null;
  const counts = labels.map((_, k) => Array.from(sums.matrix.subarray(k * labels.length, (k + 1) * labels.length)));
  return { classes: labels, counts };
}

function readSums(state: State, classes: number): Sums {
  const sums = newSums(classes);
  const { rows, loss, weight } = state.json;
  const isSum = (value: unknown): value is BlockSum => Array.isArray(value) && value.length === 3;
  const names = ["hits", "actual", "predicted", "matrix"] as const;
  const whole = names.every((name) => {
    const array = state.arrays[name];
    return array instanceof Float64Array && array.length === sums[name].length;
  });
  if (typeof rows !== "number" || !isSum(loss) || !isSum(weight) || !whole)
    throw new KaaykoError({ action: "restore metrics", rule: "the sums must fit the classes", kind: "damaged" });
  for (const name of names) sums[name] = (state.arrays[name] as Float64Array).slice();
  return { ...sums, rows, loss: [...loss], weight: [...weight] };
}
