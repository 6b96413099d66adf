import { KaaykoError, type State } from "../core/index.ts";
import {
  finite,
  type MetricsAccumulator,
  type MetricsResult,
  type MetricValues,
  ratio,
  type ScoredRows,
} from "./accumulator.ts";
import { addTerm, type BlockSum, newBlockSum, sumOf } from "./block-sum.ts";

/** Sums that regression metrics are made of. `shifted` sums are of the target minus the first row's, against cancellation. */
interface Sums {
  rows: number;
  origin: number;
  weight: BlockSum;
  squared: BlockSum;
  absolute: BlockSum;
  relative: BlockSum;
  relativeWeight: BlockSum;
  shifted: BlockSum;
  shiftedSquared: BlockSum;
}

/**
 * Metrics of numbers: `rmse`, `mae`, `r2` (null where the target does not vary) and `mape` (a fraction, over the rows whose
 * target is not 0; null where there is none). Weighted as scikit-learn's functions with `sample_weight`.
 */
export function createRegressionMetrics(): MetricsAccumulator {
  let sums = newSums();
  return {
    add: (scored) => addRows(sums, scored),
    result: () => summarise(sums),
    getState: () => ({ json: JSON.parse(JSON.stringify(sums)), arrays: {} }),
    setState: (state) => {
      sums = readSums(state);
    },
  };
}

function newSums(): Sums {
  return {
    rows: 0,
    origin: 0,
    weight: newBlockSum(),
    squared: newBlockSum(),
    absolute: newBlockSum(),
    relative: newBlockSum(),
    relativeWeight: newBlockSum(),
    shifted: newBlockSum(),
    shiftedSquared: newBlockSum(),
  };
}

function addRows(sums: Sums, { rows, predictions, target, weight }: ScoredRows): void {
  if (sums.rows === 0 && rows > 0) sums.origin = target[0]!;
  for (let i = 0; i < rows; i++) {
    const w = weight === null ? 1 : weight[i]!;
    const y = target[i]!;
    const error = predictions[i]! - y;
    const shifted = y - sums.origin;
    addTerm(sums.weight, w);
    addTerm(sums.squared, w * error * error);
    addTerm(sums.absolute, w * Math.abs(error));
    addTerm(sums.relative, y === 0 ? 0 : (w * Math.abs(error)) / Math.abs(y));
    addTerm(sums.relativeWeight, y === 0 ? 0 : w);
    addTerm(sums.shifted, w * shifted);
    addTerm(sums.shiftedSquared, w * shifted * shifted);
  }
  sums.rows += rows;
}

function summarise(sums: Sums): MetricsResult {
  const weight = sumOf(sums.weight);
  const squared = sumOf(sums.squared);
  const shifted = sumOf(sums.shifted);
  const spread = sumOf(sums.shiftedSquared) - (shifted * shifted) / weight;
  const meanSquared = ratio(squared, weight);
  const values: MetricValues = {
    rmse: meanSquared === null ? null : Math.sqrt(meanSquared),
    mae: ratio(sumOf(sums.absolute), weight),
    r2: spread > 0 ? finite(1 - squared / spread) : null,
    mape: ratio(sumOf(sums.relative), sumOf(sums.relativeWeight)),
  };
  return { rows: sums.rows, values, confusion: null };
}

function readSums(state: State): Sums {
  const sums = newSums();
  for (const key of Object.keys(sums) as (keyof Sums)[]) {
    const value = state.json[key];
    const isNumber = key === "rows" || key === "origin";
    const valid = isNumber
      ? typeof value === "number"
      : Array.isArray(value) && value.length === 3 && value.every((item) => typeof item === "number");
    if (!valid) throw new KaaykoError({ action: "restore metrics", rule: `${key} must be there`, kind: "damaged" });
    Object.assign(sums, { [key]: isNumber ? value : [...(value as number[])] });
  }
  return sums;
}
