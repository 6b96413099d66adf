import type { Examples } from "../../core/index.ts";
import type { Progress } from "../neural/progress.ts";
import type { SequenceEncoding } from "./encoding.ts";
import { levelsOf, type SequencePlan } from "./plan.ts";

/** Adds some validation rows to the score: squared errors, or pinball losses, in units of the target's deviation. */
export function addScores(
  progress: Progress,
  plan: SequencePlan,
  encoding: SequenceEncoding,
  { target, weight }: Examples,
  rows: Uint32Array,
  outputs: Float32Array,
): void {
  const levels = levelsOf(plan);
  rows.forEach((row, i) => {
    for (let step = 0; step < plan.horizon; step++) {
      const truth = target[row * plan.horizon + step]!;
      if (Number.isNaN(truth)) continue;
      const share = weight?.[row] ?? 1;
      const at = (i * plan.horizon + step) * levels;
      progress.scoreSum += share * lossOf(plan, (truth - encoding.centre) / encoding.spread, outputs, at);
      progress.scoreWeight += share;
    }
  });
}

function lossOf({ quantiles }: SequencePlan, truth: number, outputs: Float32Array, at: number): number {
  if (quantiles.length === 0) return (outputs[at]! - truth) ** 2;
  let sum = 0;
  quantiles.forEach((level, k) => {
    const error = truth - outputs[at + k]!;
    sum += Math.max(level * error, (level - 1) * error);
  });
  return sum / quantiles.length;
}

/** The score of the pass that just ended, in units of the target; null where no row counted. */
export function finalScore(
  { scoreSum, scoreWeight }: Progress,
  { quantiles }: SequencePlan,
  { spread }: SequenceEncoding,
): number | null {
  if (scoreWeight === 0) return null;
  const mean = scoreSum / scoreWeight;
  return (quantiles.length === 0 ? Math.sqrt(mean) : mean) * spread;
}
