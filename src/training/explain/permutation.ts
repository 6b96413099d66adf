import {
  type FeatureColumn,
  type JsonObject,
  KaaykoError,
  outputsOf,
  type PermutationImportance,
  type Predictor,
  type State,
  type StepReport,
} from "../../core/index.ts";
import { type CompactExamples, compactExamples } from "../compact.ts";
import type { Work } from "../sequence.ts";
import { thinRows } from "./sample-rows.ts";
import { type ExplainedModel, scoreRows, shuffledRows } from "./subject.ts";

/** Features that are shuffled at most, those first that the model itself says it uses most. */
const MAX_FEATURES = 64;
const REPEATS = 3;
/** Predictions that are made whatever the run took: about a second with a thousand trees. */
const FREE_PREDICTIONS = 120_000;
/** Predictions a training row beyond them: predicting a row takes about a fifth of what learning from it does. */
const PREDICTIONS_PER_TRAINING_ROW = 0.2;
const FEWEST_ROWS = 500;

/**
 * Measures how much worse the model predicts when a feature is shuffled: a feature a step. The rows and repeats are chosen so
 * that it costs about a second, or a tenth of what the training cost where that is more; they depend on counts only, never on a clock.
 */
export async function createPermutation(model: ExplainedModel): Promise<Work> {
  const predictor = await model.createPredictor();
  return new Permutation(model, predictor, planOf(model, predictor));
}

interface Plan {
  /** Places of the features, in the order in which they are shuffled. */
  readonly features: readonly number[];
  readonly repeats: number;
  readonly examples: CompactExamples;
}

function planOf(model: ExplainedModel, predictor: Predictor): Plan {
  const { columns } = model.examples.table;
  const uses = predictor.importance()?.values;
  const features = columns
    .map((_, index) => index)
    .filter((index) => uses === undefined || uses[index]! > 0)
    .sort((a, b) => (uses?.[b] ?? 0) - (uses?.[a] ?? 0) || a - b)
    .slice(0, MAX_FEATURES);
  const budget = FREE_PREDICTIONS + PREDICTIONS_PER_TRAINING_ROW * model.trainingRows;
  const passes = Math.max(1, features.length) * outputsOf(model.task);
  const { rows } = model.examples.table;
  const repeats = passes * REPEATS * Math.min(rows, 2 * FEWEST_ROWS) <= budget ? REPEATS : 1;
  const affordable = Math.max(FEWEST_ROWS, Math.floor(budget / (passes * repeats)));
  return { features, repeats, examples: thinRows(model.examples, affordable) };
}

class Permutation implements Work {
  readonly version = 1;
  readonly #model: ExplainedModel;
  readonly #predictor: Predictor;
  readonly #plan: Plan;
  #baseline: number | null = null;
  /** Of each feature that is done, how much worse the metric got in each repeat. */
  #losses: number[][] = [];

  constructor(model: ExplainedModel, predictor: Predictor, plan: Plan) {
    this.#model = model;
    this.#predictor = predictor;
    this.#plan = plan;
  }

  async step(): Promise<StepReport> {
    const { features, examples } = this.#plan;
    this.#baseline ??= await scoreRows(this.#model, this.#predictor, examples);
    const feature = features[this.#losses.length];
    if (feature !== undefined && this.#baseline !== null) this.#losses.push(await this.#shuffle(feature));
    const done = this.#baseline === null || this.#losses.length >= features.length;
    return { done, step: Math.max(1, this.#losses.length), total: Math.max(1, features.length), unit: "feature" };
  }

  getState(): State {
    return { json: { baseline: this.#baseline, losses: this.#losses.map((losses) => [...losses]) }, arrays: {} };
  }

  setState({ json }: State): void {
    const { baseline, losses } = json as { baseline?: unknown; losses?: unknown };
    const whole = Array.isArray(losses) && losses.length <= this.#plan.features.length;
    if (!whole || !(baseline === null || typeof baseline === "number"))
      throw new KaaykoError({ action: "continue an explanation", rule: "its state must be whole", kind: "damaged" });
    this.#baseline = baseline;
    this.#losses = (losses as number[][]).map((repeats) => [...repeats]);
  }

  async result(): Promise<State> {
    if (this.#baseline === null) return { json: {}, arrays: {} };
    const { features, repeats, examples } = this.#plan;
    const found = features.map((feature, i) => ({
      feature: examples.table.columns[feature]!.name,
      ...spreadOf(this.#losses[i]!),
    }));
    const result: PermutationImportance = {
      metric: this.#model.metric.name,
      baseline: this.#baseline,
      rows: examples.table.rows,
      repeats,
      features: found.sort((a, b) => b.mean - a.mean),
    };
    return { json: result as unknown as JsonObject, arrays: {} };
  }

  dispose(): Promise<void> {
    return this.#predictor.dispose();
  }

  async #shuffle(feature: number): Promise<number[]> {
    const { repeats, examples } = this.#plan;
    const { columns, rows } = examples.table;
    const losses: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = shuffledRows(rows, this.#model.seed, "explain", "shuffle", feature, repeat);
      const shuffled = columns.with(feature, reordered(columns[feature]!, rows, order));
      const table = { rows, columns: shuffled };
      const score = await scoreRows(this.#model, this.#predictor, { ...examples, table });
      const worse = (score ?? this.#baseline!) - this.#baseline!;
      losses.push(this.#model.metric.higherIsBetter ? -worse : worse);
    }
    return losses;
  }
}

function reordered(column: FeatureColumn, rows: number, order: Uint32Array): FeatureColumn {
  const alone = { table: { rows, columns: [column] }, rows: order, target: new Float64Array(rows), weight: null };
  return compactExamples(alone).table.columns[0]!;
}

function spreadOf(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}
