import { log } from "../../../core/index.ts";
import type { ForestMachine } from "./forest-machine.ts";

/** Probabilities are kept this far from 0. */
const LEAST_SHARE = 1e-15;

/** What the rows are judged by. */
export interface Judged {
  readonly rows: number;
  readonly kind: "regression" | "binary" | "multiclass";
  readonly classes: number;
  /** What a target and a leaf's value are multiplied with. */
  readonly scale: number;
}

/**
 * Metrics over the rows that at least one tree was not grown from, each judged by the mean of those trees (Breiman's out-of-bag estimate);
 * weighted as the rows are. Nothing where there is no such row.
 */
export function heldOutMetrics(machine: ForestMachine, judged: Judged): Record<string, number> {
  const { buffer } = machine.memory;
  const { rows, classes } = judged;
  const counts = new Uint16Array(buffer, machine.heldOutCounts, rows);
  const sums = new Float32Array(buffer, machine.heldOutSums, rows * classes);
  const target = new Float64Array(buffer, machine.target, rows);
  const weight = machine.weight === 0 ? null : new Float32Array(buffer, machine.weight, rows);
  let loss = 0;
  let right = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const count = counts[row]!;
    const w = weight === null ? 1 : weight[row]!;
    if (count === 0 || w === 0) continue;
    total += w;
    const truth = target[row]!;
    if (judged.kind === "regression") loss += w * (sums[row]! / count - truth) ** 2;
    else if (judged.kind === "binary") {
      const share = sums[row]! / count;
      loss -= w * logOf(truth === 1 ? share : 1 - share);
      right += w * Number((share >= 0.5 ? 1 : 0) === truth);
    } else {
      loss -= w * logOf(sums[row * classes + truth]! / count);
      right += w * Number(mostOf(sums, row * classes, classes) === truth);
    }
  }
  if (total === 0) return {};
  const metrics: Record<string, number> =
    judged.kind === "regression"
      ? { "oob.rmse": judged.scale * Math.sqrt(loss / total) }
      : { "oob.logLoss": loss / total, "oob.accuracy": right / total };
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

function logOf(share: number): number {
  return log(Math.min(1, Math.max(LEAST_SHARE, share)));
}

/** The class with the largest sum; of equal ones the first. */
function mostOf(sums: Float32Array, from: number, classes: number): number {
  let most = 0;
  for (let k = 1; k < classes; k++) if (sums[from + k]! > sums[from + most]!) most = k;
  return most;
}
