import type { RowSet, TreeMachine } from "./machine.ts";

export interface ScoreStatistics {
  /** Largest size of a gradient and largest hessian; not for losses that bound them. */
  readonly largest: number;
  readonly largestHessian: number;
  /** Weighted mean of the losses. */
  readonly meanLoss: number;
}

/** Float64 numbers of a block's record. */
const FIELDS = 6;

/** Reads what the last pass wrote about each block of rows, summed in the blocks' order, whoever computed them. */
export function scoreStatistics(machine: TreeMachine, set: RowSet): ScoreStatistics {
  const at = set.statistics >>> 3;
  let largest = 0;
  let losses = 0;
  let weights = 0;
  let largestHessian = 0;
  for (let block = 0; block < set.blocks; block++) {
    largest = Math.max(largest, machine.reals[at + block * FIELDS]!);
    losses += machine.reals[at + block * FIELDS + 2]!;
    weights += machine.reals[at + block * FIELDS + 3]!;
    largestHessian = Math.max(largestHessian, machine.reals[at + block * FIELDS + 4]!);
  }
  return { largest, largestHessian, meanLoss: weights > 0 ? losses / weights : 0 };
}
