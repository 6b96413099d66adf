import type { RowSet, TreeMachine } from "./machine.ts";

export interface ScoreStatistics {
  /** Largest and mean size of a gradient; only for squared error. */
  readonly largest: number;
  readonly meanSize: number;
  /** Weighted mean of the losses, and its root. */
  readonly meanLoss: number;
  readonly rmse: number;
}

/** Reads what the last pass wrote about each block of rows, summed in the blocks' order, whoever computed them. */
export function scoreStatistics(machine: TreeMachine, set: RowSet): ScoreStatistics {
  const at = set.statistics >>> 3;
  let largest = 0;
  let sizes = 0;
  let losses = 0;
  let weights = 0;
  for (let block = 0; block < set.blocks; block++) {
    largest = Math.max(largest, machine.reals[at + block * 4]!);
    sizes += machine.reals[at + block * 4 + 1]!;
    losses += machine.reals[at + block * 4 + 2]!;
    weights += machine.reals[at + block * 4 + 3]!;
  }
  const meanLoss = weights > 0 ? losses / weights : 0;
  return { largest, meanSize: sizes / set.rows, meanLoss, rmse: Math.sqrt(meanLoss) };
}
