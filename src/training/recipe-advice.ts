import type { Algorithm, Dataset, ParameterValues, Recipe } from "../core/index.ts";

/**
 * What a recipe says of the settings of an algorithm for a dataset: its own, and the directions that its rules ask for, of the
 * columns that are features, where the algorithm can be constrained.
 */
export function recipeAdvice(
  { rules, algorithmSettings }: Recipe,
  { name, parameters }: Algorithm,
  { features, rows }: Pick<Dataset, "features" | "rows">,
): ParameterValues {
  const settings = algorithmSettings?.(rows.train)[name] ?? {};
  if (!parameters.some((parameter) => parameter.name === "monotone")) return settings;
  const numeric = new Set(features.filter(({ kind }) => kind === "numeric").map((feature) => feature.name));
  const monotone = Object.entries(rules?.monotone ?? {}).filter(([column]) => numeric.has(column));
  return monotone.length === 0
    ? settings
    : { ...settings, monotone: monotone.map(([column, direction]) => `${column}:${direction}`) };
}
