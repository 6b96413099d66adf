import {
  type Algorithm,
  type ExampleStream,
  type Examples,
  type JsonObject,
  KaaykoError,
  type ModelContent,
  outputsOf,
  type Predictor,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";

const BATCH_ROWS = 65_536;

/**
 * Predicts the same for every row: the weighted mean of the target (the constant of least squared error), or the weighted
 * share of each class (the constant of least log loss). What a model that learnt something must beat.
 */
export const baseline: Algorithm = {
  name: "baseline",
  title: "Baseline",
  description: "Predicts the mean, or the share of each class or label: what a model that learnt something must beat",
  tasks: ["regression", "binary", "multiclass", "multilabel"],
  input: "stream",
  parameters: [],
  createTrainer: async (context) => new BaselineTrainer(context),
  createPredictor: async (model, { task }) => createPredictor(readOutputs(model, outputsOf(task))),
};

/** Sums targets or counts classes, a batch a step. */
class BaselineTrainer implements Trainer {
  readonly version = 1;
  readonly #context: TrainerContext;
  #stream: ExampleStream | null = null;
  #position: JsonObject | null = null;
  #step = 0;
  #weight = 0;
  /** Regression: the weighted sum. Classes and labels: the weight of each. */
  #sums: number[];

  constructor(context: TrainerContext) {
    this.#context = context;
    const { task } = context.dataset;
    this.#sums = new Array<number>(task.kind === "regression" ? 1 : task.classes!.length).fill(0);
  }

  async step(): Promise<StepReport> {
    const batch = await (await this.#open()).next();
    if (batch !== null) this.#add(batch);
    this.#position = this.#stream!.position();
    this.#step++;
    return { done: batch === null, step: this.#step, total: this.#total(), unit: "batch" };
  }

  getState(): State {
    return {
      json: { step: this.#step, position: this.#position, weight: this.#weight, sums: [...this.#sums] },
      arrays: {},
    };
  }

  setState({ json }: State): void {
    const { step, position, weight, sums } = json;
    const whole = typeof step === "number" && typeof weight === "number" && Array.isArray(sums);
    if (!whole || sums.length !== this.#sums.length || !sums.every((sum) => Number.isFinite(sum)))
      throw new KaaykoError({ action: "restore baseline", rule: "its sums must fit the task", kind: "damaged" });
    this.#step = step;
    this.#position = position as JsonObject | null;
    this.#weight = weight;
    this.#sums = [...(sums as number[])];
  }

  async model(): Promise<ModelContent> {
    const { task, target } = this.#context.dataset;
    const shares = this.#sums.map((sum, k) => (this.#weight > 0 ? sum / this.#weight : k === 0 ? target.mean : 0));
    const outputs = task.kind === "binary" ? [shares[1]!] : shares;
    return { algorithm: "baseline", formatVersion: 1, json: {}, arrays: { outputs: Float64Array.from(outputs) } };
  }

  async dispose(): Promise<void> {
    await this.#stream?.close();
    this.#stream = null;
  }

  async #open(): Promise<ExampleStream> {
    if (this.#stream === null) {
      this.#stream = await this.#context.dataset.stream("train", { batchRows: BATCH_ROWS, shuffle: null });
      if (this.#position !== null) await this.#stream.seek(this.#position);
    }
    return this.#stream;
  }

  #add({ table, rows, target, weight }: Examples): void {
    const { kind } = this.#context.dataset.task;
    const labels = this.#sums.length;
    const count = rows === null ? table.rows : rows.length;
    for (let i = 0; i < count; i++) {
      const row = rows === null ? i : rows[i]!;
      const w = weight === null ? 1 : weight[row]!;
      this.#weight += w;
      if (kind === "regression") this.#sums[0]! += w * target[row]!;
      else if (kind === "multilabel") for (let k = 0; k < labels; k++) this.#sums[k]! += w * target[row * labels + k]!;
      else this.#sums[target[row]!]! += w;
    }
  }

  /** Batches and the step that finds the end; streams may cut batches smaller, so this is a hint. */
  #total(): number {
    return Math.max(this.#step, Math.ceil(this.#context.dataset.rows.train / BATCH_ROWS) + 1);
  }
}

function readOutputs(model: ModelContent, count: number): Float64Array {
  const outputs = model.arrays.outputs;
  const valid = outputs instanceof Float64Array && outputs.length === count && outputs.every(Number.isFinite);
  if (model.formatVersion !== 1 || !valid)
    throw new KaaykoError({
      action: "load a baseline",
      rule: "it must hold one finite number an output",
      kind: "damaged",
    });
  return outputs;
}

function createPredictor(outputs: Float64Array): Predictor {
  return {
    predict: async (table) => {
      const predictions = new Float64Array(table.rows * outputs.length);
      for (let row = 0; row < table.rows; row++) predictions.set(outputs, row * outputs.length);
      return predictions;
    },
    importance: () => null,
    dispose: async () => {},
  };
}
