import type { Examples } from "../../core/index.ts";
import type { RowScore } from "../neural/lesson.ts";
import { LossSum } from "../neural/loss-sum.ts";
import type { SequenceEncoding } from "./encoding.ts";
import { levelsOf, type SequencePlan } from "./plan.ts";

/**
 * The score of forecasts: the root of the mean squared error, or the mean pinball loss, in units of the target; missing targets
 * do not count.
 */
export function createSequenceScore(plan: SequencePlan, encoding: SequenceEncoding, validation: Examples): RowScore {
  const { target, weight } = validation;
  const { centre, spread } = encoding;
  const levels = levelsOf(plan);
  const sum = new LossSum();
  const pinball = plan.quantiles.length > 0;
  return {
    metric: pinball ? "pinball" : "rmse",
    higherIsBetter: false,
    add(rows, outputs) {
      rows.forEach((row, i) => {
        for (let step = 0; step < plan.horizon; step++) {
          const truth = target[row * plan.horizon + step]!;
          if (Number.isNaN(truth)) continue;
          const at = (i * plan.horizon + step) * levels;
          sum.add(lossOf(plan, (truth - centre) / spread, outputs, at), weight?.[row] ?? 1);
        }
      });
    },
    take() {
      const mean = sum.take();
      return mean === null ? null : (pinball ? mean : Math.sqrt(mean)) * spread;
    },
    getState: () => sum.getState(),
    setState: (state) => sum.setState(state),
  };
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
