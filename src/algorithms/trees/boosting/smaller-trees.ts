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
 * The same for numbers by depth, with rows and features drawn for each tree and for each of its levels: features that say much the same
 * then share what one of them would do alone. Where one feature says nearly all it loses. By leaf it changes next to nothing.
 */
const DRAWN: ParameterValues = { ...SMALLER_FOR_NUMBERS.depth, subsample: 0.7, colsampleLevel: 0.5 };

/**
 * What a small table may want instead of the defaults: on few rows, trees of 8 leaves lose 1 % to 7 % less on two tables of three
 * and more on the others (`bench/tables/real`), and by depth those that draw rows and features up to 13 % less again, so that folds should choose.
 *
 * @returns nothing for losses of numbers other than squared error, which is what folds are compared by
 */
export function smallerTrees(
  policy: Policy,
  task: TaskKind,
  { objective }: ParameterValues,
): readonly ParameterValues[] {
  if (task !== "regression") return [SMALLER[policy]];
  if (objective !== undefined && objective !== "squared") return [];
  return policy === "depth" ? [SMALLER_FOR_NUMBERS.depth, DRAWN] : [SMALLER_FOR_NUMBERS.leaf];
}
