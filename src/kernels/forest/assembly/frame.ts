export { AT_NEXT_TASK, attach, pointer, real, takeTask, word } from "../../frame/assembly/frame";

export const AT_ROWS: i32 = 64;
/** Bytes of a row of bins, a feature each. */
export const AT_STRIDE: i32 = 68;
export const AT_FEATURE_COUNT: i32 = 72;
/** 1 for numbers and for two classes, whose target is a number. */
export const AT_CLASSES: i32 = 76;
export const AT_BINS: i32 = 80;
/** A float64 a row: the value, or the class's code. */
export const AT_TARGET: i32 = 84;
/** A float32 a row, or 0 where every weight is 1. */
export const AT_WEIGHT: i32 = 88;
export const AT_FEATURES: i32 = 92;
export const AT_SLOTS: i32 = 96;
export const AT_SLOT_COUNT: i32 = 100;
export const AT_WORKSPACES: i32 = 104;
export const AT_MAX_DEPTH: i32 = 108;
/** Features that a split chooses among. */
export const AT_CANDIDATES: i32 = 112;
/** 1 where a tree draws rows with replacement, `DRAWS` of them; else it has those whose hash is at or under `SAMPLE_LIMIT`. */
export const AT_BOOTSTRAP: i32 = 116;
export const AT_DRAWS: i32 = 120;
export const AT_SAMPLE_LIMIT: i32 = 124;
/** 1 where one threshold a feature is drawn instead of looking for the best. */
export const AT_RANDOM_SPLITS: i32 = 128;
export const AT_BLOCK_ROWS: i32 = 132;
export const AT_MAX_NODES: i32 = 136;
/** Features whose histograms are filled at the same time. */
export const AT_GROUP: i32 = 140;
/** Sums of the held-out trees' values, float32, `CLASSES` a row, and how many trees, 16 bits. */
export const AT_HELD_OUT_SUMS: i32 = 144;
export const AT_HELD_OUT_COUNTS: i32 = 148;
export const AT_OUTPUTS: i32 = 152;
export const AT_TASK_ROWS: i32 = 156;
export const AT_MIN_LEAF: i32 = 160;
export const FRAME_BYTES: i32 = 192;

/**
 * Record of a tree: 0 key of its rows u32 × 2 · 8 key of its splits u32 × 2 · 16 nodes · 20 their number · 24 distributions · 28 their
 * number · 32 bits of the rows that it was grown from · 36 gain of each feature f64 · 40 sets of categories · 44 their number.
 */
export const SLOT_BYTES: i32 = 64;
export const SLOT_ROW_KEY: i32 = 0;
export const SLOT_SPLIT_KEY: i32 = 8;
export const SLOT_NODES: i32 = 16;
export const SLOT_NODE_COUNT: i32 = 20;
export const SLOT_DISTRIBUTIONS: i32 = 24;
export const SLOT_DISTRIBUTION_COUNT: i32 = 28;
export const SLOT_IN_BAG: i32 = 32;
export const SLOT_GAINS: i32 = 36;
export const SLOT_SETS: i32 = 40;
export const SLOT_SET_COUNT: i32 = 44;

/** Record of a feature: 0 codes · 4 code of missing, or -1 for categories. */
export const FEATURE_BYTES: i32 = 8;
/**
 * Record of a node: 0 feature u16 · 2 threshold u8 · 3 shift u8 · 4 left child u32, the right one is next to it. A bin goes right where
 * `(bin + shift) & 255` is over the threshold; the shift that brings the code of missing to 0 sends missing left. With the highest bit of
 * the child set, 2 is instead the number u16 of a set of bins that go left. A leaf has feature 65,535 and at 4 its value as float32,
 * or the number of its distribution.
 */
export const NODE_BYTES: i32 = 8;
export const LEAF: i32 = 0xffff;
export const BY_SET: u32 = 0x80000000;
export const SET_BYTES: i32 = 32;
/** Sets that a tree may have: their numbers have 16 bits. */
export const MAX_SETS: i32 = 65535;

/** Addresses of what a thread has for itself, one word each, in this order. */
export const WORKSPACE_BYTES: i32 = 64;
export const WORK_COUNTS: i32 = 0;
export const WORK_ROWS: i32 = 4;
export const WORK_SWAP: i32 = 8;
export const WORK_NODES: i32 = 12;
export const WORK_QUEUE: i32 = 16;
export const WORK_STACK: i32 = 20;
export const WORK_BLOCK: i32 = 24;
export const WORK_RECORDS: i32 = 28;
export const WORK_HISTOGRAMS: i32 = 32;
export const WORK_CHUNK: i32 = 36;
export const WORK_ORDER: i32 = 40;
export const WORK_SUMS: i32 = 44;
export const WORK_SETS: i32 = 48;

/** Rows that are brought together before their bins are looked at. */
export const CHUNK_ROWS: i32 = 1024;
export const STACK_BYTES: i32 = 16;
