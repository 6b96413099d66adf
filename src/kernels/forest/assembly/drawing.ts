import {
  AT_BOOTSTRAP, AT_DRAWS, AT_ROWS, AT_SAMPLE_LIMIT, AT_SLOTS, AT_SLOT_COUNT, AT_WEIGHT, AT_WORKSPACES, SLOT_BYTES, SLOT_IN_BAG,
  SLOT_ROW_KEY, WORKSPACE_BYTES, WORK_COUNTS, WORK_ROWS, pointer, takeTask, word,
} from "./frame";
import { below, hashOf } from "./random";

const MOST: u32 = 255;

/** Counts how often each row is drawn: with replacement (Efron's bootstrap), or once where its hash is low enough. */
function countDraws(counts: usize, rows: u32, slot: usize): void {
  const key0 = load<u32>(slot, SLOT_ROW_KEY);
  const key1 = load<u32>(slot, SLOT_ROW_KEY + 4);
  if (!word(AT_BOOTSTRAP)) {
    const limit = <u32>word(AT_SAMPLE_LIMIT);
    for (let row: u32 = 0; row < rows; row++) store<u8>(counts + row, <u8>(hashOf(key0, key1, row) <= limit));
    return;
  }
  memory.fill(counts, 0, rows);
  const draws = <u32>word(AT_DRAWS);
  for (let i: u32 = 0; i < draws; i++) {
    const at = counts + below(hashOf(key0, key1, i), rows);
    store<u8>(at, <u8>min(MOST, <u32>load<u8>(at) + 1));
  }
}

/** Draws a tree's rows. Their numbers come ascending; rows of weight 0 take no part. Returns how many there are. */
export function drawRows(workspace: usize, slot: usize): i32 {
  const rows = <u32>word(AT_ROWS);
  const counts = <usize>load<u32>(workspace, WORK_COUNTS);
  countDraws(counts, rows, slot);
  const weights = pointer(AT_WEIGHT);
  const bits = <usize>load<u32>(slot, SLOT_IN_BAG);
  const begin = <usize>load<u32>(workspace, WORK_ROWS);
  let to = begin;
  for (let first: u32 = 0; first < rows; first += 8) {
    let byte: u32 = 0;
    const end = min(rows, first + 8);
    for (let row = first; row < end; row++) {
      const drawn = <u32>(load<u8>(counts + row) > 0);
      byte |= drawn << (row - first);
      const used = weights == 0 ? drawn : drawn & <u32>(load<f32>(weights + (<usize>row << 2)) > 0);
      store<u32>(to, row);
      to += <usize>used << 2;
    }
    store<u8>(bits + (first >> 3), <u8>byte);
  }
  return <i32>((to - begin) >> 2);
}

/** Phase: only marks the rows that trees were grown from, for the trees of an earlier process. */
export function drawPass(thread: i32): void {
  const workspace = pointer(AT_WORKSPACES) + <usize>(thread * WORKSPACE_BYTES);
  for (let task = takeTask(); task < word(AT_SLOT_COUNT); task = takeTask()) {
    drawRows(workspace, pointer(AT_SLOTS) + <usize>(task * SLOT_BYTES));
  }
}
