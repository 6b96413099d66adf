/** A page's values as a dictionary and numbers into it. */
export interface Dictionary {
  /** Indices of the dictionary's entries in `values`, in the order of their first occurrence. */
  readonly entries: Uint32Array;
  readonly numbers: Uint32Array;
}

const SLOTS = 1 << 16;
/** Entries at most: with more, a number takes nearly as much as the value. */
const MAX_ENTRIES = 1 << 15;
/** After this many values, more than half of which are new, a dictionary is not worth it. */
const TRIAL = 4096;

/**
 * Finds the different values of a column by their bits.
 *
 * @returns null where there are too many for a dictionary
 */
export function buildDictionary(values: Float32Array): Dictionary | null {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  // Each slot holds a number of an entry, plus 1; 0 is empty.
  const slots = new Uint16Array(SLOTS);
  const entries = new Uint32Array(MAX_ENTRIES);
  const numbers = new Uint32Array(bits.length);
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    let slot = (Math.imul(value, 0x9e3779b1) >>> 16) & (SLOTS - 1);
    let entry = slots[slot]!;
    while (entry !== 0 && bits[entries[entry - 1]!] !== value) {
      slot = (slot + 1) & (SLOTS - 1);
      entry = slots[slot]!;
    }
    if (entry === 0) {
      if (count === MAX_ENTRIES || (i === TRIAL && count > TRIAL / 2)) return null;
      entries[count++] = i;
      slots[slot] = count;
      entry = count;
    }
    numbers[i] = entry - 1;
  }
  return { entries: entries.subarray(0, count), numbers };
}
