import type { MemoryPlan } from "../../../kernels/trees/index.ts";
import { streamedBytes } from "../streaming/streamed-bins.ts";
import type { MachineOptions } from "./machine-options.ts";
import { BLOCK_ROWS } from "./machine-sizes.ts";

const STATISTICS_BYTES = 48;

/** Addresses of some labelled rows in the machine's memory. */
export interface RowSet {
  readonly rows: number;
  readonly blocks: number;
  readonly bins: number;
  readonly scores: number;
  readonly target: number;
  /** 0 where every weight is 1. */
  readonly weight: number;
  readonly normaliser: number;
  readonly statistics: number;
}

/** Reserves memory for the rows that a machine trains on, and for those that it scores. */
export function planSets(
  plan: MemoryPlan,
  options: MachineOptions,
): { train: RowSet; validation: RowSet | null; evaluations: RowSet[] } {
  const { layout, classes, trainRows, validationRows, train, validation, evaluations = [] } = options;
  const { stride } = layout;
  const binBytes = options.stream && streamedBytes(options.stream, BLOCK_ROWS * stride);
  const weighted = (validation?.weight ?? null) !== null;
  return {
    train: planRows(plan, trainRows, stride, options.residual ? 0 : classes, train.weight !== null, binBytes),
    validation: validationRows === 0 ? null : planRows(plan, validationRows, stride, classes, weighted),
    evaluations: evaluations.map((set) => planRows(plan, set.rows, stride, classes, set.weighted)),
  };
}

/** Reserves memory for labelled rows; for 0 classes without scores and targets. */
function planRows(
  plan: MemoryPlan,
  rows: number,
  stride: number,
  classes: number,
  weighted: boolean,
  binBytes?: number,
): RowSet {
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  return {
    rows,
    blocks,
    bins: plan.reserve((binBytes ?? rows * stride) + 64),
    scores: plan.reserve(rows * classes * 8),
    target: classes > 0 ? plan.reserve(rows * 8) : 0,
    weight: weighted ? plan.reserve(rows * 4) : 0,
    normaliser: classes > 1 ? plan.reserve(rows * 8) : 0,
    statistics: plan.reserve(blocks * STATISTICS_BYTES),
  };
}
