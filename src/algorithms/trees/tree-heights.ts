import type { TreeArrays } from "./ensemble.ts";

/** Steps from each node of a tree, whose nodes are `start` to `end`, to its deepest leaf. Children come after their parents. */
export function heightsOf({ feature, left, right }: TreeArrays, start: number, end: number): Int32Array {
  const heights = new Int32Array(end - start);
  for (let node = end - 1; node >= start; node--)
    if (feature[node]! >= 0) heights[node - start] = 1 + Math.max(heights[left[node]!]!, heights[right[node]!]!);
  return heights;
}

/** Steps from a tree's root to its deepest leaf. */
export function depthOf(trees: TreeArrays, start: number, end: number): number {
  return heightsOf(trees, start, end)[0]!;
}
