import {
  AT_BINS, AT_CLASSES, AT_HELD_OUT_COUNTS, AT_HELD_OUT_SUMS, AT_OUTPUTS, AT_ROWS, AT_SLOTS, AT_SLOT_COUNT, AT_STRIDE, AT_TASK_ROWS,
  AT_WORKSPACES, BY_SET, LEAF, SET_BYTES, SLOT_BYTES, SLOT_DISTRIBUTIONS, SLOT_IN_BAG, SLOT_NODES, SLOT_SETS, WORKSPACE_BYTES,
  WORK_CHUNK, CHUNK_ROWS, pointer, takeTask, word,
} from "./frame";

/** 1 where a bin goes right at a node. */
// @ts-ignore: decorator
@inline
export function goesRight(node: usize, sets: usize, bin: u8): u32 {
  if (load<u32>(node, 4) & BY_SET) {
    const set = sets + <usize>(<i32>load<u16>(node, 2) * SET_BYTES);
    return (((<u32>load<u8>(set + <usize>(bin >> 3))) >> <u32>(bin & 7)) ^ 1) & 1;
  }
  return <u32>(<u32>(<u8>(bin + load<u8>(node, 3))) > <u32>load<u8>(node, 2));
}

/** From a node to its child, or, from a leaf, to the same leaf. */
// @ts-ignore: decorator
@inline
function stepDown(nodes: usize, sets: usize, node: u32, row: usize): u32 {
  const at = nodes + (<usize>node << 3);
  const feature = <usize>load<u16>(at);
  if (feature == <usize>LEAF) return node;
  return (load<u32>(at, 4) & ~BY_SET) + goesRight(at, sets, load<u8>(row + feature));
}

/** What a leaf holds: the bits of its value, or the number of its distribution. */
// @ts-ignore: decorator
@inline
function contentOf(nodes: usize, node: u32): u32 {
  return load<u32>(nodes + (<usize>node << 3), 4);
}

/** Walks the rows at `offsets` (u32 each, from `bins`) down a tree; what their leaves hold replaces them. */
function walkRows(nodes: usize, sets: usize, bins: usize, offsets: usize, count: i32): void {
  let at = offsets;
  const end = offsets + (<usize>count << 2);
  // Each step waits for memory; eight wait together.
  for (; at + 32 <= end; at += 32) walkEight(nodes, sets, bins, at);
  for (; at < end; at += 4) {
    const row = bins + <usize>load<u32>(at);
    let node: u32 = 0;
    for (let next = stepDown(nodes, sets, node, row); next != node; next = stepDown(nodes, sets, node, row)) node = next;
    store<u32>(at, contentOf(nodes, node));
  }
}

function walkEight(nodes: usize, sets: usize, bins: usize, at: usize): void {
  const rowA = bins + <usize>load<u32>(at);
  const rowB = bins + <usize>load<u32>(at, 4);
  const rowC = bins + <usize>load<u32>(at, 8);
  const rowD = bins + <usize>load<u32>(at, 12);
  const rowE = bins + <usize>load<u32>(at, 16);
  const rowF = bins + <usize>load<u32>(at, 20);
  const rowG = bins + <usize>load<u32>(at, 24);
  const rowH = bins + <usize>load<u32>(at, 28);
  let a: u32 = 0;
  let b: u32 = 0;
  let c: u32 = 0;
  let d: u32 = 0;
  let e: u32 = 0;
  let f: u32 = 0;
  let g: u32 = 0;
  let h: u32 = 0;
  for (;;) {
    const before = (a + b) + (c + d) + (e + f) + (g + h);
    a = stepDown(nodes, sets, a, rowA);
    b = stepDown(nodes, sets, b, rowB);
    c = stepDown(nodes, sets, c, rowC);
    d = stepDown(nodes, sets, d, rowD);
    e = stepDown(nodes, sets, e, rowE);
    f = stepDown(nodes, sets, f, rowF);
    g = stepDown(nodes, sets, g, rowG);
    h = stepDown(nodes, sets, h, rowH);
    // Numbers only grow on the way down.
    if ((a + b) + (c + d) + (e + f) + (g + h) == before) break;
  }
  store<u32>(at, contentOf(nodes, a));
  store<u32>(at, contentOf(nodes, b), 4);
  store<u32>(at, contentOf(nodes, c), 8);
  store<u32>(at, contentOf(nodes, d), 12);
  store<u32>(at, contentOf(nodes, e), 16);
  store<u32>(at, contentOf(nodes, f), 20);
  store<u32>(at, contentOf(nodes, g), 24);
  store<u32>(at, contentOf(nodes, h), 28);
}

