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
/** Cells that a thread should have to itself; below, starting and meeting costs more than it saves. */
const CELLS_PER_THREAD = 400_000;
const MAX_THREADS = 8;

export interface PrepareOptions {
  readonly classes: number;
  readonly maxLeaves: number;
  /** Whether the leaf that gains most is split first, so that others may be expanded ahead of their turn. Default false. */
  readonly bestFirst?: boolean;
  readonly maxBins: number;
  readonly threads: number;
  /** What the machine needs room for. Default nothing of it. */
  readonly renews?: boolean;
  readonly given?: boolean;
  readonly bounded?: boolean;
  readonly masked?: boolean;
  readonly oneSided?: boolean;
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
    oneSided: options.oneSided ?? false,
    maxLeaves: options.maxLeaves,
    ahead: options.bestFirst === true && rows.trainRows >= AHEAD_FROM_ROWS ? Math.min(options.maxLeaves, MAX_AHEAD) : 0,
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
