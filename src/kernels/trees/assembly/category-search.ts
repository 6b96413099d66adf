import { AT_CATEGORY_MIN_ROWS, AT_CATEGORY_SMOOTHING, real, word } from "./frame";
import { bestBin, consider, countMask, largerSide, payForSet, shift } from "./cut-scores";

/**
 * The search for a set of categories that goes left, over cells of 16 bytes: few categories each against the rest, of many every
 * prefix of their order by gradient over hessian (Fisher, "On grouping for maximum homogeneity", 1958).
 */
const SCRATCH_ORDER: usize = 4096;
const SCRATCH_RATIOS: usize = 5120;
/** Up to this many categories, each is tried against the rest, which needs no order. */
const ONE_AGAINST_REST: i32 = 4;

/** Tries the sets of a node's categories. Returns how many categories there are; the best's bin is a position in their order. */
export function searchCategories(cells: usize, codes: i32, scratch: usize, bounded: bool): i32 {
  const used = sortCategories(cells, codes, scratch);
  if (used > ONE_AGAINST_REST) payForSet(used);
  if (bounded) scanCategories(cells, used, scratch, true);
  else scanCategories(cells, used, scratch, false);
  return used;
}

/** The node's categories by gradient over smoothed hessian, ties by code. Returns how many there are. */
function sortCategories(cells: usize, codes: i32, scratch: usize): i32 {
  const order = scratch + SCRATCH_ORDER;
  const ratios = scratch + SCRATCH_RATIOS;
  const smoothing = real(AT_CATEGORY_SMOOTHING);
  const minimum = <i64>word(AT_CATEGORY_MIN_ROWS);
  let used = 0;
  for (let code = 0; code < codes; code++) {
    const cell = cells + (<usize>code << 4);
    const rest = load<i64>(cell, 8);
    const rows = rest & countMask;
    if (rows == 0 || rows < minimum) continue;
    const ratio = <f64>load<i64>(cell) / (<f64>(rest >> shift) + smoothing);
    let at = used++;
    while (at > 0 && load<f64>(ratios + (<usize>(at - 1) << 3)) > ratio) {
      store<f64>(ratios + (<usize>at << 3), load<f64>(ratios + (<usize>(at - 1) << 3)));
      store<i32>(order + (<usize>at << 2), load<i32>(order + (<usize>(at - 1) << 2)));
      at--;
    }
    store<f64>(ratios + (<usize>at << 3), ratio);
    store<i32>(order + (<usize>at << 2), code);
  }
  return used;
}

// @ts-ignore: decorator
@inline
function scanCategories(cells: usize, used: i32, scratch: usize, bounded: bool): void {
  const order = scratch + SCRATCH_ORDER;
  let gradient: i64 = 0;
  let rest: i64 = 0;
  for (let i = 0; i < used; i++) {
    const cell = cells + (<usize>load<i32>(order + (<usize>i << 2)) << 4);
    if (used <= ONE_AGAINST_REST) {
      gradient = 0;
      rest = 0;
    }
    gradient += load<i64>(cell);
    rest += load<i64>(cell, 8);
    consider(gradient, rest, i, 0, bounded);
  }
}

/** Writes the bins that go left, 256 bits. Bins that the node does not have go with the larger child. */
export function storeCategories(out: usize, cells: usize, codes: i32, used: i32, scratch: usize): void {
  const order = scratch + SCRATCH_ORDER;
  const absent: u64 = largerSide() ? <u64>-1 : 0;
  for (let i: usize = 0; i < 32; i += 8) store<u64>(out + i, absent);
  for (let code = 0; code < codes; code++) {
    if (load<i64>(cells + (<usize>code << 4), 8) != 0) setBit(out, code, false);
  }
  const from = used <= ONE_AGAINST_REST ? bestBin : 0;
  for (let i = from; i <= bestBin; i++) setBit(out, load<i32>(order + (<usize>i << 2)), true);
}

// @ts-ignore: decorator
@inline
function setBit(out: usize, code: i32, on: bool): void {
  const at = out + <usize>(code >> 3);
  const bit = (<u8>1) << <u8>(code & 7);
  store<u8>(at, on ? load<u8>(at) | bit : load<u8>(at) & ~bit);
}
