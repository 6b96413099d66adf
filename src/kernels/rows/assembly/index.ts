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

/** Standardised values are bent towards this. */
const OUTLIER_LIMIT: f64 = 3;

/**
 * Encodes rows.
 *
 * @param rows rows of `stride` bytes
 * @param order u32 numbers of those that are wanted, `count` of them
 * @param dense filled: count × `width` float32
 * @param codes filled: int32, one field's after the other, `capacity` each
 */
export function encode(
  rows: usize, stride: i32, order: usize, count: i32, fields: usize, fieldCount: i32, dense: usize, width: i32, codes: usize, capacity: i32,
): void {
  memory.fill(dense, 0, <usize>(count * width) << 2);
  const end = fields + <usize>(fieldCount * FIELD_BYTES);
  for (let i: i32 = 0; i < count; i++) {
    const row = rows + <usize>load<u32>(order + (<usize>i << 2)) * stride;
    for (let field = fields; field < end; field += FIELD_BYTES) {
      const kind = load<i32>(field, AT_KIND);
      const from = row + load<i32>(field, AT_PLACE);
      const to = dense + (<usize>load<i32>(field, AT_COLUMN) << 2);
      if (kind == FLOAT32) encodeNumber(field, load<f32>(from), to);
      else if (kind == FLOAT64) encodeNumber(field, load<f64>(from), to);
      else {
        const code = load<i32>(from);
        const known = select<i32>(0, code, code > load<i32>(field, AT_SIZE));
        if (kind == ONE_HOT) store<f32>(to + (<usize>known << 2), 1);
        else store<i32>(codes + (<usize>(load<i32>(field, AT_COLUMN) * capacity + i) << 2), known);
      }
    }
    dense += <usize>width << 2;
  }
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
