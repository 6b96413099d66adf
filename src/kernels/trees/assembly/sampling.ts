import {
  AT_BLOCKS, AT_ROW_SIZES, AT_SAMPLE_KEY0, AT_SAMPLE_KEY1, AT_SAMPLE_LIMIT, AT_SCRATCH, AT_SCRATCH_BYTES, AT_WHOLE_STEPS,
  BLOCK_ROWS, pointer, segmentOf, takeTask, word,
} from "./frame";
import { rowHash } from "./gradients";
import { isLarge } from "./one-side";
import { SCRATCH_ROW_NUMBERS, numbersOf, rowsIn } from "./partition";
import { sumSquares } from "./residuals";
import { walkNumbered } from "./walking";

/**
 * Puts a block's sampled rows into the root, in order, and the others behind them, where no node finds them. Returns how many were
 * sampled.
 */
export function sampleNumbers(block: i32, rows: i32, thread: i32): i32 {
  const key0 = <u32>word(AT_SAMPLE_KEY0);
  const key1 = <u32>word(AT_SAMPLE_KEY1);
  const limit = <u32>word(AT_SAMPLE_LIMIT);
  const sizes = pointer(AT_ROW_SIZES);
  const numbers = numbersOf(block);
  const waiting = pointer(AT_SCRATCH) + <usize>thread * <usize>word(AT_SCRATCH_BYTES) + SCRATCH_ROW_NUMBERS;
  const first = <u32>(block * BLOCK_ROWS);
  let sampled = 0;
  for (let i = 0; i < rows; i++) {
    const row = first + <u32>i;
    const left = <i32>(isLarge(sizes, row) || rowHash(key0, key1, row) < limit);
    store<u16>(numbers + (<usize>sampled << 1), <u16>i);
    store<u16>(waiting + (<usize>(i - sampled) << 1), <u16>i);
    sampled += left;
  }
  memory.copy(numbers + (<usize>sampled << 1), waiting, <usize>(rows - sampled) << 1);
  const segment = segmentOf(block, 0);
  store<u16>(segment, 0);
  store<u16>(segment, <u16>sampled, 2);
  return sampled;
}

/** Phase: the tree's values added to the scores, or to the residuals in whole steps, of the rows that it did not see. */
export function leftOutPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  for (let block = takeTask(); block < blocks; block = takeTask()) {
    const from = <i32>load<u16>(segmentOf(block, 0), 2);
    const numbers = numbersOf(block) + (<usize>from << 1);
    const rows = rowsIn(block);
    if (word(AT_WHOLE_STEPS)) {
      walkNumbered(block, numbers, rows - from, true);
      sumSquares(block, rows);
    } else walkNumbered(block, numbers, rows - from, false);
  }
}
