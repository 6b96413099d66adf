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
/** float32 values whose borders, float32 as well here, lose nothing by it. */
export const EXACT32: i32 = 4;

/** Standardised values are bent towards this. */
const OUTLIER_LIMIT: f64 = 3;

/**
 * Encodes rows, two at a time: divisions and roots, which are most of the work, then cost half.
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
  for (let i: i32 = 0; i < count; i += 2) {
    // The last row of an odd number is its own neighbour.
    const next = min(i + 1, count - 1);
    const a = rows + <usize>load<u32>(order + (<usize>i << 2)) * stride;
    const b = rows + <usize>load<u32>(order + (<usize>next << 2)) * stride;
    const toA = dense + (<usize>(i * width) << 2);
    const toB = dense + (<usize>(next * width) << 2);
    // Here, while the rows are about to come into the processor's cache anyway.
    memory.fill(toA, 0, <usize>((next - i + 1) * width) << 2);
    for (let field = fields; field < end; field += FIELD_BYTES) {
      const place = load<i32>(field, AT_PLACE);
      if (load<i32>(field, AT_KIND) == EXACT32) {
        const column = <usize>load<i32>(field, AT_COLUMN) << 2;
        encodePair(field, load<f32>(a + place), load<f32>(b + place), toA + column, toB + column);
      } else {
        encodeField(field, a + place, toA, codes + (<usize>i << 2), capacity);
        encodeField(field, b + place, toB, codes + (<usize>next << 2), capacity);
      }
    }
  }
}

/** One value that is no `EXACT32`. */
function encodeField(field: usize, from: usize, dense: usize, codes: usize, capacity: i32): void {
  const kind = load<i32>(field, AT_KIND);
  const column = load<i32>(field, AT_COLUMN);
  const to = dense + (<usize>column << 2);
  if (kind == FLOAT32) encodeNumber(field, load<f32>(from), to);
  else if (kind == FLOAT64) encodeNumber(field, load<f64>(from), to);
  else {
    const code = load<i32>(from);
    const known = select<i32>(0, code, code > load<i32>(field, AT_SIZE));
    if (kind == ONE_HOT) store<f32>(to + (<usize>known << 2), 1);
    else store<i32>(codes + (<usize>(column * capacity) << 2), known);
  }
}

// @ts-ignore: decorator
@inline
function encodePair(field: usize, a: f32, b: f32, toA: usize, toB: usize): void {
  const values = f64x2.replace_lane(f64x2.splat(a), 1, b);
  const known = f64x2.eq(values, values);
  const scaled = f64x2.mul(f64x2.sub(values, f64x2.splat(load<f64>(field, AT_MEAN))), f64x2.splat(load<f64>(field, AT_SCALE)));
  const share = f64x2.div(scaled, f64x2.splat(OUTLIER_LIMIT));
  const bent = f64x2.div(scaled, f64x2.sqrt(f64x2.add(f64x2.splat(1), f64x2.mul(share, share))));
  const shown = f32x4.demote_f64x2_zero(v128.and(bent, known));
  store<f32>(toA, f32x4.extract_lane(shown, 0));
  store<f32>(toB, f32x4.extract_lane(shown, 1));
  const marks = load<i32>(field, AT_SIZE);
  if (marks) {
    store<f32>(toA, <f32>(a != a), 4);
    store<f32>(toB, <f32>(b != b), 4);
  }
  const pieces = load<i32>(field, AT_PIECES);
  if (!pieces) return;
  const borders = load<i32>(field, AT_BORDERS);
  const skip = 4 + (<usize>marks << 2);
  const atA = fillPassed(borders, pieces, a, toA + skip);
  const atB = fillPassed(borders, pieces, b, toB + skip);
  sharePieces(borders, pieces, values, atA, atB, toA + skip, toB + skip);
}

/** 1 in each piece under the value. Returns how many these are. */
// @ts-ignore: decorator
@inline
function fillPassed(borders: usize, pieces: i32, value: f32, to: usize): i32 {
  const values = f32x4.splat(value);
  const ones = f32x4.splat(1);
  let passed: i32 = 0;
  let k: i32 = 0;
  for (; k + 4 <= pieces; k += 4) {
    const over = f32x4.ge(values, v128.load(borders + (<usize>k << 2), 4));
    v128.store(to + (<usize>k << 2), v128.and(over, ones));
    passed += popcnt(i32x4.bitmask(over));
  }
  for (; k < pieces; k++) {
    const over = <i32>(value >= load<f32>(borders + (<usize>k << 2), 4));
    store<f32>(to + (<usize>k << 2), <f32>over);
    passed += over;
  }
  return passed;
}

/** The shares that two values have passed of the pieces that they are in; in the last piece where all are passed, which stays 1. */
// @ts-ignore: decorator
@inline
function sharePieces(borders: usize, pieces: i32, values: v128, passedA: i32, passedB: i32, toA: usize, toB: usize): void {
  const a = <usize>min(passedA, pieces - 1) << 2;
  const b = <usize>min(passedB, pieces - 1) << 2;
  const lows = f64x2.replace_lane(f64x2.splat(load<f32>(borders + a)), 1, load<f32>(borders + b));
  const highs = f64x2.replace_lane(f64x2.splat(load<f32>(borders + a, 4)), 1, load<f32>(borders + b, 4));
  const inside = v128.and(f64x2.gt(values, lows), f64x2.lt(values, highs));
  const shares = f32x4.demote_f64x2_zero(v128.and(f64x2.div(f64x2.sub(values, lows), f64x2.sub(highs, lows)), inside));
  store<f32>(toA + a, passedA < pieces ? f32x4.extract_lane(shares, 0) : 1);
  store<f32>(toB + b, passedB < pieces ? f32x4.extract_lane(shares, 1) : 1);
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
