import {
  KaaykoError,
  log,
  type ModelContent,
  type State,
  type StepReport,
  sigmoid,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { joinMembers, type LoadAlgorithm } from "../ensemble/members.ts";
import { calibrate } from "../linear/calibrate.ts";
import type { Calibration } from "../linear/parameters.ts";
import { logOdds } from "./log-odds.ts";

const BATCH_ROWS = 16_384;

/** A calibration and the member that it is for. */
interface Choice {
  readonly member: number;
  readonly calibration: Calibration;
}

/** Lets every member predict the validation rows, one a step, then calibrates the one that is best with its calibration. */
export class CalibratedTrainer implements Trainer {
  readonly version = 2;
  readonly #members: readonly ModelContent[];
  readonly #context: TrainerContext;
  readonly #load: LoadAlgorithm;
  readonly #given: Choice | null;
  /** Log odds of the held-out rows, by member, and the classes of these rows. */
  readonly #scores: Float64Array[] = [];
  #truth: Float64Array = new Float64Array(0);

  private constructor(members: readonly ModelContent[], context: TrainerContext, load: LoadAlgorithm) {
    this.#members = members;
    this.#context = context;
    this.#load = load;
    const { slope, intercept, member } = context.parameters;
    this.#given =
      typeof slope === "number" && typeof member === "number" && member < members.length
        ? { member, calibration: { slope, intercept: typeof intercept === "number" ? intercept : 0 } }
        : null;
  }

  /** @throws KaaykoError (usage) where there are no validation rows to calibrate by */
  static async create(members: readonly ModelContent[], context: TrainerContext, load: LoadAlgorithm) {
    const trainer = new CalibratedTrainer(members, context, load);
    if (trainer.#given !== null || context.dataset.rows.validation > 0) return trainer;
    throw new KaaykoError({
      action: "train calibrated",
      rule: "probabilities are put right on validation rows",
      got: "none",
      remedy: "Use a --validation-size over 0.",
      kind: "usage",
    });
  }

  async step(): Promise<StepReport> {
    if (this.#given !== null) return { done: true, step: 1, total: 1, unit: "member" };
    const member = this.#members[this.#scores.length]!;
    await this.#score(member);
    const [step, total] = [this.#scores.length, this.#members.length];
    return { done: step === total, step, total, unit: "member", note: `calibrated, ${member.algorithm}` };
  }

  async #score(member: ModelContent): Promise<void> {
    const { dataset, threads, backend } = this.#context;
    const { task, features, parts } = dataset;
    const algorithm = await this.#load(member.algorithm);
    const context = { task, features, ...(parts === undefined ? {} : { parts }), threads, backend };
    const predictor = await algorithm.createPredictor(member, context);
    const stream = await dataset.stream("validation", { batchRows: BATCH_ROWS, shuffle: null });
    const scores: number[] = [];
    const truth: number[] = [];
    try {
      for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
        const shares = await predictor.predict(batch.table);
        for (let row = 0; row < batch.table.rows; row++) {
          scores.push(logOdds(shares[row]!));
          truth.push(batch.target[row]!);
        }
      }
    } finally {
      await stream.close();
      await predictor.dispose();
    }
    this.#scores.push(Float64Array.from(scores));
    this.#truth = Float64Array.from(truth);
  }

  getState(): State {
    const scores = Object.fromEntries(this.#scores.map((own, k) => [`scores-${k}`, own]));
    return { json: { members: this.#scores.length }, arrays: { truth: this.#truth, ...scores } };
  }

  setState({ json, arrays }: State): void {
    const { members } = json;
    const { truth } = arrays;
    const isCount = typeof members === "number" && members >= 0 && members <= this.#members.length;
    if (!isCount || !(truth instanceof Float64Array)) throw damaged();
    for (let k = 0; k < members; k++) {
      const scores = arrays[`scores-${k}`];
      if (!(scores instanceof Float64Array) || scores.length !== truth.length) throw damaged();
      this.#scores.push(scores);
    }
    this.#truth = truth;
  }

  async model(): Promise<ModelContent> {
    const { member, calibration } = this.#given ?? this.#choice();
    const weights = this.#members.map((_, k) => (k === member ? 1 : 0));
    const joined = joinMembers(this.#members, weights);
    const { slope, intercept } = calibration;
    return { ...joined, algorithm: "calibrated", json: { ...joined.json, calibration: { slope, intercept } } };
  }

  /** The member under whose calibrated probabilities the held-out rows are most likely; the first of several. */
  #choice(): Choice {
    const { task } = this.#context.dataset;
    const choices = this.#scores.map((scores, member) => {
      const calibration = calibrate(scores, this.#truth, 1, task);
      return { member, calibration, loss: lossOf(scores, this.#truth, calibration) };
    });
    if (choices.length === 0) return { member: 0, calibration: { slope: 1, intercept: 0 } };
    return choices.reduce((best, other) => (other.loss < best.loss ? other : best));
  }

  async dispose(): Promise<void> {}
}

function lossOf(scores: Float64Array, truth: Float64Array, { slope, intercept }: Calibration): number {
  let sum = 0;
  for (let row = 0; row < scores.length; row++) {
    const share = sigmoid(slope * scores[row]! + intercept);
    sum -= log(Math.max(1e-15, truth[row] === 1 ? share : 1 - share));
  }
  return sum;
}

function damaged(): KaaykoError {
  return new KaaykoError({ action: "restore calibrated", rule: "its scores must be whole", kind: "damaged" });
}
