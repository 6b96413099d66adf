import type { Column, Contributions, JsonObject } from "../core/index.ts";
import type { Model } from "./package.ts";

/** Names of the columns that `explainedColumns` makes. */
export function explainedColumnNames(model: Model): string[] {
  const features = model.pipeline.features.map(({ name }) => name);
  return labelsOf(model).flatMap((label) => {
    const part = label === null ? "" : `${label}_`;
    return [
      label === null ? "base_score" : `base_score_${label}`,
      ...features.map((name) => `contribution_${part}${name}`),
    ];
  });
}

/**
 * What makes each row's score, as columns: `base_score` and `contribution_<feature>`, which add up to it; for several classes
 * `base_score_<class>` and `contribution_<class>_<feature>`.
 */
export function explainedColumns(model: Model, { outputs, base, values }: Contributions, rows: number): Column[] {
  const features = model.pipeline.features.length;
  const names = explainedColumnNames(model);
  return names.map((name, i): Column => {
    const output = Math.floor(i / (features + 1));
    const feature = (i % (features + 1)) - 1;
    const numberOf = (row: number): number =>
      feature < 0 ? base[output]! : values[(row * outputs + output) * features + feature]!;
    return { kind: "numeric", name, values: Float64Array.from({ length: rows }, (_, row) => numberOf(row)) };
  });
}

/** What makes a row's score, for JSON: `{ baseScore, score, contributions }`, for several classes by class. */
export function explainedRow(model: Model, { outputs, base, values }: Contributions, row: number): JsonObject {
  const { features } = model.pipeline;
  const explanations = labelsOf(model).map((label, output): [string | null, JsonObject] => {
    const first = (row * outputs + output) * features.length;
    const own = values.subarray(first, first + features.length);
    const score = own.reduce((sum, value) => sum + value, base[output]!);
    const contributions = Object.fromEntries(features.map(({ name }, feature) => [name, own[feature]!]));
    return [label, { baseScore: base[output]!, score, contributions }];
  });
  const [[label, only]] = explanations as [[string | null, JsonObject]];
  return { explanation: label === null ? only : Object.fromEntries(explanations) };
}

/** The classes that have scores of their own; null for a task with one score. */
function labelsOf({ task }: Model): readonly (string | null)[] {
  return task.kind === "multiclass" || task.kind === "multilabel" ? task.classes! : [null];
}
