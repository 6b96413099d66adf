import {
  AT_BLOCK_ROWS, AT_CANDIDATES, AT_CLASSES, AT_FEATURES, AT_FEATURE_COUNT, AT_GROUP, AT_MAX_DEPTH, AT_MAX_NODES, AT_MIN_LEAF,
  AT_SLOTS, AT_SLOT_COUNT, AT_WORKSPACES, BY_SET, FEATURE_BYTES, LEAF, MAX_SETS, NODE_BYTES, SET_BYTES, SLOT_BYTES,
  SLOT_DISTRIBUTIONS, SLOT_DISTRIBUTION_COUNT, SLOT_GAINS, SLOT_NODES, SLOT_NODE_COUNT, SLOT_SETS, SLOT_SET_COUNT, SLOT_SPLIT_KEY,
  STACK_BYTES, WORKSPACE_BYTES, WORK_NODES, WORK_ORDER, WORK_QUEUE, WORK_SETS, WORK_STACK, WORK_SWAP, pointer, real,
  takeTask, word,
} from "./frame";
import { drawRows } from "./drawing";
import { bindHistograms, fillHistograms, histogramAt } from "./histograms";
import { below, hashOf } from "./random";
import {
  bindRows, classSums, enterBlock, firstValue, isPure, leaveBlock, nodeBins, rowNumbers, stride, summarise, totalValue, totalWeight,
} from "./rows";
import {
  beginNode, bestBySet, bestFeature, bestMissingLeft, bestScore, bestSet, bestThreshold, bindSplitting, nodeScore, tryFeature,
} from "./splitting";
import { goesRight } from "./walking";

let slot: usize = 0;
let nodes: usize = 0;
let nodeCount: i32 = 0;
let sets: usize = 0;
let setCount: i32 = 0;
let order: usize = 0;
let swap: usize = 0;
let stack: usize = 0;
let height: i32 = 0;
let drawn: u32 = 0;

/** Phase: grows trees, each by one thread from its first row to its last node. */
export function growPass(thread: i32): void {
  const workspace = pointer(AT_WORKSPACES) + <usize>(thread * WORKSPACE_BYTES);
  bindRows(workspace);
  bindHistograms(workspace);
  bindSplitting(workspace);
  nodes = load<u32>(workspace, WORK_NODES);
  sets = load<u32>(workspace, WORK_SETS);
  order = load<u32>(workspace, WORK_ORDER);
  swap = load<u32>(workspace, WORK_SWAP);
  stack = load<u32>(workspace, WORK_STACK);
  for (let task = takeTask(); task < word(AT_SLOT_COUNT); task = takeTask()) {
    slot = pointer(AT_SLOTS) + <usize>(task * SLOT_BYTES);
    growTree(drawRows(workspace, slot));
    writeTree(load<u32>(workspace, WORK_QUEUE));
  }
}

function push(begin: i32, end: i32, node: i32, depth: i32): void {
  const at = stack + <usize>(height++ * STACK_BYTES);
  store<i32>(at, begin);
  store<i32>(at, end, 4);
  store<i32>(at, node, 8);
  store<i32>(at, depth, 12);
}

/** Depth first, so that what lies in a block is finished before the next block is copied. */
function growTree(rows: i32): void {
  const features = word(AT_FEATURE_COUNT);
  for (let i = 0; i < features; i++) store<u32>(order + (<usize>i << 2), <u32>i);
  memory.fill(load<u32>(slot, SLOT_GAINS), 0, <usize>features << 3);
  nodeCount = 1;
  setCount = 0;
  drawn = 0;
  height = 0;
  store<i32>(slot, 0, SLOT_DISTRIBUTION_COUNT);
  leaveBlock();
  push(0, rows, 0, 0);
  // Height of the stack under the node whose rows are in the block, or -1.
  let floor = -1;
  while (height > 0) {
    const at = stack + <usize>(--height * STACK_BYTES);
    if (height < floor) {
      floor = -1;
      leaveBlock();
    }
    let begin = load<i32>(at);
    let end = load<i32>(at, 4);
    if (floor < 0 && end - begin <= word(AT_BLOCK_ROWS)) {
      floor = height;
      enterBlock(begin, end);
    }
    growNode(begin, end, load<i32>(at, 8), load<i32>(at, 12));
  }
}

function growNode(begin: i32, end: i32, node: i32, depth: i32): void {
  summarise(begin, end);
  const isLast = isPure || depth >= word(AT_MAX_DEPTH) || totalWeight < 2 * real(AT_MIN_LEAF) || nodeCount + 2 > word(AT_MAX_NODES);
  if (isLast || !findSplit(begin, end)) {
    writeLeaf(node);
    return;
  }
  const record = nodes + <usize>(node * NODE_BYTES);
  writeSplit(record);
  const gain = slotGain(bestFeature);
  store<f64>(gain, load<f64>(gain) + max<f64>(0, bestScore - nodeScore()));
  const middle = partition(begin, end, record);
  const left = nodeCount;
  nodeCount += 2;
  push(middle, end, left + 1, depth + 1);
  push(begin, middle, left, depth + 1);
}

function slotGain(feature: i32): usize {
  return <usize>load<u32>(slot, SLOT_GAINS) + (<usize>feature << 3);
}

