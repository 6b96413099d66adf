import { type GrowingNode, isBefore } from "./growing-node.ts";

/** Waiting nodes as a binary heap (Williams, "Heapsort", 1964): the one that is split first lies first. */
export type NodeHeap = GrowingNode[];

/** Adds a node that has a split; others are left out. */
export function pushNode(heap: NodeHeap, node: GrowingNode): void {
  if (node.gain < 0) return;
  let at = heap.push(node) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(node, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = node;
}

/** Takes the node out that is split first; null where there is none. */
export function popNode(heap: NodeHeap): GrowingNode | null {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined) return null;
  if (heap.length > 0) sinkFromTop(heap, last);
  return first;
}

function sinkFromTop(heap: NodeHeap, node: GrowingNode): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
    if (below >= heap.length || !isBefore(heap[below]!, node)) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = node;
}
