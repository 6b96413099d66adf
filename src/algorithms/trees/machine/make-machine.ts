import { type ColumnLayout, layoutColumns } from "../binning/column-layout.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import type { InitialScores } from "../boosting/initial-scores.ts";
import type { BinStreamPlan } from "../streaming/streamed-bins.ts";
import { TreeMachine } from "./machine.ts";
import type { MachineOptions } from "./machine-options.ts";

/** From this many rows on, adding rows costs more than looking through cells, so features of few codes share bytes. */
const JOIN_FROM_ROWS = 50_000;
/** From this many rows on gradients are packed: rounding them by chance then adds nothing to the noise of the rows themselves. */
const PACKED_FROM_ROWS = 50_000;
/** From this many rows on a pass over them costs more than expanding a node in vain. */
const AHEAD_FROM_ROWS = 32_768;
const MAX_AHEAD = 256;
/**
 * Much of a pass goes by rows that it does not need: from so many rows on (fewer lie close together in the cache anyway) they may be
 * put in another order. Sums are of whole numbers, and rows keep their numbers where gradients are rounded by them, so that trees do not
 * depend on it.
 */
const REORDERED_FROM_ROWS = 200_000;
/**
 * Rows that may be put in another order are parted by a copy of their bins, column by column, that takes no more bytes than this. Of
 * more, only trees that grow leaf by leaf earn the order.
 */
const BY_COLUMNS_BYTES = 2 ** 28;
/** Cells that a thread should have to itself; below, starting and meeting costs more than it saves. */
const CELLS_PER_THREAD = 400_000;
/** Several classes count as so many times the cells, at most: their probabilities are work that hardly needs meeting. */
const CLASSES_COUNTED = 4;
const MAX_THREADS = 8;

/** What a machine is prepared for. Room for what is not named is not made. */
export interface PrepareOptions
  extends Pick<
    MachineOptions,
    "classes" | "maxLeaves" | "threads" | "renews" | "given" | "bounded" | "masked" | "oneSided"
  > {
  /** Whether the leaf that gains most is split first, so that others may be expanded ahead of their turn. Default false. */
  readonly bestFirst?: boolean;
  readonly maxBins: number;
  /** For each column 1 or -1 where predictions follow it. */
  readonly monotone?: readonly number[];
  /** Whether the loss allows residuals in whole steps: squared error over rows that all count alike. */
  readonly wholeSteps: boolean;
  /** Whether trees see a part of the rows. Default false. */
  readonly sampled?: boolean;
  /** What scores begin with. Default a constant. */
  readonly initial?: InitialScores | null;
  /** Whether the loss allows gradients in few bits, where rows are many and all count alike. Default false. */
  readonly packs?: boolean;
}

/** What a machine must know of its rows. */
export type MachineRows = Pick<
  MachineOptions,
  "train" | "validation" | "evaluations" | "trainRows" | "validationRows" | "residual"
>;

/** An empty machine for rows and bins. `streamOf` says for a layout what of the bins stays in memory; default all. */
export function makeMachine(
  bins: readonly FeatureBins[],
  options: PrepareOptions,
  rows: MachineRows,
  streamOf?: (layout: ColumnLayout) => BinStreamPlan,
): TreeMachine {
  const layout = layoutColumns(bins, rows.trainRows >= JOIN_FROM_ROWS);
  const cells = rows.trainRows * layout.columns * Math.min(options.classes, CLASSES_COUNTED);
  const useful = Math.floor(cells / CELLS_PER_THREAD);
  const isCopied = rows.trainRows * layout.stride <= BY_COLUMNS_BYTES;
  const packed = options.packs === true && rows.train.weight === null && rows.trainRows >= PACKED_FROM_ROWS;
  const reorders =
    (rows.residual || packed) &&
    options.sampled !== true &&
    streamOf === undefined &&
    rows.trainRows >= REORDERED_FROM_ROWS &&
    (isCopied || options.bestFirst === true);
  const machine = new TreeMachine({
    layout,
    ...rows,
    ...(streamOf === undefined ? {} : { stream: streamOf(layout) }),
    classes: options.classes,
    renews: options.renews ?? false,
    given: options.given ?? false,
    bounded: options.bounded ?? false,
    masked: options.masked ?? false,
    oneSided: options.oneSided ?? false,
    maxLeaves: options.maxLeaves,
    ahead: options.bestFirst === true && rows.trainRows >= AHEAD_FROM_ROWS ? Math.min(options.maxLeaves, MAX_AHEAD) : 0,
    threads: Math.max(1, Math.min(options.threads, MAX_THREADS, useful)),
    reorders,
    byColumns: reorders && isCopied,
    packed,
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
