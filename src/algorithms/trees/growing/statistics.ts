import { KaaykoError } from "../../../core/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { RowSet } from "../machine/row-set.ts";

export interface ScoreStatistics {
  /** Largest size of a gradient, sum of sizes, and the same of hessians; not for losses that bound them. */
  readonly largest: number;
  readonly sizes: number;
  readonly largestHessian: number;
  readonly hessians: number;
  /** Weighted mean of the losses. */
  readonly meanLoss: number;
}

/** Float64 numbers of a block's record. */
const FIELDS = 6;

/** Reads what the last pass wrote about each block of rows, summed in the blocks' order, whoever computed them. */
export function scoreStatistics(machine: TreeMachine, set: RowSet): ScoreStatistics {
  const at = set.statistics >>> 3;
  let largest = 0;
  let sizes = 0;
  let hessians = 0;
  let losses = 0;
  let weights = 0;
  let largestHessian = 0;
  for (let block = 0; block < set.blocks; block++) {
    largest = Math.max(largest, machine.reals[at + block * FIELDS]!);
    sizes += machine.reals[at + block * FIELDS + 1]!;
    hessians += machine.reals[at + block * FIELDS + 5]!;
    losses += machine.reals[at + block * FIELDS + 2]!;
    weights += machine.reals[at + block * FIELDS + 3]!;
    largestHessian = Math.max(largestHessian, machine.reals[at + block * FIELDS + 4]!);
  }
  return { largest, sizes, largestHessian, hessians, meanLoss: weights > 0 ? losses / weights : 0 };
}

/** @throws KaaykoError (input) where targets or weights are so large that their sums leave the range of float64 */
export function checkGradients({ sizes, hessians }: ScoreStatistics): void {
  if (Number.isFinite(sizes) && Number.isFinite(hessians)) return;
  throw new KaaykoError({
    action: "fit trees",
    rule: "the sum of all gradients must be finite",
    got: String(Number.isFinite(sizes) ? hessians : sizes),
    remedy: "Divide the target, or the weights, by a constant.",
    kind: "input",
  });
}
