// Gathers rows that lie one behind the other in any order, and encodes them as a network takes them.

/** Bytes of a field's record. */
export const FIELD_BYTES: i32 = 48;
// Offsets in it.
export const AT_KIND: i32 = 0;
export const AT_PLACE: i32 = 4;
export const AT_COLUMN: i32 = 8;
export const AT_SIZE: i32 = 12;
export const AT_PIECES: i32 = 16;
export const AT_BORDERS: i32 = 20;
export const AT_MEAN: i32 = 24;
export const AT_SCALE: i32 = 32;
/** Kinds of fields. The size of a number is 1 where a column marks missing ones; of a category, how many there are. */
export const FLOAT32: i32 = 0;
export const FLOAT64: i32 = 1;
export const ONE_HOT: i32 = 2;
export const EMBEDDING: i32 = 3;
/** float32 values that lose nothing by float32 arithmetic: behind the lower borders lie the inverses of the pieces' widths. */
export const SINGLE: i32 = 4;

/** Standardised values are bent towards this. */
const OUTLIER_LIMIT: f64 = 3;
/** In float32, standardised values are cut here first, so that their squares are finite. */
const FARTHEST: f32 = 1e9;

/**
 * Encodes rows, four at a time, so that float32 arithmetic does as many at once.
 *
 * @param rows rows of `stride` bytes
 * @param order u32 numbers of those that are wanted, `count` of them
 * @param dense filled: count × `width` float32
 * @param codes filled: int32, one field's after the other, `capacity` each
 */
