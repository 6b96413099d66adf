import { popHeap, pushHeap } from "../../core/heap.ts";

/** A pair of pieces by its number, and how often it was counted. */
export interface CountedPair {
  readonly key: number;
  readonly count: number;
}

/** Pairs, the most frequent first, of equal ones that with the smallest number. */
export class PairQueue {
  readonly #heap: CountedPair[] = [];

  push(pair: CountedPair): void {
    pushHeap(this.#heap, pair, isBefore);
  }

  pop(): CountedPair | undefined {
    return popHeap(this.#heap, isBefore);
  }
}

function isBefore(a: CountedPair, b: CountedPair): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}
