import {
  type Dataset,
  KaaykoError,
  type ParameterSpec,
  type ParameterValues,
  type RowLabels,
} from "../../../core/index.ts";
import { readRoleLabels } from "../streaming/role-labels.ts";
import { relabelled } from "./relabelled.ts";

export const CLASS_WEIGHT_PARAMETER: ParameterSpec = {
  name: "classWeight",
  type: "list",
  placeholder: "balanced|yes:5,no:1",
  description:
    "Weight of each class's rows, times their own: balanced, so that all classes weigh the same, or a weight by class",
};

/**
 * The dataset with each row's weight multiplied by its class's, for training and validation rows; as it is where nothing is asked for.
 *
 * @throws KaaykoError (usage) where the task has no classes, a class is unknown, or a weight is no number at or over 0
 */
export async function withClassWeights(dataset: Dataset, values: ParameterValues): Promise<Dataset> {
  const asked = (values.classWeight as readonly string[] | undefined) ?? [];
  if (asked.length === 0) return dataset;
  const { classes } = dataset.task;
  if (classes === undefined) throw refuse("the task must have classes", dataset.task.kind);
  const weights =
    asked.length === 1 && asked[0] === "balanced"
      ? balanced(await readRoleLabels(dataset, "train"), classes.length)
      : weightsByClass(asked, classes);
  return relabelled(dataset, ({ target, weight }) => ({
    target,
    weight: Float32Array.from(target, (code, row) => (weights[code] ?? 0) * (weight?.[row] ?? 1)),
  }));
}

/** Each class weighs as much as the others, and all rows together what they did. */
function balanced({ rows, target, weight }: RowLabels, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const own = weight?.[row] ?? 1;
    sums[target[row]!]! += own;
    total += own;
  }
  const present = sums.filter((sum) => sum > 0).length;
  return sums.map((sum) => (sum > 0 ? total / present / sum : 0));
}

/** A weight for each class, from entries such as "yes:5"; 1 for those that none names. @throws KaaykoError (usage) */
export function weightsByClass(asked: readonly string[], classes: readonly string[]): Float64Array {
  const weights = new Float64Array(classes.length).fill(1);
  for (const entry of asked) {
    const at = entry.lastIndexOf(":");
    const code = classes.indexOf(entry.slice(0, Math.max(0, at)));
    const weight = Number(entry.slice(at + 1) || "none");
    if (at < 0 || code < 0 || !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw refuse(`a weight must be "balanced" or CLASS:NUMBER, of ${classes.join(", ")}`, entry);
    weights[code] = weight;
  }
  return weights;
}

function refuse(rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: "weigh classes", rule, got, kind: "usage" });
}
