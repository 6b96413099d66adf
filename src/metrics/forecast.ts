import { joinStates, KaaykoError, nestState, type State, type Task, unnestState } from "../core/index.ts";
import { type MetricsAccumulator, type MetricsResult, ratio, type ScoredRows, type StepScore } from "./accumulator.ts";
import { addTerm, type BlockSum, newBlockSum, sumOf } from "./block-sum.ts";
import { quantileOfSorted } from "./curves/quantile.ts";
import { INTERVAL_LEVEL, intervalOf, pointOutput } from "./intervals.ts";
import { createRegressionMetrics } from "./regression.ts";

/** Counts that the interval of a step and the quantiles of all are judged by. */
interface Coverage {
  readonly rows: number[];
  readonly covered: number[];
  readonly width: BlockSum;
  readonly pinball: BlockSum;
}

/**
 * Metrics of forecasts, over all steps ahead that have a true value: `rmse`, `mae`, `r2`, `mape` of the value (of quantiles: the one
 * nearest the middle), `coverage` (share of true values inside their interval) and `width` of the intervals, `pinball` loss where
 * quantiles are predicted. `steps` says the same of each step.
 *
 * @param reach how far each step's interval reaches, as `MetricsResult.thresholds` gives it; null finds what covers 90 % of these
 *   rows (split conformal prediction: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005; for quantiles
 *   Romano, Patterson and Candès, "Conformalized quantile regression", 2019)
 */
export function createForecastMetrics(task: Task, reach: readonly number[] | null): MetricsAccumulator {
  return new ForecastMetrics(task, reach);
}

class ForecastMetrics implements MetricsAccumulator {
  readonly #task: Task;
  readonly #horizon: number;
  readonly #levels: readonly number[];
  readonly #reach: readonly number[] | null;
  readonly #all = createRegressionMetrics();
  readonly #steps: readonly MetricsAccumulator[];
  readonly #coverage: Coverage;
  /** What would have covered each true value, by step, where that is to be found. */
  readonly #scores: number[][];
  #rows = 0;

  constructor(task: Task, reach: readonly number[] | null) {
    this.#task = task;
    this.#horizon = task.horizon ?? 1;
    this.#levels = task.quantiles ?? [];
    this.#reach = reach;
    this.#steps = this.#perStep(createRegressionMetrics);
    this.#scores = this.#perStep(() => []);
    const zeros = () => this.#perStep(() => 0);
    this.#coverage = { rows: zeros(), covered: zeros(), width: newBlockSum(), pinball: newBlockSum() };
  }

