import type { Examples } from "../../../core/index.ts";
import type { ColumnLayout } from "../binning/column-layout.ts";
import type { BinStreamPlan } from "../streaming/streamed-bins.ts";

/** A set of rows that is to be scored, and whether they have weights. */
export interface EvaluationPlan {
  readonly rows: number;
  readonly weighted: boolean;
}

export interface MachineOptions {
  readonly layout: ColumnLayout;
  /** Whether rows of each set have weights. */
  readonly train: Pick<Examples, "weight">;
  readonly validation: Pick<Examples, "weight"> | null;
  /** Further sets that are scored after each round. Default none. */
  readonly evaluations?: readonly EvaluationPlan[];
  readonly trainRows: number;
  readonly validationRows: number;
  readonly classes: number;
  readonly maxLeaves: number;
  /** Nodes that may be expanded ahead of their turn at a time. Default 0. */
  readonly ahead?: number;
  readonly threads: number;
  /** Whether leaf values are renewed from residuals. Default false. */
  readonly renews?: boolean;
  /** Whether gradients are given from outside. Default false. */
  readonly given?: boolean;
  /** Whether nodes have bounds, and features of their own. Default false. */
  readonly bounded?: boolean;
  readonly masked?: boolean;
  /** Whether rows are drawn by the size of their gradient. Default false. */
  readonly oneSided?: boolean;
  /** True where training rows are residuals in whole steps, which need neither scores nor targets beside them. */
  readonly residual: boolean;
  /** Where not all bins of the training rows are held in memory: how many are, and where the others are read. Default all. */
  readonly stream?: BinStreamPlan;
  /** Whether gradients and hessians are packed into 4 bytes. Default false. */
  readonly packed?: boolean;
  /** Whether the training rows may be put in another order. Default false. */
  readonly reorders?: boolean;
  /** Whether the training rows' bins are there a second time, column by column. Default false. */
  readonly byColumns?: boolean;
}
