import {
  AT_BINS, AT_BLOCKS, AT_CLASS, AT_LEAF_COUNT, AT_LEAVES, AT_LOSS, AT_OUTPUT, AT_ROWS, AT_ROW_NUMBERS, AT_SCORES,
  AT_STRIDE, AT_TREES, AT_TREE_COUNT, BLOCK_ROWS, LEAF_BYTES, pointer, segmentOf, takeTask, word,
} from "./frame";
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

// Record of a node for raw values, 32 bytes: 0 threshold f64 (a leaf: its value) · 8 byte of the feature in a row · 12 left · 16 right
// · 20 kind: 0 missing right, 1 missing left, 2 categories, 3 leaf · 24 address of the categories' bits.

// @ts-ignore: decorator
@inline
function rawStep(nodes: usize, node: u32, row: usize): u32 {
  const at = nodes + (<usize>node << 5);
  const kind = load<u32>(at, 20);
  const value = load<f64>(row + <usize>load<u32>(at, 8));
  let right: i32;
  if (kind == 2) {
    const bin = <u32>value;
    right = <i32>((load<u8>(<usize>load<u32>(at, 24) + <usize>(bin >> 3)) >> <u8>(bin & 7)) ^ 1) & 1;
  } else {
    const threshold = load<f64>(at);
    right = <i32>(!(value <= threshold)) & (<i32>(value > threshold) | <i32>(kind == 0));
  }
  return load<u32>(at + (<usize>right << 2), 12);
}

/**
 * Phase: adds the trees' values to the outputs of rows of float64 values (a category's bin as a number), row-major. Outputs
 * are row-major, `classes` a row; a task is 256 rows.
 */
export function predictPass(thread: i32): void {
  const rows = word(AT_ROWS);
  const stride = <usize>word(AT_STRIDE);
  const outputs = <usize>word(AT_CLASS);
  const tasks = (rows + 255) >> 8;
  for (let task = takeTask(); task < tasks; task = takeTask()) {
    const end = min(rows, (task + 1) << 8);
    for (let t = 0; t < word(AT_TREE_COUNT); t++) {
      const tree = pointer(AT_TREES) + <usize>(t << 4);
      const nodes = <usize>load<u32>(tree);
      const inner = load<u32>(tree, 4);
      const out = pointer(AT_OUTPUT) + (<usize>load<i32>(tree, 8) << 3);
      let i = task << 8;
      for (; i + 4 <= end; i += 4) {
        const row = pointer(AT_BINS) + <usize>i * stride;
        let a: u32 = 0;
        let b: u32 = 0;
        let c: u32 = 0;
        let d: u32 = 0;
        while (min(min(a, b), min(c, d)) < inner) {
          a = rawStep(nodes, a, row);
          b = rawStep(nodes, b, row + stride);
          c = rawStep(nodes, c, row + 2 * stride);
          d = rawStep(nodes, d, row + 3 * stride);
        }
        addTo(out, <usize>i * outputs, nodes, a);
        addTo(out, <usize>(i + 1) * outputs, nodes, b);
        addTo(out, <usize>(i + 2) * outputs, nodes, c);
        addTo(out, <usize>(i + 3) * outputs, nodes, d);
      }
      for (; i < end; i++) {
        let node: u32 = 0;
        while (node < inner) node = rawStep(nodes, node, pointer(AT_BINS) + <usize>i * stride);
        addTo(out, <usize>i * outputs, nodes, node);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addTo(out: usize, index: usize, nodes: usize, node: u32): void {
  const at = out + (index << 3);
  store<f64>(at, load<f64>(at) + load<f64>(nodes + (<usize>node << 5)));
}
