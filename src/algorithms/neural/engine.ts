import type { EncodedRows } from "./encoding.ts";

/** Rows with what they should give. */
export interface TrainingRows extends EncodedRows {
  /** rows × outputs: the standardised value, 0 or 1, or 1 for the row's class. */
  readonly target: Float32Array;
  /** Each row's share of the loss; they sum to 1 (or are all 0). */
  readonly weight: Float32Array;
}

export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-7;

/** What one update takes besides the rows. */
export interface UpdateRates {
  readonly learningRate: number;
  /** Decays of Adam's means to the power of this update's number, from 1. */
  readonly beta1Power: number;
  readonly beta2Power: number;
  /** Share of each decayed weight that is taken away: learning rate × weight decay. */
  readonly decay: number;
}

/**
 * Trains and runs the network on some backend; holds weights and Adam's slots there. For a parameter `p` its arrays are named
 * `p`, `p/m` and `p/v`.
 */
export interface Engine {
  /** One update by the gradient of the weighted mean loss. Returns that loss before the update. */
  train(rows: TrainingRows, rates: UpdateRates): number;
  /** The outputs before sigmoid or softmax: rows × outputs. Valid until the next call. */
  forward(rows: EncodedRows): Float32Array;
  /** The named arrays, copied. */
  read(names: readonly string[]): Record<string, Float32Array>;
  /** Sets all arrays: `p`, `p/m` and `p/v` of every parameter. */
  write(arrays: Readonly<Record<string, Float32Array>>): void;
  /** Safe to call twice. */
  dispose(): void;
}

/** The three arrays of each parameter. */
export function slotNames(parameters: readonly { readonly name: string }[]): string[] {
  return parameters.flatMap(({ name }) => [name, `${name}/m`, `${name}/v`]);
}
