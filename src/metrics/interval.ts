import {
  intervalAround,
  joinStates,
  KaaykoError,
  measureIntervals,
  nestState,
  type State,
  unnestState,
} from "../core/index.ts";
import { type MetricsAccumulator, type MetricsResult, ratio, type ScoredRows } from "./accumulator.ts";
import { addTerm, type BlockSum, newBlockSum, sumOf } from "./block-sum.ts";
import { createRegressionMetrics } from "./regression.ts";

/**
 * Metrics of numbers with intervals: those of a regression, and `coverage` (share of true values inside) and `width` (mean).
 *
 * @param measured what says how far intervals reach; null finds it from these rows, and the result then says it as `thresholds`
 */
export function createIntervalMetrics(level: number, measured: readonly number[] | null): MetricsAccumulator {
  return measured === null ? new IntervalFinder() : new IntervalJudge(level, measured);
}

/** Keeps 17 bytes a row. */
class IntervalFinder implements MetricsAccumulator {
  readonly #numbers = createRegressionMetrics();
  readonly #predictions: number[] = [];
  readonly #errors: number[] = [];
  readonly #unknown: number[] = [];

  add(scored: ScoredRows): void {
    this.#numbers.add(scored);
    for (let row = 0; row < scored.rows; row++) {
      this.#predictions.push(scored.predictions[row]!);
      this.#errors.push(scored.target[row]! - scored.predictions[row]!);
      this.#unknown.push(scored.unknown?.[row] ?? 0);
    }
  }

  result(): MetricsResult {
    const thresholds = measureIntervals(
      Float64Array.from(this.#predictions),
      Float64Array.from(this.#errors),
      Uint8Array.from(this.#unknown),
    );
    return { ...this.#numbers.result(), ...(thresholds.length === 0 ? {} : { thresholds }) };
  }

  getState(): State {
    const arrays = {
      predictions: Float64Array.from(this.#predictions),
      errors: Float64Array.from(this.#errors),
      unknown: Uint8Array.from(this.#unknown),
    };
    const own = { json: {}, arrays, appendOnly: ["predictions", "errors", "unknown"] };
    return joinStates(own, nestState("numbers", this.#numbers.getState()));
  }

  setState(state: State): void {
    const { predictions, errors, unknown } = state.arrays;
    const whole =
      predictions instanceof Float64Array &&
      errors instanceof Float64Array &&
      predictions.length === errors.length &&
      unknown instanceof Uint8Array &&
      unknown.length === errors.length;
    if (!whole) throw notWhole();
    this.#numbers.setState(numbersIn(state));
    this.#predictions.length = 0;
    this.#errors.length = 0;
    for (const value of predictions) this.#predictions.push(value);
    for (const value of errors) this.#errors.push(value);
    this.#unknown.length = 0;
    for (const flag of unknown) this.#unknown.push(flag);
  }
}

class IntervalJudge implements MetricsAccumulator {
  readonly #level: number;
  readonly #measured: readonly number[];
  readonly #numbers = createRegressionMetrics();
  #rows: BlockSum = newBlockSum();
  #covered: BlockSum = newBlockSum();
  #width: BlockSum = newBlockSum();

  constructor(level: number, measured: readonly number[]) {
    this.#level = level;
    this.#measured = measured;
  }

  add(scored: ScoredRows): void {
    this.#numbers.add(scored);
    for (let row = 0; row < scored.rows; row++) {
      const weight = scored.weight?.[row] ?? 1;
      const { lower, upper } = intervalAround(
        this.#measured,
        scored.predictions[row]!,
        this.#level,
        scored.unknown?.[row] === 1,
      );
      const actual = scored.target[row]!;
      addTerm(this.#rows, weight);
      addTerm(this.#covered, actual >= lower && actual <= upper ? weight : 0);
      addTerm(this.#width, weight * (upper - lower));
    }
  }

  result(): MetricsResult {
    const result = this.#numbers.result();
    const rows = sumOf(this.#rows);
    const intervals = { coverage: ratio(sumOf(this.#covered), rows), width: ratio(sumOf(this.#width), rows) };
    return { ...result, values: { ...result.values, ...intervals } };
  }

  getState(): State {
    const json = { rows: [...this.#rows], covered: [...this.#covered], width: [...this.#width] };
    return joinStates({ json, arrays: {} }, nestState("numbers", this.#numbers.getState()));
  }

  setState(state: State): void {
    const { rows, covered, width } = state.json;
    const isSum = (sum: unknown): sum is BlockSum =>
      Array.isArray(sum) && sum.length === 3 && sum.every((part) => typeof part === "number");
    if (!(isSum(rows) && isSum(covered) && isSum(width))) throw notWhole();
    this.#numbers.setState(numbersIn(state));
    [this.#rows, this.#covered, this.#width] = [[...rows], [...covered], [...width]];
  }
}

function numbersIn(state: State): State {
  const numbers = unnestState("numbers", state);
  if (numbers === undefined) throw notWhole();
  return numbers;
}

function notWhole(): KaaykoError {
  return new KaaykoError({ action: "restore metrics", rule: "those of intervals must be whole", kind: "damaged" });
}
