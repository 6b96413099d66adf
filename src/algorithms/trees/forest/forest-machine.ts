import { MemoryPlan } from "../../../kernels/trees/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { type EncodingArea, missingCode, planEncoding } from "./encode-rows.ts";
import { candidatesOf, type ForestOptions } from "./forest-options.ts";
import { CHUNK, HISTOGRAM_EXTRA_BYTES, KernelMemory, RECORD_BYTES } from "./kernel-memory.ts";

/**
 * Rows that are copied side by side are to stay in the second-level cache, or, where the table is too large for the third, in that:
 * a quarter faster on 700,000 rows × 35, a twelfth slower on 80,000.
 */
const BLOCK_BYTES = { ofSmall: 320 * 1024, ofLarge: 4 * 2 ** 20 } as const;
const SMALL_TABLE_BYTES = 8 * 2 ** 20;
const BLOCK_ROWS = { least: 64, most: 131_072 } as const;
/** Histograms that are filled at once are to stay in the first-level cache, or near it. */
const GROUP_BYTES = 40 * 1024;
const GROUP_FEATURES = 8;
/** Leaves of a tree at most, whatever is asked. */
const LEAF_LIMIT = 2 ** 20;
const SHARE_LIMIT = 2 ** 25;
const MAX_SETS = 65_535;

export interface ForestShape {
  readonly rows: number;
  /** 1 for numbers and for two classes. */
  readonly classes: number;
  readonly weighted: boolean;
  /** Features that can split. */
  readonly features: readonly FeatureBins[];
  readonly options: ForestOptions;
  /** Trees that are grown at a time. */
  readonly slots: number;
  readonly threads: number;
}

/** What the forest's machine keeps where. */
export interface ForestAddresses {
  readonly bins: number;
  readonly target: number;
  /** 0 where every weight is 1. */
  readonly weight: number;
  readonly heldOutSums: number;
  readonly heldOutCounts: number;
  readonly slots: readonly number[];
  readonly gains: readonly number[];
  readonly encoding: EncodingArea;
}

/** The memory that a forest grows in and the threads over it. Holds no decision of the algorithm. */
export interface ForestMachine extends ForestAddresses {
  readonly memory: KernelMemory;
  readonly stride: number;
  readonly maxNodes: number;
}

