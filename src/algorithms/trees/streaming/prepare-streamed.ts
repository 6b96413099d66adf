import type { Dataset, LearningBatch, RowLabels } from "../../../core/index.ts";
import { binRows, rowsOf } from "../binning/binning.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { beginEvaluations, binEvaluations, planEvaluations, readEvaluations } from "../boosting/evaluations.ts";
import { type InitialScores, writeInitialScores } from "../boosting/initial-scores.ts";
import { planResiduals, type ResidualPlan, writeResiduals } from "../boosting/residuals.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { BLOCK_ROWS, bitsOf } from "../machine/machine-sizes.ts";
import { type MachineRows, makeMachine, type PrepareOptions } from "../machine/make-machine.ts";
import { type PreparedData, requireRows } from "../machine/prepared-data.ts";
import type { RowSet } from "../machine/row-set.ts";
import { residentBlocks } from "./resident-blocks.ts";
import { readRoleLabels } from "./role-labels.ts";
import { binsOfSample, readTrainingSample } from "./training-sample.ts";

/**
 * Bins rows that are larger than memory in one pass, to memory as far as they fit and to a file beyond; where the dataset has no sample of
 * its training rows, another pass before it finds the bins. The machine then holds the same rows and bins as one of a dataset in
 * memory, so that it grows the same trees.
 *
 * @throws KaaykoError (input) where there are no training rows, or too many even so
 */
export async function prepareStreamed(dataset: Dataset, options: PrepareOptions): Promise<PreparedData> {
  requireRows(dataset.rows.train);
  const { weight, residuals } = await planRows(dataset, options);
  const sample = await readTrainingSample(dataset);
  const evaluations = await readEvaluations(dataset);
  const missing = new Set(dataset.features.flatMap(({ missing }, feature) => (missing > 0 ? [feature] : [])));
  const rows: MachineRows = {
    train: { weight },
    validation: dataset.rows.validation > 0 ? { weight } : null,
    evaluations: planEvaluations(evaluations),
    trainRows: dataset.rows.train,
    validationRows: dataset.rows.validation,
    residual: residuals !== null,
  };
  for (;;) {
    const bins = binsOfSample(sample, options.maxBins, missing, options.initial?.bins);
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

/** Whether rows have weights, and how residuals are kept. The targets are dropped once they have told that. */
async function planRows(
  dataset: Dataset,
  { wholeSteps, sampled }: PrepareOptions,
): Promise<Pick<RowLabels, "weight"> & { residuals: ResidualPlan | null }> {
  const { target, weight } = await readRoleLabels(dataset, "train");
  const { train: rows } = dataset.rows;
  const residuals =
    wholeSteps && weight === null ? planResiduals({ rows: null, target }, rows, bitsOf(rows), sampled) : null;
  return { weight: weight === null ? null : new Float32Array(0), residuals };
}

async function fill(
  machine: TreeMachine,
  dataset: Dataset,
  bins: readonly FeatureBins[],
  { residuals, initial }: { residuals: ResidualPlan | null; initial: InitialScores | null },
): Promise<Set<number>> {
  const unplaced = new Set<number>();
  const stored = machine.streamedBins!;
  const blocks = { train: 0, validation: 0 };
  for await (const { role, examples } of learningBatches(dataset)) {
    const all = machine[role]!;
    const block = blocks[role]++;
    const first = block * BLOCK_ROWS;
    const address = role === "train" ? stored.addressOf(block) : all.bins + first * machine.sizes.layout.stride;
    const set = partOf(all, block, rowsOf(examples), address);
    // Codes are added to the bytes, and the last blocks take turns in one place.
    machine.bytes.fill(0, address, address + set.rows * machine.sizes.layout.stride);
    for (const feature of binRows(machine, set, examples, bins)) unplaced.add(feature);
    if (role === "train") stored.put(block, set.rows);
    if (role === "train" && residuals !== null) writeResiduals(machine, examples, residuals, first, set.rows);
    if (initial !== null) await writeInitialScores(machine, all, examples, initial, first);
  }
  return unplaced;
}

/** Blocks of training and validation rows, in one pass where the dataset can. */
async function* learningBatches(dataset: Dataset): AsyncGenerator<LearningBatch> {
  if (dataset.learning !== undefined) {
    yield* dataset.learning(BLOCK_ROWS);
    return;
  }
  for (const role of ["train", "validation"] as const) {
    const stream = await dataset.stream(role, { batchRows: BLOCK_ROWS, shuffle: null });
    try {
      for (let examples = await stream.next(); examples !== null; examples = await stream.next())
        yield { role, examples };
    } finally {
      await stream.close();
    }
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
