import { KaaykoError, log, type State } from "../../core/index.ts";
import { fitSigmoid, probabilities } from "./calibration.ts";
import type { Targets } from "./losses.ts";
import type { Sigmoid } from "./settings.ts";

/** Rows that probabilities are learnt from at most. */
export const MAX_ROWS = 65_536;

/** What held-out rows say about a model. */
export interface Verdict {
  readonly metric: "rmse" | "logLoss";
  /** Null where no row counted. */
  readonly value: number | null;
  readonly calibration: readonly Sigmoid[] | null;
}

/** Scores of held-out rows, gathered block by block: an error for regression, probabilities for classes. */
export class HeldOut {
  readonly #targets: Targets;
  readonly #outputs: number;
  #rows = 0;
  #sum = 0;
  #weights = 0;
  readonly #scores: Float32Array;
  readonly #target: Float64Array;
  readonly #weight: Float32Array;

  /** @param rows that there may be */
  constructor(targets: Targets, outputs: number, rows: number) {
    this.#targets = targets;
    this.#outputs = outputs;
    const room = targets.kind === "regression" ? 0 : Math.min(rows, MAX_ROWS);
    this.#scores = new Float32Array(room * outputs);
    this.#target = new Float64Array(room);
    this.#weight = new Float32Array(room);
  }

  /** True where further rows would not be looked at. */
  get full(): boolean {
    return this.#targets.kind !== "regression" && this.#rows >= this.#target.length;
  }

  clear(): void {
    this.#rows = 0;
    this.#sum = 0;
    this.#weights = 0;
  }

  /** @param scores rows × outputs */
  add(scores: Float32Array, target: Float64Array, weight: Float64Array): void {
    const { kind, centre, spread } = this.#targets;
    if (kind === "regression") {
      target.forEach((wanted, row) => {
        this.#sum += weight[row]! * ((wanted - centre) / spread - scores[row]!) ** 2;
        this.#weights += weight[row]!;
      });
      return;
    }
    const rows = Math.min(target.length, this.#target.length - this.#rows);
    this.#scores.set(scores.subarray(0, rows * this.#outputs), this.#rows * this.#outputs);
    this.#target.set(target.subarray(0, rows), this.#rows);
    this.#weight.set(weight.subarray(0, rows), this.#rows);
    this.#rows += rows;
  }

  verdict(): Verdict {
    if (this.#targets.kind === "regression") {
      const value = this.#weights > 0 ? Math.sqrt(this.#sum / this.#weights) * this.#targets.spread : null;
      return { metric: "rmse", value, calibration: null };
    }
    const calibration = Array.from({ length: this.#outputs }, (_, k) => this.#sigmoidOf(k));
    return { metric: "logLoss", value: this.#logLoss(calibration), calibration };
  }

  #sigmoidOf(k: number): Sigmoid {
    const own = this.#targets.kind === "binary" ? 1 : k;
    const scores = Float32Array.from({ length: this.#rows }, (_, row) => this.#scores[row * this.#outputs + k]!);
    return fitSigmoid(scores, this.#weight, (row) => this.#target[row] === own);
  }

  #logLoss(calibration: readonly Sigmoid[]): number | null {
    const row = new Float64Array(this.#outputs);
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < this.#rows; i++) {
      probabilities(this.#scores, i * this.#outputs, calibration, row, 0);
      const target = this.#target[i]!;
      const own = this.#targets.kind === "binary" ? (target === 1 ? row[0]! : 1 - row[0]!) : row[target]!;
      sum -= this.#weight[i]! * log(Math.max(own, 1e-15));
      weights += this.#weight[i]!;
    }
    return weights > 0 ? sum / weights : null;
  }

  getState(): State {
    return {
      json: { rows: this.#rows, sum: this.#sum, weights: this.#weights },
      arrays: {
        scores: this.#scores.slice(0, this.#rows * this.#outputs),
        target: this.#target.slice(0, this.#rows),
        weight: this.#weight.slice(0, this.#rows),
      },
    };
  }

  setState({ json, arrays }: State): void {
    const { rows, sum, weights } = json;
    const { scores, target, weight } = arrays;
    const fits =
      typeof rows === "number" &&
      typeof sum === "number" &&
      typeof weights === "number" &&
      scores instanceof Float32Array &&
      target instanceof Float64Array &&
      weight instanceof Float32Array &&
      scores.length === rows * this.#outputs &&
      target.length === rows &&
      weight.length === rows &&
      rows <= this.#target.length;
    if (!fits)
      throw new KaaykoError({ action: "resume the svm", rule: "its held-out scores must be whole", kind: "damaged" });
    this.#scores.set(scores);
    this.#target.set(target);
    this.#weight.set(weight);
    this.#rows = rows;
    this.#sum = sum;
    this.#weights = weights;
  }
}
