import {
  AT_BINS, AT_BLOCKS, AT_CLASS, AT_GRADIENT_SCALE, AT_LEAF_COUNT, AT_LEAVES, AT_LOSS, AT_OUTPUT, AT_ROWS, AT_ROW_NUMBERS,
  AT_SCORES, AT_STRIDE, AT_TREES, AT_TREE_COUNT, AT_WHOLE_STEPS, BLOCK_ROWS, LEAF_BYTES, pointer, real, segmentOf, takeTask, word,
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

// Record of a tree to walk, 16 bytes: 0 nodes · 4 inner nodes, which come first · 8 class · 12 depth.
// Record of a node, 24 bytes: 0 table of directions · 4 column · 8 left · 12 right · 16 value f64. A leaf leads to itself.

// @ts-ignore: decorator
@inline
function binnedStep(nodes: usize, node: u32, row: usize): u32 {
  const at = nodes + <usize>(node * 24);
  const right = <usize>load<u8>(<usize>load<u32>(at) + <usize>load<u8>(row + <usize>load<u32>(at, 4)));
  return load<u32>(at + (right << 2), 8);
}

/**
 * Phase: walks binned rows down trees, one after the other, and adds the leaves' values to their scores, or, where the frame says so,
 * to their residuals in whole steps.
 */
export function walkPass(thread: i32): void {
  const rows = word(AT_ROWS);
  const blocks = word(AT_BLOCKS);
  const size: usize = word(AT_WHOLE_STEPS) ? 4 : 8;
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const first = block * BLOCK_ROWS;
    const end = min(rows, first + BLOCK_ROWS);
    for (let t = 0; t < word(AT_TREE_COUNT); t++) {
      const tree = pointer(AT_TREES) + <usize>(t << 4);
      const scores = pointer(AT_SCORES) + <usize>load<i32>(tree, 8) * <usize>rows * size;
      if (word(AT_WHOLE_STEPS)) walkTree(tree, first, end, scores, true);
      else walkTree(tree, first, end, scores, false);
    }
  }
}

// @ts-ignore: decorator
@inline
function walkTree(tree: usize, first: i32, end: i32, scores: usize, whole: bool): void {
  const stride = <usize>word(AT_STRIDE);
  const bins = pointer(AT_BINS);
  const nodes = <usize>load<u32>(tree);
  const inner = load<u32>(tree, 4);
  const depth = load<i32>(tree, 12);
  const shift: usize = whole ? 2 : 3;
  let i = first;
  if (depth <= EVEN_DEPTH) {
    for (; i + 8 <= end; i += 8) walkEight(nodes, depth, bins + <usize>i * stride, stride, scores + (<usize>i << shift), whole);
  }
  for (; i + 4 <= end; i += 4) walkFour(nodes, inner, bins + <usize>i * stride, stride, scores + (<usize>i << shift), whole);
  for (; i < end; i++) {
    let node: u32 = 0;
    while (node < inner) node = binnedStep(nodes, node, bins + <usize>i * stride);
    addValue(scores, i, nodes, node, whole);
  }
}

// @ts-ignore: decorator
@inline
function walkFour(nodes: usize, inner: u32, row: usize, stride: usize, score: usize, whole: bool): void {
  let a: u32 = 0;
  let b: u32 = 0;
  let c: u32 = 0;
  let d: u32 = 0;
  while (min(min(a, b), min(c, d)) < inner) {
    a = binnedStep(nodes, a, row);
    b = binnedStep(nodes, b, row + stride);
    c = binnedStep(nodes, c, row + 2 * stride);
    d = binnedStep(nodes, d, row + 3 * stride);
  }
  addValue(score, 0, nodes, a, whole);
  addValue(score, 1, nodes, b, whole);
  addValue(score, 2, nodes, c, whole);
  addValue(score, 3, nodes, d, whole);
}

/** Trees up to this deep are walked to their depth without asking who has arrived. */
const EVEN_DEPTH: i32 = 8;

/** Eight rows at once: each step waits for memory, and eight wait together. */
// @ts-ignore: decorator
@inline
function walkEight(nodes: usize, depth: i32, row: usize, stride: usize, score: usize, whole: bool): void {
  let a: u32 = 0;
  let b: u32 = 0;
  let c: u32 = 0;
  let d: u32 = 0;
  let e: u32 = 0;
  let f: u32 = 0;
  let g: u32 = 0;
  let h: u32 = 0;
  const middle = row + 4 * stride;
  for (let level = 0; level < depth; level++) {
    a = binnedStep(nodes, a, row);
    b = binnedStep(nodes, b, row + stride);
    c = binnedStep(nodes, c, row + 2 * stride);
    d = binnedStep(nodes, d, row + 3 * stride);
    e = binnedStep(nodes, e, middle);
    f = binnedStep(nodes, f, middle + stride);
    g = binnedStep(nodes, g, middle + 2 * stride);
    h = binnedStep(nodes, h, middle + 3 * stride);
  }
  addValue(score, 0, nodes, a, whole);
  addValue(score, 1, nodes, b, whole);
  addValue(score, 2, nodes, c, whole);
  addValue(score, 3, nodes, d, whole);
  addValue(score, 4, nodes, e, whole);
  addValue(score, 5, nodes, f, whole);
  addValue(score, 6, nodes, g, whole);
  addValue(score, 7, nodes, h, whole);
}

// @ts-ignore: decorator
@inline
function addValue(scores: usize, row: i32, nodes: usize, node: u32, whole: bool): void {
  const value = load<f64>(nodes + <usize>(node * 24), 16);
  if (whole) {
    const at = scores + (<usize>row << 2);
    store<i32>(at, load<i32>(at) + <i32>nearest(value * real(AT_GRADIENT_SCALE)));
  } else {
    const at = scores + (<usize>row << 3);
    store<f64>(at, load<f64>(at) + value);
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
