import { type Dataset, KaaykoError, type ParameterValues } from "../../core/index.ts";
import { weightsByClass } from "../trees/boosting/class-weights.ts";

/**
 * By what the weights of each class's rows are multiplied: as asked for, or so that all classes weigh the same (by the rows that each has).
 * Null where nothing is asked for.
 *
 * @throws KaaykoError (usage) where the task has no classes, a class is unknown, or a weight is no number at or over 0
 */
export function classWeightsOf(
  { task, target }: Pick<Dataset, "task" | "target">,
  { classWeight }: ParameterValues,
): Float64Array | null {
  const asked = (classWeight as readonly string[] | undefined) ?? [];
  if (asked.length === 0) return null;
  const { classes } = task;
  if (classes === undefined)
    throw new KaaykoError({
      action: "weigh classes",
      rule: "the task must have classes",
      got: task.kind,
      kind: "usage",
    });
  if (asked.length > 1 || asked[0] !== "balanced") return weightsByClass(asked, classes);
  const { classCounts } = target;
  const rows = classCounts.reduce((sum, count) => sum + count, 0);
  const present = classCounts.filter((count) => count > 0).length;
  return Float64Array.from(classCounts, (count) => (count > 0 ? rows / present / count : 0));
}
