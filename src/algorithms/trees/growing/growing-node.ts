/** A node while its tree grows. It may be expanded ahead of its turn, and then never become part of the tree. */
export interface GrowingNode {
  /** Its number in the tree; -1 until the split that makes it is taken. */
  id: number;
  /** Where the machine keeps its rows, sums and split. */
  readonly place: number;
  readonly depth: number;
  /** Gain of its best split in quantised units; under 0 where it has none. */
  gain: number;
  /** Slot of its histogram, or -1. */
  slot: number;
  /** Columns that its path is split on; kept only where interactions are constrained. */
  path: readonly number[];
  /** Left and right, from when its rows are to be parted. */
  children: readonly [GrowingNode, GrowingNode] | null;
  /** Whether its split is part of the tree. */
  split: boolean;
}

/** Whether a node has a split that nobody has carried out. */
export function isWaiting(node: GrowingNode): boolean {
  return node.gain >= 0 && node.children === null;
}

/** Whether a is split before b: the one that gains more, ties by number. */
export function isBefore(a: GrowingNode, b: GrowingNode): boolean {
  return a.gain > b.gain || (a.gain === b.gain && a.id < b.id);
}
