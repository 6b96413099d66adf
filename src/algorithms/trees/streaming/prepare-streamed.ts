import type { Dataset, Examples } from "../../../core/index.ts";
import { binRows, rowsOf } from "../binning.ts";
import { beginEvaluations, binEvaluations, planEvaluations, readEvaluations } from "../evaluations.ts";
import type { FeatureBins } from "../feature-bins.ts";
import { type InitialScores, writeInitialScores } from "../initial-scores.ts";
import type { TreeMachine } from "../machine.ts";
import { BLOCK_ROWS, bitsOf } from "../machine-sizes.ts";
import { type MachineRows, makeMachine, type PrepareOptions } from "../make-machine.ts";
import { type PreparedData, requireRows } from "../prepared-data.ts";
import { planResiduals, type ResidualPlan, writeResiduals } from "../residuals.ts";
import type { RowSet } from "../row-set.ts";
import { residentBlocks } from "./resident-blocks.ts";
import { binsOfFacts, readTrainingFacts, type TrainingFacts } from "./training-facts.ts";

/**
 * Bins rows that are larger than memory: one pass finds the bins, a second one writes them, to memory as far as they fit and to a file
 * beyond. The machine then holds the same rows and bins as one of a dataset in memory, so that it grows the same trees.
 *
 * @throws KaaykoError (input) where there are no training rows, or too many even so
 */
export async function prepareStreamed(dataset: Dataset, options: PrepareOptions): Promise<PreparedData> {
  requireRows(dataset.rows.train);
  const { facts, residuals } = await learnFacts(dataset, options.wholeSteps);
  const evaluations = await readEvaluations(dataset);
  const missing = new Set(dataset.features.flatMap(({ missing }, feature) => (missing > 0 ? [feature] : [])));
  const rows: MachineRows = {
    train: weightOf(facts.weighted),
    validation: dataset.rows.validation > 0 ? weightOf(facts.weighted) : null,
    evaluations: planEvaluations(evaluations),
    trainRows: facts.rows,
    validationRows: dataset.rows.validation,
    residual: residuals !== null,
  };
  for (;;) {
    const bins = binsOfFacts(facts, options.maxBins, missing, options.initial?.bins);
    const machine = makeMachine(bins, options, rows, (layout) => ({
      residentBlocks: residentBlocks(dataset, rows, layout, options),
    }));
    try {
      const unplaced = await fill(machine, dataset, bins, { residuals, initial: options.initial ?? null });
      for (const feature of binEvaluations(machine, evaluations, bins)) unplaced.add(feature);
      if (options.initial) await beginEvaluations(machine, evaluations, options.initial);
      if (unplaced.size === 0) return { machine, bins, residuals };
      for (const feature of unplaced) missing.add(feature);
    } catch (error) {
      await machine.dispose();
      throw error;
    }
    await machine.dispose();
  }
}

/** The targets are dropped once they have told how residuals are kept. */
async function learnFacts(
  dataset: Dataset,
  wholeSteps: boolean,
): Promise<{ facts: Omit<TrainingFacts, "target">; residuals: ResidualPlan | null }> {
  const { target, ...facts } = await readTrainingFacts(dataset, wholeSteps);
  const plans = wholeSteps && !facts.weighted;
  const residuals = plans ? planResiduals({ rows: null, target }, facts.rows, bitsOf(facts.rows)) : null;
  return { facts, residuals };
}

function weightOf(weighted: boolean): Pick<Examples, "weight"> {
  return { weight: weighted ? new Float32Array(0) : null };
}

async function fill(
  machine: TreeMachine,
  dataset: Dataset,
  bins: readonly FeatureBins[],
  { residuals, initial }: { residuals: ResidualPlan | null; initial: InitialScores | null },
): Promise<Set<number>> {
  const unplaced = new Set<number>();
  const stored = machine.streamedBins!;
  await eachBlock(dataset, "train", async (examples, block) => {
    const set = partOf(machine.train, block, rowsOf(examples), stored.addressOf(block));
    // Codes are added to the bytes, and the last blocks take turns in one place.
    machine.bytes.fill(0, set.bins, set.bins + set.rows * machine.layout.stride);
    for (const feature of binRows(machine, set, examples, bins)) unplaced.add(feature);
    stored.put(block, set.rows);
    if (residuals !== null) writeResiduals(machine, examples, residuals, block * BLOCK_ROWS, set.rows);
    if (initial !== null) await writeInitialScores(machine, machine.train, examples, initial, block * BLOCK_ROWS);
  });
  const { validation } = machine;
  if (validation === null) return unplaced;
  await eachBlock(dataset, "validation", async (examples, block) => {
    const address = validation.bins + block * BLOCK_ROWS * machine.layout.stride;
    const set = partOf(validation, block, rowsOf(examples), address);
    for (const feature of binRows(machine, set, examples, bins)) unplaced.add(feature);
    if (initial !== null) await writeInitialScores(machine, validation, examples, initial, block * BLOCK_ROWS);
  });
  return unplaced;
}

async function eachBlock(
  dataset: Dataset,
  role: "train" | "validation",
  visit: (examples: Examples, block: number) => Promise<void>,
): Promise<void> {
  const stream = await dataset.stream(role, { batchRows: BLOCK_ROWS, shuffle: null });
  let block = 0;
  try {
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) await visit(batch, block++);
  } finally {
    await stream.close();
  }
}

/** A block of a set, as a set of its own for binning. */
function partOf(set: RowSet, block: number, rows: number, bins: number): RowSet {
  const first = block * BLOCK_ROWS;
  return {
    ...set,
    rows,
    blocks: 1,
    bins,
    target: set.target === 0 ? 0 : set.target + first * 8,
    weight: set.weight === 0 ? 0 : set.weight + first * 4,
  };
}
