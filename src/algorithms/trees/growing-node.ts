/** A node while its tree grows. */
export interface GrowingNode {
  readonly id: number;
  readonly depth: number;
  /** Gain of its best split in quantised units; under 0 where it has none. */
  gain: number;
  /** Slot of its histogram, or -1. */
  slot: number;
  /** Columns that its path is split on; kept only where interactions are constrained. */
  path: readonly number[];
  /** Numbers of its children, or -1 before it is split. */
  left: number;
  right: number;
}

/** Whether a node has a split and waits for its turn. */
export function isWaiting(node: GrowingNode): boolean {
  return node.gain >= 0 && node.left < 0;
}
