import {
  AT_BINS, AT_BLOCKS, AT_GRADIENT_SCALE, AT_ROWS, AT_SCORES, AT_STRIDE, AT_TREES, AT_TREE_COUNT, AT_WHOLE_STEPS, BLOCK_ROWS,
  pointer, real, takeTask, word,
} from "./frame";

/**
 * Record of a tree to walk, 16 bytes: 0 nodes · 4 inner nodes, which come first · 8 class · 12 0.
 * Record of a node, 24 bytes: 0 table of directions · 4 column · 8 left · 12 right · 16 value f64. A leaf leads to itself.
 *
 * A shallow tree is filled up to a complete one, which needs no numbers of children. Its record: 0 values f64, one for each leaf, and
 * behind them the nodes' columns u16 · 4 the nodes' tables of directions · 8 class · 12 its depth. Node n leads to nodes 2n and
 * 2n + 1; the root is 1, and number 0 is left out.
 */

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
      const complete = load<i32>(tree, 12) > 0;
      if (word(AT_WHOLE_STEPS)) {
        if (complete) walkComplete(tree, first, end, scores, true);
        else walkTree(tree, first, end, scores, true);
      } else if (complete) walkComplete(tree, first, end, scores, false);
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
  const shift: usize = whole ? 2 : 3;
  let i = first;
  for (; i + 4 <= end; i += 4) walkFour(nodes, inner, bins + <usize>i * stride, stride, scores + (<usize>i << shift), whole);
  for (; i < end; i++) {
    let node: u32 = 0;
    while (node < inner) node = binnedStep(nodes, node, bins + <usize>i * stride);
    addValue(scores, i, load<f64>(nodes + <usize>(node * 24), 16), whole);
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
  addValue(score, 0, load<f64>(nodes + <usize>(a * 24), 16), whole);
  addValue(score, 1, load<f64>(nodes + <usize>(b * 24), 16), whole);
  addValue(score, 2, load<f64>(nodes + <usize>(c * 24), 16), whole);
  addValue(score, 3, load<f64>(nodes + <usize>(d * 24), 16), whole);
}

// @ts-ignore: decorator
@inline
function completeStep(columns: usize, tables: usize, node: usize, row: usize): usize {
  const bin = <usize>load<u8>(row + <usize>load<u16>(columns + (node << 1)));
  return (node << 1) + <usize>load<u8>(tables + (node << 8) + bin);
}

/** Eight rows at once: each step waits for memory, and eight wait together. */
// @ts-ignore: decorator
@inline
function walkComplete(tree: usize, first: i32, end: i32, scores: usize, whole: bool): void {
  const stride = <usize>word(AT_STRIDE);
  const bins = pointer(AT_BINS);
  const depth = load<i32>(tree, 12);
  const columns = <usize>load<u32>(tree) + (<usize>8 << depth);
  // Leaves are numbered from 2^depth on.
  const values = <usize>load<u32>(tree) - (<usize>8 << depth);
  const tables = <usize>load<u32>(tree, 4);
  let i = first;
  for (; i + 8 <= end; i += 8) {
    const row = bins + <usize>i * stride;
    const middle = row + 4 * stride;
    let a: usize = 1;
    let b: usize = 1;
    let c: usize = 1;
    let d: usize = 1;
    let e: usize = 1;
    let f: usize = 1;
    let g: usize = 1;
    let h: usize = 1;
    for (let level = 0; level < depth; level++) {
      a = completeStep(columns, tables, a, row);
      b = completeStep(columns, tables, b, row + stride);
      c = completeStep(columns, tables, c, row + 2 * stride);
      d = completeStep(columns, tables, d, row + 3 * stride);
      e = completeStep(columns, tables, e, middle);
      f = completeStep(columns, tables, f, middle + stride);
      g = completeStep(columns, tables, g, middle + 2 * stride);
      h = completeStep(columns, tables, h, middle + 3 * stride);
    }
    addValue(scores, i, load<f64>(values + (a << 3)), whole);
    addValue(scores, i + 1, load<f64>(values + (b << 3)), whole);
    addValue(scores, i + 2, load<f64>(values + (c << 3)), whole);
    addValue(scores, i + 3, load<f64>(values + (d << 3)), whole);
    addValue(scores, i + 4, load<f64>(values + (e << 3)), whole);
    addValue(scores, i + 5, load<f64>(values + (f << 3)), whole);
    addValue(scores, i + 6, load<f64>(values + (g << 3)), whole);
    addValue(scores, i + 7, load<f64>(values + (h << 3)), whole);
  }
  for (; i < end; i++) {
    let node: usize = 1;
    for (let level = 0; level < depth; level++) node = completeStep(columns, tables, node, bins + <usize>i * stride);
    addValue(scores, i, load<f64>(values + (node << 3)), whole);
  }
}