/** @throws KaaykoError (input) where the rows do not fit; says how many would */
export function createForestMachine(shape: ForestShape): ForestMachine {
  const { rows, classes, features, options } = shape;
  const plan = new MemoryPlan();
  const stride = Math.max(1, features.length);
  const maxNodes = 2 * leafLimit(shape) - 1;
  const sets = features.some(({ kind }) => kind === "categorical") ? Math.min(MAX_SETS, (maxNodes - 1) / 2) : 0;
  const frame = plan.reserve(RECORD_BYTES.frame);
  const records = plan.reserve(stride * RECORD_BYTES.feature);
  const table = {
    bins: plan.reserve(rows * stride + 64),
    target: plan.reserve(rows * 8),
    weight: shape.weighted ? plan.reserve(rows * 4) : 0,
    heldOutSums: plan.reserve(rows * classes * 4),
    heldOutCounts: plan.reserve(rows * 2),
    encoding: planEncoding(plan),
  };
  const slotArray = plan.reserve(shape.slots * RECORD_BYTES.slot);
  const trees = Array.from({ length: shape.slots }, () => ({
    nodes: plan.reserve(maxNodes * RECORD_BYTES.node),
    distributions: classes > 1 ? plan.reserve(((maxNodes + 1) / 2) * classes * 4) : 0,
    inBag: plan.reserve(Math.ceil(rows / 8) + 8),
    gains: plan.reserve(stride * 8),
    sets: plan.reserve(sets * RECORD_BYTES.set),
  }));
  const cell = classes > 1 ? (classes + 1) * 8 : 16;
  const histogram = 256 * cell + HISTOGRAM_EXTRA_BYTES;
  const group = Math.max(1, Math.min(GROUP_FEATURES, Math.floor(GROUP_BYTES / histogram)));
  const blockBytes = rows * stride <= SMALL_TABLE_BYTES ? BLOCK_BYTES.ofSmall : BLOCK_BYTES.ofLarge;
  const blockRows = Math.max(BLOCK_ROWS.least, Math.min(BLOCK_ROWS.most, Math.floor(blockBytes / (stride + 16))));
  const workspaceArray = plan.reserve(shape.threads * RECORD_BYTES.workspace);
  const workspaces = Array.from({ length: shape.threads }, () => [
    plan.reserve(rows + 8),
    plan.reserve((rows + 1) * 4),
    plan.reserve((rows + 1) * 4),
    plan.reserve(maxNodes * RECORD_BYTES.node),
    plan.reserve(maxNodes * 4),
    plan.reserve((options.maxDepth + 4) * RECORD_BYTES.stack),
    plan.reserve(blockRows * stride + 64),
    plan.reserve(blockRows * 16),
    plan.reserve(group * histogram),
    plan.reserve(CHUNK.rows * CHUNK.bytes),
    plan.reserve(stride * 4),
    plan.reserve(classes * 16 + RECORD_BYTES.set),
    plan.reserve(sets * RECORD_BYTES.set),
  ]);
  const memory = new KernelMemory(plan, frame, rows, shape.threads);
  features.forEach((bins, i) => {
    memory.write(records + i * RECORD_BYTES.feature, [bins.codes, missingCode(bins)]);
  });
  trees.forEach(({ nodes, distributions, inBag, gains, sets: setsAt }, i) => {
    const words = [0, 0, 0, 0, nodes, 0, distributions, 0, inBag, gains, setsAt, 0];
    memory.write(slotArray + i * RECORD_BYTES.slot, words);
  });
  workspaces.forEach((addresses, thread) => {
    memory.write(workspaceArray + thread * RECORD_BYTES.workspace, addresses);
  });
  const fields: Record<string, number> = {
    ROWS: rows,
    STRIDE: stride,
    FEATURE_COUNT: features.length,
    CLASSES: classes,
    BINS: table.bins,
    TARGET: table.target,
    WEIGHT: table.weight,
    FEATURES: records,
    SLOTS: slotArray,
    WORKSPACES: workspaceArray,
    MAX_DEPTH: options.maxDepth,
    CANDIDATES: candidatesOf(options, features.length),
    BOOTSTRAP: options.bootstrap ? 1 : 0,
    DRAWS: drawsOf(shape),
    SAMPLE_LIMIT: Math.min(0xffffffff, Math.round(options.sampleShare * 2 ** 32)),
    RANDOM_SPLITS: options.randomSplits ? 1 : 0,
    BLOCK_ROWS: blockRows,
    MAX_NODES: maxNodes,
    GROUP: group,
    HELD_OUT_SUMS: table.heldOutSums,
    HELD_OUT_COUNTS: table.heldOutCounts,
  };
  for (const [name, value] of Object.entries(fields)) memory.set(name, value);
  memory.setReal("MIN_LEAF", options.minLeafRows);
  return {
    ...table,
    memory,
    stride,
    maxNodes,
    slots: trees.map((_, i) => slotArray + i * RECORD_BYTES.slot),
    gains: trees.map(({ gains }) => gains),
  };
}

function drawsOf({ rows, options }: ForestShape): number {
  return Math.max(1, Math.round(rows * options.sampleShare));
}

/** Leaves of a tree at most. Weights may make a drawn row count more than one; a sample by hashes may be any of the rows. */
function leafLimit(shape: ForestShape): number {
  const { rows, options, weighted, classes } = shape;
  const drawn = options.bootstrap ? drawsOf(shape) : rows;
  const byWeight = weighted ? rows : Math.ceil(drawn / options.minLeafRows);
  const byDepth = options.maxDepth >= 31 ? LEAF_LIMIT : 2 ** options.maxDepth;
  const byShares = classes > 1 ? Math.floor(SHARE_LIMIT / classes) : LEAF_LIMIT;
  return Math.max(1, Math.min(LEAF_LIMIT, rows, byWeight, byDepth, byShares));
}
