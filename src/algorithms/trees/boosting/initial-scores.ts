import {
  type Dataset,
  type Examples,
  type FeatureTable,
  KaaykoError,
  type NumericFeature,
  type ParameterSpec,
  type ParameterValues,
} from "../../../core/index.ts";
import { rowsOf } from "../binning/binning.ts";
import type { FeatureBins, FixedBins } from "../binning/feature-bins.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { RowSet } from "../machine/row-set.ts";

/** The setting that names where scores begin. */
export const INITIAL_SCORE_PARAMETER: ParameterSpec = {
  name: "initScore",
  type: "list",
  placeholder: "COL,…",
  description:
    "Numeric features that scores begin with instead of a constant, one a class for several classes: an offset, or the scores of another model. No tree splits on them, and predictions need them as well",
};

/** Scores that rows have before the first tree that is grown. */
export interface InitialScores {
  /** What all rows have of them, one a class. */
  readonly base: Float64Array;
  /** Scores of a table's rows, row-major, `base` included. */
  of(table: FeatureTable): Promise<Float64Array>;
  /** Bins of columns that are not looked for in the data, by column. */
  readonly bins: FixedBins;
}

/**
 * The columns that scores begin with, by number; none where nothing is asked for.
 *
 * @param outputs scores of a row
 * @throws KaaykoError (usage) for a feature that there is not, that is no number or has gaps, or another number of them than scores
 */
export function readInitialColumns(
  values: ParameterValues,
  { features }: Pick<Dataset, "features">,
  outputs: number,
): number[] {
  const names = (values.initScore as readonly string[] | undefined) ?? [];
  if (names.length === 0) return [];
  const columns = names.map((name) => features.findIndex((feature) => feature.name === name));
  const wrong = columns.findIndex((column) => features[column]?.kind !== "numeric");
  if (wrong >= 0) throw refuse("it must be a numeric feature", names[wrong]!, "Name a column of numbers.");
  if (names.length !== outputs)
    throw refuse(
      outputs === 1 ? "there must be one column" : `there must be a column for each of ${outputs} classes`,
      String(names.length),
      "See initScore in the settings of the algorithm.",
    );
  const gaps = columns.find((column) => features[column]!.missing > 0);
  if (gaps !== undefined)
    throw refuse(
      `${features[gaps]!.name} must be a number in every training row`,
      `nothing in ${features[gaps]!.missing}`,
      "Fill it in, or leave such rows out.",
    );
  return columns;
}

/** Scores that begin with columns of the table. */
export function scoresOfColumns(columns: readonly number[]): InitialScores {
  return {
    base: new Float64Array(columns.length),
    of: async (table) => {
      const scores = new Float64Array(table.rows * columns.length);
      addInitialColumns(table, columns, scores);
      return scores;
    },
    bins: new Map(columns.map((column) => [column, [constantBins(column)]])),
  };
}

/** Bins of a column that no tree can split on. */
export function constantBins(column: number): FeatureBins {
  return { kind: "numeric", column, cuts: new Float64Array(0), missing: false, codes: 1 };
}

/** Adds a table's initial scores to row-major scores; one that is missing counts 0. */
export function addInitialColumns(table: FeatureTable, columns: readonly number[], scores: Float64Array): void {
  columns.forEach((number, k) => {
    const { values } = table.columns[number] as NumericFeature;
    for (let row = 0; row < table.rows; row++) scores[row * columns.length + k]! += values[row]! || 0;
  });
}

/**
 * Writes the initial scores of some examples into a set of the machine's memory.
 *
 * @param first row of the set that the examples begin with. Default 0
 */
export async function writeInitialScores(
  machine: TreeMachine,
  set: RowSet,
  examples: Examples,
  initial: InitialScores,
  first = 0,
): Promise<void> {
  const scores = await initial.of(examples.table);
  const classes = initial.base.length;
  for (let k = 0; k < classes; k++) {
    const to = (set.scores >>> 3) + k * set.rows + first;
    for (let i = 0; i < rowsOf(examples); i++)
      machine.reals[to + i] = scores[(examples.rows === null ? i : examples.rows[i]!) * classes + k]!;
  }
}

function refuse(rule: string, got: string, remedy: string): KaaykoError {
  return new KaaykoError({ action: "begin with initial scores", rule, got, remedy, kind: "usage" });
}
