import type { Settings } from "./settings.ts";

/** From this slope on squared losses go on straight, so that no single row can throw the others over. */
const MAX_SLOPE = 2;

/** The targets of a batch as scores have them: standardised numbers, or the code of the class. */
export interface Targets {
  readonly kind: "regression" | "binary" | "multiclass";
  /** Regression: what is taken from a target, and what it is then divided by. */
  readonly centre: number;
  readonly spread: number;
}

/** What the score `k` of a row should be: the standardised target, or 1 for its own class and -1 for others. */
export function wantedScore({ kind, centre, spread }: Targets, target: number, k: number): number {
  if (kind === "regression") return (target - centre) / spread;
  return target === (kind === "binary" ? 1 : k) ? 1 : -1;
}

/**
 * Epsilon-insensitive loss or hinge loss of some rows, or their squares, and the slope at each score.
 *
 * @param scores rows × outputs
 * @param share each row's part of the mean
 * @param slopes filled, rows × outputs
 */
export function lossWithSlopes(
  settings: Pick<Settings, "loss" | "epsilon">,
  targets: Targets,
  scores: Float32Array,
  target: Float64Array,
  share: Float64Array,
  outputs: number,
  slopes: Float32Array,
): number {
  const squared = settings.loss === "squared";
  let sum = 0;
  for (let row = 0, at = 0; row < target.length; row++)
    for (let k = 0; k < outputs; k++, at++) {
      const wanted = wantedScore(targets, target[row]!, k);
      const error = scores[at]! - wanted;
      const regression = targets.kind === "regression";
      const side = regression ? Math.sign(error) : -wanted;
      const excess = regression ? Math.abs(error) - settings.epsilon : 1 - wanted * scores[at]!;
      const steep = squared ? Math.min(excess, MAX_SLOPE) : 1;
      slopes[at] = excess > 0 ? share[row]! * side * steep : 0;
      if (excess > 0) sum += share[row]! * (squared ? steep * (excess - steep / 2) : excess);
    }
  return sum;
}
