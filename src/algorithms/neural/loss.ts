import { exp, log } from "../../core/index.ts";
import type { Loss } from "./network.ts";

/**
 * The weighted mean loss of some rows and its gradient by the outputs: squared error, or cross-entropy of sigmoid or softmax.
 *
 * @param outputs rows × width, before sigmoid or softmax
 * @param target rows × width
 * @param weight each row's share
 * @param gradient filled, rows × width
 */
export function lossWithGradient(
  loss: Loss,
  outputs: Float32Array,
  target: Float32Array,
  weight: Float32Array,
  width: number,
  gradient: Float32Array,
): number {
  let sum = 0;
  const rows = outputs.length / width;
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    const share = weight[row]!;
    sum +=
      share *
      (loss === "softmax"
        ? softmaxRow(outputs, target, at, width, share, gradient)
        : scalarRow(loss, outputs[at]!, target[at]!, at, share, gradient));
  }
  return sum;
}

function scalarRow(loss: Loss, z: number, y: number, at: number, share: number, gradient: Float32Array): number {
  if (loss === "squared") {
    gradient[at] = 2 * share * (z - y);
    return (z - y) * (z - y);
  }
  const e = exp(-Math.abs(z));
  const probability = z >= 0 ? 1 / (1 + e) : e / (1 + e);
  gradient[at] = share * (probability - y);
  return Math.max(z, 0) - z * y + log(1 + e);
}

function softmaxRow(
  outputs: Float32Array,
  target: Float32Array,
  at: number,
  width: number,
  share: number,
  gradient: Float32Array,
): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < width; k++) highest = Math.max(highest, outputs[at + k]!);
  let total = 0;
  for (let k = 0; k < width; k++) total += exp(outputs[at + k]! - highest);
  const logTotal = log(total);
  let loss = 0;
  for (let k = 0; k < width; k++) {
    const centred = outputs[at + k]! - highest;
    const y = target[at + k]!;
    loss -= y * (centred - logTotal);
    gradient[at + k] = share * (exp(centred) / total - y);
  }
  return loss;
}
