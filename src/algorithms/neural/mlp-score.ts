import { exp, log } from "../../core/index.ts";
import type { ReadyBatch } from "./batches.ts";
import type { Encoder } from "./encoder.ts";
import type { Score } from "./lesson.ts";
import { LossSum } from "./loss-sum.ts";

export interface MlpScore extends Score {
  /** @param outputs rows × outputs, before sigmoid or softmax */
  add(batch: Pick<ReadyBatch, "rows" | "rawTarget" | "rawWeight">, outputs: Float32Array): void;
}

/** The root of the mean squared error in units of the target, or the mean log loss. */
export function createMlpScore(encoder: Encoder): MlpScore {
  const sum = new LossSum();
  const { loss, outputs: width } = encoder.network;
  return {
    metric: loss === "squared" ? "rmse" : "logLoss",
    higherIsBetter: false,
    add({ rows, rawTarget, rawWeight }, outputs) {
      for (let row = 0; row < rows; row++)
        sum.add(rowScore(encoder, outputs, row * width, rawTarget[row]!), rawWeight[row]!);
    },
    take() {
      const mean = sum.take();
      return mean === null || loss !== "squared" ? mean : Math.sqrt(mean) * encoder.spread;
    },
    getState: () => sum.getState(),
    setState: (state) => sum.setState(state),
  };
}

function rowScore({ network, centre, spread }: Encoder, outputs: Float32Array, at: number, target: number): number {
  if (network.loss === "squared") {
    const error = outputs[at]! - (target - centre) / spread;
    return error * error;
  }
  if (network.loss === "logistic") {
    const z = target === 1 ? -outputs[at]! : outputs[at]!;
    return Math.max(z, 0) + log(1 + exp(-Math.abs(z)));
  }
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < network.outputs; k++) highest = Math.max(highest, outputs[at + k]!);
  let total = 0;
  for (let k = 0; k < network.outputs; k++) total += exp(outputs[at + k]! - highest);
  return log(total) - (outputs[at + target]! - highest);
}
