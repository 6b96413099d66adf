import {
  type Dataset,
  type Examples,
  KaaykoError,
  type ParameterSpec,
  type ParameterValues,
} from "../../core/index.ts";
import { rowsOf } from "./binning.ts";

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
export function withClassWeights(dataset: Dataset, values: ParameterValues): Dataset {
  const asked = (values.classWeight as readonly string[] | undefined) ?? [];
  if (asked.length === 0) return dataset;
  const { classes } = dataset.task;
  if (classes === undefined) throw refuse("the task must have classes", dataset.task.kind);
  const weightsOf = async (): Promise<Float64Array> =>
    asked.length === 1 && asked[0] === "balanced"
      ? balanced(await dataset.examples("train"), classes.length)
      : weightsByClass(asked, classes);
  return {
    ...dataset,
    evaluations: (dataset.evaluations ?? []).map((set) => ({
      ...set,
      examples: async () => weighted(await set.examples(), await weightsOf()),
    })),
    examples: async (role) => weighted(await dataset.examples(role), await weightsOf()),
  };
}

/** Each class weighs as much as the others, and all rows together what they did. */
function balanced(examples: Examples, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < rowsOf(examples); i++) {
    const row = examples.rows === null ? i : examples.rows[i]!;
    const weight = examples.weight?.[row] ?? 1;
    sums[examples.target[row]!]! += weight;
    total += weight;
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

function weighted(examples: Examples, weights: Float64Array): Examples {
  const { target, weight } = examples;
  const product = Float32Array.from(target, (code, row) => (weights[code] ?? 0) * (weight?.[row] ?? 1));
  return { ...examples, weight: product };
}

function refuse(rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: "weigh classes", rule, got, kind: "usage" });
}
