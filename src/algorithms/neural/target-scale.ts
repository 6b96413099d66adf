import type { Dataset } from "../../core/index.ts";

/**
 * How a target of regression is standardised: what is taken from it, and what it is then divided by. Targets so large that
 * their deviation overflows are scaled by their range instead.
 */
export function targetScale({ task, target }: Pick<Dataset, "task" | "target">): { centre: number; spread: number } {
  if (task.kind !== "regression") return { centre: 0, spread: 1 };
  const { mean, std, min, max } = target;
  if (Number.isFinite(mean) && Number.isFinite(std)) return { centre: mean, spread: std > 0 ? std : 1 };
  return { centre: min / 2 + max / 2, spread: Math.max(max / 2 - min / 2, Number.MIN_VALUE) };
}