  #perStep<T>(make: () => T): T[] {
    return Array.from({ length: this.#horizon }, make);
  }

  add(scored: ScoredRows): void {
    const { rows, predictions, target } = scored;
    const outputs = Math.max(1, this.#levels.length);
    for (let i = 0; i < rows * this.#horizon; i++)
      if (!Number.isNaN(target[i]!)) this.#judgeInterval(i % this.#horizon, predictions, i * outputs, target[i]!);
    this.#all.add(this.#pointsOf(scored, null));
    this.#steps.forEach((step, k) => {
      step.add(this.#pointsOf(scored, k));
    });
    this.#rows += rows;
  }

  /** The values that are known, as rows of a regression: of one step, or of all, row by row. */
  #pointsOf({ rows, predictions, target, weight }: ScoredRows, only: number | null): ScoredRows {
    const [first, last] = only === null ? [0, this.#horizon] : [only, only + 1];
    const point = pointOutput(this.#task);
    const outputs = Math.max(1, this.#levels.length);
    const room = rows * (last - first);
    const made = { predictions: new Float64Array(room), target: new Float64Array(room) };
    const weights = weight === null ? null : new Float32Array(room);
    let count = 0;
    for (let row = 0; row < rows; row++)
      for (let i = row * this.#horizon + first; i < row * this.#horizon + last; i++) {
        if (Number.isNaN(target[i]!)) continue;
        made.predictions[count] = predictions[i * outputs + point]!;
        made.target[count] = target[i]!;
        if (weights !== null) weights[count] = weight![row]!;
        count++;
      }
    return { rows: count, ...made, weight: weights };
  }

  #judgeInterval(step: number, predictions: Float64Array, first: number, actual: number): void {
    const levels = this.#levels;
    const lower = predictions[first]!;
    const upper = predictions[first + Math.max(0, levels.length - 1)]!;
    if (this.#reach === null) this.#scores[step]!.push(Math.max(lower - actual, actual - upper));
    else {
      const { low, high } = intervalOf(this.#reach[step]!, lower, upper);
      this.#coverage.rows[step]!++;
      if (actual >= low && actual <= high) this.#coverage.covered[step]!++;
      addTerm(this.#coverage.width, high - low);
    }
    levels.forEach((level, k) => {
      const error = actual - predictions[first + k]!;
      addTerm(this.#coverage.pinball, Math.max(level * error, (level - 1) * error));
    });
  }

  result(): MetricsResult {
    const { values } = this.#all.result();
    const reach = this.#reach ?? this.#scores.map(coveringReach);
    const { rows, covered, width, pinball } = this.#coverage;
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    const known = this.#steps.reduce((total, step) => total + step.result().rows, 0);
    const intervals =
      this.#reach === null ? {} : { coverage: ratio(sum(covered), sum(rows)), width: ratio(sumOf(width), sum(rows)) };
    const quantiles = this.#levels.length === 0 ? {} : { pinball: ratio(sumOf(pinball), known * this.#levels.length) };
    return {
      rows: this.#rows,
      values: { ...values, ...intervals, ...quantiles },
      confusion: null,
      steps: this.#steps.map((step, k): StepScore => {
        const own = step.result().values;
        const coverage = this.#reach === null ? {} : { coverage: ratio(covered[k]!, rows[k]!) };
        return { step: k + 1, rmse: own.rmse ?? null, mae: own.mae ?? null, mape: own.mape ?? null, ...coverage };
      }),
      ...(this.#reach === null ? { thresholds: reach } : {}),
    };
  }

  getState(): State {
    const { rows, covered, width, pinball } = this.#coverage;
    const json = {
      rows: this.#rows,
      counted: [...rows],
      covered: [...covered],
      width: [...width],
      pinball: [...pinball],
    };
    const scores = Object.fromEntries(this.#scores.map((own, step) => [`scores.${step}`, Float64Array.from(own)]));
    const steps = this.#steps.map((step, k) => nestState(`step.${k}`, step.getState()));
    return joinStates({ json, arrays: scores }, nestState("all", this.#all.getState()), ...steps);
  }

  setState(state: State): void {
    const { rows, counted, covered, width, pinball } = state.json as Record<string, never>;
    const all = unnestState("all", state);
    const steps = this.#steps.map((_, k) => unnestState(`step.${k}`, state));
    const scores = this.#scores.map((_, k) => state.arrays[`scores.${k}`]);
    const lists = [counted, covered, width, pinball] as unknown[];
    const whole = typeof rows === "number" && lists.every((list) => Array.isArray(list)) && all !== undefined;
    if (!whole || steps.includes(undefined) || !scores.every((own) => own instanceof Float64Array))
      throw new KaaykoError({ action: "restore metrics", rule: "the steps must fit the horizon", kind: "damaged" });
    this.#rows = rows;
    const targets = [this.#coverage.rows, this.#coverage.covered, this.#coverage.width, this.#coverage.pinball];
    targets.forEach((target, i) => {
      target.splice(0, target.length, ...(lists[i] as number[]));
    });
    this.#all.setState(all);
    this.#steps.forEach((step, k) => {
      step.setState(steps[k]!);
    });
    this.#scores.forEach((own, k) => {
      own.length = 0;
      for (const score of scores[k] as Float64Array) own.push(score);
    });
  }
}

/** The reach that covers the level of the scores, with the correction for few of them; 0 where there is none. */
function coveringReach(scores: readonly number[]): number {
  if (scores.length === 0) return 0;
  const sorted = Float64Array.from(scores).sort();
  const share = Math.min(1, (INTERVAL_LEVEL * (sorted.length + 1)) / sorted.length);
  return quantileOfSorted(sorted, share);
}
