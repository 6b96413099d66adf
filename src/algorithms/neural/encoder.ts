import type { InputEncoding } from "./encoding.ts";
import type { Network } from "./network.ts";

/** What turns rows into a network's inputs and targets. */
export interface Encoder {
  readonly inputs: readonly InputEncoding[];
  readonly network: Network;
  /** Regression: what is taken from a target, and what it is then divided by. */
  readonly centre: number;
  readonly spread: number;
  /** By which the weights of each class's rows are multiplied; absent for none. */
  readonly classWeights?: Float64Array;
}
