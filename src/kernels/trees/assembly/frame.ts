import { pointer, word } from "../../frame/assembly/frame";

export { AT_NEXT_TASK, attach, pointer, real, takeTask, word } from "../../frame/assembly/frame";

/** Rows in a block: row numbers inside it fit 16 bits, its bins fit the second-level cache. */
export const BLOCK_ROWS: i32 = 16384;
/** Bytes of a split candidate, a node's sums, a feature's record, a job, a node's table of directions. */
export const SPLIT_BYTES: i32 = 80;
export const NODE_BYTES: i32 = 16;
export const FEATURE_BYTES: i32 = 32;
export const JOB_BYTES: i32 = 64;
export const TABLE_BYTES: i32 = 256;
export const LEAF_BYTES: i32 = 16;
export const BLOCK_STATISTICS_BYTES: i32 = 48;

export const AT_TASKS: i32 = 64;
export const AT_ROWS: i32 = 68;
export const AT_BLOCKS: i32 = 72;
export const AT_STRIDE: i32 = 76;
export const AT_COLUMNS: i32 = 80;
export const AT_FEATURE_COUNT: i32 = 84;
export const AT_MAX_NODES: i32 = 88;
export const AT_BINS: i32 = 92;
export const AT_SCORES: i32 = 96;
export const AT_TARGET: i32 = 100;
export const AT_WEIGHT: i32 = 104;
export const AT_NORMALISER: i32 = 108;
export const AT_QUANTISED: i32 = 112;
export const AT_ROW_NUMBERS: i32 = 116;
export const AT_SEGMENTS: i32 = 120;
export const AT_PARTIALS: i32 = 124;
export const AT_SLOT_BYTES: i32 = 128;
export const AT_JOB_LIMIT: i32 = 132;
export const AT_CELL_OFFSETS: i32 = 136;
export const AT_FEATURES: i32 = 140;
export const AT_JOBS: i32 = 144;
export const AT_JOB_COUNT: i32 = 148;
export const AT_CHUNKS: i32 = 152;
export const AT_CANDIDATES: i32 = 156;
export const AT_SPLITS: i32 = 160;
export const AT_NODES: i32 = 164;
export const AT_LEAVES: i32 = 168;
export const AT_LEAF_COUNT: i32 = 172;
export const AT_STATISTICS: i32 = 176;
export const AT_SCRATCH: i32 = 180;
export const AT_SCRATCH_BYTES: i32 = 184;
export const AT_PACKING: i32 = 188;
export const AT_LOSS: i32 = 192;
export const AT_CLASS: i32 = 196;
export const AT_CLASSES: i32 = 200;
export const AT_WIDE: i32 = 204;
export const AT_SHIFT: i32 = 208;
export const AT_EMITTED: i32 = 212;
export const AT_SAMPLING: i32 = 216;
export const AT_SAMPLE_KEY0: i32 = 220;
export const AT_SAMPLE_KEY1: i32 = 224;
export const AT_SAMPLE_LIMIT: i32 = 228;
export const AT_THREADS: i32 = 232;
export const AT_TREES: i32 = 236;
export const AT_TREE_COUNT: i32 = 240;
export const AT_OUTPUT: i32 = 244;
export const AT_MIN_CHILD_ROWS: i32 = 248;
export const AT_SLOT: i32 = 252;
export const AT_GRADIENT_SCALE: i32 = 256;
export const AT_HESSIAN_SCALE: i32 = 264;
export const AT_LAMBDA: i32 = 272;
export const AT_ALPHA: i32 = 280;
export const AT_MIN_CHILD_WEIGHT: i32 = 288;
export const AT_MIN_GAIN: i32 = 296;
export const AT_CATEGORY_SMOOTHING: i32 = 304;
export const AT_CATEGORY_LAMBDA: i32 = 312;
export const AT_HESSIAN_FLOOR: i32 = 320;
export const AT_CATEGORY_MIN_ROWS: i32 = 328;
export const AT_COLUMN_FEATURES: i32 = 336;
export const AT_BINNING: i32 = 340;
export const AT_BINNING_COUNT: i32 = 344;
export const AT_STAGED_ROWS: i32 = 348;
export const AT_STAGED_TO: i32 = 352;
export const AT_GIVEN: i32 = 356;
export const AT_LOSS_PARAMETER: i32 = 360;
export const AT_ROOT: i32 = 368;
export const AT_CARRY_TERMS: i32 = 372;
export const AT_CARRY_COUNT: i32 = 376;
export const AT_WHOLE_STEPS: i32 = 380;
export const AT_RENEWAL: i32 = 384;
export const AT_RENEWAL_SHARE: i32 = 392;
export const AT_RENEWAL_DELTA: i32 = 400;
/** A node's lowest and highest value, f64 each, in quantised units; 0 where no feature is monotone. */
export const AT_BOUNDS: i32 = 408;
/** 1 where records are packed; where each thread's cells for them lie, and how full those are. */
export const AT_PACKED: i32 = 412;
export const AT_PACKED_CELLS: i32 = 416;
export const AT_PACKED_FILLS: i32 = 420;
export const AT_ROUNDING_KEY0: i32 = 424;
export const AT_ROUNDING_KEY1: i32 = 428;
/** 1 where rows that are not sampled are no node's, and walk the finished tree. */
export const AT_SKIPPING: i32 = 432;
/** Root histograms of all classes, and 1 where they are those of the round. */
export const AT_CLASS_ROOTS: i32 = 436;
export const AT_CLASS_ROOTS_KNOWN: i32 = 440;
/** What a split over a set of categories must gain for each category but one. */
export const AT_CATEGORY_GAIN: i32 = 448;
/** The size of each row's gradient, f32, or 0 where rows are drawn whatever theirs; how often sizes begin with each 16 bits, u32. */
export const AT_ROW_SIZES: i32 = 464;
export const AT_SIZE_COUNTS: i32 = 468;
/** Rows whose size begins with more than these bits are in the sample; the others, where drawn, count so many times. */
export const AT_LARGEST_ORDINARY: i32 = 472;
export const AT_AMPLIFICATION: i32 = 480;
/** Rows that wait for their histogram, for each thread and histogram: how many at most, or 0; their bins and records; how many there are. */
export const AT_GATHERED_ROWS: i32 = 488;
export const AT_GATHERED_BINS: i32 = 492;
export const AT_GATHERED_RECORDS: i32 = 496;
export const AT_GATHERED_FILLS: i32 = 500;
/** The training rows' bins column by column, or 0 where they are not there a second time. */
export const AT_COLUMN_BINS: i32 = 504;
/** Where the training rows lie in another order: the number that each had before, u32. Else 0. */
export const AT_ROW_IDS: i32 = 508;
export const FRAME_BYTES: i32 = 512;

/** Fills bytes with zeros. */
export function clear(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes);
}

/** Copies bytes. */
export function copy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

/** Where a thread adds up the histogram of a job: the first in its final place, the others in a part of their own. */
// @ts-ignore: decorator
@inline
export function histogramOf(thread: i32, job: i32, slot: usize): usize {
  if (thread == 0) return slot;
  return pointer(AT_PARTIALS) + (<usize>(thread - 1) * <usize>word(AT_JOB_LIMIT) + <usize>job) * pointer(AT_SLOT_BYTES);
}

/** Begin and end of a node's rows in a block, as two 16-bit numbers. */
// @ts-ignore: decorator
@inline
export function segmentOf(block: i32, node: i32): usize {
  return pointer(AT_SEGMENTS) + (<usize>block * <usize>word(AT_MAX_NODES) + <usize>node) * 4;
}