/** Phase: adds each new tree's values to the sums of the rows that it was not grown from. A task is a chunk of rows. */
export function heldOutPass(thread: i32): void {
  const workspace = pointer(AT_WORKSPACES) + <usize>(thread * WORKSPACE_BYTES);
  const offsets = <usize>load<u32>(workspace, WORK_CHUNK);
  const numbers = offsets + <usize>(CHUNK_ROWS << 2);
  const rows = word(AT_ROWS);
  const tasks = (rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
  for (let task = takeTask(); task < tasks; task = takeTask()) {
    const first = task * CHUNK_ROWS;
    const end = min(rows, first + CHUNK_ROWS);
    for (let tree = 0; tree < word(AT_SLOT_COUNT); tree++) {
      const slot = pointer(AT_SLOTS) + <usize>(tree * SLOT_BYTES);
      const count = listHeldOut(load<u32>(slot, SLOT_IN_BAG), first, end, offsets, numbers);
      walkRows(load<u32>(slot, SLOT_NODES), load<u32>(slot, SLOT_SETS), pointer(AT_BINS), offsets, count);
      for (let i: usize = 0; i < <usize>count; i++) {
        const row = <usize>load<u32>(numbers + (i << 2));
        const counter = pointer(AT_HELD_OUT_COUNTS) + (row << 1);
        store<u16>(counter, load<u16>(counter) + 1);
        addHeldOut(slot, row, load<u32>(offsets + (i << 2)));
      }
    }
  }
}

function listHeldOut(inBag: usize, first: i32, end: i32, offsets: usize, numbers: usize): i32 {
  const stride = <u32>word(AT_STRIDE);
  let count: usize = 0;
  for (let row = <u32>first; row < <u32>end; row++) {
    const isIn = (load<u8>(inBag + <usize>(row >> 3)) >> <u8>(row & 7)) & 1;
    store<u32>(offsets + (count << 2), row * stride);
    store<u32>(numbers + (count << 2), row);
    count += <usize>(isIn ^ 1);
  }
  return <i32>count;
}

function addHeldOut(slot: usize, row: usize, content: u32): void {
  const classes = word(AT_CLASSES);
  const sums = pointer(AT_HELD_OUT_SUMS) + row * (<usize>classes << 2);
  if (classes == 1) {
    store<f32>(sums, load<f32>(sums) + reinterpret<f32>(content));
    return;
  }
  if (content < <u32>classes) {
    const at = sums + (<usize>content << 2);
    store<f32>(at, load<f32>(at) + 1);
    return;
  }
  const from = distributionOf(slot, content, classes);
  for (let k: usize = 0; k < <usize>classes << 2; k += 4) store<f32>(sums + k, load<f32>(sums + k) + load<f32>(from + k));
}

// @ts-ignore: decorator
@inline
function distributionOf(slot: usize, content: u32, classes: i32): usize {
  return <usize>load<u32>(slot, SLOT_DISTRIBUTIONS) + <usize>((<i32>content - classes) * classes * 4);
}

/** Phase: adds all trees' values, tree by tree, to the outputs of binned rows, float64, `CLASSES` a row. */
export function predictPass(thread: i32): void {
  const workspace = pointer(AT_WORKSPACES) + <usize>(thread * WORKSPACE_BYTES);
  const offsets = <usize>load<u32>(workspace, WORK_CHUNK);
  const rows = word(AT_ROWS);
  const stride = <u32>word(AT_STRIDE);
  const taskRows = word(AT_TASK_ROWS);
  const classes = word(AT_CLASSES);
  const tasks = (rows + taskRows - 1) / taskRows;
  for (let task = takeTask(); task < tasks; task = takeTask()) {
    const first = task * taskRows;
    const count = min(rows - first, taskRows);
    const outputs = pointer(AT_OUTPUTS) + <usize>(first * classes) * 8;
    for (let tree = 0; tree < word(AT_SLOT_COUNT); tree++) {
      const slot = pointer(AT_SLOTS) + <usize>(tree * SLOT_BYTES);
      for (let i = 0; i < count; i++) store<u32>(offsets + (<usize>i << 2), <u32>(first + i) * stride);
      walkRows(load<u32>(slot, SLOT_NODES), load<u32>(slot, SLOT_SETS), pointer(AT_BINS), offsets, count);
      for (let i = 0; i < count; i++) addOutput(slot, outputs + <usize>(i * classes) * 8, load<u32>(offsets + (<usize>i << 2)), classes);
    }
  }
}

// @ts-ignore: decorator
@inline
function addOutput(slot: usize, to: usize, content: u32, classes: i32): void {
  if (classes == 1) {
    store<f64>(to, load<f64>(to) + <f64>reinterpret<f32>(content));
    return;
  }
  if (content < <u32>classes) {
    const at = to + (<usize>content << 3);
    store<f64>(at, load<f64>(at) + 1);
    return;
  }
  const from = distributionOf(slot, content, classes);
  for (let k: usize = 0; k < <usize>classes; k++) {
    store<f64>(to + (k << 3), load<f64>(to + (k << 3)) + <f64>load<f32>(from + (k << 2)));
  }
}
