import type { FeatureMachine } from "../../kernels/svm/index.ts";
import { lossWithSlopes, type Targets } from "./losses.ts";
import type { Settings } from "./settings.ts";

/** How fast the average of the weights forgets where they began (Shamir and Zhang, 2013). */
const AVERAGING = 8;

/** A batch that lies in the machine: targets as given, and each row's share of the batch. */
export interface LoadedBatch {
  readonly rows: number;
  readonly target: Float64Array;
  readonly share: Float64Array;
}

/** Stochastic gradient descent with a preconditioner, and the average of the weights behind it. */
export class Descent {
  readonly #settings: Settings;
  readonly #targets: Targets;
  readonly #outputs: number;
  readonly #trainRows: number;
  /** outputs × features, as the last update left them. */
  #weights: Float32Array;
  #average: Float32Array;

  constructor(settings: Settings, targets: Targets, outputs: number, trainRows: number) {
    this.#settings = settings;
    this.#targets = targets;
    this.#outputs = outputs;
    this.#trainRows = Math.max(1, trainRows);
    this.#weights = new Float32Array(outputs * (2 * settings.pairs + 8));
    this.#average = this.#weights.slice();
  }

  /** What predicts: the average. Changed by the next update. */
  get average(): Float32Array {
    return this.#average;
  }

  /** Weight of the squared length of the weights, twice, beside the mean loss. */
  get regularisation(): number {
    return 1 / (this.#settings.cost * this.#trainRows);
  }

  /**
   * One update with the batch in the machine; gives the batch's mean loss.
   *
   * @param rate of the first update; it falls to 0 over all of them
   * @param update from 0
   */
  update(machine: FeatureMachine, batch: LoadedBatch, rate: number, update: number): number {
    const { rows, target, share } = batch;
    machine.weights.set(this.#weights);
    machine.project(rows);
    const loss = lossWithSlopes(
      this.#settings,
      this.#targets,
      machine.scores,
      target,
      share,
      this.#outputs,
      machine.slopes,
    );
    machine.gradient.fill(0);
    machine.gather(rows);
    const { regularisation } = this;
    for (let i = 0; i < this.#weights.length; i++) machine.gradient[i]! += regularisation * this.#weights[i]!;
    machine.precondition();
    const { batchSize, epochs } = this.#settings;
    const updates = epochs * Math.ceil(this.#trainRows / batchSize);
    this.#move(machine.step, rate * Math.max(0, 1 - update / updates), update);
    return loss;
  }

  #move(step: Float32Array, rate: number, update: number): void {
    const kept = Math.min(1, (AVERAGING + 1) / (update + 1 + AVERAGING));
    const weights = this.#weights;
    const average = this.#average;
    for (let i = 0; i < weights.length; i++) {
      weights[i]! -= rate * step[i]!;
      average[i]! += kept * (weights[i]! - average[i]!);
    }
  }

  /** Copies, for a state. */
  arrays(): { weights: Float32Array; average: Float32Array } {
    return { weights: this.#weights.slice(), average: this.#average.slice() };
  }

  /** Takes arrays of a state; false where they do not fit. */
  setArrays(weights: unknown, average: unknown): boolean {
    const { length } = this.#weights;
    if (!(weights instanceof Float32Array) || !(average instanceof Float32Array)) return false;
    if (weights.length !== length || average.length !== length) return false;
    this.#weights = weights.slice();
    this.#average = average.slice();
    return true;
  }
}
