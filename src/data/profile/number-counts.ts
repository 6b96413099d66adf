import { KaaykoError } from "../../core/index.ts";

const bits = new Float64Array(1);
const words = new Int32Array(bits.buffer);

/** Counts of distinct numbers, up to a most: a hash table of fixed size, because this looks at every cell of a table. */
export class NumberCounts {
  readonly #most: number;
  readonly #slots: Uint16Array;
  readonly #values: Float64Array;
  readonly #counts: Float64Array;
  #size = 0;

  /** @param most distinct numbers that there is room for, at most 32,768 */
  constructor(most: number) {
    this.#most = most;
    this.#slots = new Uint16Array(2 ** Math.ceil(Math.log2(4 * most + 4)));
    this.#values = new Float64Array(most);
    this.#counts = new Float64Array(most);
  }

  get size(): number {
    return this.#size;
  }

  /** Counts the finite values from `start` to `end`; false where there are too many different ones. */
  add(values: Float32Array | Float64Array, start: number, end: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const known = this.#values;
    for (let i = start; i < end; i++) {
      // Zero has two signs and is one number.
      const value = values[i]! + 0;
      if (value - value !== 0) continue;
      let slot = hashOf(value) & mask;
      let at = slots[slot]!;
      while (at !== 0 && known[at - 1] !== value) {
        slot = (slot + 1) & mask;
        at = slots[slot]!;
      }
      if (at === 0) {
        if (this.#size === this.#most) return false;
        known[this.#size++] = value;
        at = this.#size;
        slots[slot] = at;
      }
      this.#counts[at - 1]!++;
    }
    return true;
  }

  /** Distinct values in order of first appearance, and how often each occurred. */
  entries(): { readonly values: Float64Array; readonly counts: Float64Array } {
    return { values: this.#values.slice(0, this.#size), counts: this.#counts.slice(0, this.#size) };
  }

  static from({ values, counts }: ReturnType<NumberCounts["entries"]>, most: number): NumberCounts {
    const made = new NumberCounts(most);
    const fits = values.length === counts.length && made.add(values, 0, values.length) && made.size === values.length;
    if (!fits)
      throw new KaaykoError({ action: "restore counts of numbers", rule: "the state must fit", kind: "damaged" });
    made.#counts.set(counts);
    return made;
  }
}

function hashOf(value: number): number {
  bits[0] = value;
  const mixed = Math.imul(words[0]! ^ Math.imul(words[1]!, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
