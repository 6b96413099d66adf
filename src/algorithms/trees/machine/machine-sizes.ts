import type { ColumnLayout } from "../binning/column-layout.ts";
import type { MachineOptions } from "./machine-options.ts";

/** Rows in a block, as in the kernels' frame. */
export const BLOCK_ROWS = 16_384;
const SLOT_BUDGET = 512 * 2 ** 20;
const PARTIAL_BUDGET = 256 * 2 ** 20;
/** Rows are gathered for each histogram in tables of so many, where so many fit. */
const GATHERED_FROM_ROWS = 50_000;
const GATHERED_BYTES = 32 * 1024;
const MOST_GATHERED_ROWS = 1024;
const LEAST_GATHERED_ROWS = 128;
/** Nodes that a walk of finished trees holds at once. */
const WALK_NODES = 8192;

/** How much of everything a machine has room for. */
export interface MachineSizes {
  readonly layout: ColumnLayout;
  readonly classes: number;
  readonly threads: number;
  readonly residual: boolean;
  readonly packed: boolean;
  /** Whether the training rows may be put in another order. */
  readonly reorders: boolean;
  /** Bits that a count of rows needs at most. */
  readonly countBits: number;
  /** Places of nodes: those of a tree, and those that are expanded ahead of their turn. */
  readonly maxNodes: number;
  /** Bytes of a histogram, and how many may be kept. */
  readonly slotBytes: number;
  readonly slots: number;
  /** Histograms that are added up at once. */
  readonly jobLimit: number;
  /** Rows that wait for each histogram before they are added to it, at most. */
  readonly gatheredRows: number;
  /** Nodes that a walk of finished trees holds at once. */
  readonly walkNodes: number;
}

export function sizesOf(options: MachineOptions): MachineSizes {
  const { layout, trainRows, classes, threads, residual, packed = false, reorders = false, ahead = 0 } = options;
  const maxNodes = 2 * (options.maxLeaves + ahead) - 1;
  const slotBytes = layout.cellOffsets[layout.columns]! * (residual ? 8 : 16);
  const slots = Math.max(4, Math.min(2 * options.maxLeaves + 2, Math.floor(SLOT_BUDGET / slotBytes)));
  const helpers = Math.max(1, threads - 1);
  const jobLimit = Math.max(2, Math.min(64, Math.floor(PARTIAL_BUDGET / (slotBytes * helpers))));
  const fitting = Math.min(MOST_GATHERED_ROWS, Math.floor(GATHERED_BYTES / layout.stride));
  return {
    ...{ layout, classes, threads, residual, packed, reorders, maxNodes, slotBytes, slots, jobLimit },
    countBits: bitsOf(trainRows),
    gatheredRows: trainRows < GATHERED_FROM_ROWS || fitting < LEAST_GATHERED_ROWS ? 0 : fitting,
    walkNodes: Math.max(WALK_NODES, maxNodes),
  };
}

/** Bits that a count of some rows needs at most. */
export function bitsOf(rows: number): number {
  return 32 - Math.clz32(rows);
}
