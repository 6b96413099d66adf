import { AT_BLOCKS, AT_COLUMNS, AT_COLUMN_BINS, AT_STRIDE, BLOCK_ROWS, pointer, takeTask, word } from "./frame";
import { binsOf, rowsIn } from "./partition";

/**
 * The bins once more, column by column within a block: to part rows takes one byte of each, and the others of its row need not come
 * along from memory. A block's columns follow each other, `BLOCK_ROWS` bytes each.
 */
// @ts-ignore: decorator
@inline
export function columnOf(block: i32, column: i32): usize {
  return pointer(AT_COLUMN_BINS) + (<usize>block * <usize>word(AT_COLUMNS) + <usize>column) * <usize>BLOCK_ROWS;
}

/** Phase: every block's bins copied column by column. */
export function columnPass(thread: i32): void {
  const blocks = word(AT_BLOCKS);
  for (let block = takeTask(); block < blocks; block = takeTask()) transposeBlock(block);
}

/** Eight rows at a time: their cache lines stay while one column after the other is taken out of them. */
function transposeBlock(block: i32): void {
  const rows = rowsIn(block);
  const columns = word(AT_COLUMNS);
  const stride = <usize>word(AT_STRIDE);
  const bins = binsOf(block);
  const to = columnOf(block, 0);
  let row = 0;
  for (; row + 8 <= rows; row += 8) {
    const from = bins + <usize>row * stride;
    for (let column = 0; column < columns; column++) {
      const at = from + <usize>column;
      const low = load<u8>(at) | (<u64>load<u8>(at + stride) << 8) | (<u64>load<u8>(at + 2 * stride) << 16) |
        (<u64>load<u8>(at + 3 * stride) << 24);
      const high = load<u8>(at + 4 * stride) | (<u64>load<u8>(at + 5 * stride) << 8) | (<u64>load<u8>(at + 6 * stride) << 16) |
        (<u64>load<u8>(at + 7 * stride) << 24);
      store<u64>(to + <usize>column * <usize>BLOCK_ROWS + <usize>row, low | (high << 32));
    }
  }
  for (; row < rows; row++)
    for (let column = 0; column < columns; column++)
      store<u8>(to + <usize>column * <usize>BLOCK_ROWS + <usize>row, load<u8>(bins + <usize>row * stride + <usize>column));
}
