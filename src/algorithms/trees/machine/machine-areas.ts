import type { MemoryPlan } from "../../../kernels/trees/index.ts";
import type { MachineOptions } from "./machine-options.ts";
import { BLOCK_ROWS, type MachineSizes } from "./machine-sizes.ts";
import type { RowSet } from "./row-set.ts";

const SPLIT_BYTES = 80;
const TABLE_BYTES = 256;
export const SCRATCH_BYTES = 8192 + 2 * BLOCK_ROWS + 128;
/** Candidates of a node at most: the ranges of columns that its search is divided into. */
export const MAX_CHUNKS = 32;
/** Values on their way to bins are staged for so many rows and features at once. */
export const STAGED_ROWS = 8192;
export const STAGED_FEATURES = 64;
/** Bytes of a staged feature's record, its cuts and its lookup table. */
export const BINNING_BYTES = { record: 64, cuts: 256 * 8, lookup: 2112 } as const;
/** First 16 bits of a size in float32, without the sign's. */
export const SIZE_COUNTS = 2 ** 15;

/** Reserves the memory of everything but rows. Returns where each part lies; 0 for those that are not needed. */
export function planAreas(
  plan: MemoryPlan,
  sizes: MachineSizes,
  { rows, blocks }: RowSet,
  { renews, given, bounded, masked, oneSided, byColumns }: MachineOptions,
) {
  const { layout, classes, threads, maxNodes, jobLimit, slotBytes, walkNodes } = sizes;
  const recordBytes = sizes.packed ? 4 * classes : sizes.residual ? 4 : 16;
  const packedParts = sizes.packed ? threads * jobLimit : 0;
  const { columns, places, stride } = layout;
  // Roots of several classes are added up at once; each takes the packed cells of a job.
  const rootsTogether = sizes.packed && classes > 1 && classes <= jobLimit;
  const waiting = sizes.gatheredRows === 0 ? 0 : threads * jobLimit;
  return {
    frame: plan.reserve(512),
    quantised: plan.reserve((rows + 3) * recordBytes + 64),
    rowIds: sizes.packed && sizes.reorders ? plan.reserve(rows * 4 + 16) : 0,
    // As long as the bins themselves, which wait here while they are put in another order.
    columnBins: byColumns === true ? plan.reserve(blocks * BLOCK_ROWS * stride) : 0,
    rowNumbers: plan.reserve(blocks * BLOCK_ROWS * 2 + 64),
    segments: plan.reserve(blocks * maxNodes * 4),
    partials: plan.reserve((threads - 1) * jobLimit * slotBytes),
    packedCells: plan.reserve((packedParts * slotBytes) / 2),
    gatheredBins: plan.reserve(waiting * (sizes.gatheredRows * stride + 16) + 16),
    gatheredRecords: plan.reserve(waiting * sizes.gatheredRows * (sizes.packed || sizes.residual ? 4 : 16)),
    gatheredFills: plan.reserve(waiting * 8),
    packedFills: plan.reserve(packedParts * 8),
    classRoots: rootsTogether ? plan.reserve(classes * slotBytes) : 0,
    slots: plan.reserve(sizes.slots * slotBytes),
    root: plan.reserve(slotBytes),
    carryTerms: plan.reserve(maxNodes * 8),
    cellOffsets: plan.reserve((columns + 1) * 4),
    columnFeatures: plan.reserve((columns + 1) * 4),
    features: plan.reserve(places.length * 32),
    jobs: plan.reserve(jobLimit * 64),
    candidates: plan.reserve(jobLimit * 2 * MAX_CHUNKS * SPLIT_BYTES),
    splits: plan.reserve(maxNodes * SPLIT_BYTES),
    nodes: plan.reserve(maxNodes * 16),
    tables: plan.reserve(maxNodes * TABLE_BYTES),
    leaves: plan.reserve(maxNodes * 16),
    scratch: plan.reserve(threads * SCRATCH_BYTES),
    packing: plan.reserve(4096),
    staging: plan.reserve(STAGED_FEATURES * STAGED_ROWS * 8),
    cuts: plan.reserve(STAGED_FEATURES * BINNING_BYTES.cuts),
    binning: plan.reserve(STAGED_FEATURES * BINNING_BYTES.record),
    lookup: plan.reserve(STAGED_FEATURES * BINNING_BYTES.lookup),
    walkTrees: plan.reserve(walkNodes * 16),
    walkNodes: plan.reserve(walkNodes * 24),
    renewal: plan.reserve(renews === true ? rows * 16 : 0),
    given: plan.reserve(given === true ? rows * 16 : 0),
    bounds: bounded === true ? plan.reserve(maxNodes * 16) : 0,
    masks: plan.reserve(masked === true ? jobLimit * 2 * places.length : 0),
    rowSizes: oneSided === true ? plan.reserve(rows * 4) : 0,
    sizeCounts: plan.reserve(oneSided === true ? threads * SIZE_COUNTS * 4 : 0),
    walkTables: plan.reserve((walkNodes + 1) * TABLE_BYTES),
  };
}

/** Where each part lies. */
export type MachineAreas = Readonly<ReturnType<typeof planAreas>>;
