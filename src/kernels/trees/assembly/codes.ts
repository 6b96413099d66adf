import { imageCell, linearCell } from "./binning";

/**
 * From raw values to codes, a signed byte each, that splits compare. Codes of a column lie side by side, `CODE_ROWS` of them.
 *
 * Record of a code column, 64 bytes: 0 to 31 the lookup of its cuts, as in binning · 32 kind: 0 float32, 1 float64, 2 the column before
 * it with missing values at the other end, 3 a set of categories · 36 staged values · 40 cuts; of a set its table, 127 for each bin that
 * goes right, else 0 · 44 lookup; of a set how many 16 bytes its table has.
 */

/** Rows whose codes lie side by side: those of a task, so that they stay in the first-level cache. */
export const CODE_ROWS: i32 = 256;
export const CODE_COLUMN_BYTES: i32 = 64;
/** The code of a missing value that goes right: above every threshold. */
const MISSING_RIGHT: i32 = 127;
const LOWEST: i32 = -128;

// @ts-ignore: decorator
@inline
function rankValues(values: usize, wide: bool, byImage: bool, rows: i32, record: usize, to: usize): void {
  const lowest = load<f64>(record, 8);
  const scale = load<f64>(record, 16);
  const lowestImage = load<u32>(record, 24);
  const shift = load<u32>(record, 28);
  const cuts = <usize>load<u32>(record, 40);
  const lookup = <usize>load<u32>(record, 44);
  for (let i = 0; i < rows; i++) {
    const value = wide ? load<f64>(values + (<usize>i << 3)) : <f64>load<f32>(values + (<usize>i << 2));
    let code = MISSING_RIGHT;
    if (value == value) {
      const cell = byImage ? imageCell(value, lowestImage, shift) : linearCell(value, lowest, scale);
      code = <i32>load<u8>(lookup + <usize>cell);
      while (value > load<f64>(cuts + (<usize>code << 3))) code++;
      code += LOWEST;
    }
    store<i8>(to + <usize>i, <i8>code);
  }
}

/** Missing values to the left: below every threshold. */
function turnMissing(from: usize, to: usize): void {
  const missing = i8x16.splat(<i8>MISSING_RIGHT);
  const lowest = i8x16.splat(<i8>LOWEST);
  for (let i: usize = 0; i < <usize>CODE_ROWS; i += 16) {
    const codes = v128.load(from + i);
    v128.store(to + i, v128.bitselect(lowest, codes, i8x16.eq(codes, missing)));
  }
}

/** Looks bins up in a table of up to 256 bytes, 16 rows at once. */
function lookUpSet(bins: usize, rows: i32, table: usize, parts: i32, to: usize): void {
  const sixteen = i8x16.splat(16);
  for (let i: usize = 0; i < <usize>rows; i += 16) {
    let at = v128.load(bins + i);
    let found = i8x16.splat(0);
    for (let part = 0; part < parts; part++) {
      // Numbers that the table's part does not have give 0.
      found = v128.or(found, i8x16.swizzle(v128.load(table + (<usize>part << 4)), at));
      at = i8x16.sub(at, sixteen);
    }
    v128.store(to + i, found);
  }
}

/** Codes of the rows from `first` on, at most `CODE_ROWS`, for all columns. */
export function codeRows(records: usize, columns: i32, first: i32, rows: i32, to: usize): void {
  for (let column = 0; column < columns; column++) {
    const record = records + <usize>(column * CODE_COLUMN_BYTES);
    const codes = to + <usize>(column * CODE_ROWS);
    const kind = load<i32>(record, 32);
    const staged = <usize>load<u32>(record, 36);
    const byImage = load<i32>(record, 4) != 0;
    if (kind == 2) turnMissing(codes - <usize>CODE_ROWS, codes);
    else if (kind == 3) lookUpSet(staged + <usize>first, rows, load<u32>(record, 40), load<i32>(record, 44), codes);
    else if (kind == 1) {
      const values = staged + (<usize>first << 3);
      if (byImage) rankValues(values, true, true, rows, record, codes);
      else rankValues(values, true, false, rows, record, codes);
    } else {
      const values = staged + (<usize>first << 2);
      if (byImage) rankValues(values, false, true, rows, record, codes);
      else rankValues(values, false, false, rows, record, codes);
    }
  }
}