/** Walks the rows of a block named by 16-bit numbers down the first tree, four at once where it is complete. */
// @ts-ignore: decorator
@inline
export function walkNumbered(block: i32, numbers: usize, count: i32, whole: bool): void {
  const stride = <usize>word(AT_STRIDE);
  const first = <usize>block * <usize>BLOCK_ROWS;
  const bins = pointer(AT_BINS) + first * stride;
  const tree = pointer(AT_TREES);
  const scores = pointer(AT_SCORES) + ((<usize>load<i32>(tree, 8) * <usize>word(AT_ROWS) + first) << (whole ? 2 : 3));
  const depth = load<i32>(tree, 12);
  const end = numbers + (<usize>count << 1);
  let p = numbers;
  if (depth == 0) {
    const nodes = <usize>load<u32>(tree);
    for (; p < end; p += 2) {
      const row = <i32>load<u16>(p);
      let node: u32 = 0;
      while (node < load<u32>(tree, 4)) node = binnedStep(nodes, node, bins + <usize>row * stride);
      addValue(scores, row, load<f64>(nodes + <usize>(node * 24), 16), whole);
    }
    return;
  }
  const columns = <usize>load<u32>(tree) + (<usize>8 << depth);
  const values = <usize>load<u32>(tree) - (<usize>8 << depth);
  const tables = <usize>load<u32>(tree, 4);
  for (; p + 8 <= end; p += 8) {
    const rowA = <usize>load<u16>(p);
    const rowB = <usize>load<u16>(p, 2);
    const rowC = <usize>load<u16>(p, 4);
    const rowD = <usize>load<u16>(p, 6);
    let a: usize = 1;
    let b: usize = 1;
    let c: usize = 1;
    let d: usize = 1;
    for (let level = 0; level < depth; level++) {
      a = completeStep(columns, tables, a, bins + rowA * stride);
      b = completeStep(columns, tables, b, bins + rowB * stride);
      c = completeStep(columns, tables, c, bins + rowC * stride);
      d = completeStep(columns, tables, d, bins + rowD * stride);
    }
    addValue(scores, <i32>rowA, load<f64>(values + (a << 3)), whole);
    addValue(scores, <i32>rowB, load<f64>(values + (b << 3)), whole);
    addValue(scores, <i32>rowC, load<f64>(values + (c << 3)), whole);
    addValue(scores, <i32>rowD, load<f64>(values + (d << 3)), whole);
  }
  for (; p < end; p += 2) {
    const row = <usize>load<u16>(p);
    let node: usize = 1;
    for (let level = 0; level < depth; level++) node = completeStep(columns, tables, node, bins + row * stride);
    addValue(scores, <i32>row, load<f64>(values + (node << 3)), whole);
  }
}

// @ts-ignore: decorator
@inline
function addValue(scores: usize, row: i32, value: f64, whole: bool): void {
  if (whole) {
    const at = scores + (<usize>row << 2);
    store<i32>(at, load<i32>(at) + <i32>nearest(value * real(AT_GRADIENT_SCALE)));
  } else {
    const at = scores + (<usize>row << 3);
    store<f64>(at, load<f64>(at) + value);
  }
}
