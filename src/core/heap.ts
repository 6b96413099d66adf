/** Whether an item comes out before another. */
export type IsBefore<T> = (a: T, b: T) => boolean;

/** Adds an item to a binary heap (Williams, "Heapsort", 1964), whose first item is the one that comes out next. */
export function pushHeap<T>(heap: T[], item: T, isBefore: IsBefore<T>): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(item, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = item;
}

/** Takes the item out that comes next; undefined where there is none. */
export function popHeap<T>(heap: T[], isBefore: IsBefore<T>): T | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) sinkFromTop(heap, last, isBefore);
  return first;
}

function sinkFromTop<T>(heap: T[], item: T, isBefore: IsBefore<T>): void {
  let at = 0;
  for (let below = 1; below < heap.length; below = 2 * at + 1) {
    if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
    if (!isBefore(heap[below]!, item)) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = item;
}
