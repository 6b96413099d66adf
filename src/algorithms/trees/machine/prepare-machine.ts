import type { Dataset, Examples } from "../../../core/index.ts";
import { binRows, rowsOf } from "../binning/binning.ts";
import { type FeatureBins, findBins } from "../binning/feature-bins.ts";
import { beginEvaluations, binEvaluations, planEvaluations, readEvaluations } from "../boosting/evaluations.ts";
import { type InitialScores, writeInitialScores } from "../boosting/initial-scores.ts";
import { planResiduals, writeResiduals } from "../boosting/residuals.ts";
import { prepareStreamed } from "../streaming/prepare-streamed.ts";
import type { TreeMachine } from "./machine.ts";
import { bitsOf } from "./machine-sizes.ts";
import { makeMachine, type PrepareOptions } from "./make-machine.ts";
import { type PreparedData, requireRows } from "./prepared-data.ts";

/**
 * Bins the training and validation rows of a dataset into a machine's memory.
 *
 * @throws KaaykoError (input) where there are no training rows, or too many for the memory
 */
export async function prepareMachine(dataset: Dataset, options: PrepareOptions): Promise<PreparedData> {
  if (!dataset.inMemory) return prepareStreamed(dataset, options);
  const train = await dataset.examples("train");
  const validation = dataset.rows.validation > 0 ? await dataset.examples("validation") : null;
  const evaluations = await readEvaluations(dataset);
  const trainRows = rowsOf(train);
  requireRows(trainRows);
  const residuals =
    options.wholeSteps && train.weight === null
      ? planResiduals(train, trainRows, bitsOf(trainRows), options.sampled)
      : null;
  const missing = new Set(dataset.features.flatMap(({ missing }, feature) => (missing > 0 ? [feature] : [])));
  for (;;) {
    const bins = findBins(train.table.columns, train.rows, trainRows, options.maxBins, missing, options.initial?.bins);
    const { machine, unplaced } = fillMachine({ train, validation, evaluations }, bins, residuals !== null, options);
    if (unplaced.size === 0) {
      if (residuals !== null) writeResiduals(machine, train, residuals);
      if (options.initial) await beginScores(machine, { train, validation, evaluations }, options.initial);
      return { machine, bins, residuals };
    }
    // Only rows that the features' summary does not cover come here, such as validation rows.
    await machine.dispose();
    for (const feature of unplaced) missing.add(feature);
  }
}

interface LearningRows {
  readonly train: Examples;
  readonly validation: Examples | null;
  readonly evaluations: readonly Examples[];
}

async function beginScores(
  machine: TreeMachine,
  { train, validation, evaluations }: LearningRows,
  initial: InitialScores,
): Promise<void> {
  await writeInitialScores(machine, machine.train, train, initial);
  if (validation !== null) await writeInitialScores(machine, machine.validation!, validation, initial);
  await beginEvaluations(machine, evaluations, initial);
}

function fillMachine(
  { train, validation, evaluations }: LearningRows,
  bins: readonly FeatureBins[],
  residual: boolean,
  options: PrepareOptions,
): { machine: TreeMachine; unplaced: Set<number> } {
  const machine = makeMachine(bins, options, {
    train,
    validation,
    evaluations: planEvaluations(evaluations),
    trainRows: rowsOf(train),
    validationRows: validation === null ? 0 : rowsOf(validation),
    residual,
  });
  const unplaced = binRows(machine, machine.train, train, bins);
  if (machine.validation !== null)
    for (const feature of binRows(machine, machine.validation, validation!, bins)) unplaced.add(feature);
  for (const feature of binEvaluations(machine, evaluations, bins)) unplaced.add(feature);
  return { machine, unplaced };
}
