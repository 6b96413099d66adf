import { type Dataset, type Examples, KaaykoError } from "../../core/index.ts";
import { binRows, rowsOf } from "./binning.ts";
import { type ColumnLayout, layoutColumns } from "./column-layout.ts";
import { type FeatureBins, findBins } from "./feature-bins.ts";
import { bitsOf, type MachineOptions, TreeMachine } from "./machine.ts";
import { planResiduals, type ResidualPlan, writeResiduals } from "./residuals.ts";
import { prepareStreamed } from "./streaming/prepare-streamed.ts";
import type { BinStreamPlan } from "./streaming/streamed-bins.ts";

/** From this many rows on, adding rows costs more than looking through cells, so features of few codes share bytes. */
const JOIN_FROM_ROWS = 50_000;
/** Cells that a thread should have to itself; below, starting and meeting costs more than it saves. */
/** From this many rows on gradients are packed: rounding them by chance then adds nothing to the noise of the rows themselves. */
const PACKED_FROM_ROWS = 50_000;
const CELLS_PER_THREAD = 400_000;
const MAX_THREADS = 8;

export interface PreparedData {
  readonly machine: TreeMachine;
  readonly bins: readonly FeatureBins[];
  /** How training rows are kept as residuals; null where they have scores and targets. */
  readonly residuals: ResidualPlan | null;
}

export interface PrepareOptions {
  readonly classes: number;
  readonly maxLeaves: number;
  readonly maxBins: number;
  readonly threads: number;
  /** What the machine needs room for. Default nothing of it. */
  readonly renews?: boolean;
  readonly given?: boolean;
  readonly bounded?: boolean;
  readonly masked?: boolean;
  /** For each column 1 or -1 where predictions follow it. */
  readonly monotone?: readonly number[];
  /** Whether the loss allows residuals in whole steps: squared error over rows that all count alike. */
  readonly wholeSteps: boolean;
  /** Whether the loss allows gradients in few bits, where rows are many and all count alike. Default false. */
  readonly packs?: boolean;
}

/**
 * Bins the training and validation rows of a dataset into a machine's memory.
 *
 * @throws KaaykoError (input) where there are no training rows, or too many for the memory
 */
export async function prepareMachine(dataset: Dataset, options: PrepareOptions): Promise<PreparedData> {
  if (!dataset.inMemory) return prepareStreamed(dataset, options);
  const train = await dataset.examples("train");
  const validation = dataset.rows.validation > 0 ? await dataset.examples("validation") : null;
  const trainRows = rowsOf(train);
  requireRows(trainRows);
  const residuals =
    options.wholeSteps && train.weight === null ? planResiduals(train, trainRows, bitsOf(trainRows)) : null;
  const missing = new Set(dataset.features.flatMap(({ missing }, feature) => (missing > 0 ? [feature] : [])));
  for (;;) {
    const bins = findBins(train.table.columns, train.rows, trainRows, options.maxBins, missing);
    const { machine, unplaced } = fillMachine(train, validation, bins, residuals !== null, options);
    if (unplaced.size === 0) {
      if (residuals !== null) writeResiduals(machine, train, residuals);
      return { machine, bins, residuals };
    }
    // Only rows that the features' summary does not cover come here, such as validation rows.
    await machine.dispose();
    for (const feature of unplaced) missing.add(feature);
  }
}

function fillMachine(
  train: Examples,
  validation: Examples | null,
  bins: readonly FeatureBins[],
  residual: boolean,
  options: PrepareOptions,
): { machine: TreeMachine; unplaced: Set<number> } {
  const machine = makeMachine(bins, options, {
    train,
    validation,
    trainRows: rowsOf(train),
    validationRows: validation === null ? 0 : rowsOf(validation),
    residual,
  });
  const unplaced = binRows(machine, machine.train, train, bins);
  if (machine.validation !== null)
    for (const feature of binRows(machine, machine.validation, validation!, bins)) unplaced.add(feature);
  return { machine, unplaced };
}

/** @throws KaaykoError (input) for no training rows */
export function requireRows(trainRows: number): void {
  if (trainRows > 0) return;
  throw new KaaykoError({
    action: "train trees",
    rule: "there must be training rows",
    got: "none",
    kind: "input",
    remedy: "Hold out less, or use more data.",
  });
}

/** What a machine must know of its rows. */
export type MachineRows = Pick<MachineOptions, "train" | "validation" | "trainRows" | "validationRows" | "residual">;

/** An empty machine for rows and bins. `streamOf` says for a layout what of the bins stays in memory; default all. */
export function makeMachine(
  bins: readonly FeatureBins[],
  options: PrepareOptions,
  rows: MachineRows,
  streamOf?: (layout: ColumnLayout) => BinStreamPlan,
): TreeMachine {
  const layout = layoutColumns(bins, rows.trainRows >= JOIN_FROM_ROWS);
  const useful = Math.floor((rows.trainRows * layout.columns) / CELLS_PER_THREAD);
  const machine = new TreeMachine({
    layout,
    ...rows,
    ...(streamOf === undefined ? {} : { stream: streamOf(layout) }),
    classes: options.classes,
    renews: options.renews ?? false,
    given: options.given ?? false,
    bounded: options.bounded ?? false,
    masked: options.masked ?? false,
    maxLeaves: options.maxLeaves,
    threads: Math.max(1, Math.min(options.threads, MAX_THREADS, useful)),
    packed: options.packs === true && rows.train.weight === null && rows.trainRows >= PACKED_FROM_ROWS,
  });
  layout.places.forEach(({ feature, column, divisor, codes }, i) => {
    const { kind } = bins[feature]!;
    const hasMissing = kind === "numeric" && (bins[feature] as { missing: boolean }).missing;
    const code = kind === "categorical" ? 2 : hasMissing ? 1 : 0;
    const direction = options.monotone?.[bins[feature]!.column] ?? 0;
    const record = (machine.address.features >>> 2) + i * 8;
    machine.words.set([feature, column, divisor, codes, code, 1, direction], record);
  });
  return machine;
}
