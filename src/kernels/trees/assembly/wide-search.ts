import { AT_CELL_OFFSETS, AT_WIDE, pointer, word } from "./frame";
import { consider, countMask, shift, totalGradient, totalRest } from "./cut-scores";

/** The search for a numeric cut over cells of 16 bytes: the sum of gradients, and that of hessians above the count. */

/**
 * A feature's cells in 16-byte form: as they lie where it has its column for itself, else summed over the other features' codes
 * into `scratch`. Returns where they are.
 */
export function cellsOf(feature: usize, histogram: usize, scratch: usize): usize {
  const codes = load<i32>(feature, 12);
  const divisor = load<i32>(feature, 8);
  const offsets = pointer(AT_CELL_OFFSETS) + (<usize>load<i32>(feature, 4) << 2);
  const first = load<u32>(offsets);
  const columnCells = <i32>(load<u32>(offsets, 4) - first);
  const wide = word(AT_WIDE) != 0;
  const from = histogram + (<usize>first << (wide ? 4 : 3));
  if (wide && divisor == 1 && columnCells <= codes + (codes & 1)) return from;
  memory.fill(scratch, 0, <usize>codes << 4);
  let code = 0;
  let repeat = 0;
  for (let i = 0; i < columnCells; i++) {
    const to = scratch + (<usize>code << 4);
    if (wide) v128.store(to, i64x2.add(v128.load(to), v128.load(from + (<usize>i << 4))));
    else addNarrow(to, load<i64>(from + (<usize>i << 3)));
    if (++repeat == divisor) {
      repeat = 0;
      if (++code == codes) code = 0;
    }
  }
  return scratch;
}

/** Adds a narrow cell, whose rows have hessians of one. */
// @ts-ignore: decorator
@inline
function addNarrow(to: usize, cell: i64): void {
  const count = cell & countMask;
  store<i64>(to, load<i64>(to) + (cell >> shift));
  store<i64>(to, load<i64>(to, 8) + ((count << shift) | count), 8);
}

/** Every cut of a numeric feature, with missing on either side where the node has missing. */
// @ts-ignore: decorator
@inline
export function scanNumeric(cells: usize, codes: i32, hasMissing: bool, bounded: bool): void {
  const values = hasMissing ? codes - 1 : codes;
  const missingGradient = hasMissing ? load<i64>(cells + (<usize>values << 4)) : 0;
  const missingRest = hasMissing ? load<i64>(cells + (<usize>values << 4), 8) : 0;
  let gradient: i64 = 0;
  let rest: i64 = 0;
  const last = values - 1;
  for (let bin = 0; bin < last; bin++) {
    const cell = cells + (<usize>bin << 4);
    const more = load<i64>(cell, 8);
    if (more == 0) continue;
    gradient += load<i64>(cell);
    rest += more;
    consider(gradient, rest, bin, 0, bounded);
    if (missingRest != 0) consider(gradient + missingGradient, rest + missingRest, bin, 1, bounded);
  }
  if (missingRest != 0) consider(totalGradient - missingGradient, totalRest - missingRest, last, 0, bounded);
}
