import {
  AT_CANDIDATES, AT_CELL_OFFSETS, AT_CHUNKS, AT_CLASS, AT_CLASS_ROOTS_KNOWN, AT_COLUMNS, AT_JOBS, AT_JOB_COUNT, AT_JOB_LIMIT, AT_NODES, AT_PARTIALS,
  AT_SCRATCH, AT_SCRATCH_BYTES, AT_SHIFT, AT_SLOT_BYTES, AT_SPLITS, AT_THREADS, AT_WIDE, JOB_BYTES, NODE_BYTES,
  SPLIT_BYTES, pointer, takeTask, word,
} from "./frame";
import { takeClassRoot } from "./class-roots";
import { scanNode } from "./splitting";

/** Adds the other threads' parts of a histogram to it, over a range of bytes, and clears them for the next phase. */
export function mergePartials(slot: usize, index: i32, from: usize, to: usize): void {
  const threads = word(AT_THREADS);
  const bytes = pointer(AT_SLOT_BYTES);
  const zero = i64x2.splat(0);
  for (let t = 1; t < threads; t++) {
    const partial = pointer(AT_PARTIALS) + (<usize>(t - 1) * <usize>word(AT_JOB_LIMIT) + <usize>index) * bytes;
    for (let i = from; i < to; i += 16) {
      v128.store(slot + i, i64x2.add(v128.load(slot + i), v128.load(partial + i)));
      v128.store(partial + i, zero);
    }
  }
}

// @ts-ignore: decorator
@inline
function subtract(from: usize, what: usize, begin: usize, end: usize): void {
  for (let i = begin; i < end; i += 16) v128.store(from + i, i64x2.sub(v128.load(from + i), v128.load(what + i)));
}

/** The root's sums are those of any column's cells. */
function sumColumn(histogram: usize, column: i32, sums: usize): void {
  const offsets = pointer(AT_CELL_OFFSETS) + (<usize>column << 2);
  const end = load<u32>(offsets, 4);
  const bits = <i64>word(AT_SHIFT);
  const mask = (<i64>1 << bits) - 1;
  let gradient: i64 = 0;
  let rest: i64 = 0;
  for (let i = load<u32>(offsets); i < end; i++) {
    if (word(AT_WIDE)) {
      gradient += load<i64>(histogram + (<usize>i << 4));
      rest += load<i64>(histogram + (<usize>i << 4), 8);
    } else {
      const cell = load<i64>(histogram + (<usize>i << 3));
      gradient += cell >> bits;
      rest += ((cell & mask) << bits) | (cell & mask);
    }
  }
  store<i64>(sums, gradient);
  store<i64>(sums, rest, 8);
}

/**
 * Phase: the root's histogram merged, or fetched where it is known, and its sums taken. One task: it must come before the split
 * of the root.
 */
export function rootSums(): void {
  const job = pointer(AT_JOBS);
  if (word(AT_CLASS_ROOTS_KNOWN)) takeClassRoot(word(AT_CLASS), load<u32>(job, 24));
  else mergePartials(load<u32>(job, 24), 0, 0, pointer(AT_SLOT_BYTES));
  sumColumn(load<u32>(job, 24), 0, pointer(AT_NODES));
}

/**
 * Phase: histograms of both children of each job completed (parts merged, the sibling by subtraction) and the best split of
 * each looked for. A task is a job and a range of columns.
 */
