import {
  type Examples,
  KaaykoError,
  type ModelContent,
  type Predictor,
  pointOutput,
  type State,
  type StepReport,
  type Task,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { convexWeights } from "./convex-weights.ts";
import { joinMembers, type LoadAlgorithm } from "./members.ts";

const BATCH_ROWS = 16_384;

/** Lets every member forecast the validation rows, one a step, then finds the weights. */
export class EnsembleTrainer implements Trainer {
  readonly version = 1;
  readonly #members: readonly ModelContent[];
  readonly #context: TrainerContext;
  readonly #load: LoadAlgorithm;
  /** Weights that were given: nothing is to be found. */
  readonly #given: readonly number[] | null;
  /** Errors on the known values of the held-out rows, by member. */
  readonly #errors: Float64Array[] = [];

  private constructor(members: readonly ModelContent[], context: TrainerContext, load: LoadAlgorithm) {
    this.#members = members;
    this.#context = context;
    this.#load = load;
    this.#given = givenWeights(context, members.length);
  }

  /** @throws KaaykoError (usage) where there are no validation rows to find weights by */
  static async create(
    members: readonly ModelContent[],
    context: TrainerContext,
    load: LoadAlgorithm,
  ): Promise<EnsembleTrainer> {
    const trainer = new EnsembleTrainer(members, context, load);
    if (trainer.#given === null && context.dataset.rows.validation === 0)
      throw new KaaykoError({
        action: "train ensemble",
        rule: "its weights are found on validation rows",
        got: "none",
        remedy: "Use a --validation-size over 0.",
        kind: "usage",
      });
    return trainer;
  }

  async step(): Promise<StepReport> {
    if (this.#given !== null) return { done: true, step: 1, total: 1, unit: "member" };
    const member = this.#members[this.#errors.length]!;
    const { dataset, threads, backend } = this.#context;
    const { task, features, parts } = dataset;
    const algorithm = await this.#load(member.algorithm);
    const context = { task, features, ...(parts === undefined ? {} : { parts }), threads, backend };
    const predictor = await algorithm.createPredictor(member, context);
    try {
      this.#errors.push(await this.#errorsOf(predictor));
    } finally {
      await predictor.dispose();
    }
    const step = this.#errors.length;
    const total = this.#members.length;
    return { done: step === total, step, total, unit: "member", note: `ensemble, ${member.algorithm}` };
  }

  async #errorsOf(predictor: Predictor): Promise<Float64Array> {
    const { dataset } = this.#context;
    const stream = await dataset.stream("validation", { batchRows: BATCH_ROWS, shuffle: null });
    const errors: number[] = [];
    try {
      for (let batch = await stream.next(); batch !== null; batch = await stream.next())
        addErrors(await predictor.predict(batch.table), batch, dataset.task, errors);
    } finally {
      await stream.close();
    }
    return Float64Array.from(errors);
  }

  getState(): State {
    const arrays = Object.fromEntries(this.#errors.map((errors, k) => [`errors-${k}`, errors]));
    return { json: { members: this.#errors.length }, arrays, appendOnly: Object.keys(arrays) };
  }

  setState({ json, arrays }: State): void {
    const { members } = json;
    if (typeof members !== "number" || !(members >= 0 && members <= this.#members.length)) throw damaged();
    for (let k = 0; k < members; k++) {
      const errors = arrays[`errors-${k}`];
      if (!(errors instanceof Float64Array) || errors.length !== (this.#errors[0] ?? errors).length) throw damaged();
      this.#errors.push(errors);
    }
  }

  async model(): Promise<ModelContent> {
    return joinMembers(this.#members, this.#given ?? this.#weights());
  }

  /** What is known so far; as long as not all members were asked, of those that were. */
  #weights(): Float64Array {
    const weights = new Float64Array(this.#members.length);
    if (this.#errors.length === 0) return weights.fill(1 / weights.length);
    weights.set(convexWeights(this.#errors.map((a) => Float64Array.from(this.#errors, (b) => dot(a, b)))));
    return weights;
  }

  async dispose(): Promise<void> {}
}

function givenWeights({ parameters }: TrainerContext, count: number): readonly number[] | null {
  if (parameters.weights === undefined) return null;
  const weights = (parameters.weights as string[]).map(Number);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.length === count && weights.every((weight) => weight >= 0) && Math.abs(sum - 1) < 1e-6) return weights;
  throw new KaaykoError({
    action: "train ensemble",
    rule: `weights must be ${count} numbers at or over 0 that sum to 1, one a model`,
    got: weights.join(","),
    kind: "usage",
  });
}

/** Appends the errors of the value (of quantiles: of the one nearest the middle) where the truth is known, row by row. */
function addErrors(predictions: Float64Array, { table, target }: Examples, task: Task, errors: number[]): void {
  const levels = task.quantiles?.length ?? 1;
  const point = pointOutput(task);
  for (let i = 0; i < table.rows * (task.horizon ?? 1); i++)
    if (!Number.isNaN(target[i]!)) errors.push(predictions[i * levels + point]! - target[i]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function damaged(): KaaykoError {
  return new KaaykoError({ action: "restore ensemble", rule: "its errors must be whole", kind: "damaged" });
}