/** Draws features one after the other, without replacement, until enough were looked at and one of them could split. */
function findSplit(begin: i32, end: i32): bool {
  const features = word(AT_FEATURE_COUNT);
  const wanted = word(AT_CANDIDATES);
  const group = word(AT_GROUP);
  beginNode();
  let varied = false;
  let seen = 0;
  while (seen < features && (seen < wanted || !varied)) {
    const count = seen < wanted ? min(group, wanted - seen) : 1;
    const first = order + (<usize>seen << 2);
    for (let i = seen; i < seen + count; i++) drawFeature(i, features);
    fillHistograms(begin, end, first, count);
    for (let i = 0; i < count; i++) {
      const feature = load<i32>(first + (<usize>i << 2));
      const record = pointer(AT_FEATURES) + <usize>(feature * FEATURE_BYTES);
      if (tryFeature(feature, histogramAt(i), load<i32>(record), load<i32>(record, 4), draw())) varied = true;
    }
    seen += count;
  }
  return bestFeature >= 0 && !(bestBySet && setCount >= MAX_SETS);
}

// @ts-ignore: decorator
@inline
function draw(): u32 {
  return hashOf(load<u32>(slot, SLOT_SPLIT_KEY), load<u32>(slot, SLOT_SPLIT_KEY + 4), drawn++);
}

function drawFeature(place: i32, features: i32): void {
  const other = place + <i32>below(draw(), <u32>(features - place));
  const a = order + (<usize>place << 2);
  const b = order + (<usize>other << 2);
  const kept = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, kept);
}

function writeSplit(record: usize): void {
  store<u16>(record, <u16>bestFeature);
  let child = <u32>nodeCount;
  if (bestBySet) {
    child |= BY_SET;
    memory.copy(sets + <usize>(setCount * SET_BYTES), bestSet, SET_BYTES);
    store<u16>(record, <u16>setCount, 2);
    setCount++;
  } else {
    const missing = load<i32>(pointer(AT_FEATURES) + <usize>(bestFeature * FEATURE_BYTES), 4);
    const shift = bestMissingLeft ? 256 - missing : 0;
    store<u8>(record, <u8>(bestThreshold + shift), 2);
    store<u8>(record, <u8>shift, 3);
  }
  store<u32>(record, child, 4);
}

function writeLeaf(node: i32): void {
  const record = nodes + <usize>(node * NODE_BYTES);
  store<u32>(record, LEAF);
  const classes = word(AT_CLASSES);
  if (classes == 1) {
    store<f32>(record, totalWeight > 0 ? <f32>(totalValue / totalWeight) : 0, 4);
    return;
  }
  if (isPure && totalWeight > 0) {
    store<u32>(record, <u32>firstValue, 4);
    return;
  }
  const count = load<i32>(slot, SLOT_DISTRIBUTION_COUNT);
  const to = <usize>load<u32>(slot, SLOT_DISTRIBUTIONS) + <usize>(count * classes * 4);
  store<u32>(record, <u32>(classes + count), 4);
  store<i32>(slot, count + 1, SLOT_DISTRIBUTION_COUNT);
  for (let k = 0; k < classes; k++) {
    const share = totalWeight > 0 ? load<f64>(classSums + (<usize>k << 3)) / totalWeight : 1 / <f64>classes;
    store<f32>(to + (<usize>k << 2), <f32>share);
  }
}

/** Puts the rows that go left before those that go right, both in the order in which they were. Returns where the right ones begin. */
function partition(begin: i32, end: i32, record: usize): i32 {
  const bins = nodeBins();
  const column = bins + <usize>load<u16>(record);
  let from = rowNumbers + (<usize>begin << 2);
  const last = rowNumbers + (<usize>end << 2);
  let left = from;
  let right = swap;
  for (; from < last; from += 4) {
    const row = load<u32>(from);
    const isRight = <usize>goesRight(record, sets, load<u8>(column + <usize>row * stride));
    store<u32>(left, row);
    store<u32>(right, row);
    left += (1 - isRight) << 2;
    right += isRight << 2;
  }
  memory.copy(left, swap, right - swap);
  return <i32>((left - rowNumbers) >> 2);
}

/** Writes the tree level by level, so that the children of its k-th split are the nodes 2k + 1 and 2k + 2, its sets in the same order. */
function writeTree(queue: usize): void {
  const to = <usize>load<u32>(slot, SLOT_NODES);
  const setsTo = <usize>load<u32>(slot, SLOT_SETS);
  store<u32>(queue, 0);
  let known: u32 = 1;
  let written = 0;
  for (let i = 0; i < nodeCount; i++) {
    const from = nodes + <usize>(load<u32>(queue + (<usize>i << 2)) << 3);
    const target = to + <usize>(i * NODE_BYTES);
    store<u64>(target, load<u64>(from));
    if (<i32>load<u16>(from) == LEAF) continue;
    const child = load<u32>(from, 4);
    store<u32>(target, known | (child & BY_SET), 4);
    if (child & BY_SET) {
      memory.copy(setsTo + <usize>(written * SET_BYTES), sets + <usize>(<i32>load<u16>(from, 2) * SET_BYTES), SET_BYTES);
      store<u16>(target, <u16>written, 2);
      written++;
    }
    const left = child & ~BY_SET;
    store<u32>(queue + (<usize>known << 2), left);
    store<u32>(queue + (<usize>known << 2), left + 1, 4);
    known += 2;
  }
  store<i32>(slot, nodeCount, SLOT_NODE_COUNT);
  store<i32>(slot, written, SLOT_SET_COUNT);
}
