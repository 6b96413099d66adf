import type { State } from "../core/index.ts";

/** Labelled predictions of some rows, in the order of the source. */
export interface ScoredRows {
  readonly rows: number;
  /** Row-major, `outputsOf(task)` numbers a row. */
  readonly predictions: Float64Array;
  /** Row-major, `targetWidth(task)` numbers a row: the value, the class's code from 0, or 1 and 0 for each label. */
  readonly target: Float64Array;
  /** At or over 0; null for 1 everywhere. */
  readonly weight: Float32Array | null;
  /** Numbers with intervals: `unknownRows`. Default none of them. */
  readonly unknown?: Uint8Array | undefined;
}

/** Metric values by name; null where a metric is not defined for these rows (AUC of one class). Never NaN or infinite. */
export type MetricValues = Readonly<Record<string, number | null>>;

/** How often (in weight) a class was predicted as another. */
export interface Confusion {
  readonly classes: readonly string[];
  /** `counts[actual][predicted]`. */
  readonly counts: readonly (readonly number[])[];
}

export interface MetricsResult {
  readonly rows: number;
  readonly values: MetricValues;
  readonly confusion: Confusion | null;
  /** Rows of several labels: how each label fares. */
  readonly labels?: readonly LabelScore[];
  /**
   * Rows of several labels: the thresholds that these rows chose; absent where they were given. Forecasts: how far the interval of each
   * step reaches beyond the forecast, likewise; numbers with intervals: what `measureIntervals` found.
   */
  readonly thresholds?: readonly number[];
  /** Forecasts: how each step ahead fares. */
  readonly steps?: readonly StepScore[];
}

/** How one step of forecasts fares. */
export interface StepScore {
  /** Steps ahead, from 1. */
  readonly step: number;
  readonly rmse: number | null;
  readonly mae: number | null;
  readonly mape: number | null;
  /** Share of true values inside their interval; absent on the rows that the intervals were found on. */
  readonly coverage?: number | null;
}

/** How one of several labels fares. Counts are weights of rows. */
export interface LabelScore {
  readonly label: string;
  /** Probability from which it is given. */
  readonly threshold: number;
  readonly support: number;
  readonly predicted: number;
  /** Rightly given. */
  readonly hits: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/**
 * Metrics of one task, gathered in blocks. Sums do not depend on how the rows were cut into blocks; the state is plain data and
 * may be taken between any two blocks.
 */
export interface MetricsAccumulator {
  add(scored: ScoredRows): void;
  result(): MetricsResult;
  getState(): State;
  setState(state: State): void;
}

/** The value, or null where it is not finite. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** a / b, or null where b is 0 or the ratio is not finite. */
export function ratio(a: number, b: number): number | null {
  return b === 0 ? null : finite(a / b);
}
