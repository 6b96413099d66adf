import {
  KaaykoError,
  type ModelContent,
  type Predictor,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { joinMembers, type LoadAlgorithm } from "./members.ts";
import { isMean, type Mixing, mixingOf } from "./mixing.ts";

const BATCH_ROWS = 16_384;

/** Numbers that are collected of a member at most: beyond, more rows hardly move a weight. */
const MOST_NUMBERS = 2 ** 23;

/** Lets every member predict the validation rows, one a step, then finds the weights. */
export class EnsembleTrainer implements Trainer {
  // 3: weights of forecasts begin at powers of the inverse errors.
  readonly version = 3;
  readonly #members: readonly ModelContent[];
  readonly #context: TrainerContext;
  readonly #load: LoadAlgorithm;
  readonly #mixing: Mixing;
  /** Weights that were given: nothing is to be found. */
  readonly #given: readonly number[] | null;
  /** What the mixing collects of the held-out rows, by member: errors, say. */
  readonly #errors: Float64Array[] = [];

  private constructor(members: readonly ModelContent[], context: TrainerContext, load: LoadAlgorithm) {
    this.#members = members;
    this.#context = context;
    this.#load = load;
    this.#mixing = mixingOf(context.dataset.task);
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
      for (let batch = await stream.next(); batch !== null && errors.length < MOST_NUMBERS; batch = await stream.next())
        this.#mixing.collect(await predictor.predict(batch.table), batch, errors);
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
    weights.set(this.#mixing.weigh(this.#errors));
    return weights;
  }

  async dispose(): Promise<void> {}
}

function givenWeights({ parameters, dataset }: TrainerContext, count: number): readonly number[] | null {
  if (parameters.weights === undefined) return null;
  const weights = (parameters.weights as string[]).map(Number);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const mean = isMean(dataset.task);
  const fits = weights.length === count && weights.every((weight) => weight >= 0 && Number.isFinite(weight));
  if (fits && (mean ? Math.abs(sum - 1) < 1e-6 : sum > 0)) return weights;
  throw new KaaykoError({
    action: "train ensemble",
    rule: `weights must be ${count} numbers at or over 0${mean ? " that sum to 1" : ", not all of them 0"}, one a model`,
    got: weights.join(","),
    kind: "usage",
  });
}

function damaged(): KaaykoError {
  return new KaaykoError({ action: "restore ensemble", rule: "its errors must be whole", kind: "damaged" });
}
