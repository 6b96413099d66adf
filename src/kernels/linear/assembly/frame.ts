export { AT_NEXT_TASK, attach, takeTask, word } from "../../frame/assembly/frame";

/** Rows of the sparse matrix. */
export const AT_ROWS: i32 = 64;
/** Columns of the matrix; the constant column behind them is not stored. */
export const AT_WIDTH: i32 = 68;
/** rows + 1 uint32: where each row's entries begin. */
export const AT_OFFSETS: i32 = 72;
/** uint32 column of each entry. */
export const AT_INDICES: i32 = 76;
/** float32 value of each entry. */
export const AT_VALUES: i32 = 80;
/** float64 for each row: the squares of its entries and of the constant, summed. */
export const AT_NORMS: i32 = 84;
/** float32 for each row; 0 where every weight is 1. */
export const AT_WEIGHTS: i32 = 88;
export const AT_PROBLEMS: i32 = 92;
export const AT_PROBLEM_COUNT: i32 = 96;
export const AT_LOSS: i32 = 100;

/** A problem: one hyperplane between the rows of a label and the others. */
export const PROBLEM_BYTES: i32 = 96;
/** int8 for each row: 1 or -1. */
export const PROBLEM_LABELS: i32 = 0;
/** float64 for each row: its dual variable. */
export const PROBLEM_ALPHA: i32 = 4;
/** float64 for each column and the constant. */
export const PROBLEM_HYPERPLANE: i32 = 8;
/** uint32 for each row: the order of the pass; rows behind the active ones are left out of it. */
export const PROBLEM_ORDER: i32 = 12;
export const PROBLEM_ACTIVE: i32 = 16;
/** 1 where there is nothing left to do. */
export const PROBLEM_DONE: i32 = 20;
/** uint64: state of the generator that shuffles the order. */
export const PROBLEM_RANDOM: i32 = 24;
/** float64: what a row of the label, and another, may cost. */
export const PROBLEM_COST_POSITIVE: i32 = 32;
export const PROBLEM_COST_NEGATIVE: i32 = 40;
/** float64: borders of the last pass beyond which a row at its bound is left out. */
export const PROBLEM_HIGHEST: i32 = 48;
export const PROBLEM_LOWEST: i32 = 56;
/** float64: largest violation at which a problem counts as solved. */
export const PROBLEM_TOLERANCE: i32 = 64;
export const PROBLEM_PASSES: i32 = 72;
export const PROBLEM_MAX_PASSES: i32 = 76;
