import { KaaykoError } from "../../core/index.ts";
import { NumberCounts } from "./number-counts.ts";
import { MAX_DISTINCT } from "./profile.ts";

/** Numbers in the state: one slot each, float64, because minimum and maximum start infinite. */
const SLOTS = [
  "seen",
  "missing",
  "infinite",
  "count",
  "mean",
  "squares",
  "min",
  "max",
  "blockShift",
  "blockSum",
  "blockSquares",
  "blockCount",
  "fractions",
  "many",
  "first",
] as const;
type Slot = (typeof SLOTS)[number];

/** Rows whose sums are formed in one go. Blocks start at multiples of this, whatever the batches were. */
const BLOCK_ROWS = 4096;

/**
 * Statistics of numbers that arrive in batches: the same bytes for any batch borders. Sums are formed over fixed blocks
 * around the mean so far and merged in order (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for
 * computing sample variances", 1979), so that neither length nor offset costs digits.
 */
export class NumberTally {
  readonly #at: Record<Slot, number> = {
    seen: 0,
    missing: 0,
    infinite: 0,
    count: 0,
    mean: 0,
    squares: 0,
    min: Infinity,
    max: -Infinity,
    blockShift: 0,
    blockSum: 0,
    blockSquares: 0,
    blockCount: 0,
    fractions: 0,
    many: 0,
    first: Number.NaN,
  };
  #distinct: NumberCounts;
  readonly #maxDistinct: number;

  /** @param maxDistinct distinct values to count; 0 for none */
  constructor(maxDistinct: number = MAX_DISTINCT.numbers) {
    this.#maxDistinct = maxDistinct;
    this.#distinct = new NumberCounts(maxDistinct);
    if (maxDistinct === 0) this.#at.many = 1;
  }

  add(values: Float32Array | Float64Array, rows = values.length): void {
    let start = 0;
    while (start < rows) {
      const end = Math.min(rows, start + BLOCK_ROWS - (this.#at.seen % BLOCK_ROWS));
      this.#addToBlock(values, start, end);
      if (this.#at.many === 0) this.#count(values, start, end);
      this.#at.seen += end - start;
      if (this.#at.seen % BLOCK_ROWS === 0) this.#mergeBlock(this.#at);
      start = end;
    }
  }

  #addToBlock(values: Float32Array | Float64Array, start: number, end: number): void {
    const at = this.#at;
    let { missing, infinite, min, max, blockShift, blockSum, blockSquares, blockCount, fractions } = at;
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      const off = value - value;
      if (off !== 0) {
        if (value === Infinity || value === -Infinity) infinite++;
        else missing++;
        continue;
      }
      if (blockCount === 0) blockShift = at.count === 0 ? value : at.mean;
      if (value < min) min = value;
      if (value > max) max = value;
      if (fractions === 0 && value !== Math.floor(value)) fractions = 1;
      const delta = value - blockShift;
      blockSum += delta;
      blockSquares += delta * delta;
      blockCount++;
    }
    if (Number.isNaN(at.first) && blockCount > 0)
      at.first = values.subarray(start, end).find(Number.isFinite) ?? at.first;
    Object.assign(at, { missing, infinite, min, max, blockShift, blockSum, blockSquares, blockCount, fractions });
  }

  #mergeBlock(at: Record<Slot, number>): void {
    const n = at.blockCount;
    if (n === 0) return;
    const mean = at.blockShift + at.blockSum / n;
    const squares = Math.max(0, at.blockSquares - (at.blockSum * at.blockSum) / n);
    const total = at.count + n;
    const delta = mean - at.mean;
    at.squares += squares + (at.count === 0 ? 0 : (delta * delta * at.count * n) / total);
    at.mean = at.count === 0 ? mean : at.mean + (delta * n) / total;
    at.count = total;
    at.blockCount = 0;
    at.blockSum = 0;
    at.blockSquares = 0;
  }

  #count(values: Float32Array | Float64Array, start: number, end: number): void {
    if (this.#distinct.add(values, start, end)) return;
    this.#at.many = 1;
    this.#distinct = new NumberCounts(0);
  }

  /** Statistics of all numbers so far. Sums that left the range of float64 are given as its ends. */
  summary() {
    const at = { ...this.#at };
    this.#mergeBlock(at);
    const some = at.count > 0;
    return {
      rows: at.seen,
      missing: at.missing,
      infinite: at.infinite,
      mean: some ? finite(at.mean) : 0,
      std: some ? finite(Math.sqrt(at.squares / at.count)) : 0,
      min: some ? at.min : 0,
      max: some ? at.max : 0,
      integers: some && at.fractions === 0,
      distinct: at.many === 1 ? null : this.#distinct.size,
      first: at.first,
    };
  }

  /** Distinct values with counts, in order of first appearance; empty where there are too many. */
  distinct(): ReadonlyMap<number, number> {
    const { values, counts } = this.#distinct.entries();
    return new Map(Array.from(values, (value, i) => [value, counts[i]!]));
  }

  getState(): { readonly numbers: Float64Array; readonly values: Float64Array; readonly counts: Float64Array } {
    return {
      numbers: Float64Array.from(SLOTS, (slot) => this.#at[slot]),
      ...this.#distinct.entries(),
    };
  }

  setState(state: { readonly numbers: Float64Array; readonly values: Float64Array; readonly counts: Float64Array }) {
    const { numbers, values, counts } = state;
    if (numbers.length !== SLOTS.length)
      throw new KaaykoError({ action: "restore a column's statistics", rule: "the state must fit", kind: "damaged" });
    SLOTS.forEach((slot, i) => {
      this.#at[slot] = numbers[i]!;
    });
    this.#distinct = NumberCounts.from({ values, counts }, this.#at.many === 1 ? 0 : this.#maxDistinct);
  }
}

function finite(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}
