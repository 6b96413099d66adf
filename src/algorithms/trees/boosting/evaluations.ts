import { type Dataset, type Examples, KaaykoError } from "../../../core/index.ts";
import { binRows, rowsOf } from "../binning/binning.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { EvaluationPlan } from "../machine/machine-options.ts";
import { type InitialScores, writeInitialScores } from "./initial-scores.ts";

/**
 * The examples of a dataset's evaluation sets.
 *
 * @throws KaaykoError (usage) for rankings, which are measured by query
 */
export async function readEvaluations({ evaluations = [], task }: Dataset): Promise<Examples[]> {
  if (evaluations.length > 0 && task.kind === "ranking")
    throw new KaaykoError({ action: "evaluate each round", rule: "the task must not be ranking", kind: "usage" });
  return Promise.all(evaluations.map((set) => set.examples()));
}

/** What a machine must know of evaluation sets. */
export function planEvaluations(examples: readonly Examples[]): EvaluationPlan[] {
  return examples.map((set) => ({ rows: rowsOf(set), weighted: set.weight !== null }));
}

/**
 * Bins evaluation sets into a machine's memory. A code for missing that only they need changes no split.
 *
 * @returns the features that were missing in a row although no code was kept for that
 */
export function binEvaluations(
  machine: TreeMachine,
  examples: readonly Examples[],
  bins: readonly FeatureBins[],
): number[] {
  return examples.flatMap((set, i) => [...binRows(machine, machine.evaluations[i]!, set, bins)]);
}

/** Writes what the scores of evaluation sets begin with. */
export async function beginEvaluations(
  machine: TreeMachine,
  examples: readonly Examples[],
  initial: InitialScores,
): Promise<void> {
  for (const [i, set] of examples.entries()) await writeInitialScores(machine, machine.evaluations[i]!, set, initial);
}
