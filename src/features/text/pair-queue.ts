/** A pair of pieces by its number, and how often it was counted. */
export interface CountedPair {
  readonly key: number;
  readonly count: number;
}

/** Pairs, the most frequent first, of equal ones that with the smallest number: a binary heap. */
export class PairQueue {
  readonly #heap: CountedPair[] = [];

  push(pair: CountedPair): void {
    const heap = this.#heap;
    let at = heap.push(pair) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!isBefore(pair, heap[up]!)) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = pair;
  }

  pop(): CountedPair | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function isBefore(a: CountedPair, b: CountedPair): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}
