import type { ParameterValues, TaskKind } from "../../../core/index.ts";

type Policy = "depth" | "leaf";

/** Trees by leaf see four fifths of the rows, as those by depth do for classes: with them the smaller ones are better still. */
const SMALLER: Readonly<Record<Policy, ParameterValues>> = {
  depth: { maxDepth: 3 },
  leaf: { maxLeaves: 8, subsample: 0.8 },
};
/** Numbers need more levels, but smaller trees can afford leaves of fewer rows. */
const SMALLER_FOR_NUMBERS: Readonly<Record<Policy, ParameterValues>> = {
  depth: { maxDepth: 4, minChildRows: 5 },
  leaf: { ...SMALLER.leaf, minChildRows: 5 },
};

/**
 * What a small table may want instead of the defaults: on few rows, trees of 8 leaves lose 1 % to 7 % less on two tables of three
 * and more on the others (`bench/tables/real`), so that folds should choose.
 *
 * @returns nothing for losses of numbers other than squared error, which is what folds are compared by
 */
export function smallerTrees(
  policy: Policy,
  task: TaskKind,
  { objective }: ParameterValues,
): readonly ParameterValues[] {
  if (task !== "regression") return [SMALLER[policy]];
  return objective === undefined || objective === "squared" ? [SMALLER_FOR_NUMBERS[policy]] : [];
}
