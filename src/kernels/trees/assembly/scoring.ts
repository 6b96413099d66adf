import {
  AT_BINNING, AT_BINNING_COUNT, AT_BLOCKS, AT_CLASS, AT_LEAF_COUNT, AT_LEAVES, AT_LOSS, AT_OUTPUT, AT_ROWS,
  AT_ROW_NUMBERS, AT_SCORES, AT_SCRATCH, AT_SCRATCH_BYTES, AT_SLOT, AT_TREES, AT_TREE_COUNT, BLOCK_ROWS, LEAF_BYTES,
  pointer, segmentOf, takeTask, word,
} from "./frame";
import { walkBlocks, walkNodes } from "./blocks";
import { CODE_ROWS, codeRows } from "./codes";
import { blockStatistics } from "./gradients";
import { LOSS_SQUARED } from "./losses";

/**
 * Phase: adds the leaves' values to the scores of the training rows, which lie grouped by leaf. Record of a leaf: 0 node · 8
 * value f64. For squared error each block's statistics follow while its scores are cached.
 */
export function leafPass(thread: i32): void {
  const rows = word(AT_ROWS);
  const blocks = word(AT_BLOCKS);
  const scores = pointer(AT_SCORES) + <usize>word(AT_CLASS) * <usize>rows * 8;
  const leaves = pointer(AT_LEAVES);
  const count = word(AT_LEAF_COUNT);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const first = <usize>block * <usize>BLOCK_ROWS;
    const base = scores + (first << 3);
    const numbers = pointer(AT_ROW_NUMBERS) + (first << 1);
    for (let l = 0; l < count; l++) {
      const leaf = leaves + <usize>(l * LEAF_BYTES);
      const segment = segmentOf(block, load<i32>(leaf));
      const value = load<f64>(leaf, 8);
      const end = numbers + (<usize>load<u16>(segment, 2) << 1);
      for (let p = numbers + (<usize>load<u16>(segment) << 1); p < end; p += 2) {
        const score = base + (<usize>load<u16>(p) << 3);
        store<f64>(score, load<f64>(score) + value);
      }
    }
    if (word(AT_LOSS) == LOSS_SQUARED) blockStatistics(block, <usize>rows);
  }
}

// Record of a tree: 0 blocks u32, 0 where it is walked node by node · 4 blocks or nodes · 8 class · 12 leaves' or nodes' values.

/**
 * Phase: adds the trees' values to the outputs of staged rows. Outputs are row-major, `classes` a row; a task is `CODE_ROWS` rows.
 * Scratch of a thread: codes, then results, at AT_SLOT bytes from its start.
 */
export function predictPass(thread: i32): void {
  const rows = word(AT_ROWS);
  const codes = pointer(AT_SCRATCH) + <usize>thread * pointer(AT_SCRATCH_BYTES);
  const results = codes + pointer(AT_SLOT);
  const step = <usize>word(AT_CLASS) << 3;
  const tasks = (rows + CODE_ROWS - 1) / CODE_ROWS;
  for (let task = takeTask(); task < tasks; task = takeTask()) {
    const first = task * CODE_ROWS;
    const count = min(CODE_ROWS, rows - first);
    codeRows(pointer(AT_BINNING), word(AT_BINNING_COUNT), first, count, codes);
    const outputs = pointer(AT_OUTPUT) + <usize>first * step;
    for (let t = 0; t < word(AT_TREE_COUNT); t++) {
      const tree = pointer(AT_TREES) + <usize>(t << 4);
      const blocks = load<i32>(tree);
      const output = outputs + (<usize>load<i32>(tree, 8) << 3);
      const leaves = <usize>load<u32>(tree, 12);
      if (blocks > 0) walkBlocks(load<u32>(tree, 4), blocks, leaves, codes, count, results, output, step);
      else walkNodes(load<u32>(tree, 4), leaves, codes, count, output, step);
    }
  }
}
