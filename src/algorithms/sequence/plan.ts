/** The form of a network for sequences, as plain numbers: part of the model. */
export interface SequencePlan {
  /** Steps of a window. */
  readonly steps: number;
  /** Numbers a step: channels, and marks of missing readings. */
  readonly inputs: number;
  /** Dense numbers a row beside the window: calendar features and the like. */
  readonly extras: number;
  readonly horizon: number;
  /** Levels that are predicted for each step ahead; empty for the value alone. */
  readonly quantiles: readonly number[];
  /** Width of hidden states. */
  readonly units: number;
  readonly layers: number;
  /** Heads of an attention; a divisor of `units`. */
  readonly heads: number;
  /** Steps that one convolution reads. */
  readonly taps: number;
  /** Share of hidden values that is dropped while training. */
  readonly dropout: number;
}

/** Outputs of the network for one step ahead. */
export function levelsOf({ quantiles }: SequencePlan): number {
  return Math.max(1, quantiles.length);
}

export function outputWidth(plan: SequencePlan): number {
  return plan.horizon * levelsOf(plan);
}