export function encode(
  rows: usize, stride: i32, order: usize, count: i32, fields: usize, fieldCount: i32, dense: usize, width: i32, codes: usize, capacity: i32,
): void {
  const end = fields + <usize>(fieldCount * FIELD_BYTES);
  for (let i: i32 = 0; i < count; i += 4) {
    // Behind the last row comes the last row again.
    const j = min(i + 1, count - 1), k = min(i + 2, count - 1), l = min(i + 3, count - 1);
    const a = rows + numberAt(order, i) * stride;
    const b = rows + numberAt(order, j) * stride;
    const c = rows + numberAt(order, k) * stride;
    const d = rows + numberAt(order, l) * stride;
    const toA = dense + (<usize>(i * width) << 2);
    const toB = dense + (<usize>(j * width) << 2);
    const toC = dense + (<usize>(k * width) << 2);
    const toD = dense + (<usize>(l * width) << 2);
    for (let field = fields; field < end; field += FIELD_BYTES) {
      const place = load<i32>(field, AT_PLACE);
      if (load<i32>(field, AT_KIND) == SINGLE) {
        const column = <usize>load<i32>(field, AT_COLUMN) << 2;
        encodeFour(field, a + place, b + place, c + place, d + place, toA + column, toB + column, toC + column, toD + column);
      } else {
        encodeField(field, a + place, toA, codes + (<usize>i << 2), capacity);
        encodeField(field, b + place, toB, codes + (<usize>j << 2), capacity);
        encodeField(field, c + place, toC, codes + (<usize>k << 2), capacity);
        encodeField(field, d + place, toD, codes + (<usize>l << 2), capacity);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function numberAt(order: usize, i: i32): usize {
  return <usize>load<u32>(order + (<usize>i << 2));
}

/** One value that is not `SINGLE`. */
function encodeField(field: usize, from: usize, dense: usize, codes: usize, capacity: i32): void {
  const kind = load<i32>(field, AT_KIND);
  const column = load<i32>(field, AT_COLUMN);
  const size = load<i32>(field, AT_SIZE);
  const to = dense + (<usize>column << 2);
  if (kind == FLOAT32 || kind == FLOAT64) {
    clear(to, 1 + size + load<i32>(field, AT_PIECES));
    encodeNumber(field, kind == FLOAT32 ? <f64>load<f32>(from) : load<f64>(from), to);
    return;
  }
  const code = load<i32>(from);
  const known = select<i32>(0, code, code > size);
  if (kind == ONE_HOT) {
    clear(to, size + 1);
    store<f32>(to + (<usize>known << 2), 1);
  } else store<i32>(codes + (<usize>(column * capacity) << 2), known);
}

// @ts-ignore: decorator
@inline
function clear(to: usize, columns: i32): void {
  for (let k: i32 = 0; k < columns; k++) store<f32>(to + (<usize>k << 2), 0);
}

// @ts-ignore: decorator
@inline
function encodeFour(field: usize, a: usize, b: usize, c: usize, d: usize, toA: usize, toB: usize, toC: usize, toD: usize): void {
  let values = v128.load32_zero(a);
  values = v128.load_lane<f32>(b, values, 1);
  values = v128.load_lane<f32>(c, values, 2);
  values = v128.load_lane<f32>(d, values, 3);
  const known = f32x4.eq(values, values);
  const bent = v128.and(bend(values, <f32>load<f64>(field, AT_MEAN), <f32>load<f64>(field, AT_SCALE)), known);
  v128.store_lane<f32>(toA, bent, 0);
  v128.store_lane<f32>(toB, bent, 1);
  v128.store_lane<f32>(toC, bent, 2);
  v128.store_lane<f32>(toD, bent, 3);
  let skip: usize = 4;
  if (load<i32>(field, AT_SIZE)) {
    const marks = v128.andnot(f32x4.splat(1), known);
    v128.store_lane<f32>(toA, marks, 0, 4);
    v128.store_lane<f32>(toB, marks, 1, 4);
    v128.store_lane<f32>(toC, marks, 2, 4);
    v128.store_lane<f32>(toD, marks, 3, 4);
    skip = 8;
  }
  const pieces = load<i32>(field, AT_PIECES);
  if (!pieces) return;
  const lows = <usize>load<i32>(field, AT_BORDERS);
  const size = <usize>pieces << 2;
  if (pieces < 4) {
    for (let k: usize = 0; k < size; k += 4) {
      const low = f32x4.splat(load<f32>(lows + k));
      const shares = passed(values, low, f32x4.splat(load<f32>(lows + size + k)));
      v128.store_lane<f32>(toA + skip + k, shares, 0);
      v128.store_lane<f32>(toB + skip + k, shares, 1);
      v128.store_lane<f32>(toC + skip + k, shares, 2);
      v128.store_lane<f32>(toD + skip + k, shares, 3);
    }
    return;
  }
  const splatA = v128.load32_splat(a), splatB = v128.load32_splat(b), splatC = v128.load32_splat(c), splatD = v128.load32_splat(d);
  for (let k: usize = 0; k < size; k += 16) {
    // The last four again where their number is no multiple of it.
    const at = min(k, size - 16);
    const low = v128.load(lows + at);
    const inverse = v128.load(lows + size + at);
    v128.store(toA + skip + at, passed(splatA, low, inverse));
    v128.store(toB + skip + at, passed(splatB, low, inverse));
    v128.store(toC + skip + at, passed(splatC, low, inverse));
    v128.store(toD + skip + at, passed(splatD, low, inverse));
  }
}

/** Values standardised and bent; of one that is missing, anything. */
// @ts-ignore: decorator
@inline
function bend(values: v128, mean: f32, scale: f32): v128 {
  const scaled = f32x4.mul(f32x4.sub(values, f32x4.splat(mean)), f32x4.splat(scale));
  const bounded = f32x4.pmin(f32x4.splat(FARTHEST), f32x4.pmax(f32x4.splat(-FARTHEST), scaled));
  const share = f32x4.mul(bounded, f32x4.splat(<f32>(1 / OUTLIER_LIMIT)));
  return f32x4.div(bounded, f32x4.sqrt(f32x4.add(f32x4.splat(1), f32x4.mul(share, share))));
}

/** The shares that values have passed of pieces, from 0 to 1; 0 of a missing one. */
// @ts-ignore: decorator
@inline
function passed(values: v128, lows: v128, inverses: v128): v128 {
  const shares = f32x4.mul(f32x4.sub(values, lows), inverses);
  return f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(0), shares));
}

// @ts-ignore: decorator
@inline
function encodeNumber(field: usize, value: f64, to: usize): void {
  const marks = load<i32>(field, AT_SIZE);
  if (isNaN(value)) {
    if (marks) store<f32>(to, 1, 4);
    return;
  }
  const scaled = (value - load<f64>(field, AT_MEAN)) * load<f64>(field, AT_SCALE);
  const share = scaled / OUTLIER_LIMIT;
  store<f32>(to, <f32>(scaled / sqrt(1 + share * share)));
  encodePieces(load<i32>(field, AT_BORDERS), load<i32>(field, AT_PIECES), value, to + 4 + (<usize>marks << 2));
}

/** 1 in each piece under the value, and the share that is passed in its own; without a branch, because where it lies is chance. */
// @ts-ignore: decorator
@inline
function encodePieces(borders: usize, pieces: i32, value: f64, to: usize): void {
  let passed: i32 = 0;
  for (let k: i32 = 0; k < pieces; k++) {
    const over = <i32>(value >= load<f64>(borders + (<usize>k << 3), 8));
    store<f32>(to + (<usize>k << 2), <f32>over);
    passed += over;
  }
  if (passed >= pieces) return;
  const at = borders + (<usize>passed << 3);
  const low = load<f64>(at);
  if (value > low) store<f32>(to + (<usize>passed << 2), <f32>((value - low) / (load<f64>(at, 8) - low)));
}