export function splitPass(thread: i32): void {
  const chunks = word(AT_CHUNKS);
  const tasks = word(AT_JOB_COUNT) * chunks;
  const columns = word(AT_COLUMNS);
  const offsets = pointer(AT_CELL_OFFSETS);
  const scale: usize = word(AT_WIDE) ? 4 : 3;
  const scratch = pointer(AT_SCRATCH) + <usize>thread * <usize>word(AT_SCRATCH_BYTES);
  for (let task = takeTask(); task < tasks; task = takeTask()) {
    const job = pointer(AT_JOBS) + <usize>(task / chunks) * <usize>JOB_BYTES;
    const chunk = task % chunks;
    const fromColumn = <i32>(<i64>chunk * <i64>columns / <i64>chunks);
    const toColumn = <i32>(<i64>(chunk + 1) * <i64>columns / <i64>chunks);
    const from = <usize>load<u32>(offsets + (<usize>fromColumn << 2)) << scale;
    const to = <usize>load<u32>(offsets + (<usize>toColumn << 2)) << scale;
    const wanted = load<i32>(job, 20);
    const partial = load<i32>(job, 32);
    const left = <usize>load<u32>(job, 24);
    const right = <usize>load<u32>(job, 28);
    if (wanted & 1) mergePartials(left, partial, from, to);
    if (wanted & 2) mergePartials(right, wanted == 3 ? partial + 1 : partial, from, to);
    if (wanted == 1 && right != 0) subtract(right, left, from, to);
    if (wanted == 2 && left != 0) subtract(left, right, from, to);
    const out = pointer(AT_CANDIDATES) + <usize>((task / chunks) * 2 * chunks + chunk) * <usize>SPLIT_BYTES;
    if (load<i32>(job, 36)) scanNode(load<i32>(job, 4), left, fromColumn, toColumn, load<u32>(job, 44), scratch, out);
    const outRight = out + <usize>chunks * <usize>SPLIT_BYTES;
    if (load<i32>(job, 40)) scanNode(load<i32>(job, 8), right, fromColumn, toColumn, load<u32>(job, 48), scratch, outRight);
  }
}

/** Takes the best candidate of a node's chunks as its split. Returns its gain in quantised units, or -1 where there is none. */
export function chooseSplit(node: i32, candidates: usize): f64 {
  const split = pointer(AT_SPLITS) + <usize>node * <usize>SPLIT_BYTES;
  let best: usize = 0;
  for (let chunk = 0; chunk < word(AT_CHUNKS); chunk++) {
    const at = candidates + <usize>(chunk * SPLIT_BYTES);
    if (load<i32>(at, 24) < 0) continue;
    const ahead = best == 0 || load<f64>(at) > load<f64>(best);
    if (ahead || (load<f64>(at) == load<f64>(best) && load<i32>(at, 24) < load<i32>(best, 24))) best = at;
  }
  if (best == 0) {
    store<i32>(split, -1, 24);
    return -1;
  }
  memory.copy(split, best, <usize>SPLIT_BYTES);
  return load<f64>(best);
}

/** Writes the sums of a split node's children. Returns 1 where the left has no more rows than the right. */
export function splitSums(node: i32, left: i32, right: i32): i32 {
  const nodes = pointer(AT_NODES);
  const split = pointer(AT_SPLITS) + <usize>node * <usize>SPLIT_BYTES;
  const parent = nodes + <usize>(node * NODE_BYTES);
  const a = nodes + <usize>(left * NODE_BYTES);
  const b = nodes + <usize>(right * NODE_BYTES);
  store<i64>(a, load<i64>(split, 8));
  store<i64>(a, load<i64>(split, 16), 8);
  store<i64>(b, load<i64>(parent) - load<i64>(a));
  store<i64>(b, load<i64>(parent, 8) - load<i64>(a, 8), 8);
  const mask = (<i64>1 << <i64>word(AT_SHIFT)) - 1;
  return <i32>((load<i64>(a, 8) & mask) <= (load<i64>(b, 8) & mask));
}

/** A node's sum of gradients, of hessians (both quantised) and its rows. */
export function gradientSum(node: i32): f64 {
  return <f64>load<i64>(pointer(AT_NODES) + <usize>(node * NODE_BYTES));
}

export function hessianSum(node: i32): f64 {
  return <f64>(load<i64>(pointer(AT_NODES) + <usize>(node * NODE_BYTES), 8) >> <i64>word(AT_SHIFT));
}

export function rowCount(node: i32): f64 {
  const mask = (<i64>1 << <i64>word(AT_SHIFT)) - 1;
  return <f64>(load<i64>(pointer(AT_NODES) + <usize>(node * NODE_BYTES), 8) & mask);
}
